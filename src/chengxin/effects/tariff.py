"""Prices that a decision in force adds or takes away, read by date for a subject and one of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from chengxin.effects.models import Standing


@dataclass(frozen=True, slots=True)
class Tariff:
    """One price in force: half-open ``since <= day < until``; until None: until its exit condition is met."""

    subject: int
    part: str
    site: int | None
    program: str
    effect: str
    since: date
    until: date | None
    body: dict[str, Any]
    """The decision's columns: tier, surcharge in micro-yuan, document_number …"""
    case: int | None
    act: int | None

    def days(self, first: date, end: date) -> int:
        """This will count the days of ``first <= day < end`` on which it holds."""
        last = end if self.until is None else min(end, self.until)
        return max(0, (last - max(first, self.since)).days)


def tariffs(
    first: date, end: date, *, program: str | None = None, subject: int | None = None
) -> list[Tariff]:
    """This will give the prices that hold on some day of ``first <= day < end``, in a fixed order."""
    found = Standing.objects.filter(
        Q(until__isnull=True) | Q(until__gt=first), kind="tariff", since__lt=end, frozen=False
    )
    if program is not None:
        found = found.filter(program=program)
    if subject is not None:
        found = found.filter(subject=subject)
    rows = [_tariff(row) for row in found.order_by("subject", "part", "since", "id")]
    return [row for row in rows if row.days(first, end)]


def tariff_on(day: date, subject: int, part: str = "") -> Tariff | None:
    """This will give the price on one day: that of the part, else that of the subject as a whole.

    A later decision takes the place of an earlier one; none is added to another.
    """
    held = [row for row in tariffs(day, _next(day), subject=subject) if row.part in {part, ""}]
    return max(held, key=lambda row: (row.since, row.act or 0), default=None)


def month_after(day: date) -> date:
    """This will give the first day of the month after: from when a repair published on ``day`` tells."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _next(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _tariff(row: Standing) -> Tariff:
    return Tariff(
        row.subject,
        row.part,
        row.site,
        row.program,
        row.effect,
        row.since,
        row.until,
        row.body,
        row.case,
        row.act,
    )
