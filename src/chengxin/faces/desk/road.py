"""A case's road in words: past acts, today, what may come next under which article, or why it may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.cases.edges import EDGES, may_follow
from chengxin.cases.fold import Point
from chengxin.cases.models import Act, Case
from chengxin.cases.procedure import Procedure
from chengxin.faces.wording import cited_all, duty
from chengxin.kit import Visit, day_words, spoken
from chengxin.ledger import officials
from chengxin.ledger.models import Agency, Official

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
    "adopt": noop("采用规则包"),
    "issue_bill": noop("发出账单"),
    "return_bill": noop("回报收缴"),
}
BY_PROGRAM = frozenset({"propose", "execute", "issue_bill", "return_bill", "lapse", "receive", "adopt"})
"""Steps that need more than a form: the program's own page, or the clock, takes them."""


@dataclass(frozen=True)
class Past:
    """One act that was taken."""

    act: Act
    title: str
    sentence: str
    who: str
    articles: str
    exhibits: list[int]


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
            _who(bodies.get(act.agency), people.get(act.official or 0)),
            cited_all(visit.house, act.articles),
            [int(one) for one in act.cites.get("exhibits", [])],
        )
        for act in acts
    ]


def act_title(kind: str) -> str:
    """This will name an act as a clerk does."""
    return _(ACTS[kind]) if kind in ACTS else kind


def _who(body: Agency | None, official: Official | None) -> str:
    named = spoken(body.name, body.name_en) if body else ""
    return f"{named} {official.name}" if official else named


def ahead(visit: Visit, case: Case, point: Point, procedure: Procedure) -> list[Next]:
    """This will list what may come next, in the order of the drawing, each with why it is closed if it is."""
    found = []
    for kind in may_follow(point.state, adverse=point.adverse):
        basis = cited_all(visit.house, procedure.articles_of(kind) or (EDGES[kind].anchor,))
        sentence = spoken(EDGES[kind].zh, EDGES[kind].en)
        found.append(
            Next(
                kind,
                act_title(kind),
                sentence,
                basis,
                closed(visit, case, point, procedure, kind),
                EDGES[kind].after is not None,
            )
        )
    return found


def closed(visit: Visit, case: Case, point: Point, procedure: Procedure, kind: str) -> str:
    """This will say why this official cannot take the step today; empty: it can. The act checks again."""
    if kind in BY_PROGRAM:
        return _("由业务页面或期限自动办理")
    if not officials.may(visit.who, kind, case.region, on=visit.today):
        return _("您的岗位不办这一步")
    duties = procedure.duties(kind)
    if duties and visit.who.agency.duty not in duties:
        return _("由 %(duties)s 部门办理") % {"duties": "、".join(duty(d) for d in sorted(duties))}
    return _conditions(visit.today, point, procedure, kind)


def _conditions(today: date, point: Point, procedure: Procedure, kind: str) -> str:
    if kind == "decide":
        if point.adverse and point.statement_until and not point.may_be_decided(today):
            until = day_words(point.statement_until, today)
            return _("陈述申辩期限到 %(until)s，过后才能决定") % {"until": until}
        missing = procedure.cosigners - point.cosigned
        if missing:
            return _("还缺会签：%(duties)s") % {"duties": "、".join(duty(d) for d in sorted(missing))}
    if kind in {"route", "answer_objection"} and not point.objections:
        return _("没有待办的异议")
    return ""


def signatures(point: Point, procedure: Procedure) -> list[dict[str, Any]]:
    """This will list whose signature is needed, and who has signed."""
    return [{"duty": duty(name), "signed": name in point.cosigned} for name in sorted(procedure.cosigners)]
