"""The five matters: each application beside its commitment, without which nothing goes on; each ends by itself."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.core.errors import InputError
from chengxin.kit import Column, Filter, Visit, lists_of, page, propose_list, stands, step
from chengxin.programs.price_commitments.pages.drafts import ends
from chengxin.programs.price_commitments.pages.words import (
    MATTERS,
    PRICE,
    broken,
    listing,
    matter_column,
    taken_up,
    today,
    word,
)
from chengxin.programs.price_commitments.sheets import PROGRAM, without_parts, without_subjects

DECIDED = ("pricing", "integrity_unit", "fair_price_shop", "grade")
"""Matters that end by a decision of their own; repair ends with the breach it repairs."""
STANDS = {"ready": noop("有有效承诺，可以办理"), "no_commitment": noop("没有有效承诺，不予办理")}


@page("matters/", door="desk", verbs=("read",), title="五类事项", rail="casework", icon="scale")
def matters(visit: Visit) -> HttpResponseBase:
    """This will list the open applications of the five matters, and what each matter's lists came to."""
    open_now = today(visit, "application")
    table = listing(
        "applications",
        open_now.rows.drop_columns(["because"]),
        Column("number", "申请编号"),
        matter_column(),
        Column("filed_on", "申请日期", kind="date"),
        Column("commitment", "承诺书编号"),
        Column("state", "能否办理", value=word(STANDS, "state"), sort="state"),
        purpose="办理价格事项申请",
        filters=(Filter("matter", "事项", MATTERS), Filter("state", "能否办理", STANDS)),
        order="filed_on",
    )
    groups = [
        {
            "matter": matter,
            "title": _(MATTERS[matter]),
            "waiting": ready(visit, open_now.rows, matter).num_rows,
            "lists": [(one, stands(one.case)) for one in lists_of(visit, PROGRAM, matter)],
        }
        for matter in DECIDED
    ]
    return visit.render(
        "price_commitments/matters.html",
        table=table,
        groups=groups,
        may_propose=visit.may("propose"),
        may_decide=visit.may("decide"),
    )


def ready(visit: Visit, rows: pa.Table, matter: str) -> pa.Table:
    """This will keep the applications of a matter that may go on: with a commitment, no unrepaired breach, and not
    taken up yet; of grades those that meet the condition of one."""
    kept = rows.filter((pc.field("matter") == matter) & (pc.field("state") == "ready"))
    if matter == "grade":
        kept = kept.filter(pc.field("grade") != "")
    return without_parts(without_subjects(kept, list(broken(visit))), taken_up(visit, matter))


@page("matters/propose", door="desk", verbs=("propose",), methods=("POST",))
def propose(visit: Visit) -> HttpResponseBase:
    """This will propose the applications of one matter that stand on a commitment, in one list."""
    visit.require("propose", PRICE)
    matter = known(visit.request.POST.get("matter", ""))
    found = today(visit, "application")
    rows = ready(visit, found.rows, matter)
    if rows.num_rows:
        title = f"{_(MATTERS[matter])} {visit.today.isoformat()}"
        propose_list(visit, PROGRAM, matter, rows, run=found.run_sha256, title=title)
        visit.say(_("已提出 %(n)s 件。") % {"n": rows.num_rows})
    return visit.go("price_commitments:matters")


@page("matters/decide", door="desk", verbs=("decide",), methods=("POST",))
def decide(visit: Visit) -> HttpResponseBase:
    """This will decide one proposed list, until the day its matter's outcome ends."""
    visit.require("decide", PRICE)
    matter = known(visit.request.POST.get("matter", ""))
    for listed in lists_of(visit, PROGRAM, matter):
        if str(listed.pk) == visit.request.POST.get("list"):
            until = ends(visit, matter, visit.today, listed.case.region)
            step(visit, listed.case, "decide", schedule=listed, detail={"until": until.isoformat()})
            visit.say(_("已决定，即日生效，至 %(day)s。") % {"day": until.isoformat()})
    return visit.go("price_commitments:matters")


def known(matter: Any) -> str:
    """This will give a matter that ends by a decision of its own, or refuse."""
    if matter not in DECIDED:
        raise InputError("door.no_such", number=str(matter)[:40])
    return str(matter)
