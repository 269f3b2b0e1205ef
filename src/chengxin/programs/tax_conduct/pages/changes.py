"""Module 3, status and changes 动态管理: what the clock tells of, what it sent, and what waits for a hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http.response import HttpResponseBase

from chengxin.kit import Column, Filter, Visit, page, reminders_sent
from chengxin.programs.tax_conduct.pages.words import TAX, TIERS_OR_NONE, listing, tier_word, today
from chengxin.programs.tax_conduct.sheets import PROGRAM


@page("changes/", door="desk", verbs=("read",), title="动态管理", rail="casework", icon="clock")
def changes(visit: Visit) -> HttpResponseBase:
    """This will show whose status changed and whose window to correct soon ends, and who was told of it how."""
    changed = listing(
        "changes",
        today(visit, "change").rows,
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
        changed=changed,
        reminders=reminders,
        sent_notices=reminders_sent(visit, PROGRAM, "notice", TAX, purpose="通知税收失信状态变化"),
        sent_reminders=reminders_sent(visit, PROGRAM, "reminding", TAX, purpose="提醒纠正税收失信行为"),
    )
