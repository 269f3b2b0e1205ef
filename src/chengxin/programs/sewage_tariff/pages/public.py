"""The public page: who pays a surcharge and why in general, under which values, and how it ends."""

from __future__ import annotations

from collections import Counter

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import Chart, Series, Visit, list_rows, lists_of, page, stacked_bars
from chengxin.programs.sewage_tariff.pages.words import PROGRAM, TIERS, price


@page("", door="public", public=True, name="about", title="谁要加收污水处理费、为什么")
def about(visit: Visit) -> HttpResponseBase:
    """This will say the rule, its values with their basis and status, and how many pay in each tier today."""
    values = visit.house.values[f"{PROGRAM}.surcharge"]
    cells = values.cells_on(visit.today)
    tiers = [
        {
            "tier": tier,
            "title": _(TIERS[tier]),
            "price": price(int(cells[tier].value)),
            "basis": visit.house.articles[cells[tier].basis].citation,
            "proposal": cells[tier].status == "proposal",
        }
        for tier in TIERS
        if tier in cells
    ]
    return visit.render(
        "sewage_tariff/about.html",
        tiers=tiers,
        charts=home_charts(visit),
    )


def home_charts(visit: Visit) -> list[Chart]:
    """This will draw how many firms pay in each tier today; nothing where nobody does."""
    paying = _paying(visit)
    if not paying:
        return []
    return [
        stacked_bars(
            "paying",
            _("今天加收污水处理费的厂区"),
            _("企业治污达到黄色及以上并公布的，次月起不再加收。"),
            [(_("加收中"), dict(paying))],
            [Series(tier, _(TIERS[tier]), "black" if tier == "black" else "red") for tier in TIERS],
            share=False,
        )
    ]


def _paying(visit: Visit) -> Counter[str]:
    """This will count the plants that pay today under a decision in force, by tier: read by date."""
    return Counter(
        row["tier"]
        for listed in lists_of(visit, PROGRAM, "levy")
        for row in list_rows(visit, listed)
        if row["state"] == "in_force"
        and (row["from_on"] or visit.today) <= visit.today
        and (row["ends_on"] is None or row["ends_on"] > visit.today)
    )
