"""Exits: which surcharges in force have lost their ground, and ending them as the rule says."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.core.errors import MissingError
from chengxin.kit import Column, Empty, Filter, Table, Visit, find_now, lists_of, page, step
from chengxin.programs.sewage_tariff.pages.words import PROGRAM, TIERS, WHY, named, price


@page("exits/", door="desk", verbs=("read",), title="退出", rail="casework", icon="repair")
def exits(visit: Visit) -> HttpResponseBase:
    """This will show, as of today, what must end, why, and from which day."""
    found = find_now(visit, PROGRAM, "exit", visit.today)
    rows = [row for row in found.rows.to_pylist() if not _is_ended(row)]
    table = Table(
        "exits",
        columns=[
            Column("name", "企业", link=lambda row: f"/desk/subject/{row['subject']}", wide=True),
            Column("code", "统一社会信用代码", kind="code"),
            Column("plant", "厂区"),
            Column("tier", "原档次", value=lambda row: _(TIERS[row["tier"]]), sort="tier"),
            Column("surcharge", "原加收标准", value=lambda row: price(row["surcharge"]), sort="surcharge"),
            Column("why", "原因", value=lambda row: _(WHY[row["why"]]), sort="why"),
            Column("published_on", "公布日期", kind="date"),
            Column("ends_on", "停止加收自", kind="date"),
            Column("case_number", "案号", link=lambda row: f"/desk/sewage_tariff/exits/{row['case_number']}"),
        ],
        rows=rows,
        filters=[Filter("why", "原因", WHY)],
        order="ends_on",
        subject="subject",
        purpose="核定退出",
        prepare=named,
        empty=Empty("没有需要退出的企业", "环保部门公布修复或新的评价之后，符合退出条件的会出现在这里。"),
    )
    return visit.render(
        "sewage_tariff/exits.html", found=found, table=table, count=len(rows), may_end=visit.may("repair")
    )


@page("exits/end", door="desk", verbs=("repair",), methods=("POST",))
def end(visit: Visit) -> HttpResponseBase:
    """This will end what has lost its ground: repaired from the month after, corrected from its first day."""
    found = find_now(visit, PROGRAM, "exit", visit.today)
    ended, left = 0, 0
    for row in found.rows.to_pylist():
        if _is_ended(row):
            continue
        if row["why"] == "corrected" and not visit.may("revoke"):
            left += 1
            continue
        listed = _list_of(row["case_number"])
        detail = {"part": row["plant_code"], "ends_on": row["ends_on"].isoformat()}
        kind = "revoke" if row["why"] == "corrected" else "repair"
        step(visit, listed.case, kind, subject=row["subject"], schedule=listed, detail=detail,
             cites={"records": row["because"], "runs": [found.run_sha256]})  # fmt: skip
        ended += 1
    visit.say(_("已办理退出 %(ended)s 户；待负责人撤销 %(left)s 户。") % {"ended": ended, "left": left})
    return visit.go("sewage_tariff:exits")


def _is_ended(row: dict[str, Any]) -> bool:
    """This will say whether the file already knows that this plant's surcharge ended."""
    listed = _list_of(row["case_number"])
    own = listed.case.acts.filter(subject=row["subject"], kind__in=("repair", "revoke", "lapse"))
    return any(act.detail.get("part", row["plant_code"]) == row["plant_code"] for act in own)


def _list_of(case_number: str) -> Any:
    for listed in lists_of(PROGRAM, "levy"):
        if listed.case.number == case_number:
            return listed
    raise MissingError("door.no_such", number=case_number)
