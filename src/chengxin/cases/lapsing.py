"""What the clock does by itself: it writes down that a term is over, and what an article orders of what runs.

Effects ended before it came (law 11). A milder rule that its article orders, and an article that the law declares
void, need no judgement either; what needs one is proposed, and ``take_over`` writes what the head decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from chengxin.cases import milder, repealed, standpoints, watch
from chengxin.cases.acts import SLICE, Draft, act_on_rows
from chengxin.cases.adopted import Adopted
from chengxin.cases.edges import State
from chengxin.cases.models import Act, Case, Schedule, Standpoint
from chengxin.cases.rules import agency_of
from chengxin.core.clock import day_of
from chengxin.ledger.agencies import is_in_office, successor_on
from chengxin.ledger.models import Agency, Official


def lapse_over(*, bundle: Adopted, at: datetime) -> int:
    """This will let every decision and row lapse whose end has come, once; it says how many.

    In the name of the body that decided, or of the one that took over its duty.
    """
    over = Standpoint.objects.filter(state__in=(State.IN_FORCE, State.FROZEN), ends_on__lte=day_of(at))
    count = 0
    for case, points in groupby(
        over.select_related("case").order_by("case_id", "-subject"), lambda p: p.case
    ):
        subjects = [point.subject or None for point in points]
        count += take_over(case, "lapse", subjects, official=None, bundle=bundle, at=at)
    return count


def shorten_ordered(*, bundle: Adopted, at: datetime) -> int:
    """This will let end sooner what a milder rule reaches by the order of its article; it says how many."""
    found = list(milder.sooner(bundle=bundle, on=day_of(at), ordered=True))
    return sum(
        take_over(case, "shorten", rows, official=None, bundle=bundle, at=at)
        for case, rows in _by_case((one.case, one.row) for one in found)
    )


def suspend_void(*, bundle: Adopted, at: datetime) -> int:
    """This will suspend, once, what stands on an article that the law declares void; it says how many.

    What the head let go on under another article is left to the head.
    """
    open_still = Q(suspended=False)
    found = list(repealed.running(bundle=bundle, on=day_of(at), within=open_still, void=True))
    done = set(
        Act.objects.filter(kind="suspend", case__in={one.case.pk for one in found}).values_list(
            "case", "subject", "detail__article"
        )
    )
    rows: dict[tuple[Case, str], list[int | None]] = {}
    for one in found:
        if (one.case.pk, one.row, one.article) not in done:
            rows.setdefault((one.case, one.article), []).append(one.row)
    return sum(
        take_over(case, "suspend", each, official=None, bundle=bundle, at=at, detail={"article": article})
        for (case, article), each in rows.items()
    )


def alarm(*, bundle: Adopted, at: datetime) -> int:
    """This will warn before a deadline of a body and tell its head of one that has passed, each once; it says how
    often."""
    on = day_of(at)
    return sum(_alarm(some, on, bundle=bundle, at=at) for some in _slices(_with_deadlines(on)))


def _alarm(some: list[Standpoint], on: date, *, bundle: Adopted, at: datetime) -> int:
    said: dict[tuple[Case, str, str, date], list[int | None]] = {}
    points, told = standpoints.points_of(some), 0
    for one in some:
        for kind, clock, day in watch.to_say(points[one.pk], on, bundle.workdays):
            said.setdefault((one.case, kind, clock, day), []).append(one.subject or None)
    for (case, kind, clock, day), subjects in said.items():
        if is_in_office(in_office(case, on), on):
            detail = {"clock": clock, "runs_out_on": day.isoformat()}
            told += take_over(case, kind, subjects, official=None, bundle=bundle, at=at, detail=detail)
    return told


def _with_deadlines(on: date) -> QuerySet[Standpoint]:
    """What may have something due to be said of it; what the head was told of waits for the head."""
    far = on + watch.FARTHEST
    due = Q(due_on__lte=far) & ~Q(state=State.SERVED) | Q(answer_by__lte=far) | Q(review_on__lte=far)
    open_still = Standpoint.objects.filter(due).exclude(alarm="escalate")
    return open_still.exclude(state__in=(State.OPEN, State.KEPT)).select_related("case").order_by("pk")


def _slices(found: QuerySet[Standpoint]) -> Iterable[list[Standpoint]]:
    """A list of millions is read as it is worked off."""
    last = 0
    while some := list(found.filter(pk__gt=last)[:SLICE]):
        yield some
        last = some[-1].pk


def take_over(
    case: Case,
    kind: str,
    subjects: Sequence[int | None],
    *,
    official: Official | None,
    bundle: Adopted,
    at: datetime,
    detail: Mapping[str, Any] | None = None,
    exhibits: Sequence[int] = (),
) -> int:
    """This will take one step in rows of a case in slices, and in the whole (None) by an act of its own.

    Without an official it is done by the clock, in the name of the body in office; it says how many.
    """
    on = day_of(at)
    agency = official.agency_id if official else in_office(case, on).code
    schedule: Schedule | None = case.schedules.order_by("-id").first()
    cites = {"exhibits": list(exhibits)} if exhibits else {}
    rows = [Draft(subject, detail or {}, cites) for subject in subjects if subject is not None]
    slices = [rows[start : start + SLICE] for start in range(0, len(rows), SLICE)]
    for drafts in (*slices, [Draft(None, detail or {}, cites)] if None in subjects else []):
        if drafts:
            act_on_rows(
                case, kind, drafts, official=official, agency=agency, on=on, at=at, bundle=bundle,
                schedule=schedule,
            )  # fmt: skip
    return len(subjects)


def in_office(case: Case, on: date) -> Agency:
    """This will give the body that decided, or the one that took over its duty."""
    agency = agency_of(case.agency)
    return agency if is_in_office(agency, on) else successor_on(agency, on) or agency


def _by_case(found: Iterable[tuple[Case, int | None]]) -> Iterable[tuple[Case, list[int | None]]]:
    held = sorted(found, key=lambda one: (one[0].pk, one[1] or 0))
    for _number, own in groupby(held, key=lambda one: one[0].pk):
        rows = list(own)
        yield rows[0][0], [row for _case, row in rows]
