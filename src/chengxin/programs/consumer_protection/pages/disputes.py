"""The dispute itself: how far each has come, until when the next step is due, and two ratios with their n."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit import Column, Filter, Visit, bars, page
from chengxin.programs.consumer_protection.pages.words import listing, today
from chengxin.programs.consumer_protection.ratios import PROGRAM, attended, settled_at_once

STAGES = {
    "filed": noop("已投诉，待受理"),
    "taken_up": noop("已受理"),
    "called": noop("已通知经营者"),
    "mediated": noop("调解中"),
    "closed": noop("已办结"),
}
ATTENDANCE = {"on_time": noop("按时"), "late": noop("没有按时")}
SETTLEMENT = {"at_once": noop("一次和解"), "later": noop("多次后和解"), "not": noop("没有和解")}


@page("disputes/", door="desk", verbs=("read",), title="消费纠纷", rail="casework", icon="scale")
def disputes(visit: Visit) -> HttpResponseBase:
    """This will count the disputes and list them, the nearest deadline first."""
    rows = today(visit, "dispute").rows.to_pylist()
    clocks = visit.house.values[f"{PROGRAM}.clocks"].on(visit.today)
    for row in rows:
        row["due_on"] = due(visit, row, clocks)
    table = listing(
        "disputes",
        rows,
        Column("number", "纠纷编号"),
        Column("stage", "走到哪一步", value=lambda row: _(STAGES[row["stage"]]), sort="stage"),
        Column("due_on", "期限", kind="countdown"),
        Column("attendance", "接受调查", value=lambda row: _said(ATTENDANCE, row["attendance"])),
        Column("settlement", "和解", value=lambda row: _said(SETTLEMENT, row["settlement"])),
        purpose="办理消费纠纷",
        filters=(Filter("stage", "走到哪一步", STAGES), Filter("attendance", "接受调查", ATTENDANCE)),
        order="due_on",
    )
    stages = [(_(title), sum(row["stage"] == stage for row in rows)) for stage, title in STAGES.items()]
    return visit.render(
        "consumer_protection/disputes.html",
        table=table,
        count=len(rows),
        attendance=attended(rows),
        settlement=settled_at_once(rows),
        chart=bars("stages", _("纠纷走到哪一步"), _("投诉本身不是失信；这里只用于办理和统计。"), stages),
    )


def due(visit: Visit, row: dict[str, Any], clocks: dict[str, int | str]) -> Any:
    """This will give the last day of the step that is next: to take up, or to end mediation; none once closed."""
    if row["stage"] == "closed":
        return None
    if row["taken_up_on"] is None:
        return visit.adopted.last_day(f"{clocks['take_up']} wd", row["filed_on"])
    return visit.adopted.last_day(f"{clocks['mediate']} wd", row["taken_up_on"])


def _said(words: dict[str, str], key: str) -> str:
    return _(words[key]) if key in words else "—"
