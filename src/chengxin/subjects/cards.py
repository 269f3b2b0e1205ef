"""What a page, a hit or a report says of a subject in one line, for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from chengxin.core.errors import MissingError

from .linkage import moment
from .models import Identifier, Name, Subject

_FIRST = ("uscc", "regno", "orgcode", "taxno", "permit")
_HIDDEN = frozenset({"id_number"})
"""Schemes whose stored code is a keyed digest: it is never shown."""
_CHUNK = 900


@dataclass(frozen=True)
class FormerName:
    text: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class Card:
    """A subject in one line, with what it was called and is numbered by."""

    id: int
    kind: str
    name: str
    code: str
    region: str
    answers_for: int | None
    prominence: int
    codes: dict[str, str] = field(default_factory=dict)
    former: tuple[FormerName, ...] = ()
    others: tuple[str, ...] = ()


def card(subject: int, as_of: date | datetime | None = None) -> Card:
    """This will give the card of one subject."""
    found = cards([subject], as_of)
    if subject not in found:
        raise MissingError("subject.unknown", subject=subject)
    return found[subject]


def cards(subjects: Iterable[int], as_of: date | datetime | None = None) -> dict[int, Card]:
    """This will give the cards of many subjects in three queries a chunk, names and codes as of a moment."""
    numbers = list(dict.fromkeys(subjects))
    found: dict[int, Card] = {}
    for low in range(0, len(numbers), _CHUNK):
        found.update(_cards(numbers[low : low + _CHUNK], as_of))
    return found


def _cards(numbers: Sequence[int], as_of: date | datetime | None) -> dict[int, Card]:
    known = {} if as_of is None else {"since__lte": moment(as_of)}
    names: dict[int, list[_Borne]] = {}
    rows = Name.objects.filter(subject__in=numbers, **known).order_by("since", "id")
    fields = ("subject", "text", "kind", "valid_from", "valid_to")
    for subject, text, kind, begins, ends in rows.values_list(*fields):
        names.setdefault(subject, []).append((text, kind, begins, ends))
    codes: dict[int, dict[str, str]] = {}
    given = Identifier.objects.filter(subject__in=numbers, **known).order_by("since", "id")
    for subject, scheme, code in given.exclude(scheme__in=_HIDDEN).values_list("subject", "scheme", "code"):
        codes.setdefault(subject, {})[scheme] = code
    subjects = Subject.objects.filter(pk__in=numbers)
    return {row.id: _card(row, names.get(row.id, []), codes.get(row.id, {})) for row in subjects}


_Borne = tuple[str, str, date | None, date | None]
"""(text, kind, valid_from, valid_to)"""


def _card(row: Subject, names: Sequence[_Borne], codes: dict[str, str]) -> Card:
    """``names`` in the order they were learned: the last that was ever legal is the name as of then."""
    borne = [name for name in names if name[1] in ("legal", "former")]
    shown = borne[-1] if borne else next(iter(names), None)
    return Card(
        id=row.id,
        kind=row.kind,
        name=shown[0] if shown else "",
        code=main_code(codes),
        region=row.region,
        answers_for=row.answers_for,
        prominence=row.prominence,
        codes=codes,
        former=tuple(FormerName(text, begins, ends) for text, _, begins, ends in borne[:-1]),
        others=tuple(name[0] for name in names if name not in borne and name is not shown),
    )


def main_code(codes: dict[str, str]) -> str:
    """This will give the code a subject is known by: its USCC, else the next in rank, else any."""
    return next((codes[scheme] for scheme in _FIRST if scheme in codes), next(iter(codes.values()), ""))
