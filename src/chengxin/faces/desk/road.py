"""A case's road in words: past acts, today, what may come next under which article, or why it may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.cases import step_words
from chengxin.cases.edges import CLOCK_ALONE, EDGES, may_follow
from chengxin.cases.models import Act, Case
from chengxin.cases.objections import MISMATCH
from chengxin.cases.point import Objection, Point
from chengxin.cases.procedure import FILINGS, Procedure
from chengxin.cases.service import STEPS
from chengxin.faces.desk import asked, steps
from chengxin.faces.wording import cited_all
from chengxin.kit import LEFT_OUT, Visit, day_words, duty, spoken
from chengxin.ledger import officials
from chengxin.ledger.models import Agency, Official
from chengxin.subjects.registry import cards

ACTS = {
    "propose": noop("提出处理意见"),
    "cosign": noop("会签"),
    "legal_review": noop("法制审核"),
    "notify": noop("制作告知书"),
    "serve": noop("登记告知送达"),
    "state": noop("记录陈述申辩"),
    "waive": noop("记录放弃陈述申辩"),
    "answer": noop("答复陈述申辩"),
    "take_out": noop("撤出，不予决定"),
    "decide": noop("作出决定"),
    "serve_decision": noop("登记决定送达"),
    "execute": noop("发出执行文件"),
    "review": noop("复查退出条件"),
    "object": noop("登记异议"),
    "route": noop("转交异议"),
    "answer_objection": noop("答复异议"),
    "repair": noop("修复退出"),
    "revoke": noop("撤销决定"),
    "lapse": noop("到期终止"),
    "receive": noop("接收"),
    "propose_adoption": noop("提出采用规则包"),
    "adopt": noop("采用规则包"),
    "confirm_text": noop("确认正式文本"),
    "issue_bill": noop("发出账单"),
    "return_bill": noop("回报收缴"),
    "give_mandate": noop("签署授权委托书"),
    "withdraw_mandate": noop("撤回授权"),
}
BY_PROGRAM = (
    frozenset(
        {"propose", "execute", "issue_bill", "return_bill", "lapse", "receive", "adopt"}
        | {"shorten", "suspend", "confirm_text", "propose_adoption", "give_mandate", "withdraw_mandate"}
    )
    | CLOCK_ALONE
)
"""Steps that need more than a form: the program's own page, or the clock, takes them."""
BOOKS = frozenset(
    {"receive", "propose_adoption", "adopt", "confirm_text", "issue_bill", "return_bill"}
    | {"give_mandate", "withdraw_mandate"}
)
"""Steps of the kernel's books, which are no part of anybody's matter."""
PAPERS = frozenset(
    {"notify", "serve", "decide", "serve_decision", "repair", "revoke", "route", "apologise", "certify"}
    | {"remind"}
)
"""Acts that are documents, which the case page gives as such."""


@dataclass(frozen=True)
class Past:
    """One act that was taken."""

    act: Act
    title: str
    sentence: str
    who: str
    articles: str
    exhibits: list[int]
    left_out: list[str]
    """Whom a proposal did not take in, each with the reason."""
    paper: bool


@dataclass(frozen=True)
class Next:
    """One step that may come next, and whether this official may take it (else: why not)."""

    kind: str
    title: str
    sentence: str
    articles: str
    closed: str
    moves: bool
    """Whether it moves the matter along its road, rather than standing beside it."""


def past(visit: Visit, acts: Sequence[Act]) -> list[Past]:
    """This will put each act into words: what, by whom, under which article."""
    bodies = Agency.objects.in_bulk({act.agency for act in acts})
    people = Official.objects.in_bulk({act.official for act in acts if act.official})
    return [
        Past(
            act,
            act_title(act.kind),
            spoken(EDGES[act.kind].zh, EDGES[act.kind].en) if act.kind in EDGES else "",
            _("当事人")
            if act.official is None and act.kind in FILINGS
            else _who(bodies.get(act.agency), people.get(act.official or 0)),
            cited_all(visit.house, act.articles),
            [int(one) for one in act.cites.get("exhibits", [])],
            left_out(act.detail),
            act.kind in PAPERS,
        )
        for act in acts
    ]


def act_title(kind: str) -> str:
    """This will name an act as a clerk does."""
    if kind in STEPS or kind in step_words.STEPS:
        return spoken(*(STEPS.get(kind) or step_words.STEPS[kind]))
    return _(ACTS[kind]) if kind in ACTS else kind


def _who(body: Agency | None, official: Official | None) -> str:
    named = spoken(body.name, body.name_en) if body else ""
    return f"{named} {official.name}" if official else named


def ahead(
    visit: Visit, case: Case, point: Point, procedure: Procedure, *, listed: bool = False
) -> list[Next]:
    """This will list what may come next, in the order of the drawing, each with why it is closed if it is.

    ``listed``: for a whole list, whose rows are told and served over all of them at once.
    """
    found = []
    moving = may_follow(point.state, adverse=point.adverse)
    following = tuple(
        kind
        for kind in moving
        if kind not in BOOKS and asked.applies(kind, point, procedure.steps, visit.today)
    )
    for kind in steps.of_list(visit, case, following) if listed else following:
        basis = cited_all(visit.house, procedure.articles_of(kind) or (EDGES[kind].anchor,))
        sentence = spoken(EDGES[kind].zh, EDGES[kind].en)
        found.append(
            Next(
                kind,
                act_title(kind) + (_rows_reached(visit, case, kind) if listed else ""),
                sentence,
                basis,
                closed(visit, case, point, procedure, kind, listed=listed),
                EDGES[kind].after is not None,
            )
        )
    return found


def _rows_reached(visit: Visit, case: Case, kind: str) -> str:
    return _("（%(n)d 家）") % {"n": steps.ready(visit, case, kind)} if kind in steps.OVER_ROWS else ""


def closed(
    visit: Visit, case: Case, point: Point, procedure: Procedure, kind: str, *, listed: bool = False
) -> str:
    """This will say why this official cannot take the step today; empty: it can. The act checks again."""
    if kind in BY_PROGRAM:
        return _("由业务页面或期限自动办理")
    if others := _of_others(visit, case, procedure, kind):
        return others
    if listed and (reason := _of_list(visit, case, kind)):
        return reason
    if not listed and not asked.applies(kind, point, procedure.steps, visit.today):
        return _nothing(kind)
    if kind in {"route", "answer_objection"}:
        return _of_objection(visit, point, procedure, kind)
    signed = kind == "cosign" and visit.who.agency.duty in point.cosigned
    return _("贵单位已签") if signed else _conditions(visit.today, point, procedure, kind)


def _of_others(visit: Visit, case: Case, procedure: Procedure, kind: str) -> str:
    """This will say that a step is another post's, or another body's."""
    if not officials.may(visit.who, kind, case.region, on=visit.today):
        return _("您的岗位不办这一步")
    duties = procedure.duties(kind)
    if duties and visit.who.agency.duty not in duties:
        return _("由 %(duties)s 部门办理") % {"duties": "、".join(duty(d) for d in sorted(duties))}
    return ""


def _of_list(visit: Visit, case: Case, kind: str) -> str:
    """This will say why a step cannot be taken over a whole list: no row of it has come that far."""
    if kind in steps.OVER_ROWS and not steps.ready(visit, case, kind):
        return _("没有一家走到这一步")
    if kind == "decide" and not steps.may_be_decided(visit, case)[0]:
        return _("还没有一家听取过意见，也没有一家的陈述申辩期限已满")
    return ""


def _nothing(kind: str) -> str:
    """This will say that a step has nothing to be about."""
    words = {"urge": "not_due", "extend": "over", "accept_repair": "not_taken_up"}
    words |= {"apologise": "no_mismatch", "certify": "not_apologised"}
    return _("没有待办的异议") if kind not in words else spoken(*step_words.CLOSED[words[kind]])


def _first(today: date, point: Point, procedure: Procedure) -> str:
    """This will say what must come before a decision: a hearing, a panel, a legal review."""
    unreviewed = "legal_review" in procedure.steps and not point.reviewed_by_law
    return _heard(today, point, procedure) or (
        spoken(*step_words.CLOSED["legal_review"]) if unreviewed else ""
    )


def _heard(today: date, point: Point, procedure: Procedure) -> str:
    """This will say that a hearing or a panel must come first."""
    if not point.hearing_over(today):
        return spoken(*step_words.CLOSED["hearing"])
    unadvised = "panel_advice" in procedure.steps and not point.advice
    return spoken(*step_words.CLOSED["panel"]) if unadvised else ""


def _conditions(today: date, point: Point, procedure: Procedure, kind: str) -> str:
    if kind == "decide":
        if first := _first(today, point, procedure):
            return first
        if point.adverse and point.statement_until and not point.may_be_decided(today):
            until = day_words(point.statement_until, today)
            return _("陈述申辩期限到 %(until)s，过后才能决定") % {"until": until}
        missing = procedure.cosigners - point.cosigned
        if missing:
            return _("还缺会签：%(duties)s") % {"duties": "、".join(duty(d) for d in sorted(missing))}
    return _of_repair(today, point, kind) if point.repairable else ""


def _of_repair(today: date, point: Point, kind: str) -> str:
    """This will say why repair cannot be applied for or given yet, where it goes by application."""
    if kind == "repair" and not (point.asking and point.asking.accepted):
        return spoken(*step_words.CLOSED["not_taken_up"])
    if kind == "apply_repair" and point.repairable and today < point.repairable.since:
        since = day_words(point.repairable.since, today)
        return f"{spoken(*step_words.CLOSED['too_early'])} · {since}"
    return ""


def _of_objection(visit: Visit, point: Point, procedure: Procedure, kind: str) -> str:
    """This will say why an objection cannot be routed or answered here: there is none, or another body has it."""
    if not point.objections:
        return _("没有待办的异议")
    if objection_for(visit, point, procedure, kind) is not None:
        return ""
    if kind == "route":
        return _("已经转交")
    if any(each.routed for each in point.objections):
        to = {each.to for each in point.objections if each.to}
        named = Agency.objects.filter(pk__in=to)
        return _("已转交%(bodies)s，由它答复") % {
            "bodies": "、".join(spoken(each.name, each.name_en) for each in named)
        }
    return _("先转交作出评价的机关")


def objection_for(visit: Visit, point: Point, procedure: Procedure, kind: str) -> Objection | None:
    """This will give the objection this official would route or answer: the oldest that waits for it."""
    if kind == "route":
        return next((each for each in point.objections if not each.routed and each.of is None), None)
    own = (each for each in point.objections if each.to in {"", visit.who.agency_id} and each.of is None)
    if procedure.routes_to == "maker":
        own = (each for each in own if each.routed or each.ground == MISMATCH)
    return next(own, None)


def left_out(detail: Mapping[str, Any]) -> list[str]:
    """This will name whom a proposal left out, each with the reason it gave."""
    rows = detail.get("left_out") or []
    known = cards(row["subject"] for row in rows)
    return [
        _("%(name)s：%(reason)s")
        % {
            "name": " ".join(filter(None, (getattr(known.get(row["subject"]), "name", ""), row.get("part")))),
            "reason": _(LEFT_OUT.get(row["reason"], row["reason"])),
        }
        for row in rows
    ]


def signatures(point: Point, procedure: Procedure) -> list[dict[str, Any]]:
    """This will list whose signature is needed, and who has signed."""
    return [{"duty": duty(name), "signed": name in point.cosigned} for name in sorted(procedure.cosigners)]
