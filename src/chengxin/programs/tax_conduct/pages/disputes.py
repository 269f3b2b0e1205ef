"""Module 2, disputes 争议处理: who states a case or asks for re-evaluation, and by when it must be answered."""

from __future__ import annotations

from django.http.response import HttpResponseBase

from chengxin.kit import Column, Table, Visit, lists_of, named, page, rows_underway
from chengxin.programs.tax_conduct.pages.words import EMPTY, TAX
from chengxin.programs.tax_conduct.sheets import PROGRAM

CONTESTED = ("stated", "answered")


@page("disputes/", door="desk", verbs=("read",), title="争议处理", rail="casework", icon="scale")
def disputes(visit: Visit) -> HttpResponseBase:
    """This will list every row in dispute, of gradings, notices and listings, the nearest deadline first."""
    rows = [
        {**row, "number": listed.case.number}
        for procedure in ("grading", "notice", "reminding", "listing")
        for listed in lists_of(visit, PROGRAM, procedure)
        for row in rows_underway(listed)
        if visit.who.agency.duty == TAX and (row["marked"] or row["state"] in CONTESTED)
    ]
    table = Table(
        "disputes",
        columns=[
            Column("due_on", "期限", kind="countdown"),
            Column("name", "纳税人", wide=True, sort="-",
                   link=lambda row: f"{visit.url('desk:case', number=row['case'])}?row={row['subject']}"),
            Column("code", "统一社会信用代码", kind="code", sort="-"),
            Column("state", "走到哪一步", kind="state"),
            Column("number", "案号"),
        ],
        rows=rows,
        order="due_on",
        subject="subject",
        purpose="办理税收失信争议",
        prepare=named,
        empty=EMPTY,
    )  # fmt: skip
    return visit.render("tax_conduct/disputes.html", table=table)
