"""Requests of bodies and the association; the organ proposes those with a tier, and a panel is heard on each."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.core.errors import MissingError
from chengxin.kit import Column, Filter, Visit, duties_of, list_table, lists_of, page, propose_list
from chengxin.programs.consumer_protection.pages.words import (
    MARKET,
    TIERS,
    act_word,
    listing,
    tier_word,
    today,
)
from chengxin.programs.consumer_protection.ratios import PROGRAM


@page("requests/", door="desk", verbs=("read",), title="失信行为提请", rail="casework", icon="document")
def requests(visit: Visit) -> HttpResponseBase:
    """This will list the requests nobody proposed yet, with the tier of each."""
    waiting = unproposed(visit, entitled(visit, today(visit, "request").rows))
    table = listing(
        "requests",
        waiting.drop_columns(["because"]),
        Column("number", "提请编号"),
        Column("conduct", "失信行为", value=act_word, sort="conduct"),
        Column("tier", "等级", value=tier_word, sort="tier"),
        Column("reported_on", "提请日期", kind="date"),
        Column("corrected_on", "改正日期", kind="date"),
        purpose="核定侵害消费者权益失信行为",
        filters=(Filter("tier", "等级", {**TIERS, "": noop("不在二十七种之内")}),),
        order="reported_on",
    )
    ready = [(tier, _(title), proposable(waiting, tier).num_rows) for tier, title in TIERS.items()]
    return visit.render(
        "consumer_protection/requests.html",
        table=table,
        ready=[one for one in ready if one[2]],
        may_propose=visit.may("propose"),
    )


@page("requests/propose", door="desk", verbs=("propose",), methods=("POST",))
def propose(visit: Visit) -> HttpResponseBase:
    """This will propose the requests of one tier; a panel is heard on each, and each trader is told and heard."""
    visit.require("propose", MARKET)
    tier = visit.request.POST.get("tier", "")
    if tier not in TIERS:
        raise MissingError("door.no_such", number=tier[:40])
    found = today(visit, "request")
    rows = proposable(unproposed(visit, entitled(visit, found.rows)), tier)
    if not rows.num_rows:
        return visit.go("consumer_protection:requests")
    title = f"{_(TIERS[tier])} {visit.today.isoformat()}"
    listed = propose_list(visit, PROGRAM, tier, rows, run=found.run_sha256, title=title)
    return visit.go("consumer_protection:listed", number=listed.pk)


def proposable(rows: pa.Table, tier: str) -> pa.Table:
    """This will keep the requests of a tier that were not put right in the meantime."""
    return rows.filter((pc.field("tier") == tier) & pc.field("corrected_on").is_null())


def entitled(visit: Visit, rows: pa.Table) -> pa.Table:
    """This will leave out what a body told that may not report it."""
    told = visit.house.items["consumer_misconduct"].reporters
    duty = duties_of(str(code) for code in rows["told_by"].to_pylist())
    may_tell = pa.array([code for code, of in duty.items() if of in told], pa.string())
    return rows.filter(pc.is_in(rows["told_by"], may_tell))


def unproposed(visit: Visit, rows: pa.Table) -> pa.Table:
    """This will leave out what some list took up already: one request is determined once."""
    parts = [
        str(part)
        for tier in TIERS
        for listed in lists_of(visit, PROGRAM, tier)
        for part in list_table(visit, listed, ("part",))["part"].to_pylist()
    ]
    return rows.filter(pc.invert(pc.is_in(rows["part"], pa.array(parts, pa.string()))))
