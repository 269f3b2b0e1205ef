"""The steps of a list as a whole: some go over every row that stands there, others belong to one firm alone.

A mass decision burdens nobody as a whole: its firms are told, served and bound one by one. The desk takes
such a step in one go, and each row gets an act of its own.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from chengxin.cases import schedules
from chengxin.cases.edges import EDGES, State
from chengxin.cases.models import Case, Schedule, Standpoint
from chengxin.cases.schedules import Tally
from chengxin.kit import Visit

OVER_ROWS = ("notify", "serve", "serve_decision")
ROW_BY_ROW = frozenset({"state", "waive", "answer", "object", "route", "answer_objection", "repair"})


def schedule_of(it: Case) -> Schedule | None:
    """This will give the list a case decides, if it decides one."""
    return it.schedules.order_by("-id").first()


def of_list(it: Case, following: tuple[str, ...]) -> list[str]:
    """This will give what may come next on a whole list: of ``following`` what is not one firm's own, and
    the steps for which some of its rows are ready."""
    whole = {kind for kind in following if kind not in OVER_ROWS and kind not in ROW_BY_ROW}
    return [kind for kind in EDGES if kind in whole or (kind in OVER_ROWS and ready(it, kind))]


def ready(it: Case, kind: str) -> int:
    """This will count the rows that stand where a step may be taken."""
    return int(_rows(it).filter(state__in=EDGES[kind].before).count())


def may_be_decided(it: Case, on: date) -> tuple[int, int]:
    """This will count the rows a decision on a day carries, and those that must wait for one of their own."""
    open_rows = _rows(it).filter(state__in=EDGES["take_out"].before)
    heard = open_rows.filter(Q(state=State.ANSWERED) | Q(state=State.SERVED, due_on__lt=on)).count()
    return heard, open_rows.count() - heard


def said(visit: Visit, it: Case, kind: str) -> str:
    """This will say, before a step on a whole list is taken, how many rows it reaches."""
    if kind in OVER_ROWS:
        return _("本步对走到这里的 %(n)d 家一并办理，每家各有一份。") % {"n": ready(it, kind)}
    if kind != "decide":
        return ""
    heard, waiting = may_be_decided(it, visit.today)
    return _("随本决定作出的 %(heard)d 家；尚未听取意见或期限未满的 %(waiting)d 家，另行逐家决定。") % {
        "heard": heard,
        "waiting": waiting,
    }


def take_over_rows(visit: Visit, it: Case, kind: str, on: date, cites: dict[str, Any]) -> Tally:
    """This will take a step in every row that stands where it may be taken."""
    schedule = it.schedules.order_by("-id")[0]
    return schedules.act_on_all(
        schedule, kind, official=visit.who, agency=visit.who.agency_id, on=on, at=visit.now,
        bundle=visit.adopted, store=visit.store, exhibits=cites.get("exhibits", ()),
    )  # fmt: skip


def _rows(it: Case) -> Any:
    return Standpoint.objects.filter(case=it, subject__gt=0)
