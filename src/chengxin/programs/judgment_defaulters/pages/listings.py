"""Who stands on the court's list today, by clock, court and division; persons hidden but for what a clerk needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit import (
    Column,
    Empty,
    Filter,
    Table,
    Visit,
    bodies,
    day_words,
    divisions,
    find_now,
    page,
    rested,
    within,
)
from chengxin.programs.judgment_defaulters.pages.words import DOUBTS, KINDS, PROGRAM, SPEAKS, named_debtors

SOON: Final = timedelta(days=30)
CLOCKS: Final = {
    "standing": noop("在列"),
    "soon": noop("三十日内届满"),
    "contested": noop("异议处理中"),
    "ended": noop("已退出"),
}


@page("", door="desk", verbs=("read",), name="listings", title="失信被执行人", rail="casework", icon="scale")
def listings(visit: Visit) -> HttpResponseBase:
    """This will list the records that bind today, the newest first, each with its court and how to contest it."""
    lines = rested(visit, PROGRAM).filter(effect__in=SPEAKS)
    chosen = visit.asked.get("clock", "standing")
    clock = chosen if chosen in CLOCKS else "standing"
    shown = _by_clock(visit, clock)(lines)
    table = Table(
        "listings",
        columns=[
            Column("name", "被执行人", wide=True, sort="-", link=partial(_subject, visit)),
            Column("code", "代码", kind="code", sort="-"),
            Column("effect", "名单", value=lambda row: _(KINDS[row["effect"]]), sort="effect"),
            Column("document_number", "执行案号", sort="-"),
            Column("maker", "执行法院", sort="-"),
            Column("since", "期间", value=_span, sort="since"),
            Column("state", "异议", value=_state, sort="-",
                   link=lambda row: visit.url(f"{PROGRAM}:dispute", number=row["pk"])),
        ],
        rows=shown,
        filters=[
            Filter("effect", "名单", KINDS),
            Filter("agency", "报送法院", bodies(lines.order_by("agency").values_list("agency", flat=True).distinct())),
            Filter("region", "区划", divisions(lines.order_by("region").values_list("region", flat=True).distinct())),
        ],
        order="-since",
        subject="subject",
        purpose="办理失信被执行人联合惩戒",
        prepare=partial(named_debtors, visit),
        empty=Empty("这里还没有名单", "法院的签名增量到达之后，逐条出现在这里。"),
    )  # fmt: skip
    return visit.render(
        f"{PROGRAM}/listings.html",
        table=table,
        doubts=_doubts(visit),
        clocks=[{"name": name, "title": _(title), "here": name == clock} for name, title in CLOCKS.items()],
    )


def _by_clock(visit: Visit, clock: str) -> Callable[[Any], Any]:
    """This will narrow lines by where their clock stands."""
    today = visit.today
    standing = {"since__lte": today}
    return {
        "standing": lambda lines: lines.filter(**standing).exclude(until__lte=today),
        "soon": lambda lines: lines.filter(**standing, until__gt=today, until__lte=today + SOON),
        "contested": lambda lines: lines.filter(**standing, marked=True).exclude(until__lte=today),
        "ended": lambda lines: lines.filter(until__lte=today),
    }[clock]


def _subject(visit: Visit, row: Mapping[str, Any]) -> str:
    return "" if row["person"] else f"/desk/subject/{row['subject']}"


def _span(row: Mapping[str, Any]) -> str:
    """From when until when; without an end, until it exits."""
    begins = day_words(row["since"])
    return (
        _("%(begins)s至%(ends)s") % {"begins": begins, "ends": day_words(row["until"])}
        if row["until"]
        else (_("%(begins)s起，至退出") % {"begins": begins})
    )


def _state(row: Mapping[str, Any]) -> str:
    if row["frozen"]:
        return _("暂停执行，核对中")
    return _("异议处理中") if row["marked"] else _("提出异议")


def _doubts(visit: Visit) -> Table:
    """Questions for the court: nothing of its content is changed here."""
    found = find_now(visit, PROGRAM, "doubt", visit.today)
    return Table(
        "doubts",
        columns=[
            Column("name", "被执行人", wide=True, sort="-"),
            Column("code", "代码", kind="code", sort="-"),
            Column("case_number", "执行案号"),
            Column("court", "执行法院"),
            Column("doubt", "请法院核对", value=lambda row: _(DOUBTS[row["doubt"]])),
        ],
        rows=within(visit, found.rows.to_pylist()),
        subject="subject",
        purpose="请法院核对名单",
        prepare=partial(named_debtors, visit),
        empty=Empty(
            "没有需要请法院核对的", "缺期限、超期限或者已履行仍在列的，会出现在这里；内容由法院更正。"
        ),
    )
