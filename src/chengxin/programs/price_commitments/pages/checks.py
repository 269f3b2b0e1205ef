"""Reminders before a date, sent by the clock; and who is to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_noop as noop

from chengxin.kit import Column, Filter, Visit, page, reminders_sent
from chengxin.programs.price_commitments.pages.words import DUTIES, listing, matter_column, today, word
from chengxin.programs.price_commitments.sheets import PROGRAM

KINDS = {"ends": noop("承诺将要期满"), "correct": noop("整改期限将到")}


@page("checks/", door="desk", verbs=("read",), title="提醒与核查", rail="casework", icon="clock")
def checks(visit: Visit) -> HttpResponseBase:
    """This will list what is near its date, whom the clock reminded of it, and who is to be checked."""

    def day(row: Mapping[str, Any]) -> Any:
        return visit.today + timedelta(days=row["days_left"])

    def dated(name: str, *more: Column, **words: Any) -> Any:
        return listing(
            name,
            today(visit, name).rows.drop_columns(["because"]),
            Column("days_left", "期限", kind="countdown", value=day, sort="days_left"),
            Column("number", "承诺书编号"),
            matter_column(),
            *more,
            purpose="提醒、核查价格信用承诺",
            order="days_left",
            **words,
        )

    kind = Column("kind", "事由", value=word(KINDS, "kind"), sort="kind")
    return visit.render(
        "price_commitments/checks.html",
        reminders=dated("reminder", kind, filters=(Filter("kind", "事由", KINDS),)),
        sent=reminders_sent(visit, PROGRAM, "reminding", *DUTIES, purpose="提醒、核查价格信用承诺"),
        unchecked=dated("unchecked"),
    )
