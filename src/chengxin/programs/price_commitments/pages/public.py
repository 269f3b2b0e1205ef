"""The public pages: who committed to what, who was recognised on it, and drawing one's own commitment up."""

from __future__ import annotations

from datetime import date

import pyarrow.compute as pc
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from chengxin.core.errors import ChengxinError, MissingError
from chengxin.kit import (
    Column,
    Empty,
    Filter,
    Visit,
    find_now,
    language,
    list_table,
    lists_of,
    page,
    rows_underway,
    stands,
)
from chengxin.programs.price_commitments.pages.drafts import drawn
from chengxin.programs.price_commitments.pages.words import MATTERS, listing, matter_column
from chengxin.programs.price_commitments.sheets import PROGRAM, without_subjects
from chengxin.programs.price_commitments.wording import TOLD, Draft

PLAQUES = ("integrity_unit", "fair_price_shop", "grade")
SHOWN = ("subject", "division", "matter", "area", "grade", "commitment")
NOTHING = Empty("还没有公示的承诺", "单位签署承诺书之后，当天在这里公示；撤回、期满的不再显示。")


@page("", door="public", public=True, name="about", title="价格信用承诺公示")
def about(visit: Visit) -> HttpResponseBase:
    """This will list the commitments that run today, and who was recognised on one."""
    held = find_now(visit, PROGRAM, "commitment", visit.today).rows
    running = held.filter(pc.field("state") == "running").drop_columns(["because", "file_hash"])
    table = listing(
        "commitments",
        running,
        Column("number", "承诺书编号", wide=True),
        matter_column(),
        Column("area", "区域"),
        Column("signed_on", "签署日期", kind="date"),
        Column("valid_to", "有效期止", kind="date"),
        Column("text_hash", "正文哈希", kind="hash", sort="-"),
        purpose="",
        filters=(Filter("matter", "事项", MATTERS),),
        search=("number",),
        order="-signed_on",
        empty=NOTHING,
        exports=False,
    )
    plaques = listing(
        "plaques",
        recognised(visit),
        matter_column(),
        Column("area", "区域"),
        Column("grade", "等级"),
        purpose="",
        exports=False,
        empty=Empty("还没有认定", "价格主管部门作出决定之后，在这里公布；期满、撤销的不再显示。"),
    )
    return visit.render("price_commitments/about.html", table=table, plaques=plaques, count=running.num_rows)


def recognised(visit: Visit) -> list[dict[str, object]]:
    """This will give the rows of favourable lists in force, less those that ended alone or lost their commitment."""
    found: list[dict[str, object]] = []
    for matter in PLAQUES:
        for listed in lists_of(visit, PROGRAM, matter):
            if stands(listed.case) == "in_force":
                rows = list_table(visit, listed, SHOWN)
                found += without_subjects(rows, [row["subject"] for row in rows_underway(listed)]).to_pylist()
    return found


@page("draft/", door="public", public=True, title="拟一份承诺书")
def draft(visit: Visit) -> HttpResponseBase:
    """This will tell what a commitment means, and draw one up for a firm: its text, version and hash."""
    made, wrong = None, ""
    if visit.asked.get("code"):
        try:
            made = of_asked(visit)
        except ChengxinError as refused:
            wrong = refused.sentence(language())
    return visit.render(
        "price_commitments/draft.html", made=made, wrong=wrong, told=TOLD, matters=list(MATTERS.items()),
        asked=visit.asked,
    )  # fmt: skip


@page("draft/text", door="public", public=True)
def draft_text(visit: Visit) -> HttpResponseBase:
    """This will give the text alone, byte for byte what the hash is of: to be signed electronically."""
    return HttpResponse(of_asked(visit).text.encode(), content_type="text/plain; charset=utf-8")


def of_asked(visit: Visit) -> Draft:
    """This will draw up what the address asks for, today unless it names an earlier day."""
    said = visit.asked
    try:
        on = date.fromisoformat(said.get("drawn_on") or visit.today.isoformat())
    except ValueError:
        raise MissingError("door.no_such", number=said["drawn_on"][:20]) from None
    return drawn(visit, said.get("code", ""), said.get("matter", ""), said.get("area", "").strip()[:120], on)[
        0
    ]
