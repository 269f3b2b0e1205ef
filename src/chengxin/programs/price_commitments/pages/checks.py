"""Reminders before a date, and who is to be checked: told once by a served notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit import Column, Filter, Found, Visit, list_table, lists_of, page, propose_list
from chengxin.programs.price_commitments.pages.words import (
    PRICE,
    listing,
    matter_column,
    today,
    word,
)
from chengxin.programs.price_commitments.sheets import PROGRAM, burdening, without_parts

KINDS = {"ends": noop("承诺将要期满"), "correct": noop("整改期限将到"), "check": noop("应当核查")}
AHEAD = 60
"""Days in which the same reminder is not sent again."""


@page("checks/", door="desk", verbs=("read",), title="提醒与核查", rail="casework", icon="clock")
def checks(visit: Visit) -> HttpResponseBase:
    """This will list what is near its date, the nearest first, and who is to be checked."""
    found = today(visit, "reminder")

    def day(row: Mapping[str, Any]) -> Any:
        return visit.today + timedelta(days=row["days_left"])

    table = listing(
        "reminders",
        found.rows.drop_columns(["because"]),
        Column("days_left", "期限", kind="countdown", value=day, sort="days_left"),
        Column("number", "承诺书编号"),
        matter_column(),
        Column("kind", "事由", value=word(KINDS, "kind"), sort="kind"),
        purpose="提醒、核查价格信用承诺",
        filters=(Filter("kind", "事由", KINDS),),
        order="days_left",
    )
    waiting = untold(visit, found).rows.num_rows
    return visit.render(
        "price_commitments/checks.html",
        table=table,
        waiting=waiting,
        lists=lists_of(visit, PROGRAM, "reminding")[:10],
        may_remind=visit.may("propose") and bool(waiting),
    )


@page("checks/remind", door="desk", verbs=("propose",), methods=("POST",))
def remind(visit: Visit) -> HttpResponseBase:
    """This will open a list of reminders for those nobody was reminded of; each is then made and served."""
    visit.require("propose", PRICE)
    found = untold(visit, today(visit, "reminder"))
    if not found.rows.num_rows:
        return visit.go("price_commitments:checks")
    title = _("%(day)s价格信用承诺提醒") % {"day": visit.today.isoformat()}
    listed = propose_list(
        visit, PROGRAM, "reminding", burdening(found.rows), run=found.run_sha256, title=title
    )
    return visit.go("desk:case", number=listed.case.pk)


def untold(visit: Visit, found: Found) -> Found:
    """This will leave out what a list of the last weeks reminded of."""
    since = visit.today - timedelta(days=AHEAD)
    told: list[str] = []
    for listed in lists_of(visit, PROGRAM, "reminding"):
        if listed.case.opened_on >= since:
            told += [str(part) for part in list_table(visit, listed, ("part",))["part"].to_pylist()]
    return Found(found.run, without_parts(found.rows, told))
