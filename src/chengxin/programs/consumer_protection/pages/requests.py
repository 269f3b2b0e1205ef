"""Requests of bodies and the association, with the panel's voices; the organ proposes those the panel supports."""

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

STATES = {
    "no_panel": noop("还没有评审"),
    "unfit": noop("人数不足或者为双数"),
    "interested": noop("有专家存在利害关系"),
    "supported": noop("过半数赞成"),
    "opposed": noop("没有过半数"),
    "unlisted": noop("不在二十七种之内"),
}


@page("requests/", door="desk", verbs=("read",), title="提请与评审", rail="casework", icon="document")
def requests(visit: Visit) -> HttpResponseBase:
    """This will list the requests nobody proposed yet, with what the panel says of each."""
    waiting = unproposed(visit, entitled(visit, today(visit, "request").rows))
    table = listing(
        "requests",
        waiting.drop_columns(["because"]),
        Column("number", "提请编号"),
        Column("conduct", "失信行为", value=act_word, sort="conduct"),
        Column("tier", "等级", value=tier_word, sort="tier"),
        Column("reported_on", "提请日期", kind="date"),
        Column("pro", "赞成／人数", value=lambda row: f"{row['pro']}／{row['members']}", sort="pro"),
        Column("state", "评审结果", value=lambda row: _(STATES[row["state"]]), sort="state"),
        purpose="核定侵害消费者权益失信行为",
        filters=(Filter("tier", "等级", TIERS), Filter("state", "评审结果", STATES)),
        order="reported_on",
    )
    ready = [(tier, _(title), supported(waiting, tier).num_rows) for tier, title in TIERS.items()]
    return visit.render(
        "consumer_protection/requests.html",
        table=table,
        ready=[one for one in ready if one[2]],
        may_propose=visit.may("propose"),
    )


@page("requests/propose", door="desk", verbs=("propose",), methods=("POST",))
def propose(visit: Visit) -> HttpResponseBase:
    """This will propose, of one tier, the requests the panel supports; each trader is then told and heard."""
    visit.require("propose", MARKET)
    tier = visit.request.POST.get("tier", "")
    if tier not in TIERS:
        raise MissingError("door.no_such", number=tier[:40])
    found = today(visit, "request")
    rows = supported(unproposed(visit, entitled(visit, found.rows)), tier)
    if not rows.num_rows:
        return visit.go("consumer_protection:requests")
    title = f"{_(TIERS[tier])} {visit.today.isoformat()}"
    listed = propose_list(visit, PROGRAM, tier, rows, run=found.run_sha256, title=title)
    return visit.go("consumer_protection:listed", number=listed.pk)


def supported(rows: pa.Table, tier: str) -> pa.Table:
    """This will keep the requests of a tier that the panel supports and that were not put right in the meantime."""
    wanted = (pc.field("tier") == tier) & (pc.field("state") == "supported")
    return rows.filter(wanted & pc.field("corrected_on").is_null())


def entitled(visit: Visit, rows: pa.Table) -> pa.Table:
    """This will leave out what a body told that may not report it, or whose panel it may not keep."""
    told, kept = (visit.house.items[name].reporters for name in ("consumer_misconduct", "consumer_panel"))
    duty = duties_of(str(code) for column in ("told_by", "panel_by") for code in rows[column].to_pylist())
    may_tell = pa.array([code for code, of in duty.items() if of in told], pa.string())
    may_keep = pa.array(["", *(code for code, of in duty.items() if of in kept)], pa.string())
    return rows.filter(pc.is_in(rows["told_by"], may_tell)).filter(pc.field("panel_by").isin(may_keep))


def unproposed(visit: Visit, rows: pa.Table) -> pa.Table:
    """This will leave out what some list took up already: one request is determined once."""
    parts = [
        str(part)
        for tier in TIERS
        for listed in lists_of(visit, PROGRAM, tier)
        for part in list_table(visit, listed, ("part",))["part"].to_pylist()
    ]
    return rows.filter(pc.invert(pc.is_in(rows["part"], pa.array(parts, pa.string()))))
