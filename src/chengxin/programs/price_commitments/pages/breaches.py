"""Breach found from records, heard and decided through its case; repair once it is mended and promised again."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit import Column, Filter, Visit, lists_of, page, propose_list, rows_underway, step_rows
from chengxin.programs.price_commitments.pages.words import (
    CONTENTS,
    PRICE,
    broken,
    listing,
    matter_column,
    taken_up,
    today,
    word,
)
from chengxin.programs.price_commitments.sheets import PROGRAM, without_parts

FACTS = {"check": noop("核查未履行，逾期未整改"), "penalty": noop("承诺期内因价格违法被处罚")}


@page("breaches/", door="desk", verbs=("read",), title="违诺与修复", rail="casework", icon="alert")
def breaches(visit: Visit) -> HttpResponseBase:
    """This will list what the records show to be broken, what is under way, and who may be repaired today."""
    found = today(visit, "breach").rows
    fresh = without_parts(found, taken_up(visit, "breach"))
    facts = listing(
        "facts",
        fresh.drop_columns(["because"]),
        Column("number", "承诺书编号"),
        matter_column(),
        Column("content", "违反的承诺", value=word(CONTENTS, "content"), sort="content"),
        Column("fact", "事实", value=word(FACTS, "fact"), sort="fact"),
        Column("document_number", "文书号"),
        Column("found_on", "查实日期", kind="date"),
        purpose="核定违反价格信用承诺的事实",
        filters=(Filter("content", "违反的承诺", CONTENTS),),
        order="found_on",
    )
    rows = [
        {**row, "number": listed.case.number}
        for listed in lists_of(visit, PROGRAM, "breach")
        for row in rows_underway(listed)
    ]
    underway = listing(
        "underway",
        rows,
        Column("state", "走到哪一步", kind="state"),
        Column("due_on", "期限", kind="countdown"),
        Column("number", "案号", link=lambda row: f"{visit.url('desk:case', number=row['case'])}?row={row['subject']}"),
        purpose="办理违反价格信用承诺案件",
    )  # fmt: skip
    mended = repairable(visit)
    return visit.render(
        "price_commitments/breaches.html",
        facts=facts,
        underway=underway,
        fresh=fresh.num_rows,
        mended=len(mended),
        may_accuse=visit.may("propose") and bool(fresh.num_rows),
        may_repair=visit.may("repair") and bool(mended),
    )


@page("breaches/propose", door="desk", verbs=("propose",), methods=("POST",))
def accuse(visit: Visit) -> HttpResponseBase:
    """This will propose what the records show as one list; nobody is in breach before each is told and heard."""
    visit.require("propose", PRICE)
    found = today(visit, "breach")
    rows = without_parts(found.rows, taken_up(visit, "breach"))
    if not rows.num_rows:
        return visit.go("price_commitments:breaches")
    title = _("%(day)s认定违反价格信用承诺") % {"day": visit.today.isoformat()}
    listed = propose_list(visit, PROGRAM, "breach", rows, run=found.run_sha256, title=title)
    return visit.go("desk:case", number=listed.case.pk)


@page("breaches/repair", door="desk", verbs=("repair",), methods=("POST",))
def repair(visit: Visit) -> HttpResponseBase:
    """This will repair who applied with a new commitment and has nothing left unmended; publication stops today."""
    visit.require("repair", PRICE)
    done = 0
    mended = repairable(visit)
    for listed in {listed.pk: listed for listed in mended.values()}.values():
        subjects = [subject for subject, of in mended.items() if of.pk == listed.pk]
        done += step_rows(visit, listed, "repair", subjects).taken
    visit.say(_("已修复 %(n)s 家。") % {"n": done})
    return visit.go("price_commitments:breaches")


def repairable(visit: Visit) -> dict[int, Any]:
    """This will name who is in breach, applied for repair on a commitment, and has no failed check unmended."""
    asking = {
        row["subject"]
        for row in today(visit, "application").rows.to_pylist()
        if row["matter"] == "repair" and row["state"] == "ready" and not row["unmended"]
    }
    return {subject: listed for subject, listed in broken(visit).items() if subject in asking}
