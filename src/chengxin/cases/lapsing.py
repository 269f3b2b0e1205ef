"""What the clock does by itself: it writes down that a term is over. Effects ended before it came (law 11)."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from chengxin.cases.acts import SLICE, Draft, act_on_rows
from chengxin.cases.adopted import Adopted
from chengxin.cases.edges import State
from chengxin.cases.models import Case, Schedule, Standpoint
from chengxin.cases.rules import agency_of
from chengxin.core.clock import day_of
from chengxin.ledger.agencies import is_in_office, successor_on


def lapse_over(*, bundle: Adopted, at: datetime) -> int:
    """This will let every decision and row lapse whose end has come, once; it says how many.

    In the name of the body that decided, or of the one that took over its duty.
    """
    on = day_of(at)
    over = Standpoint.objects.filter(state__in=(State.IN_FORCE, State.FROZEN), ends_on__lte=on)
    count = 0
    for case, points in groupby(
        over.select_related("case").order_by("case_id", "-subject"), lambda p: p.case
    ):
        subjects = [point.subject or None for point in points]
        for start in range(0, len(subjects), SLICE):
            count += _lapse(case, subjects[start : start + SLICE], bundle, at)
    return count


def _lapse(case: Case, subjects: list[int | None], bundle: Adopted, at: datetime) -> int:
    """The rows of a schedule in one slice, and the whole in an act of its own."""
    agency = agency_of(case.agency)
    on = day_of(at)
    if not is_in_office(agency, on):
        agency = successor_on(agency, on) or agency
    schedule: Schedule | None = case.schedules.order_by("-id").first()
    rows = [Draft(subject) for subject in subjects if subject is not None]
    for drafts in (rows, [Draft()] if None in subjects else []):
        if drafts:
            act_on_rows(
                case, "lapse", drafts, official=None, agency=agency.code, on=on, at=at, bundle=bundle,
                schedule=schedule,
            )  # fmt: skip
    return len(subjects)
