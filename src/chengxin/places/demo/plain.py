"""Small files without errors in them, as an office's own system writes them: rows named by their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from chengxin.places.demo import city, sheets
from chengxin.places.demo.city import Firm
from chengxin.places.demo.dirt import Cell, Columns
from chengxin.places.demo.plan import Plan

COUNTY: Final = "320685"
"""Where the firms of these files are: the last county, so that they stay apart from the levies' first."""
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def firms(start: int, count: int) -> list[Firm]:
    """This will give some firms of the county whose plants nobody rates, the same in every size of the city."""
    return list(_unrated()[start : start + count])


@cache
def _unrated() -> tuple[Firm, ...]:
    return tuple(each for each in city.firms("small") if each.region == COUNTY and not each.rated)


def of(firm: Firm) -> dict[str, Any]:
    """This will give the columns by which a row names its firm."""
    return {"code": firm.uscc, "name": firm.name, "division": firm.region}


def citizen(number: int) -> str:
    """This will make a citizen number of nobody's whose check character holds: a day of 1980, a county unknown."""
    stem = f"{COUNTY}1980{1 + number % 12:02d}{1 + number % 28:02d}{100 + number:03d}"
    return stem + "10X98765432"[sum(int(d) * w for d, w in zip(stem, _WEIGHTS, strict=True)) % 11]


def plan(title: str, item: str, agency: str, told_on: date, rows: Sequence[Mapping[str, Any]]) -> Plan:
    """This will make a file of rows; a column that a row does not say is empty in it."""
    heads = tuple(dict.fromkeys(name for row in rows for name in row))

    def written() -> Iterator[tuple[list[Cell], Any]]:
        for row in rows:
            yield [_cell(row.get(name)) for name in heads], row

    form: sheets.Form = "bom"
    return Plan(
        0, title, f"云泽市{title}（演示数据）", item, agency, told_on, form, heads,
        Columns(code=0, name=1, date=2), written, 0,
    )  # fmt: skip


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
