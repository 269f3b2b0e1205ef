"""What the clock sent under a procedure that reminds, and what waits for a hand: one table for every such program."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.cases.models import Act, Standpoint
from chengxin.cases.service import MEANS
from chengxin.kit.casework import list_table, lists_of, named
from chengxin.kit.pages import Visit
from chengxin.kit.tables import Column, Empty, Filter, Table
from chengxin.kit.words import spoken

STATES: Final = {
    "decided": noop("待寄送"),
    "in_force": noop("已送达"),
    "lapsed": noop("已送达，期限已过"),
    "taken_out": noop("事由消除，没有送出"),
}
SHOWN: Final = timedelta(days=400)
"""How far back the lists are shown: a commitment of a year, and a little."""


def reminders_sent(visit: Visit, program: str, procedure: str, *duties: str, purpose: str) -> Table:
    """This will list whom the clock reminded, by which means it was served, and what is to be sent by hand until
    when; to bodies of these duties alone."""
    mine = visit.who.agency.duty in duties
    rows = _rows(visit, program, procedure, visit.today - SHOWN) if mine else []
    return Table(
        f"sent_{procedure}",
        columns=[
            Column("due_on", "最迟寄送", kind="countdown"),
            Column("name", "单位", wide=True, sort="-", link=lambda row: _href(visit, row)),
            Column("code", "统一社会信用代码", kind="code", sort="-"),
            Column("part", "提醒的事项", wide=True),
            Column("made_on", "提醒日期", kind="date"),
            Column("state", "送达情况", value=lambda row: _(STATES.get(row["state"], row["state"]))),
            Column("means", "送达方式", value=lambda row: spoken(*MEANS[row["means"]]) if row["means"] else "",
                   sort="means"),
            Column("sent_on", "送达日期", kind="date"),
        ],
        rows=rows,
        filters=(Filter("state", "送达情况", STATES),),
        order="-made_on",
        subject="subject",
        purpose=purpose,
        prepare=named,
        empty=Empty("时钟还没有发出提醒", "每天自动列出；同意电子送达的当时送达，其余由承办人寄送。"),
    )  # fmt: skip


def _href(visit: Visit, row: Mapping[str, Any]) -> str:
    return f"{visit.url('desk:case', number=row['case'])}?row={row['subject']}"


def _rows(visit: Visit, program: str, procedure: str, since: date) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for listed in lists_of(visit, program, procedure):
        if listed.case.opened_on < since:
            break
        said: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in list_table(visit, listed, ("subject", "part", "division")).to_pylist():
            said[row["subject"]].append(row)
        served = {
            act.subject: act.detail
            for act in Act.objects.filter(case=listed.case, kind="serve_decision").order_by("pk")
        }
        for point in Standpoint.objects.filter(case=listed.case, subject__gt=0):
            own, how = said[point.subject], served.get(point.subject, {})
            sent = how.get("served_on")
            found.append(
                {
                    "subject": point.subject,
                    "case": point.case_id,
                    "division": own[0]["division"] if own else "",
                    "part": _("；").join(row["part"] for row in own),
                    "state": point.state,
                    "made_on": listed.case.opened_on,
                    "due_on": point.due_on if point.state == "decided" else None,
                    "means": how.get("means", ""),
                    "sent_on": date.fromisoformat(sent) if sent else None,
                }
            )
    return [row for row in found if visit.scope.covers(row["division"])]
