"""The gate: before a desk goes on with a matter, it asks what measures may apply to the subject of it.

Three answers: *none*; *may_apply*, with each measure's article, body, duty, end, case and contact; *unknown*,
with a sentence, wherever the house cannot honestly say none. Every answer asks the live case file by date, so
an objection that freezes a measure, or its end, acts at once. A measure reaches the subject it was decided on
and nobody beside it.

This room only answers: a door logs its looks first (``ledger.looks``), and shows nothing where it cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from chengxin.cases.adopted import Adopted
from chengxin.cases.models import Case
from chengxin.core.clock import day_of
from chengxin.core.errors import sentences
from chengxin.effects.exchange.making import line_of, opaque
from chengxin.effects.models import Standing
from chengxin.effects.publication import dark
from chengxin.effects.standing import holds
from chengxin.policy.house import House
from chengxin.policy.programs import Binding, Effect, Matter
from chengxin.subjects.bulk import chosen
from chengxin.subjects.registry import merges

Said = Literal["none", "may_apply", "unknown"]
_MANY: Final = 800
"""Subjects of one query: what either database takes as bound values."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure in force that bears on the matter."""

    title: str
    title_en: str
    group: str
    """A derogates, B manages within duty, C recommends."""
    binding: Binding
    article: str
    citation: str
    proposal: bool
    """It stands on an article nobody has confirmed yet."""
    agency: str
    """The body that decided, and whom to ask."""
    contact: str
    since: str
    until: str | None
    exit: str
    review_on: str | None
    case: str
    document: str
    marked: bool
    """异议处理中 stands beside it."""
    roles: tuple[str, ...]
    line: str
    """The name under which an event tells of its change or end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate says of one subject in one matter. ``why`` names the sentence of an *unknown*."""

    answer: Said
    measures: tuple[Measure, ...] = ()
    why: str = ""
    words: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """This will give ``{answer, measures, basis, case}``, and both sentences where it is unknown."""
        told: dict[str, Any] = {
            "answer": self.answer,
            "measures": [
                {name: getattr(measure, name) for name in Measure.__slots__} for measure in self.measures
            ],
            "basis": list(dict.fromkeys(measure.article for measure in self.measures)),
            "case": list(dict.fromkeys(measure.case for measure in self.measures if measure.case)),
        }
        return (
            told | {"sentence": self.sentence("zh"), "sentence_en": self.sentence("en")} if self.why else told
        )

    def sentence(self, language: Literal["zh", "en"]) -> str:
        """This will say in one sentence why it is unknown, and what to do."""
        said = sentences()[self.why]
        return f"{said[language]} {said[f'hint_{language}']}".format(**dict(self.words))


NONE: Final = Answer("none")


def unknown(why: str, **words: str) -> Answer:
    """This will say that the house cannot tell, with the sentence that says why."""
    return Answer("unknown", (), why, tuple(words.items()))


class _Bearing(NamedTuple):
    """What declared measures say of one matter: by program and effect, and the parts anybody names."""

    effects: dict[tuple[str, str], tuple[Effect, Matter]]
    roles: frozenset[str] | None
    """None: some measure reaches the subject in any part."""


def matters(house: House) -> dict[str, Matter]:
    """This will give every matter a measure names, by its code."""
    return {
        matter.name: matter
        for program in house.programs.values()
        for effect in program.effects.values()
        for matter in effect.matters
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """A matter, and the subject's part in it (empty: in whichever)."""

    matter: str
    role: str = ""


def check(subject: int | None, matter: str, role: str = "", *, adopted: Adopted, now: datetime) -> Answer:
    """This will say what may apply to a subject in a matter, in a part in it (empty: in whichever)."""
    return check_all([subject], matter, role, adopted=adopted, now=now)[0]


def check_all(
    subjects: Sequence[int | None], matter: str, role: str = "", *, adopted: Adopted, now: datetime
) -> list[Answer]:
    """This will answer for each of many subjects, in their order; ``None`` is a code nobody bears."""
    return check_together([(Asked(matter, role), subjects)], adopted=adopted, now=now)[0]


def check_together(
    questions: Sequence[tuple[Asked, Sequence[int | None]]], *, adopted: Adopted, now: datetime
) -> list[list[Answer]]:
    """This will answer several questions out of one reading of what stands."""
    late = dark(now)
    silent = [unknown("gate.dark") if late else _silent(asked, adopted) for asked, _subjects in questions]
    known = {
        subject
        for (_asked, subjects), said in zip(questions, silent, strict=True)
        if said is None
        for subject in subjects
        if subject is not None
    }
    standing = _Standing.of(known, now) if known else _NOTHING
    nobody = unknown("gate.no_subject")
    told = []
    for (asked, subjects), said in zip(questions, silent, strict=True):
        bearing = _bearing(adopted, asked.matter)
        told.append(
            [said] * len(subjects)
            if said is not None
            else [
                nobody if subject is None else standing.answer(subject, bearing, asked.role, adopted.house)
                for subject in subjects
            ]
        )
    return told


def _silent(asked: Asked, adopted: Adopted) -> Answer | None:
    """Why nothing can be said of anybody: nobody declares the matter, or the part in it."""
    bearing, role = _bearing(adopted, asked.matter), asked.role
    if not bearing.effects:
        return unknown("gate.no_matter", matter=asked.matter)
    if role and bearing.roles is not None and role not in bearing.roles:
        return unknown("gate.no_role", role=role, known=", ".join(sorted(bearing.roles)))
    return None


def _bearing(adopted: Adopted, matter: str) -> _Bearing:
    return _bearings(_Sealed(adopted)).get(matter) or _Bearing({}, frozenset())


class _Sealed:
    """A bundle as the key of a cache: known by its hash, as everywhere."""

    def __init__(self, adopted: Adopted) -> None:
        self.sha256, self.house = adopted.sha256, adopted.house

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Sealed) and other.sha256 == self.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)


@lru_cache(maxsize=8)
def _bearings(sealed: _Sealed) -> dict[str, _Bearing]:
    found: dict[str, dict[tuple[str, str], tuple[Effect, Matter]]] = {}
    for program in sealed.house.programs.values():
        for effect in program.effects.values():
            for matter in effect.matters:
                found.setdefault(matter.name, {})[program.name, effect.name] = (effect, matter)
    return {name: _Bearing(effects, _roles(effects.values())) for name, effects in found.items()}


def _roles(effects: Iterable[tuple[Effect, Matter]]) -> frozenset[str] | None:
    said = [matter.roles for _effect, matter in effects]
    return frozenset(role for roles in said for role in roles) if all(said) else None


@dataclass(frozen=True, slots=True)
class _Standing:
    """The measures that stand on some subjects, with what is said beside them: read once."""

    lines: Mapping[int, Sequence[Standing]]
    """By subject, those of numbers merged into it among them."""
    cases: Mapping[int, Case]
    names: Mapping[str, str]

    @classmethod
    def of(cls, subjects: set[int], now: datetime) -> _Standing:
        kept = {gone: subject for gone, subject in merges().items() if subject in subjects}
        lines = _lines([*subjects, *kept], now)
        if not lines:
            return _NOTHING
        found: dict[int, list[Standing]] = {}
        for line in lines:
            found.setdefault(kept.get(line.subject, line.subject), []).append(line)
        numbers = {line.case for line in lines if line.case}
        cases = Case.objects.in_bulk(numbers) if numbers else {}
        return cls(found, cases, _names({line.agency for line in lines}))

    def answer(self, subject: int, bearing: _Bearing, role: str, house: House) -> Answer:
        """Measures that bear on the matter; else, where today's rules do not know one that stands: unknown."""
        measures, strange = [], NONE
        for line in self.lines.get(subject, ()):
            if line.effect not in getattr(house.programs.get(line.program), "effects", {}):
                agency = self.names.get(line.agency, line.agency)
                strange = unknown("gate.undeclared", title=line.title, agency=agency)
                continue
            effect, matter = bearing.effects.get((line.program, line.effect), (None, None))
            if effect and matter and (not role or not matter.roles or role in matter.roles):
                measures.append(_measure(line, (effect, matter), self.cases, self.names, house))
        return Answer("may_apply", tuple(measures)) if measures else strange


_NOTHING: Final = _Standing({}, {}, {})


def every_measure(
    lines: Sequence[Standing], house: House
) -> Iterator[tuple[Standing, list[tuple[Matter, Measure]]]]:
    """This will give lines that stand with what they say in each matter they bear on; those that bear on none go."""
    cases = Case.objects.in_bulk({line.case for line in lines if line.case})
    names = _names({line.agency for line in lines})
    for line in lines:
        effect = getattr(house.programs.get(line.program), "effects", {}).get(line.effect)
        if effect is not None and effect.matters:
            yield (
                line,
                [
                    (matter, _measure(line, (effect, matter), cases, names, house))
                    for matter in effect.matters
                ],
            )


def _lines(subjects: Sequence[int], now: datetime) -> list[Standing]:
    """Measures in force, in plain SQL: the desks of a province wait here, and the ORM would take most of the time."""
    on, found = day_of(now), list[Standing]()
    for low in range(0, len(subjects), _MANY):
        part = list(subjects[low : low + _MANY])
        marks = ", ".join(["%s"] * len(part))
        sql = f"select * from effects_standing where kind = 'measure' and subject in ({marks})"
        found += [line for line in Standing.objects.raw(sql, part) if holds(line, on)]
    return sorted(found, key=lambda line: (line.since, line.pk))


def _names(agencies: set[str]) -> dict[str, str]:
    return dict(chosen("select code, name from ledger_agency where code in ({})", sorted(agencies)))


def _measure(
    line: Standing,
    declared: tuple[Effect, Matter],
    cases: Mapping[int, Case],
    names: Mapping[str, str],
    house: House,
) -> Measure:
    article = house.articles.get(line.article)
    (effect, matter), case = declared, cases.get(line.case or 0)
    return Measure(
        title=line.title,
        title_en=effect.title_en,
        group=effect.group or "",
        binding=matter.binding,
        article=line.article,
        citation=article.citation if article else line.article,
        proposal=article is None or article.status == "proposal",
        agency=line.agency,
        contact=str(line.body.get("maker") or names.get(line.agency, line.agency)),
        since=line.since.isoformat(),
        until=line.until.isoformat() if line.until else None,
        exit=line.exit,
        review_on=line.review_on.isoformat() if line.review_on else None,
        case=case.number if case else "",
        document=str(line.body.get("document_number", "")),
        marked=line.marked,
        roles=matter.roles,
        line=opaque(line_of(line)),
    )
