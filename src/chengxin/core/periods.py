"""Periods as legal texts write them, over a table of working days that an operator can edit.

Two ways of counting, and each text says which:

* a **clock** (the default; 民法典 201–203) does not count the day it starts on. ``5 wd`` from Monday's
  service counts Tuesday as the first; its last day is the next Monday. A month ends on the like-numbered
  day, or on the month's last where there is none. A last day that is no working day moves to the next
  one that is, since the subject or the body must be able to act on it.
* a **span** (``counts_first=True``: publication, validity) counts its first day and does not move:
  three months from 1 April are over when 1 July begins. A date of review is reckoned this way too, so
  that it needs no workday table of years that are not yet published.

``last_day`` is the last day on which one may still act. ``end`` is the day after it: every period is
half-open, ``start <= day < end``. Hours run through nights and holidays and end at a moment.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from chengxin.core.errors import InputError, MissingError

Unit = Literal["wd", "d", "h", "m", "y"]
SHIPPED = Path(__file__).parent / "workdays.yml"
EXPECTED = Path(__file__).parent / "workdays_expected.yml"
"""Years whose notice is still to come, by the holidays the regulation itself fixes: no weekend is worked."""
_DAY = timedelta(days=1)
_LONGEST_HOLIDAY = 13
"""Days: a golden week with the weekends beside it, and one to spare."""
_HOURS: dict[Unit, tuple[int, int]] = {
    "h": (1, 1),
    "d": (24, 24),
    "m": (28 * 24, 31 * 24),
    "y": (365 * 24, 366 * 24),
}


@dataclass(frozen=True)
class Workdays:
    """Which days are worked: weekdays but for ``off``, and the weekend days in ``on`` (调休)."""

    off: frozenset[date]
    on: frozenset[date]
    years: frozenset[int]
    expected: frozenset[int] = frozenset()
    """Years not announced yet: a day reckoned in them is shown as expected."""

    @classmethod
    def load(cls, *paths: Path) -> Workdays:
        """This will read the shipped tables, then each path; a later table's year replaces an earlier's.

        A year that only the table of expected years holds is an expected one.
        """
        announced: dict[int, tuple[set[date], set[date]]] = {}
        for path in (SHIPPED, *paths):
            announced.update(_read(path))
        table = _read(EXPECTED)
        expected = frozenset(table) - frozenset(announced)
        table.update(announced)
        off = frozenset(day for free, _ in table.values() for day in free)
        on = frozenset(day for _, worked in table.values() for day in worked)
        return cls(off, on, frozenset(table), expected)

    def is_workday(self, day: date) -> bool:
        """This will say whether the day is worked; a year not in the table raises ``MissingError``."""
        if day.year not in self.years:
            raise MissingError("periods.year_unknown", year=day.year)
        return day in self.on or (day.weekday() < 5 and day not in self.off)

    def next_workday(self, day: date) -> date:
        """This will give the day itself, or the first worked day after it."""
        while not self.is_workday(day):
            day += _DAY
        return day

    def add(self, day: date, count: int) -> date:
        """This will give the ``count``-th working day after the day."""
        while count:
            day += _DAY
            count -= self.is_workday(day)
        return day

    def count(self, start: date, end: date) -> int:
        """This will count the working days of ``start <= day < end``."""
        return sum(self.is_workday(start + timedelta(days=i)) for i in range((end - start).days))


@dataclass(frozen=True)
class Period:
    """A count and a unit: ``5 wd`` (working days), ``10 d``, ``48 h``, ``3 m``, ``1 y``."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Period:
        """This will read ``5 wd``; anything else raises ``InputError``."""
        found = re.fullmatch(r"([1-9][0-9]{0,4}) ?(wd|d|h|m|y)", text.strip())
        if found is None:
            raise InputError("periods.unreadable", text=text)
        return cls(int(found[1]), next(unit for unit in get_args(Unit) if unit == found[2]))

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"

    def last_day(self, start: date, workdays: Workdays, *, counts_first: bool = False) -> date:
        """This will give the last day of the period that starts on ``start``; hours raise ``ValueError``."""
        if self.unit == "h":
            raise ValueError(f"{self} ends at a moment, not on a day")
        if self.unit == "wd":
            return workdays.add(start - _DAY if counts_first else start, self.count)
        last = self._forward(start)
        return last - _DAY if counts_first else workdays.next_workday(last)

    def end(self, start: date, workdays: Workdays, *, counts_first: bool = False) -> date:
        """This will give the first day, or for hours the first moment, that is no longer in the period."""
        if self.unit == "h":
            if not isinstance(start, datetime):
                raise ValueError(f"{self} is counted from a moment, not from {start}")
            return start + timedelta(hours=self.count)
        return self.last_day(start, workdays, counts_first=counts_first) + _DAY

    def not_shorter_than(self, other: Period) -> bool:
        """This will say whether it is as long as ``other`` wherever it starts; in doubt, False."""
        if self.unit == other.unit:
            return self.count >= other.count
        return self._hours()[0] >= other._hours()[1]

    def _forward(self, start: date) -> date:
        if self.unit == "d":
            return start + timedelta(days=self.count)
        return _add_months(start, self.count * (12 if self.unit == "y" else 1))

    def _hours(self) -> tuple[int, int]:
        """This will give the fewest and the most hours it takes, wherever it starts."""
        if self.unit == "wd":
            return self.count * 24, (self.count * 7 // 5 + _LONGEST_HOLIDAY) * 24
        fewest, most = _HOURS[self.unit]
        return self.count * fewest, self.count * most


def seed(first: int, last: int) -> str:
    """This will write the table of the years from chinesecalendar, which follows the State Council's notices.

    Run it once a year and look at the difference: ``python -c "from chengxin.core.periods import seed;
    print(seed(2004, 2026))" > src/chengxin/core/workdays.yml``. A year that the package does not know
    raises ``NotImplementedError``.
    """
    import chinese_calendar

    lines = ["# Weekdays that are free (off) and weekend days that are worked (on, 调休), year by year,"]
    lines.append("# by the yearly notices of the General Office of the State Council on public holidays.")
    for year in range(first, last + 1):
        days = [date(year, 1, 1) + timedelta(days=i) for i in range(366 if calendar.isleap(year) else 365)]
        worked = {day: chinese_calendar.is_workday(day) for day in days}
        off = ", ".join(f"{day:%m-%d}" for day in days if day.weekday() < 5 and not worked[day])
        on = ", ".join(f"{day:%m-%d}" for day in days if day.weekday() >= 5 and worked[day])
        lines += [f"{year}:", f"  off: [{off}]", f"  on: [{on}]"]
    return "\n".join(lines)


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


def _read(path: Path) -> dict[int, tuple[set[date], set[date]]]:
    try:
        table = yaml.BaseLoader(path.read_text("utf-8")).get_single_data()
        return {
            int(year): (_days(year, lists, "off"), _days(year, lists, "on")) for year, lists in table.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise InputError("periods.table_wrong", file=path.name, what=f"{error}") from error


def _days(year: str, lists: Mapping[str, Any], key: str) -> set[date]:
    days = {date.fromisoformat(f"{year}-{day}") for day in lists[key]}
    for day in days:
        if (day.weekday() < 5) != (key == "off"):
            raise ValueError(f"{day} in “{key}” is {'a weekend day' if key == 'off' else 'a weekday'}")
    return days
