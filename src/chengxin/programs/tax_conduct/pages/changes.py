"""Module 3, status and changes 动态管理: reminders before a window ends, and notices when the status changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import Column, Filter, Found, Visit, list_table, lists_of, page, propose_list
from chengxin.programs.tax_conduct.pages.words import (
    TAX,
    TIERS_OR_NONE,
    listing,
    tier_word,
    today,
)
from chengxin.programs.tax_conduct.sheets import PROGRAM, burdening, without

LOOK_BACK = "change"


@page("changes/", door="desk", verbs=("read",), title="动态管理", rail="casework", icon="clock")
def changes(visit: Visit) -> HttpResponseBase:
    """This will show whose status changed and is not told yet, and whose window to correct soon ends."""
    untold = _untold(visit)
    told = listing(
        "changes",
        untold.rows,
        Column("tier_before", "原状态", value=lambda row: tier_word(row, "tier_before"), sort="tier_before"),
        Column("tier", "现状态", value=tier_word, sort="tier"),
        purpose="通知税收失信状态变化",
        filters=(Filter("tier", "现状态", TIERS_OR_NONE),),
    )

    def ends(row: Mapping[str, Any]) -> Any:
        return visit.today + timedelta(days=row["days_left"])

    reminders = listing(
        "reminders",
        today(visit, "reminder").rows,
        Column("conduct", "失信行为"),
        Column("document_number", "认定文书号"),
        Column("days_left", "纠正期限", kind="countdown", value=ends, sort="days_left"),
        Column(
            "gives_back", "期限内纠正恢复（%）", value=lambda row: row["gives_back"] // 100, sort="gives_back"
        ),
        purpose="提醒纠正税收失信行为",
    )
    return visit.render(
        "tax_conduct/changes.html",
        told=told,
        reminders=reminders,
        count=untold.rows.num_rows,
        lists=lists_of(visit, PROGRAM, "notice")[:10],
        may_tell=visit.may("propose") and bool(untold.rows.num_rows),
    )


@page("changes/tell", door="desk", verbs=("propose",), methods=("POST",))
def tell(visit: Visit) -> HttpResponseBase:
    """This will open a list of notices for the changes nobody was told of; each is then made and served."""
    visit.require("propose", TAX)
    found = _untold(visit)
    if not found.rows.num_rows:
        return visit.go("tax_conduct:changes")
    title = _("%(day)s税收失信状态变化通知") % {"day": visit.today.isoformat()}
    listed = propose_list(
        visit, PROGRAM, "notice", burdening(found.rows), run=found.run_sha256, title=title
    )  # fmt: skip
    return visit.go("desk:case", number=listed.case.pk)


def _untold(visit: Visit) -> Found:
    """This will leave out whom a notice list of the days compared already tells of the same status."""
    found = today(visit, LOOK_BACK)
    back = int(visit.house.values[f"{PROGRAM}.windows"].cells_on(visit.today)[LOOK_BACK].value)
    now = {row["subject"]: row["tier"] for row in found.rows.select(["subject", "tier"]).to_pylist()}
    since = visit.today - timedelta(days=back)
    known: list[int] = []
    for listed in lists_of(visit, PROGRAM, "notice"):
        if listed.case.opened_on >= since:
            rows = list_table(visit, listed, ("subject", "tier")).to_pylist()
            known += [row["subject"] for row in rows if now.get(row["subject"]) == row["tier"]]
    return Found(found.run, without(found.rows, known))
