"""The deadlines of the bodies: the clock warns before one, and tells the head once it has passed.

Each is said once, by an act of the case that names the clock and its day; what was done in time, or is done at
last, stands there no more. The party's own periods warn nobody here, and what merely ends, ends by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases.point import OF_THE_BODY, Point
from chengxin.core.errors import RefusedByLaw
from chengxin.core.periods import Workdays

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

AHEAD: Final = 2
"""Working days before a deadline, from which who handles it is warned."""
FARTHEST: Final = timedelta(days=AHEAD + 14)
"""No two working days lie farther apart than the longest holiday with its weekends."""


def is_near(day: date, on: date, workdays: Workdays) -> bool:
    """This will say whether only so few working days are left before a deadline, today among them.

    In a year whose working days nobody published yet every day counts.
    """
    if day - on > FARTHEST:
        return False
    ahead = (on + timedelta(days=n) for n in range((day - on).days))
    return sum(one.year not in workdays.years or workdays.is_workday(one) for one in ahead) <= AHEAD


def to_say(point: Point, on: date, workdays: Workdays) -> Iterator[tuple[str, str, date]]:
    """This will give what is to be said of a matter today and was not said yet: the act, the clock and its day."""
    for clock, day in point.clocks.items():
        if clock not in OF_THE_BODY:
            continue
        kind = "escalate" if day < on else "warn" if is_near(day, on, workdays) else ""
        if kind and (kind, clock, day) not in point.alarms:
            yield kind, clock, day


def check(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse an alarm of a clock that does not run, of the wrong day, or for the second time."""
    said = (occasion.kind, str(detail.get("clock")), date.fromisoformat(detail["runs_out_on"]))
    if said not in list(to_say(before, occasion.on, occasion.bundle.workdays)):
        raise RefusedByLaw("alarm.nothing_to_say", clock=detail.get("clock") or "—", day=said[2])
