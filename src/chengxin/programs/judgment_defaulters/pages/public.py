"""The public page: what the list is and whose, where to look a person up; a firm's published form by its code."""

from __future__ import annotations

from typing import Any

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
    asked = visit.asked.get("code", "").strip().upper()
    found = (
        rested(visit, PROGRAM, asked).filter(effect="listing", since__lte=visit.today)
        if asked
        else lines.none()
    )
    return visit.render(
        f"{PROGRAM}/about.html",
        asked=asked,
        found=[_form(visit, line) for line in found.exclude(until__lte=visit.today).order_by("-since", "pk")],
        listed=lines.values("subject").distinct().count(),
        measures=measures,
        court_site=COURT_SITE,
    )


def _form(visit: Visit, line: Any) -> dict[str, Any]:
    """The form of an organisation as the court publishes it, column by column."""
    columns = visit.house.items["judgment_defaulter"].columns
    said = []
    for name in visit.house.programs[PROGRAM].effects["listing"].shows:
        value, column = line.body.get(name), columns[name]
        if value:
            chosen = column.allowed.get(str(value))
            said.append(
                (spoken(column.title, column.title_en), spoken(chosen.zh, chosen.en) if chosen else value)
            )
    return {"said": said, "marked": line.marked}
