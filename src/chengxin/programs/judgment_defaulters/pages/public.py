"""The public page: what the list is, whose it is, and where to look a natural person up. It names nobody."""

from __future__ import annotations

from django.http.response import HttpResponseBase

from chengxin.kit import Visit, page, rested, spoken
from chengxin.programs.judgment_defaulters.pages.words import PROGRAM

COURT_SITE = "https://zxgk.court.gov.cn/"


@page("", door="public", public=True, name="about", title="失信被执行人")
def about(visit: Visit) -> HttpResponseBase:
    """This will say how many organisations stand on the list today, what follows by which article, and how it ends."""
    lines = (
        rested(visit, PROGRAM)
        .filter(effect="listing", since__lte=visit.today)
        .exclude(until__lte=visit.today)
    )
    program = visit.house.programs[PROGRAM]
    measures = [
        {
            "title": spoken(effect.title, effect.title_en),
            "matters": [spoken(matter.title, matter.title_en) for matter in effect.matters],
            "basis": visit.house.articles[effect.basis].citation,
            "binding": [matter.binding for matter in effect.matters],
            "proposal": visit.house.articles[effect.basis].status == "proposal",
        }
        for effect in program.effects.values()
        if effect.kind == "measure"
    ]
    return visit.render(
        f"{PROGRAM}/about.html",
        listed=lines.values("subject").distinct().count(),
        measures=measures,
        court_site=COURT_SITE,
    )
