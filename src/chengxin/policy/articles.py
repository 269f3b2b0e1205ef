"""Instruments and their articles: what everything else in the house stands on (house law 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

Level = Literal["law", "admin_regulation", "local_regulation", "central_policy", "rule", "normative"]
Status = Literal["confirmed", "proposal"]

OnEnd = Literal["stands", "void"]
"""What becomes of decisions made under it once it is no longer in force: they stand until somebody competent
decides otherwise, or the law says that they are void."""
MeasureGroup = Literal["A", "B", "C"]
"""A derogates, B manages within duty, C only recommends to others (the groups of the published list)."""
MEASURE_GROUPS: tuple[MeasureGroup, ...] = get_args(MeasureGroup)
ON_END: tuple[OnEnd, ...] = get_args(OnEnd)
LEVELS: tuple[Level, ...] = get_args(Level)
DEROGATING: frozenset[Level] = frozenset({"law", "admin_regulation", "local_regulation", "central_policy"})
"""The levels that may carry a measure of group A (国办发〔2020〕49号; house law 4)."""


@dataclass(frozen=True)
class Floor:
    """What an article says a value may not go below, in the integer unit of the value."""

    since: date
    value: int


@dataclass(frozen=True)
class Listed:
    """What an entry of a published list of measures allows (国办发〔2020〕49号: 清单管理)."""

    group: MeasureGroup
    against: tuple[str, ...]
    """Catalogue items whose records show the conduct it answers; none: any conduct on record."""
    longest: str = ""
    """A period: how long it may last from the day it binds; empty: the list sets no term of its own."""


@dataclass(frozen=True)
class Instrument:
    """A statute, regulation or document: who issued it, at what level, from when until when."""

    id: str
    title: str
    title_en: str
    number: str
    level: Level
    issuers: tuple[str, ...]
    duties: tuple[str, ...]
    """The duties of the bodies that issued it, as agencies and procedures name them: price, finance …"""
    valid_from: date
    valid_to: date | None
    """The first day it is no longer in force."""
    source: str
    status: Status
    on_end: OnEnd = "stands"

    def in_force(self, on: date) -> bool:
        """This will say whether it is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True)
class Article:
    """One article, known by ``instrument#number``, with its gist in our own words, never its text."""

    id: str
    instrument: str
    instrument_title: str
    number: str
    title: str
    title_en: str
    gist: str
    gist_en: str
    level: Level
    duties: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    source: str
    status: Status
    minimum_unit: str = ""
    minimums: dict[str, tuple[Floor, ...]] = field(default_factory=dict)
    """Values this article publishes as minimums, by name, oldest first."""
    on_end: OnEnd = "stands"
    measure: Listed | None = None
    """It is an entry of a published list of measures."""
    defers_looks: bool = False
    """It lets a state organ tell later that somebody was looked at (house law 7)."""

    @property
    def citation(self) -> str:
        """This will write it as a Chinese document cites it: 《行政处罚法》第44条."""
        return f"《{self.instrument_title}》第{self.number}条"

    def in_force(self, on: date) -> bool:
        """This will say whether it is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def minimum(self, name: str, on: date) -> int | None:
        """This will give the published minimum of a value on a day, if the article has one."""
        reached = [floor.value for floor in self.minimums.get(name, ()) if floor.since <= on]
        return reached[-1] if reached else None
