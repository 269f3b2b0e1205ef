"""Module 5, use of results 结果应用: queues for service and risk, incentives for A, clues, persons."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import (
    Column,
    Filter,
    Visit,
    list_table,
    lists_of,
    own,
    page,
    propose_list,
    rows_underway,
    stands,
)
from chengxin.programs.tax_conduct.pages.grades import graded
from chengxin.programs.tax_conduct.pages.words import TAX, TIERS, listing, tier_word, today
from chengxin.programs.tax_conduct.sheets import GRADED, PROGRAM, by_act, without


@page("queues/", door="desk", verbs=("read",), title="结果应用", rail="casework", icon="next")
def queues(visit: Visit) -> HttpResponseBase:
    """This will show, of grades in force only: A for incentives, C for service, D for risk; and persons' tiers."""
    rows = own(visit, binding(visit), TAX)
    split = {grade: rows.filter(pc.field("grade") == grade) for grade in ("A", "C", "D")}
    persons = listing(
        "persons",
        today(visit, "person_tier").rows,
        Column("tier", "失信等级", value=tier_word, sort="tier"),
        Column("acts", "有效失信行为（条）", kind="int"),
        purpose="税务机关内部分类服务（自然人）",
        filters=(Filter("tier", "失信等级", TIERS),),
    )
    major = today(visit, "major").rows
    clues = listing(
        "clues",
        major,
        Column("conduct", "失信行为"),
        Column("document_number", "认定文书号"),
        Column("determined_on", "认定日期", kind="date"),
        purpose="核定重大税收违法线索",
    )
    return visit.render(
        "tax_conduct/queues.html",
        risk=graded(visit, "risk", split["D"], "风险应对"),
        service=graded(visit, "service", split["C"], "纳税辅导"),
        incentive=graded(visit, "incentive", split["A"], "守信激励"),
        persons=persons,
        clues=clues,
        may_list=visit.may("propose") and bool(major.num_rows),
    )


def binding(visit: Visit) -> pa.Table:
    """This will give the grades in force today: favourable rows by the decision, adverse ones by their own service."""
    for listed in lists_of(visit, PROGRAM, "grading"):
        if stands(listed.case) == "in_force":
            return in_force(visit, listed, list_table(visit, listed, GRADED))
    return pa.table({"subject": pa.array([], pa.int64()), "division": pa.array([], pa.string()),
                     "grade": pa.array([], pa.string())})  # fmt: skip


def in_force(visit: Visit, listed: Any, rows: pa.Table) -> pa.Table:
    """This will keep the rows of a decided list that bind today."""
    underway = rows_underway(listed)
    bound = [
        row["subject"]
        for row in underway
        if row["state"] == "in_force" and (row["ends_on"] is None or row["ends_on"] > visit.today)
    ]
    favourable = without(rows.filter(pc.invert(rows["adverse"])), [row["subject"] for row in underway])
    adverse = rows.filter(pc.is_in(rows["subject"], pa.array(bound, pa.int64())))
    return pa.concat_tables([favourable, adverse])


@page("queues/major", door="desk", verbs=("propose",), methods=("POST",))
def list_major(visit: Visit) -> HttpResponseBase:
    """This will propose the clues for publication as major violators; nothing is public before each is served."""
    visit.require("propose", TAX)
    found = today(visit, "major")
    if not found.rows.num_rows:
        return visit.go("tax_conduct:queues")
    title = _("%(day)s重大税收违法失信主体") % {"day": visit.today.isoformat()}
    listed = propose_list(visit, PROGRAM, "listing", by_act(found.rows), run=found.run_sha256, title=title)
    return visit.go("desk:case", number=listed.case.pk)
