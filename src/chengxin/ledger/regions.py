"""Divisions under GB/T 2260: what lies under what, and the table of them with their years.

The standard gives years only, so a code is taken as valid from the first of January of the year it began
to the end of the year it ended. A code that bore two names keeps the newer.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Final

from .declared import read
from .models import Region

NATION: Final = "000000"
SHIPPED: Final = Path(__file__).with_name("regions.csv")
"""Jiangsu whole, with what it was; every other province with its cities."""


def prefix(code: str) -> str:
    """This will give the digits that all below share: ``320600`` → ``3206``; of the nation, none."""
    if len(code) != 6 or not code.isdigit():
        raise ValueError(f"{code!r} is not a code of GB/T 2260")
    if code == NATION:
        return ""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


def includes(outer: str, inner: str) -> bool:
    """This will say whether ``inner`` is ``outer`` or lies below it."""
    return inner.startswith(prefix(outer))


def above(code: str) -> tuple[str, ...]:
    """This will name a division and all it lies in, nearest first, down to the nation."""
    ladder = (code, f"{code[:4]}00", f"{code[:2]}0000", NATION)
    return tuple(dict.fromkeys(ladder))


def span(code: str) -> tuple[str, str]:
    """This will give the least and the greatest code at or below a division, both inclusive."""
    digits = prefix(code)
    return digits.ljust(6, "0"), digits.ljust(6, "9")


def seed(path: Path = SHIPPED) -> int:
    """This will write the divisions of a table ``code,name,name_en,valid_from,valid_to`` and count them.

    Codes already there take the table's names and years; none is removed, since records name them.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = {line["code"]: line for line in csv.DictReader(file)}
    rows = [
        Region(
            code=code,
            name=line["name"],
            name_en=line["name_en"],
            parent_id=next((up for up in above(code)[1:] if up in lines), None),
            valid_from=_day(line["valid_from"]),
            valid_to=_day(line["valid_to"]),
        )
        for code, line in sorted(lines.items())
    ]
    Region.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "name_en", "parent", "valid_from", "valid_to"],
    )
    return len(rows)


def rename(path: Path) -> int:
    """This will give divisions the names a place calls them by (``- {code: …, name: …, name_en: …}``).

    A demo city borrows real codes and bears invented names, so that nobody takes it for the real place.
    """
    lines: list[dict[str, str]] = read(path) or []
    rows = [Region(code=line["code"], name=line["name"], name_en=line.get("name_en", "")) for line in lines]
    return Region.objects.bulk_update(rows, ["name", "name_en"])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
