"""The cached fold, for lists. The truth is the acts; ``rebuild`` shows that the two agree."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from chengxin.cases.edges import ENDED, State
from chengxin.cases.fold import fold, fold_row
from chengxin.cases.models import Act, Case, Standpoint
from chengxin.cases.point import Point

FIELDS = (
    "state", "since", "in_force_from", "ends_on", "review_on", "due_on", "answer_by", "clock", "clock_on",
    "marked", "suspended", "alarm", "last_act",
)  # fmt: skip
_BOUND = (State.DECIDED, State.IN_FORCE, State.FROZEN)
_UNDECIDED = (State.PROPOSED, State.SERVED, State.ANSWERED)
"""From where a decision on the whole list may carry a row."""
_SLICE = 500


def point_of(case: Case, subject: int | None = None) -> Point:
    """This will fold the acts of a case, or of one row of its schedule, as they stand in the database."""
    if subject is None:
        return fold(case.acts.filter(subject=None).order_by("id"))
    return fold_row(_road(case, [subject]), subject)


def points_of_cases(cases: Collection[int]) -> dict[int, Point]:
    """This will fold many single cases with one query, by their numbers."""
    own: dict[int, list[Act]] = {number: [] for number in cases}
    for act in Act.objects.filter(case__in=cases, subject=None).order_by("id"):
        own[act.case_id].append(act)
    return {number: fold(acts) for number, acts in own.items()}


def points_of(some: Sequence[Standpoint]) -> dict[int, Point]:
    """This will fold many standpoints with few queries, by their own numbers: single cases together, and the rows
    of each list together."""
    whole = points_of_cases({one.case_id for one in some if not one.subject})
    found = {one.pk: whole[one.case_id] for one in some if not one.subject}
    listed = sorted((one for one in some if one.subject), key=lambda one: one.case_id)
    for _number, rows in groupby(listed, key=lambda one: one.case_id):
        held = list(rows)
        points = points_of_rows(held[0].case, [one.subject for one in held])
        found |= {one.pk: points[one.subject] for one in held}
    return found


def points_of_rows(case: Case, subjects: Iterable[int], favourable: Collection[int] = ()) -> dict[int, Point]:
    """This will fold many rows of a schedule with one query; ``favourable`` ones burden nobody."""
    wanted = list(subjects)
    if not wanted:
        return {}
    acts = list(_road(case, wanted))
    whole = [act for act in acts if act.subject is None]
    own: dict[int, list[Act]] = {subject: [] for subject in wanted}
    for act in acts:
        if act.subject is not None:
            own[act.subject].append(act)
    return {
        subject: fold_row(_in_order(whole, rows), subject, adverse=False if subject in favourable else None)
        for subject, rows in own.items()
    }


def write(case: Case, points: Mapping[int | None, Point]) -> None:
    """This will put the cached copies of a case and its rows; the key None is the case as a whole."""
    Standpoint.objects.bulk_create(
        [
            Standpoint(
                case=case, subject=subject or 0, agency=case.agency, region=case.region, **_values(point)
            )
            for subject, point in points.items()
        ],
        update_conflicts=True,
        unique_fields=["case", "subject"],
        update_fields=FIELDS,
    )


def fall_on_rows(case: Case, act: Act, whole: Point) -> None:
    """This will carry an act on a whole mass decision over to its cached rows, as the fold does."""
    rows = Standpoint.objects.filter(case=case, subject__gt=0)
    if act.kind == "decide" and (act.detail.get("advised") or goes_row_by_row(case)):
        _fold_again(case, rows.filter(state__in=_UNDECIDED))
    elif act.kind == "decide":
        ready = Q(state=State.ANSWERED) | Q(state=State.SERVED, due_on__lt=act.on)
        dates = {
            name: day for name in ("in_force_from", "ends_on", "review_on") if (day := getattr(whole, name))
        }
        if "from" not in act.detail:
            dates.pop("in_force_from", None)
        ready &= Q(answer_by=None)
        beside = list(rows.filter(answer_by__isnull=False).values_list("subject", flat=True))
        running = replace(whole, road=State.DECIDED, due_on=None)
        rows.filter(ready).update(
            state=State.DECIDED, since=act.on, due_on=None, last_act=act.id, clock=running.clock,
            clock_on=running.clock_on, alarm="", **dates,
        )  # fmt: skip
        # a row that burdens nobody takes force here, though it has a copy of its own because of an act beside the road
        _fold_again(case, rows.filter(Q(subject__in=beside) | Q(state=State.PROPOSED)))
    elif act.kind in {"revoke", "take_out"}:
        bound = rows.filter(state__in=_BOUND)
        preparing = rows.exclude(state__in=[*ENDED, *_BOUND])
        silent = {
            "due_on": None, "clock": "", "clock_on": None, "alarm": "", "since": act.on, "last_act": act.id,
        }  # fmt: skip
        asked = rows.filter(answer_by__isnull=False)
        preparing.update(state=State.TAKEN_OUT, **silent)
        ends_on = whole.ends_on or act.on
        bound.update(state=State.REVOKED, ends_on=ends_on, review_on=None, **silent)
        _fold_again(case, asked)


def goes_row_by_row(case: Case) -> bool:
    """Whether some row may still ask for a hearing, waits for one, or was put before a panel: its own road says
    when it is decided."""
    heard = Q(kind="serve", detail__has_key="hearing_until")
    return case.acts.filter(heard | Q(kind="convene_panel", subject__gt=0)).exists()


def _fold_again(case: Case, rows: QuerySet[Standpoint]) -> None:
    subjects = list(rows.values_list("subject", flat=True))
    for start in range(0, len(subjects), _SLICE):
        write(case, dict(points_of_rows(case, subjects[start : start + _SLICE]).items()))


def rebuild() -> int:
    """This will drop every cached copy and fold them all again; it says how many there are."""
    count = 0
    with transaction.atomic():
        Standpoint.objects.all().delete()
        for case in Case.objects.order_by("id").iterator(chunk_size=_SLICE):
            points = _all_points(case)
            write(case, points)
            count += len(points)
    return count


def cached() -> dict[tuple[int, int], tuple[Any, ...]]:
    """This will give every cached copy by (case, subject), to compare before and after a rebuild."""
    rows = Standpoint.objects.values_list("case_id", "subject", *FIELDS)
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}


def _all_points(case: Case) -> dict[int | None, Point]:
    whole = list(case.acts.filter(subject=None).order_by("id"))
    points: dict[int | None, Point] = {None: fold(whole)} if whole else {}
    for subject, acts in _rows(case):
        points[subject] = fold_row(_in_order(whole, acts), subject)
    return points


def _in_order(whole: list[Act], own: list[Act]) -> list[Act]:
    return sorted([*whole, *own], key=lambda act: act.pk)


def _rows(case: Case) -> Iterator[tuple[int, list[Act]]]:
    acts = case.acts.exclude(subject=None).order_by("subject", "id").iterator(chunk_size=_SLICE)
    for subject, own in groupby(acts, key=lambda act: act.subject):
        if subject is not None:
            yield subject, list(own)


def _road(case: Case, subjects: list[int]) -> QuerySet[Act]:
    return case.acts.filter(Q(subject=None) | Q(subject__in=subjects)).order_by("id")


def _values(point: Point) -> dict[str, Any]:
    values = {name: getattr(point, name) for name in FIELDS}
    return values | {"suspended": point.suspended is not None}
