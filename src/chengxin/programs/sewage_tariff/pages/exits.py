"""Exits: which surcharges in force have lost their ground, and ending them as the rule says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import Column, Empty, Filter, Found, Table, Visit, find_now, lists_of, page, step
from chengxin.programs.sewage_tariff.pages.words import PROGRAM, WHY, named_plants, yuan_of

ENDS = ("repair", "revoke", "lapse")


@page("exits/", door="desk", verbs=("read",), title="退出", rail="casework", icon="repair")
def exits(visit: Visit) -> HttpResponseBase:
    """This will show, as of today, what must end, why, and from which day."""
    lists = _lists(visit)
    found = find_now(visit, PROGRAM, "exit", visit.today)
    rows = named_plants(_open(lists, found))
    return visit.render(
        "sewage_tariff/exits.html",
        table=_table(visit, lists, rows),
        count=len(rows),
        may_end=visit.may("repair"),
    )


@page("exits/end", door="desk", verbs=("repair",), methods=("POST",), binds=True)
def end(visit: Visit) -> HttpResponseBase:
    """This will end what has lost its ground: repaired from the month after, corrected from its first day."""
    lists = _lists(visit)
    found = find_now(visit, PROGRAM, "exit", visit.today)
    ended, left = 0, 0
    for row in _open(lists, found):
        if row["why"] == "corrected" and not visit.may("revoke"):
            left += 1
            continue
        listed = lists[row["case_number"]]
        detail = {"part": row["plant_code"], "ends_on": row["ends_on"].isoformat()}
        kind = "revoke" if row["why"] == "corrected" else "repair"
        step(visit, listed.case, kind, subject=row["subject"], schedule=listed, detail=detail,
             cites={"records": row["because"], "runs": [found.run_sha256]})  # fmt: skip
        ended += 1
    visit.say(_("已办理退出 %(ended)s 户；待负责人撤销 %(left)s 户。") % {"ended": ended, "left": left})
    return visit.go("sewage_tariff:exits")


def _lists(visit: Visit) -> dict[str, Any]:
    """This will give the levy lists the visitor may see, by the number of their case."""
    return {listed.case.number: listed for listed in lists_of(visit, PROGRAM, "levy")}


def _open(lists: Mapping[str, Any], found: Found) -> list[dict[str, Any]]:
    """This will keep what the file does not yet know to have ended, of the lists that may be seen."""
    rows = [row for row in found.rows.to_pylist() if row["case_number"] in lists]
    ended = {number: _ended(lists[number].case) for number in {row["case_number"] for row in rows}}
    return [
        row
        for row in rows
        if not ended[row["case_number"]] & {(row["subject"], row["plant_code"]), (row["subject"], None)}
    ]


def _ended(case: Any) -> set[tuple[int, str | None]]:
    """This will give the plants of a case whose surcharge ended; None for a firm as a whole."""
    acts = case.acts.filter(kind__in=ENDS).exclude(subject=None)
    return {(act.subject, act.detail.get("part")) for act in acts}


def _table(visit: Visit, lists: Mapping[str, Any], rows: list[dict[str, Any]]) -> Table:
    def case(row: Mapping[str, Any]) -> str:
        href = visit.url("desk:case", number=lists[row["case_number"]].case.pk)
        return f"{href}?row={row['subject']}"

    return Table(
        "exits",
        columns=[
            Column("name", "企业", link=lambda row: f"/desk/subject/{row['subject']}", wide=True),
            Column("code", "统一社会信用代码", kind="code"),
            Column("plant", "厂区"),
            Column("tier", "原档次", kind="grade"),
            Column(
                "surcharge",
                "加收（元/立方米）",
                sort="surcharge",
                value=lambda row: yuan_of(row["surcharge"]),
            ),
            Column("why", "原因", value=lambda row: _(WHY[row["why"]]), sort="why"),
            Column("published_on", "公布日期", kind="date"),
            Column("ends_on", "停止加收自", kind="date"),
            Column("case_number", "案号", link=case),
        ],
        rows=rows,
        search=("name", "code"),
        filters=[Filter("why", "原因", WHY)],
        order="ends_on",
        subject="subject",
        purpose="核定退出",
        empty=Empty("没有需要退出的企业", "环保部门公布修复或新的评价之后，符合退出条件的会出现在这里。"),
    )
