"""Dated, regional values: each under the day it begins and the region it holds in, beside its article.

A value is an integer (or a word): what it counts is its table's unit. ``not_yet`` says that a region has
not set a value, and stops the search for one above it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from chengxin.policy.articles import Status

NOT_YET = "not_yet"
NATION = ""


class PolicyRow(NamedTuple):
    """One value over one period, as the engine's table ``policy`` has it. ``until`` is exclusive."""

    table: str
    name: str
    region: str
    since: date
    until: date | None
    value_int: int | None
    value_text: str | None
    unit: str
    basis: str
    status: Status


@dataclass(frozen=True)
class Cell:
    """One value in one region over one period, with what it rests on."""

    since: date
    until: date | None
    """The first day it no longer holds: the next value's, the one written null, or its basis's last."""
    value: int | str
    basis: str
    status: Status
    source: str

    def holds(self, on: date) -> bool:
        """This will say whether it holds on a day."""
        return self.since <= on and (self.until is None or on < self.until)


Cells = dict[str, dict[str, tuple[Cell, ...]]]
"""name → region (empty: the nation) → cells, oldest first."""


@dataclass(frozen=True)
class Values:
    """One table of values of a program: ``policy/surcharge.yml`` is ``sewage_tariff.surcharge``."""

    program: str
    name: str
    title: str
    title_en: str
    unit: str
    basis: str
    cells: Cells
    minimum: Cells = field(default_factory=dict)
    """What no value may go below, by name; under the nation only."""

    def on(self, day: date, region: str = NATION) -> dict[str, int | str]:
        """This will give each name's value on a day: the county's, else the city's, and so on up."""
        return {name: cell.value for name, cell in self.cells_on(day, region).items()}

    def cells_on(self, day: date, region: str = NATION) -> dict[str, Cell]:
        """This will give each name's cell, which knows its basis and status, on a day in a region."""
        found: dict[str, Cell] = {}
        for name, regions in self.cells.items():
            cell = next(_holding(regions, day, region), None)
            if cell is not None:
                found[name] = cell
        return found

    def rows(self) -> Iterator[PolicyRow]:
        """This will give every cell as a row, in order of name, region and day."""
        for name, regions in sorted(self.cells.items()):
            for region, cells in sorted(regions.items()):
                for cell in cells:
                    number = cell.value if isinstance(cell.value, int) else None
                    word = cell.value if isinstance(cell.value, str) else None
                    said = (number, word, self.unit, cell.basis, cell.status)
                    yield PolicyRow(self.name, name, region, cell.since, cell.until, *said)


def _holding(regions: dict[str, tuple[Cell, ...]], day: date, region: str) -> Iterator[Cell]:
    for place in upward(region):
        yield from (cell for cell in regions.get(place, ()) if cell.holds(day))


def upward(region: str) -> tuple[str, ...]:
    """This will name a region and those above it, nearest first: 320612, 320600, 320000 and the nation."""
    if region == NATION:
        return (NATION,)
    if not re.fullmatch(r"[0-9]{6}", region):
        raise ValueError(f"a region is six digits, not {region!r}")
    return tuple(dict.fromkeys((region, f"{region[:4]}00", f"{region[:2]}0000", NATION)))
