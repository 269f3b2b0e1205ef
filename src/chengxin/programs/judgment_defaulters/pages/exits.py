"""Exits: from the day a ground arose the court has three working days; what is late is shown, and asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit import Column, Empty, Filter, Table, Visit, find_now, page, within
from chengxin.programs.judgment_defaulters.pages.words import GROUNDS, PROGRAM, named_debtors

STATES: Final = {
    "on_time": noop("按时退出"),
    "late": noop("逾期退出"),
    "running": noop("期限内"),
    "overdue": noop("逾期未退出"),
}


@page("exits/", door="desk", verbs=("read",), title="退出时限", rail="casework", icon="repair")
def exits(visit: Visit) -> HttpResponseBase:
    """This will show each ground of exit with its last day and whether the listing ended by then."""
    days = int(visit.house.values[f"{PROGRAM}.exits"].cells_on(visit.today)["within"].value)
    found = within(visit, find_now(visit, PROGRAM, "exits", visit.today).rows.to_pylist())
    rows = [{**row, **timed(row, days, visit)} for row in found]
    table = Table(
        "exits",
        columns=[
            Column("due_on", "最后一日", kind="date"),
            Column("state", "是否按时", value=lambda row: _(STATES[row["state"]]), sort="state"),
            Column("name", "被执行人", wide=True, sort="-"),
            Column("case_number", "执行案号"),
            Column("court", "执行法院"),
            Column("exit_ground", "退出情形", value=_ground, sort="exit_ground"),
            Column("exit_ground_on", "成就日期", kind="date"),
            Column("ends_on", "删除日期", kind="date"),
        ],
        rows=rows,
        filters=[Filter("state", "是否按时", STATES)],
        order="-due_on",
        subject="subject",
        purpose="核对退出时限",
        prepare=partial(named_debtors, visit),
        empty=Empty("还没有退出情形", "法院在增量里写明退出情形之后，这里按三个工作日计时。"),
    )
    counts = {state: sum(row["state"] == state for row in rows) for state in STATES}
    return visit.render(
        f"{PROGRAM}/exits.html",
        table=table,
        days=days,
        counts=[(_(title), counts[state]) for state, title in STATES.items()],
    )


def timed(row: Mapping[str, Any], days: int, visit: Visit) -> dict[str, Any]:
    """This will give the last working day of an exit, and whether it was kept."""
    due = visit.workdays.add(row["exit_ground_on"], days)
    gone = row["ends_on"] is not None and row["ends_on"] <= visit.today
    if gone:
        return {"due_on": due, "state": "on_time" if row["ends_on"] <= due else "late"}
    return {"due_on": due, "state": "running" if visit.today <= due else "overdue"}


def _ground(row: Mapping[str, Any]) -> str:
    return _(GROUNDS[row["exit_ground"]]) if row["exit_ground"] in GROUNDS else ""
