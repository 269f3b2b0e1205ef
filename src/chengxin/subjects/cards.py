"""What a page, a hit or a report says of a subject in one line, for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chengxin.core.errors import MissingError

from . import bulk
from .linkage import moment

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
    """Three plain queries: every list and every hit passes here, and the ORM would take most of its time."""
    known, when = ("", []) if as_of is None else ("since <= %s and ", [bulk.instant(moment(as_of))])
    names: dict[int, list[_Borne]] = {}
    sql = (
        f"select subject, text, kind, valid_from, valid_to from subjects_name where {known}subject in ({{}})"
    )
    for subject, text, kind, begins, ends in bulk.chosen(f"{sql} order by since, id", numbers, before=when):
        names.setdefault(subject, []).append((text, kind, _day(begins), _day(ends)))
    codes: dict[int, dict[str, str]] = {}
    sql = f"select subject, scheme, code from subjects_identifier where {known}subject in ({{}})"
    for subject, scheme, code in bulk.chosen(f"{sql} order by since, id", numbers, before=when):
        if scheme not in _HIDDEN:
            codes.setdefault(subject, {})[scheme] = code
    sql = "select id, kind, region, answers_for, prominence from subjects_subject where id in ({})"
    rows = bulk.chosen(sql, numbers)
    return {row[0]: _card(row, names.get(row[0], []), codes.get(row[0], {})) for row in rows}


def _day(stored: date | str | None) -> date | None:
    """SQLite keeps a date as text."""
    return date.fromisoformat(stored) if isinstance(stored, str) else stored


_Borne = tuple[str, str, date | None, date | None]
"""(text, kind, valid_from, valid_to)"""


def _card(row: tuple[Any, ...], names: Sequence[_Borne], codes: dict[str, str]) -> Card:
    """``names`` in the order they were learned: the last that was ever legal is the name as of then."""
    number, kind, region, answers_for, prominence = row
    borne = [name for name in names if name[1] in ("legal", "former")]
    shown = borne[-1] if borne else next(iter(names), None)
    return Card(
        id=number,
        kind=kind,
        name=shown[0] if shown else "",
        code=main_code(codes),
        region=region,
        answers_for=answers_for,
        prominence=prominence,
        codes=codes,
        former=tuple(FormerName(text, begins, ends) for text, _, begins, ends in borne[:-1]),
        others=tuple(name[0] for name in names if name not in borne and name is not shown),
    )


def main_code(codes: dict[str, str]) -> str:
    """This will give the code a subject is known by: its USCC, else the next in rank, else any."""
    return next((codes[scheme] for scheme in _FIRST if scheme in codes), next(iter(codes.values()), ""))
