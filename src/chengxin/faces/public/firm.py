"""A firm's page, top-down: who it is, how it stands today, what is in force and recorded, what it may do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.cases.notes import WHATS
from chengxin.core.errors import MissingError
from chengxin.core.money import format_micro
from chengxin.effects.publication import InForce, PublicRecord, dark, published
from chengxin.effects.why import why as reasons
from chengxin.faces import wording
from chengxin.kit import Visit, bodies, chain, day_words, page, spoken, yuan
from chengxin.ledger.content import is_destroyed, open_exhibit
from chengxin.ledger.models import Region
from chengxin.ledger.scope import Scope
from chengxin.subjects.registry import Card, card, subject_of_code

FEW = 5
KINDS = {
    "publication": noop("公示"),
    "tariff": noop("价格"),
    "service": noop("服务分级"),
    "incentive": noop("激励"),
    "measure": noop("措施"),
}
EXITS = {
    "next_rating_or_repair": noop("到下一次评价或者修复公布为止"),
    "repair_published": noop("修复公布的次月起停止"),
}
PRICES = frozenset({"surcharge", "base_fee"})
SHOWN = {
    "tier": noop("加收档次"),
    "surcharge": noop("加收标准"),
    "plant_code": noop("厂区"),
    "rating_period": noop("评价周期"),
    "document_number": noop("文号"),
}
TIERS = {"red": noop("红色"), "red_again": noop("连续红色"), "black": noop("黑色")}


@page("s/<str:code>", door="public", public=True, title="企业")
def firm(visit: Visit, code: str) -> HttpResponseBase:
    """This will show what is public about one organisation today, and nothing that has ended."""
    it = known(code)
    public = published(it.id, store=visit.store, house=visit.house, now=visit.now)
    names = bodies([*(one.agency for one in public.in_force), *(one.agency for one in public.records)])
    adverse = [one for one in public.in_force if one.adverse]
    others = sum(one.binds for one in public.records)
    return visit.render(
        "faces/public/firm.html",
        card=it,
        region=_region(it.region),
        former="、".join(one.text for one in it.former),
        as_of=day_words(visit.today),
        dark=public.dark,
        seal="scale" if adverse or others else "shield",
        sentence=standing(len(adverse), len(public.in_force) - len(adverse), dark=public.dark, others=others),
        decisions=[decision(visit, one, names[one.agency]) for one in public.in_force],
        groups=gathered(visit, public.records, names),
    )


def standing(adverse: int, other: int, *, dark: bool, others: int = 0) -> str:
    """This will say in one sentence how it stands today."""
    if dark:
        return _("今天只显示不受期限影响的公开信息。")
    if adverse:
        return _("今天有 %(n)d 项不利决定对它生效，都写明了依据、期限和不服怎么办。") % {"n": adverse}
    if others:
        return _(
            "今天有 %(n)d 项其他机关的决定对它生效，见下面的公开记录；不服的，向作出决定的机关提出。"
        ) % {"n": others}
    if other:
        return _("今天没有不利决定对它生效；另有 %(n)d 项决定正在执行。") % {"n": other}
    return _("今天没有任何决定对它生效。")


def decision(visit: Visit, one: InForce, body: str) -> dict[str, Any]:
    """This will put a decision in force into words: what, by which article and body, until when, remedy."""
    return {
        "title": spoken(one.title, one.title_en),
        "kind": one.kind,
        "kind_word": _(KINDS[one.kind]),
        "adverse": one.adverse,
        "marked": one.marked,
        "shows": [(column(visit, name), value) for name, value in shown_values(visit, one)],
        "article": wording.cited(visit.house.articles.get(one.article), one.article),
        "proposal": one.proposal,
        "agency": body,
        "document": "" if one.shows.get("document_number") else one.document,
        "since": one.since,
        "until_words": until(visit, one),
        "remedy": remedy(one, body),
        "digest": one.act,
        "notes": [spoken(*WHATS[what]) for what in one.notes if what in WHATS],
        "own_words": own_words(visit, one),
        "repair_from": one.repair_from,
    }


def own_words(visit: Visit, one: InForce) -> str:
    """This will read the party's own statement; nothing where its text was lawfully destroyed."""
    if one.own_words is None or is_destroyed(one.own_words):
        return ""
    return open_exhibit(one.own_words, visit.store, visit.secret).decode("utf-8").strip()


def until(visit: Visit, one: InForce) -> str:
    """This will say when it ends: a day, or the exit and the day of its next review."""
    if one.until:
        return _("%(day)s（当天不再执行）") % {"day": day_words(one.until)}
    exits = _(EXITS[one.exit]) if one.exit in EXITS else one.exit
    if one.review_on:
        return _("%(exit)s；%(day)s前复查") % {"exit": exits, "day": day_words(one.review_on)}
    return exits


def remedy(one: InForce, body: str) -> str:
    """This will say where to turn."""
    if one.routes_to == "maker":
        return _(
            "不同意所依据的评价，向作出评价的机关提出异议，本平台代为转交；不服这项决定，可以申请行政复议。"
        )
    return _("向%(agency)s提出异议，或者申请行政复议。") % {"agency": body}


def shown_values(visit: Visit, one: InForce) -> Iterator[tuple[str, str]]:
    """This will write what the program shows of its decision, choices and prices as words."""
    for name, value in one.shows.items():
        if isinstance(value, int) and name.endswith(("_fen", "fen")):
            yield name, yuan(value)
        elif name in PRICES and isinstance(value, int):
            yield name, _("%(price)s 元/立方米") % {"price": format_micro(value)}
        elif value not in (None, ""):
            yield name, _(TIERS[str(value)]) if str(value) in TIERS else str(value)


def column(visit: Visit, name: str) -> str:
    """This will write a shown column's title: the catalogue's, or the word known here."""
    if name in SHOWN:
        return _(SHOWN[name])
    for item in visit.house.items.values():
        if name in item.columns:
            return spoken(item.columns[name].title, item.columns[name].title_en)
    return name


def gathered(visit: Visit, records: Iterable[PublicRecord], names: dict[str, str]) -> list[dict[str, Any]]:
    """This will gather public records by item, each with its article: a few of each, or all of the chosen one."""
    chosen = visit.asked.get("kind", "")
    groups: dict[str, list[PublicRecord]] = {}
    for one in records:
        groups.setdefault(one.item, []).append(one)
    return [
        {
            "name": name,
            "title": spoken(found[0].item_title, found[0].item_title_en),
            "basis": wording.cited(visit.house.articles.get(found[0].article), found[0].article),
            "adverse": found[0].adverse,
            "total": len(found),
            "lines": [
                {"it": one, "body": names[one.agency]} for one in (found if name == chosen else found[:FEW])
            ],
            "more": len(found) > FEW and name != chosen,
        }
        for name, found in groups.items()
        if not chosen or name == chosen
    ]


def known(code: str) -> Card:
    """This will find the organisation by any of its codes. A person is never found here."""
    subject = subject_of_code(code)
    it = card(subject) if subject is not None else None
    if it is None or it.kind != "organisation":
        raise MissingError("door.no_subject", code=code)
    return it


def _region(code: str) -> str:
    region = Region.objects.filter(pk=code).first()
    return spoken(region.name, region.name_en) if region else ""


@page("s/<str:code>/why", door="public", public=True, name="why", title="来龙去脉")
def why(visit: Visit, code: str) -> HttpResponseBase:
    """This will draw the chain behind what is in force, each hash to be checked."""
    it = known(code)
    late = dark(visit.now)
    found = reasons(
        code, store=visit.store, house=visit.house, scope=Scope.public(), on=visit.today, dark=late
    )
    return visit.render("faces/public/why.html", card=it, links=chain(found["chain"]), dark=late)
