"""The public page: what counts as misconduct against consumers, what follows, and how disputes ended."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import Visit, find_now, page
from chengxin.programs.consumer_protection.pages.words import ACTS, MEASURES, TIERS
from chengxin.programs.consumer_protection.ratios import PROGRAM, attended, settled_at_once


@page("", door="public", public=True, name="about", title="消费维权与失信认定")
def about(visit: Visit) -> HttpResponseBase:
    """This will give the twenty-seven acts by tier with what follows, and two ratios with their n.

    Traders are named on their own pages alone, where the clock and an objection act at once.
    """
    values = visit.house.values[f"{PROGRAM}.acts"]
    cells = values.cells_on(visit.today)
    tiers = [
        {
            "title": _(title),
            "measure": _(MEASURES[tier]),
            "acts": [_(ACTS[name]) for name, cell in cells.items() if cell.value == tier],
        }
        for tier, title in TIERS.items()
    ]
    rows = find_now(visit, PROGRAM, "dispute", visit.today).rows.to_pylist()
    return visit.render(
        "consumer_protection/about.html",
        tiers=tiers,
        proposal=any(cell.status == "proposal" for cell in cells.values()),
        citation=visit.house.articles[values.basis].citation,
        count=len(rows),
        attendance=attended(rows),
        settlement=settled_at_once(rows),
    )
