"""The lists of determinations: panel, notice, statement, decision, service, repair; and who stands on one today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.core.errors import MissingError
from chengxin.kit import Column, Filter, Visit, list_rows, lists_of, page, panels_of, stands, step_rows
from chengxin.programs.consumer_protection.pages.words import (
    MARKET,
    MEASURES,
    SEES,
    TIERS,
    act_word,
    listing,
    tier_word,
    today,
)
from chengxin.programs.consumer_protection.ratios import PROGRAM

STEPS = {
    "notify": noop("对专家组支持的制作告知书"),
    "serve": noop("记入告知书送达"),
    "decide": noop("对陈述期满的作出认定"),
    "serve_decision": noop("记入决定书送达"),
    "repair": noop("对已经改正的予以修复"),
}


@page("traders/", door="desk", verbs=("read",), title="认定名单", rail="casework", icon="table")
def traders(visit: Visit) -> HttpResponseBase:
    """This will list who stands determined today, by date, with tier, act and end; and every list."""
    lists = [(tier, each) for tier in TIERS for each in _lists(visit, tier)]
    rows = [
        {**row, "tier": tier}
        for tier, each in lists
        for row in list_rows(visit, each)
        if row["state"] in ("in_force", "frozen") and (row["ends_on"] is None or row["ends_on"] > visit.today)
    ]
    table = listing(
        "traders",
        rows,
        Column("tier", "等级", value=tier_word, sort="tier"),
        Column("conduct", "失信行为", value=act_word, sort="conduct"),
        Column("from_on", "自", kind="date"),
        Column("ends_on", "至", kind="date"),
        Column("state", "状态", kind="state"),
        purpose="查阅侵害消费者权益失信名单",
        filters=(Filter("tier", "等级", TIERS),),
        order="ends_on",
    )
    return visit.render(
        "consumer_protection/traders.html",
        table=table,
        lists=[(each, _(TIERS[tier]), stands(each.case)) for tier, each in lists],
    )


@page("traders/<int:number>/", door="desk", verbs=("read",), title="认定", methods=("GET", "HEAD", "POST"))
def listed(visit: Visit, number: int) -> HttpResponseBase:
    """This will show where each trader of one list stands, and take the next step in all that stand ready."""
    tier, each = next(((t, one) for t in TIERS for one in _lists(visit, t) if one.pk == number), ("", None))
    if each is None:
        raise MissingError("door.no_such", number=number)
    if visit.request.method == "POST":
        take(visit, tier, each, visit.request.POST.get("step", ""))
        return visit.go("consumer_protection:listed", number=number)
    table = listing(
        "rows",
        with_panel(visit, each),
        Column("number", "提请编号"),
        Column("conduct", "失信行为", value=act_word, sort="conduct"),
        Column("state", "走到哪一步", kind="state",
               link=lambda row: f"{visit.url('desk:case', number=each.case_id)}?row={row['subject']}"),
        Column("panel", "专家组", value=panel_word, sort="-"),
        Column("due_on", "期限", kind="countdown"),
        purpose="办理侵害消费者权益失信认定",
        order="due_on",
    )  # fmt: skip
    organ = visit.who.agency.duty == MARKET
    return visit.render(
        "consumer_protection/listed.html",
        listed=each,
        tier=_(TIERS[tier]),
        measure=_(MEASURES[tier]),
        state=stands(each.case),
        steps=[(kind, _(STEPS[kind])) for kind in STEPS if organ and visit.may(kind)],
        table=table,
    )


def take(visit: Visit, tier: str, each: Any, kind: str) -> None:
    """This will take a step in every row that stands ready for it; a decision says until when it holds. Whom the
    panel does not support, and who is still to be heard, is taken up by itself at the case."""
    if kind not in STEPS:
        raise MissingError("door.no_such", number=kind[:40])
    visit.require(kind, MARKET)
    subjects, detail = None, None
    if kind == "decide":
        days = visit.house.values[f"{PROGRAM}.lasts"].on(visit.today, each.case.region)[tier]
        detail = {"until": (visit.today + timedelta(days=int(days))).isoformat()}
    if kind == "notify":
        subjects = [of for of, panel in panels_of(each).items() if panel["advice"] == "support"]
    if kind == "repair":
        subjects = _put_right(visit, each)
    tally = step_rows(visit, each, kind, subjects, detail)
    visit.say(_("已办理 %(n)s 户。") % {"n": tally.taken})


def with_panel(visit: Visit, each: Any) -> list[dict[str, Any]]:
    """This will give a list's rows, each with the panel that was heard on it, if one sits."""
    panels = panels_of(each)
    return [{**row, "panel": panels.get(row["subject"])} for row in list_rows(visit, each)]


def panel_word(row: dict[str, Any]) -> str:
    """This will say how a panel stands: not named, still to vote, or its voices."""
    panel = row["panel"]
    if panel is None:
        return _("还没有组成")
    if not panel["advice"]:
        return _("%(n)s 人，还没有表决") % {"n": panel["members"]}
    words = (
        noop("支持，%(pro)s 比 %(contra)s")
        if panel["advice"] == "support"
        else noop("不支持，%(pro)s 比 %(contra)s")
    )
    return _(words) % {"pro": panel["pro"], "contra": panel["contra"]}


def _put_right(visit: Visit, each: Any) -> list[int]:
    """This will name those of a list who stand determined and whose every act on it was put right since."""
    rows = today(visit, "request").rows.to_pylist()
    mended = {row["number"] for row in rows if row["corrected_on"] and row["corrected_on"] <= visit.today}
    bound = [row for row in list_rows(visit, each) if row["state"] in ("in_force", "frozen")]
    owing = {row["subject"] for row in bound if row["number"] not in mended}
    return sorted({row["subject"] for row in bound} - owing)


def _lists(visit: Visit, tier: str) -> list[Any]:
    return lists_of(visit, PROGRAM, tier) if visit.who.agency.duty in SEES else []
