"""What a platform that makes no mistake must find, worked out in plain Python from the rows it must take."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from chengxin.places.demo.city import GOOD, NOT_YET, Grade

SURCHARGE = {"red": 600_000, "red_again": 1_000_000, "black": 1_000_000}
"""Micro-yuan a cubic metre; the demo city has adopted the province's floor."""


@dataclass(slots=True)
class Told:
    """The grades the platform was told, newest telling last."""

    ratings: dict[tuple[str, str], dict[str, Grade]] = field(default_factory=dict)
    repairs: dict[tuple[str, str], list[Grade]] = field(default_factory=dict)

    def grade(self, grade: Grade) -> None:
        """This will note a grade; one of the same plant and period takes the place of the earlier one."""
        key = (grade.firm.uscc, grade.plant)
        if grade.kind == "rating":
            self.ratings.setdefault(key, {})[grade.period] = grade
        else:
            self.repairs.setdefault(key, []).append(grade)


def month_after(day: date) -> date:
    """This will give the first day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def tier(told: dict[str, Grade]) -> str | None:
    """This will give the tier a plant's published ratings put it in; None: it pays nothing more."""
    colours = [told[period].colour for period in sorted(told)]
    if colours[-1] == "black":
        return "black"
    if colours[-1] == "red":
        return "red_again" if colours[-2:] == ["red", "red"] else "red"
    return None


def levies(told: Told, on: date) -> list[dict[str, Any]]:
    """This will list who owes what on a day, by code and plant."""
    rows = []
    for (uscc, plant), ratings in sorted(told.ratings.items()):
        newest = ratings[max(ratings)]
        level = tier(ratings)
        if level is None or newest.firm.region == NOT_YET:
            continue
        ends = _repaired(told, newest)
        if ends is None or ends > on:
            until = ends.isoformat() if ends else None
            rows.append(
                {"uscc": uscc, "plant": plant, "tier": level, "surcharge": SURCHARGE[level], "until": until}
            )
    return rows


def exits(told: Told, on: date) -> list[dict[str, Any]]:
    """This will list the plants a repair has freed by a day, with the day they are free from."""
    rows = []
    for (uscc, plant), ratings in sorted(told.ratings.items()):
        newest = ratings[max(ratings)]
        ends = _repaired(told, newest)
        if tier(ratings) and ends is not None and ends <= on:
            rows.append({"uscc": uscc, "plant": plant, "ends_on": ends.isoformat()})
    return rows


def _repaired(told: Told, newest: Grade) -> date | None:
    several = told.repairs.get((newest.firm.uscc, newest.plant), [])
    days = [g.published_on for g in several if g.colour in GOOD and g.published_on >= newest.published_on]
    return month_after(min(days)) if days else None
