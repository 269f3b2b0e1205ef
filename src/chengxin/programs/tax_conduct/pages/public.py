"""The public page: who is graded A today. Other grades are nobody's but the taxpayer's and the tax service's."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from django.http.response import HttpResponseBase

from chengxin.kit import Column, Empty, Table, Visit, list_table, lists_of, named, page, stands
from chengxin.programs.tax_conduct.pages.queues import in_force
from chengxin.programs.tax_conduct.sheets import PROGRAM

SHOWN = ("subject", "division", "grade", "adverse", "year")


@page("", door="public", public=True, name="a_list", title="纳税信用 A 级名单")
def a_list(visit: Visit) -> HttpResponseBase:
    """This will list the taxpayers whose A grade is in force, page by page."""
    newest = next(
        (one for one in lists_of(visit, PROGRAM, "grading") if stands(one.case) == "in_force"), None
    )
    rows: pa.Table | list[object] = []
    if newest is not None:
        a_graded = list_table(visit, newest, SHOWN, pc.field("grade") == "A")
        rows = in_force(visit, newest, a_graded)
    table = Table(
        "a_list",
        columns=[
            Column("name", "纳税人", wide=True, sort="-"),
            Column("code", "统一社会信用代码", kind="code", sort="-"),
            Column("place", "区划", sort="division"),
            Column("year", "评价年度", sort="-"),
        ],
        rows=rows,
        prepare=named,
        exports=False,
        empty=Empty("还没有公布的 A 级名单", "税务机关作出年度评价决定之后，名单会出现在这里。"),
    )
    return visit.render("tax_conduct/a_list.html", table=table)
