"""The steps of a list as a whole: some go over every row that stands there, others belong to one firm alone.

A mass decision burdens nobody as a whole: its firms are told, served and bound one by one. The desk takes
such a step in one go, and each row gets an act of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from chengxin.cases import schedules
from chengxin.cases.edges import EDGES, State
from chengxin.cases.models import Case, Schedule, Standpoint
from chengxin.cases.point import Point
from chengxin.cases.procedure import procedure_of
from chengxin.cases.schedules import Tally
from chengxin.cases.standpoints import goes_row_by_row, points_of_rows
from chengxin.cases.step_words import STEPS
from chengxin.kit import Visit

OVER_ROWS = ("notify", "serve", "serve_decision")
ROW_BY_ROW = frozenset(
    {"agree_service", "withdraw_service", "fail_service", "state", "waive", "answer"}
    | {"object", "route", "answer_objection", "repair", *STEPS}
)


def schedule_of(it: Case) -> Schedule | None:
    """This will give the list a case decides, if it decides one."""
    return it.schedules.order_by("-id").first()


def of_list(visit: Visit, it: Case, following: tuple[str, ...]) -> list[str]:
    """This will give what may come next on a whole list: of ``following`` what is not one firm's own, and
    the steps for which some of its rows are ready."""
    whole = {kind for kind in following if kind not in OVER_ROWS and kind not in ROW_BY_ROW}
    return [kind for kind in EDGES if kind in whole or (kind in OVER_ROWS and ready(visit, it, kind))]


def ready(visit: Visit, it: Case, kind: str) -> int:
    """This will count the rows that stand where a step may be taken."""
    return sum(row.state in EDGES[kind].before for row in rows(visit, it))


def rows(visit: Visit, it: Case) -> list[Standpoint]:
    """This will give every row of a list that is served one by one, with where it stands.

    A row nobody has acted on yet has no copy of its own: it stands where the whole put it.
    """
    schedule = schedule_of(it)
    if schedule is None:
        return []
    written = {row.subject: row for row in _rows(it).select_related("case")}
    wanted = schedules.one_by_one(schedule, visit.store)
    unwritten = [subject for subject in wanted if subject not in written]
    points = points_of_rows(it, unwritten)
    return [written.get(subject) or _unwritten(it, subject, points[subject]) for subject in wanted]


def _unwritten(it: Case, subject: int, point: Point) -> Standpoint:
    since = point.since or it.opened_on
    return Standpoint(case=it, subject=subject, state=point.state, since=since, marked=False)


def may_be_decided(visit: Visit, it: Case) -> tuple[int, int]:
    """This will count the rows a decision today carries, and those that must wait for one of their own."""
    preparing = [row for row in rows(visit, it) if row.state in EDGES["take_out"].before]
    heard = [row for row in preparing if _heard(row, visit.today)]
    advised = procedure_of(it, visit.house).advised
    if advised or goes_row_by_row(it):
        points = points_of_rows(it, [row.subject for row in heard])
        heard = [row for row in heard if points[row.subject].may_be_carried(visit.today, advised=advised)]
    return len(heard), len(preparing) - len(heard)


def _heard(row: Standpoint, on: date) -> bool:
    over = row.due_on is not None and row.due_on < on
    return bool(row.state == State.ANSWERED or (row.state == State.SERVED and over))


def said(visit: Visit, it: Case, kind: str) -> str:
    """This will say, before a step on a whole list is taken, how many rows it reaches."""
    if kind in OVER_ROWS:
        return _("本步对走到这里的 %(n)d 家一并办理，每家各有一份。") % {"n": ready(visit, it, kind)}
    if kind != "decide":
        return ""
    heard, waiting = may_be_decided(visit, it)
    return _(
        "随本决定作出的 %(heard)d 家；尚未听取意见、期限未满，待听证或者专家组未支持的 %(waiting)d 家，另行逐家决定。"
    ) % {
        "heard": heard,
        "waiting": waiting,
    }


def take_over_rows(
    visit: Visit,
    it: Case,
    kind: str,
    *,
    on: date,
    cites: dict[str, Any],
    row: int | None = None,
    detail: dict[str, Any] | None = None,
) -> Tally:
    """This will take a step in every row that stands where it may be taken, or in one row."""
    schedule = it.schedules.order_by("-id")[0]
    return schedules.act_on_all(
        schedule, kind, official=visit.who, agency=visit.who.agency_id, on=on, at=visit.now,
        bundle=visit.adopted, store=visit.store, exhibits=cites.get("exhibits", ()),
        subjects=None if row is None else [row], detail=detail,
    )  # fmt: skip


def _rows(it: Case) -> Any:
    return Standpoint.objects.filter(case=it, subject__gt=0)
