"""Reminders 提醒: before a window ends, and after a status changed. They tell, and bind nobody.

A procedure with ``reminds`` decides nothing, so that nobody need be heard: the clock makes a reminder under the
article of the procedure for each row of its finding, of each window once, and it is served like any paper. What
fell away before it was served is not sent. ``reminding`` does it; here stands what it must not do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from chengxin.cases.models import Act
from chengxin.cases.point import Point
from chengxin.core.errors import RefusedByLaw
from chengxin.core.hashing import hash_bytes
from chengxin.core.periods import Workdays

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

_DAY = timedelta(days=1)
_SLICE = 500


def name_of(window: str) -> str:
    """This will name a window as an act names it, whatever its finding wrote."""
    return hash_bytes(window.encode())[:16]


def send_by(last: date, on: date, workdays: Workdays) -> date:
    """This will give the last working day of a window, by which a letter must have gone; today, where none is left.

    A year whose working days nobody published yet leaves the last day as it is.
    """
    while last > on and last.year in workdays.years and not workdays.is_workday(last):
        last -= _DAY
    return max(last, on)


def reminded(program: str, procedure: str, subjects: Collection[int]) -> set[tuple[int, str]]:
    """This will name (subject, window) of every reminder that was made and not recalled unsent."""
    found: set[tuple[int, str]] = set()
    listed = sorted(subjects)
    for start in range(0, len(listed), _SLICE):
        own = Act.objects.filter(
            case__program=program, case__procedure=procedure, subject__in=listed[start : start + _SLICE]
        )
        recalled = set(own.filter(kind="recall").values_list("case", "subject"))
        made = own.filter(kind="remind").values_list("case", "subject", "detail__windows")
        found |= {
            (subject, window)
            for case, subject, windows in made
            if subject is not None and (case, subject) not in recalled
            for window in windows
        }
    return found


def fill(occasion: Occasion, subject: int | None, filled: dict[str, Any]) -> None:
    """This will write by when it must have gone, and refuse a window of which its party was reminded already."""
    case, until = occasion.case, date.fromisoformat(filled["until"])
    known = reminded(case.program, case.procedure, {subject or 0})
    if any((subject, window) in known for window in filled["windows"]):
        raise RefusedByLaw("reminder.twice", case=case.number)
    filled["adverse"] = False
    filled["due_on"] = send_by(until - _DAY, occasion.on, occasion.bundle.workdays).isoformat()


def check(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to remind where the procedure decides."""
    if occasion.procedure.reminds is None:
        raise RefusedByLaw("reminder.decides", procedure=occasion.procedure.title)


def check_served(before: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to serve a reminder of a window that is over by then."""
    served = date.fromisoformat(detail["served_on"])
    if before.ends_on is not None and served >= before.ends_on:
        raise RefusedByLaw("reminder.too_late", served_on=served, last=before.ends_on - _DAY)
