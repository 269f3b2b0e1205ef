"""Feedback: what each body did after it had asked, counted by matter with the rows beside."""

from __future__ import annotations

from collections import Counter
from functools import partial

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import (
    Column,
    Empty,
    Filter,
    Series,
    Table,
    Visit,
    bodies,
    find_now,
    page,
    spoken,
    stacked_bars,
    within,
)
from chengxin.programs.judgment_defaulters.pages.words import PROGRAM, RESULTS, named_debtors

TONES = {"blocked": "red", "warned": "yellow", "passed": "green"}


@page("feedback/", door="desk", verbs=("read",), title="惩戒反馈", rail="casework", icon="check")
def feedback(visit: Visit) -> HttpResponseBase:
    """This will count what was done in each matter, and list the rows it was counted from."""
    rows = within(visit, find_now(visit, PROGRAM, "feedback", visit.today).rows.to_pylist())
    titles = {
        matter.name: spoken(matter.title, matter.title_en)
        for effect in visit.house.programs[PROGRAM].effects.values()
        for matter in effect.matters
    }
    names = bodies(row["agency"] for row in rows)
    for row in rows:
        row["matter_title"], row["body"] = titles.get(row["matter"], row["matter"]), names[row["agency"]]
    table = Table(
        "feedback",
        columns=[
            Column("acted_on", "办理日期", kind="date"),
            Column("body", "单位"),
            Column("matter_title", "事项"),
            Column("result", "处理结果", value=lambda row: _(RESULTS[row["result"]]), sort="result"),
            Column("name", "被执行人", wide=True, sort="-"),
            Column("code", "代码", kind="code", sort="-"),
            Column("number", "办件编号"),
            Column("officer", "经办岗位"),
        ],
        rows=rows,
        filters=[Filter("result", "处理结果", RESULTS), Filter("matter", "事项", titles)],
        order="-acted_on",
        subject="subject",
        purpose="统计联合惩戒反馈",
        prepare=partial(named_debtors, visit),
        empty=Empty("还没有反馈", "各单位办理之后报送“联合惩戒反馈”，这里按事项统计。"),
    )
    counted = Counter((row["matter_title"], row["result"]) for row in rows)
    chart = stacked_bars(
        "feedback",
        _("各事项的处理结果"),
        _("只数已经反馈的；没有反馈的不作推断。"),
        [(title, {result: counted[title, result] for result in RESULTS})
         for title in sorted({row["matter_title"] for row in rows})],
        [Series(result, _(word), TONES[result]) for result, word in RESULTS.items()],
        share=False,
    )  # fmt: skip
    return visit.render(f"{PROGRAM}/feedback.html", table=table, chart=chart if rows else None)
