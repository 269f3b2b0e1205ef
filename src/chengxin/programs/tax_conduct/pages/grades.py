"""Module 4, statistics and query 统计查询: the yearly grades, and one taxpayer's with its reasons."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import (
    Column,
    Filter,
    Found,
    Visit,
    bars,
    cards,
    find_now,
    found_last,
    list_table,
    lists_of,
    own,
    page,
    propose_list,
    reasons_of,
    rows_underway,
    stands,
    step,
    step_rows,
)
from chengxin.programs.tax_conduct.pages.words import (
    TAX,
    list_of,
    listing,
    points,
)
from chengxin.programs.tax_conduct.sheets import GRADED, GRADES, PROGRAM, mix

ROW_STEPS = ("notify", "serve", "decide", "serve_decision")


@page("grades/", door="desk", verbs=("read",), title="统计查询", rail="casework", icon="table")
def grades(visit: Visit) -> HttpResponseBase:
    """This will count the newest grades and list them; a row leads to its reasons."""
    found = found_last(visit, PROGRAM, "grade")
    rows = own(visit, found.rows.select(GRADED), TAX) if found else None
    counts = mix(rows, "grade") if rows is not None else {}
    return visit.render(
        "tax_conduct/grades.html",
        found=found,
        chart=bars(
            "grades", _("各级户数"), _("级别是研判，决定才约束。"), [(g, counts.get(g, 0)) for g in GRADES]
        ),
        table=graded(visit, "graded", rows if rows is not None else [], "查询纳税信用级别"),
        lists=[(each, stands(each.case)) for each in lists_of(visit, PROGRAM, "grading")],
        may_propose=visit.may("propose") and visit.who.agency.duty == TAX,
    )


def graded(visit: Visit, name: str, rows: Any, purpose: str) -> Any:
    """This will give a table of graded taxpayers."""
    return listing(
        name,
        rows,
        Column("grade", "级别", kind="grade"),
        Column("grade_before", "上年级别"),
        Column("score", "得分", value=points, sort="score"),
        purpose=purpose,
        filters=(Filter("grade", "级别", {grade: grade for grade in GRADES}),),
        link=lambda row: visit.url("tax_conduct:taxpayer", subject=row["subject"]),
    )


@page("grades/propose", door="desk", verbs=("propose",), methods=("POST",))
def propose(visit: Visit) -> HttpResponseBase:
    """This will reckon the year's grades as of today and propose them all in one schedule."""
    visit.require("propose", TAX)
    listed = propose_year(visit, find_now(visit, PROGRAM, "grade", visit.today))
    return visit.go("tax_conduct:grading", number=listed.pk)


def propose_year(visit: Visit, found: Found) -> Any:
    """This will propose a reckoned year as the schedule of one decision."""
    title = _("%(year)s 年度纳税信用评价") % {"year": found.as_of.year - 1}
    return propose_list(visit, PROGRAM, "grading", found.rows, run=found.run_sha256, title=title)


@page(
    "gradings/<int:number>/", door="desk", verbs=("read",), title="年度评价", methods=("GET", "HEAD", "POST")
)
def grading(visit: Visit, number: int) -> HttpResponseBase:
    """This will show where one year's decision stands, and take its steps: the whole, or the rows it burdens."""
    listed = list_of(visit, "grading", number)
    if visit.request.method == "POST":
        take(visit, listed, visit.request.POST.get("step", ""))
        return visit.go("tax_conduct:grading", number=number)
    rows = own(visit, list_table(visit, listed, GRADED), TAX)
    theirs = visit.who.agency.duty == TAX
    underway = rows_underway(listed) if theirs else []
    states: dict[str, int] = {}
    for row in underway:
        states[row["state"]] = states.get(row["state"], 0) + 1
    burdened = mix(rows, "adverse")["True"]
    return visit.render(
        "tax_conduct/grading.html",
        listed=listed,
        state=stands(listed.case),
        states=states,
        burdened=burdened,
        untouched=burdened - len(underway),
        theirs=theirs,
        steps=[(kind, _(STEPS[kind])) for kind in STEPS if theirs and visit.may(kind.removesuffix("_rows"))],
        table=graded(visit, "rows", rows, "办理纳税信用年度评价"),
    )


STEPS = {
    "notify": "制作不利各户的告知书",
    "serve": "记入告知书送达",
    "decide": "作出年度评价决定",
    "decide_rows": "对陈述期满的各户作出决定",
    "serve_decision": "记入决定书送达",
}


def take(visit: Visit, listed: Any, kind: str) -> None:
    """This will take a step in the whole decision, or in every row that it burdens and that stands ready."""
    visit.require(kind.removesuffix("_rows") or "decide", TAX)
    if kind == "decide":
        step(visit, listed.case, "decide", schedule=listed)
        visit.say(_("已决定：有利和不变的各户即日生效，不利各户自各自送达之日起生效。"))
        return
    tally = step_rows(visit, listed, kind.removesuffix("_rows"), _ready(visit, listed, kind))
    visit.say(_("已办理 %(n)s 户。") % {"n": tally.taken})


def _ready(visit: Visit, listed: Any, kind: str) -> list[int] | None:
    """This will name the rows whose time to state a case is over; of the other steps the schedule knows its own."""
    if kind != "decide_rows":
        return None
    return [
        row["subject"]
        for row in rows_underway(listed)
        if row["state"] == "answered" or (row["state"] == "served" and row["due_on"] < visit.today)
    ]


@page("grades/<int:subject>/", door="desk", verbs=("read",), title="级别和理由")
def taxpayer(visit: Visit, subject: int) -> HttpResponseBase:
    """This will show one taxpayer's grade with every record it rests on, and derive it again if asked to."""
    again = "again" in visit.asked
    own_tax = visit.who.agency.duty == TAX
    why = reasons_of(visit, PROGRAM, "grade", subject, again=again) if own_tax else None
    rows = [row for row in why.rows if visit.scope.covers(row["division"])] if why else []
    visit.look([subject], purpose="查询纳税信用级别")
    return visit.render(
        "tax_conduct/taxpayer.html",
        card=cards([subject]).get(subject),
        rows=[{**row, "points": points(row)} for row in rows],
        grounds=why.grounds if why and rows else [],
        as_of=why.as_of if why else None,
        same=why.same if why and rows else None,
    )
