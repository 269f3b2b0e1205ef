"""Module 1, collection 失信信息采集: what the tax office hands in, and the status that follows today."""

from __future__ import annotations

from django.http.response import HttpResponseBase

from chengxin.kit import Column, Filter, Visit, page, spoken
from chengxin.programs.tax_conduct.pages.words import TIERS, listing, tier_word, today

ITEMS = ("tax_year", "tax_conduct", "tax_person", "tax_conduct_person")


@page("conducts/", door="desk", verbs=("read",), title="失信信息采集", rail="casework", icon="upload")
def conducts(visit: Visit) -> HttpResponseBase:
    """This will show where to hand in, and every taxpayer's worst tier that still holds today."""
    known = [visit.house.items[name] for name in ITEMS if visit.may("hand_in")]
    items = [
        (it.name, spoken(it.title, it.title_en)) for it in known if visit.who.agency.duty in it.reporters
    ]
    table = listing(
        "tiers",
        today(visit, "tier").rows,
        Column("tier", "失信等级", value=tier_word, sort="tier"),
        Column("acts", "有效失信行为（条）", kind="int"),
        purpose="核对税收失信状态",
        filters=(Filter("tier", "失信等级", TIERS),),
    )
    return visit.render("tax_conduct/collection.html", items=items, table=table)
