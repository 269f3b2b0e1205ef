"""Mismatches of ours: each with its clock, what was found, the apology and the certificate; answered in time or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.cases.mismatch import MATCH
from chengxin.cases.models import Act
from chengxin.cases.objections import MISMATCH
from chengxin.faces.desk.cases import numbered
from chengxin.kit import Column, Empty, Table, Visit, cards, page

NEWEST = 500
"""Mismatches shown, the newest; older ones are found by their case."""
_ANSWERS = ("answer_objection", "answer_review", "decide", "take_out")


@dataclass(frozen=True)
class Mismatch:
    """One that somebody reported: by when it was due, when it was answered, and what came of it."""

    case: int
    number: str
    title: str
    subject: int
    row: int
    name: str
    reported_on: date
    due_on: date | None
    answered_on: date | None
    ours: bool
    apologised_on: date | None
    certified_on: date | None

    @property
    def clock(self) -> date | None:
        """This will give what still runs."""
        return None if self.answered_on else self.due_on

    @property
    def in_time(self) -> bool:
        return self.answered_on is not None and (self.due_on is None or self.answered_on <= self.due_on)


@page("mismatches/", door="desk", verbs=("read",), title="平台关联错误", rail="casework", icon="alert")
def mismatches(visit: Visit) -> HttpResponseBase:
    """This will list who said that the platform matched wrongly, with the clock of one working day."""
    found = reported(visit)
    answered = [one for one in found if one.answered_on]
    table = Table(
        "mismatches",
        columns=[
            Column("clock", "答复期限", kind="countdown"),
            Column("name", "当事人", wide=True, link=lambda one: _href(visit, one)),
            Column("title", "事项"),
            Column("reported_on", "提出", kind="date"),
            Column("answered_on", "答复", kind="date"),
            Column("finding", "查明", value=_finding),
            Column("apologised_on", "致歉", kind="date"),
            Column("certified_on", "更正证明", kind="date"),
            Column("number", "案号", value=lambda one: numbered(one.number), sort="number", wide=True),
        ],
        rows=found,
        search=("name", "title", "number"),
        subject="subject",
        purpose="处理异议或修复",
        empty=Empty(
            "没有人反映过关联错误", "登记异议时选“不是我：平台关联错了”，就会列在这里，一个工作日内答复。"
        ),
    )
    lead = _("来源无误、由平台关联错误的，一个工作日内答复，致歉并出具更正证明。")
    if answered:
        said = {"n": sum(one.in_time for one in answered), "of": len(answered)}
        lead = f"{lead} {_('按时答复 %(n)d / %(of)d 件。') % said}"
    return visit.render("faces/desk/list.html", title=_("平台关联错误"), lead=lead, table=table)


def reported(visit: Visit) -> list[Mismatch]:
    """This will gather what was reported within the scope, what still waits first."""
    within = visit.scope.q({"agency": "case__agency", "region": "case__region"})
    said = Q(kind="object", detail__ground=MISMATCH) | Q(kind="propose", detail__contests=MATCH)
    begun = list(Act.objects.filter(within, said).select_related("case").order_by("-id")[:NEWEST])
    after: dict[int, list[Act]] = {}
    kinds = (*_ANSWERS, "apologise", "certify")
    for one in Act.objects.filter(case__in={act.case_id for act in begun}, kind__in=kinds).order_by("id"):
        after.setdefault(one.case_id, []).append(one)
    known = cards({one.subject or one.case.subject or 0 for one in begun})
    found = [
        _mismatch(one, after.get(one.case_id, []), {number: it.name for number, it in known.items()})
        for one in begun
    ]
    return sorted(found, key=lambda one: (one.answered_on is not None, one.clock or one.reported_on))


def _mismatch(begun: Act, after: Iterable[Act], names: dict[int, str]) -> Mismatch:
    own = [one for one in after if one.subject == begun.subject and one.pk > begun.pk]
    answer = next((one for one in own if _answers(one, begun)), None)
    about = begun.subject or begun.case.subject or 0
    due = begun.detail.get("answer_by") or begun.detail.get("due_on")
    return Mismatch(
        case=begun.case_id,
        number=begun.case.number,
        title=begun.case.title,
        subject=about,
        row=begun.subject or 0,
        name=names.get(about, str(about)),
        reported_on=begun.on,
        due_on=date.fromisoformat(due) if due else None,
        answered_on=answer.on if answer else None,
        ours=any("apology_by" in one.detail for one in own),
        apologised_on=next((one.on for one in own if one.kind == "apologise"), None),
        certified_on=next((one.on for one in reversed(own) if one.kind == "certify"), None),
    )


def _answers(one: Act, begun: Act) -> bool:
    """An objection is answered by name; a contested match by the decision, or by leaving it as it is."""
    if begun.kind == "object":
        return one.kind == "answer_objection" and one.detail["objection"] == begun.pk
    return one.kind in {"decide", "take_out"}


def _finding(one: Mismatch) -> str:
    if one.answered_on is None:
        return ""
    return _("平台关联错误") if one.ours else _("关联无误")


def _href(visit: Visit, one: Mismatch) -> str:
    href = visit.url("desk:case", number=one.case)
    return f"{href}?row={one.row}" if one.row else href
