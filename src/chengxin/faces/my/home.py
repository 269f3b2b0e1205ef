"""Three questions on one screen: what is said about me, who looked, what can I do and by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.cases.edges import ENDED, State
from chengxin.effects.models import Standing
from chengxin.faces import wording
from chengxin.faces.my.looked import seen
from chengxin.faces.my.matters import heading
from chengxin.faces.my.own import Matter, Own
from chengxin.faces.my.rights import covered, may_open, rights, waiting
from chengxin.kit import Visit, bodies, page, spoken
from chengxin.ledger.models import Region
from chengxin.subjects.registry import Card, card

FEW: Final = 3
_PRESSING: Final = ("state", "ask_hearing", "urge", "ask_review", "apply_repair")
"""Filings worth a line on the first page; the others stand with their matter."""


@dataclass(frozen=True)
class Todo:
    """One thing the party may do, or waits for, and until when."""

    title: str
    matter: str
    href: str
    until: date | None
    ours: bool
    """The body must act, and the party may watch its clock."""


@page("", door="my", party=True, title="我的信用")
def home(visit: Visit) -> HttpResponseBase:
    """This will answer the three questions of one subject, each with the way to the whole."""
    own = Own.of(visit.me.subject)
    matters = own.matters()
    standing = own.standing(visit.today)
    looks = own.looks(visit.today, limit=FEW)
    lines = own.records(visit.store, visit.today)
    about = card(own.subject)
    return visit.render(
        "faces/my/home.html",
        about=about,
        region=region_of(about),
        adverse=sum(one.adverse for one in standing),
        holding=len(standing),
        records=len(lines),
        sources=len({line.agency for line in lines}),
        running=[one for one in matters if one.point.state not in ENDED],
        todos=todos(visit, matters),
        looks=seen(visit, own, looks),
    )


def todos(visit: Visit, matters: list[Matter]) -> list[Todo]:
    """This will list what may be done and what is waited for, the nearest term first."""
    found = [one for matter in matters for one in _of(visit, matter)]
    return sorted(found, key=lambda one: (one.until is None, one.until or visit.today, one.ours))


def _of(visit: Visit, matter: Matter) -> list[Todo]:
    href = visit.url("my:matter", number=matter.case.pk) + matter.query
    title = heading(visit, matter)
    found = []
    if waiting(matter) and covered(visit, waiting(matter)):
        what = _("开启待送达的文书") if may_open(visit, matter) else _("有文书等待送达，可以选择电子送达")
        found.append(Todo(what, title, href, None, ours=False))
    if matter.point.state is not State.NOTIFIED:
        pressing = (one for one in rights(visit, matter, _PRESSING) if not one.closed)
        found += [Todo(one.title, title, href, one.until, ours=False) for one in pressing]
    if matter.point.answer_by:
        found.append(Todo(_("机关应当答复"), title, href, matter.point.answer_by, ours=True))
    return found


def region_of(about: Card) -> str:
    """This will name the division of a subject."""
    region = Region.objects.filter(pk=about.region).first()
    return spoken(region.name, region.name_en) if region else ""


@page("decisions/", door="my", party=True, title="决定和知情者")
def decisions(visit: Visit) -> HttpResponseBase:
    """This will list what holds today, by whom and until when; and who was told, and took it back."""
    own = Own.of(visit.me.subject)
    standing = own.standing(visit.today)
    told = own.told()
    known = bodies([one.agency for one in standing] + [one.subscriber.agency for one in told])
    return visit.render(
        "faces/my/decisions.html",
        standing=[
            {
                "it": one,
                "title": _title(visit, one),
                "article": wording.cited(visit.house.articles.get(one.article), one.article),
                "agency": known.get(one.agency, one.agency),
            }
            for one in standing
        ],
        told=[_told(one, known) for one in told],
    )


def _title(visit: Visit, one: Standing) -> str:
    """An effect the rules no longer declare keeps the title it came into force under."""
    program = visit.house.programs.get(one.program)
    effect = program.effects.get(one.effect) if program else None
    return spoken(one.title, effect.title_en if effect else "")


def _told(one: Any, known: dict[str, str]) -> dict[str, Any]:
    words = {"held": _("已收到"), "taken_back": _("已撤下"), "not_ours": _("无此对象")}
    kinds = {"came_into_force": _("生效"), "changed": _("变更"), "ended": _("终止")}
    return {
        "who": one.subscriber.title,
        "body": known.get(one.subscriber.agency, one.subscriber.agency),
        "what": kinds.get(one.event.kind, one.event.kind),
        "title": one.event.state.get("title", ""),
        "at": one.sent_at or one.tried_at,
        "acknowledged_at": one.acknowledged_at,
        "result": words.get(one.result, ""),
    }
