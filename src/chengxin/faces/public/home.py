"""The first page, with the search field as its hero; and what is held here, by which article."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from types import ModuleType
from typing import Any

from django.db.models import Q, Sum
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from chengxin.effects.models import Standing
from chengxin.faces import wording
from chengxin.faces.mounting import programs
from chengxin.kit import Chart, Visit, bars, page, spoken
from chengxin.policy.programs import Program
from chengxin.records.models import Batch, Sheet
from chengxin.subjects.models import Subject

SHOWN = 8
"""How many items the picture on the first page names."""


@page("", door="public", public=True, name="home", title="首页")
def home(visit: Visit) -> HttpResponseBase:
    """This will show the search field, the numbers of the day and a picture of what is held."""
    extras = [chart for _name, pages in programs(visit.house.programs) for chart in _charts(pages, visit)]
    return visit.render("faces/public/home.html", figures=figures(visit), chart=held(visit), extras=extras)


def _charts(pages: ModuleType, visit: Visit) -> list[Chart]:
    drawn: list[Chart] = getattr(pages, "home_charts", lambda _visit: [])(visit)
    return drawn


def figures(visit: Visit) -> list[dict[str, Any]]:
    """This will count what the door can show: organisations, records, effects in force, bodies."""
    month = visit.now - timedelta(days=30)
    in_force = Standing.objects.filter(since__lte=visit.today).filter(
        Q(until__isnull=True) | Q(until__gt=visit.today)
    )
    return [
        {"number": Subject.objects.filter(kind="organisation").count(), "word": _("家组织可以查询")},
        {"number": Sheet.objects.aggregate(n=Sum("rows"))["n"] or 0, "word": _("条记录已归集")},
        {"number": in_force.count(), "word": _("项效果正在生效")},
        {
            "number": Batch.objects.filter(received_at__gte=month).values("agency").distinct().count(),
            "word": _("个部门近 30 天报送"),
        },
    ]


def held(visit: Visit) -> Chart:
    """This will draw how many records of each public item are held."""
    items = visit.house.items
    counted = Sheet.objects.values("item").annotate(n=Sum("rows")).order_by("-n")
    rows = [
        (spoken(items[one["item"]].title, items[one["item"]].title_en), one["n"])
        for one in counted
        if one["item"] in items and items[one["item"]].disclosure == "public"
    ]
    caption = _("每类信息都有目录和条文依据；点开下方数字可以核对。")
    return bars("held", _("已归集的公开信息"), caption, rows[:SHOWN], unit=_("条"))


@page("about", door="public", public=True, title="依据与说明")
def about(visit: Visit) -> HttpResponseBase:
    """This will say what is held: by which article, who may report, who sees it, how long it is kept."""
    house = visit.house
    items = [
        {
            "item": item,
            "basis": wording.cited(house.articles.get(item.basis), item.basis),
            "reporters": wording.duties(item.reporters),
            "disclosure": wording.disclosure(item.disclosure),
            "retention": wording.period(item.retention),
        }
        for item in sorted(house.items.values(), key=lambda one: one.name)
    ]
    deciding = [{"program": it, "pages": _pages(it)} for it in house.programs.values()]
    return visit.render("faces/public/about.html", items=items, programs=deciding, bundle=visit.bundle)


def _pages(program: Program) -> list[tuple[str, str]]:
    """The program's own public pages, as far as they are mounted."""
    found = []
    for link in program.pages:
        if link.door == "public":
            with contextlib.suppress(NoReverseMatch):
                found.append(
                    (reverse(f"{program.name}-public:{link.name}"), spoken(link.title, link.title_en))
                )
    return found
