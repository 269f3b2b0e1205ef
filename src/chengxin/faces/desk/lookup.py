"""Looking a subject up: purpose and case number first, the look logged, and only then the answer (law 7)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as noop

from chengxin.cases.models import Standpoint
from chengxin.core.errors import MissingError
from chengxin.faces.desk.batches import item_title
from chengxin.faces.wording import reasons, scheme
from chengxin.kit import Column, Empty, Table, Visit, ask, chain, language, page, spoken
from chengxin.ledger.models import Agency
from chengxin.records.timeline import timeline
from chengxin.subjects.registry import card, cards
from chengxin.subjects.search import part_of_code, search

PURPOSES = {
    "permit": noop("行政许可审查"),
    "casework": noop("办理在办案件"),
    "inspection": noop("监督检查"),
    "objection": noop("处理异议或修复"),
    "procurement": noop("政府采购、招标投标"),
    "quality": noop("核对数据质量"),
}
"""Logged in Chinese, whatever language the official reads: the subject sees them."""


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(
        label=gettext_lazy("为什么要看"),
        choices=[(k, gettext_lazy(v)) for k, v in PURPOSES.items()],
        widget=forms.RadioSelect,
    )
    case_number = forms.CharField(
        label=gettext_lazy("案号或办件号"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("有就写上；被查看的单位能看到事由和案号。"),
    )


@page("subjects/", door="desk", verbs=("read",), title="查主体", rail="lookup", icon="search")
def subjects(visit: Visit) -> HttpResponseBase:
    """This will find subjects by name or code within the scope; names and codes of organisations only."""
    text = visit.asked.get("q", "").strip()[:80]
    found = search(visit.store, text, visit.scope, limit=200) if text else []
    part = part_of_code(text)
    hint = "试试曾用名、拼音首字母或十八位代码。"
    table = Table(
        "subjects",
        columns=[
            Column("name", "名称", wide=True, link=lambda hit: visit.url("desk:subject", number=hit.subject)),
            Column("code", "代码", kind="code"),
            Column("reasons", "因何找到", value=lambda hit: reasons(hit.reasons), sort="-"),
        ],
        rows=list(found),
        empty=Empty("没有找到", part.sentence(language()) + part.hint(language()) if part else hint)
        if text
        else Empty("输入名称、代码或拼音首字母", "只列名称和代码；看未公示的内容要先写明事由。"),
        exports=False,
    )
    return visit.render("faces/desk/subjects.html", text=text, table=table)


@page("subject/<int:number>", door="desk", verbs=("read",), title="主体", methods=("GET", "HEAD", "POST"))
def subject(visit: Visit, number: int) -> HttpResponseBase:
    """This will ask the purpose, log the look, and then show all that the scope lets this official see."""
    it = _card(visit, number)
    asked = ask(visit, PurposeForm)
    if not asked.done:
        return visit.render("faces/desk/purpose.html", card=it, asked=asked)
    chosen = asked.form.cleaned_data["purpose"]
    visit.look([number], purpose=PURPOSES[chosen], case_number=asked.form.cleaned_data["case_number"])
    lines = timeline(number, visit.scope, store=visit.store)
    return visit.render(
        "faces/desk/subject.html",
        card=it,
        codes=[(scheme(name), code) for name, code in it.codes.items()],
        purpose=_(PURPOSES[chosen]),
        answers_for=cards([it.answers_for]).get(it.answers_for) if it.answers_for else None,
        groups=by_item(visit, lines),
        total=len(lines),
        cases=_cases(visit, number),
    )


def _card(visit: Visit, number: int) -> Any:
    it = card(number)
    if it is None or (it.region and not visit.scope.covers(it.region)):
        raise MissingError("door.no_such", number=number)
    return it


def by_item(visit: Visit, lines: list[Any]) -> list[dict[str, Any]]:
    """This will gather a subject's lines by item, the newest first."""
    groups: dict[str, list[dict[str, Any]]] = {}
    bodies = Agency.objects.in_bulk({line.agency for line in lines})
    for line in lines:
        body = bodies.get(line.agency)
        said = spoken(body.name, body.name_en) if body else line.agency
        groups.setdefault(line.item, []).append({**line._asdict(), "agency_words": said})
    return [
        {"title": item_title(visit, name), "total": len(found), "lines": found[:200]}
        for name, found in groups.items()
    ]


def _cases(visit: Visit, number: int) -> list[Standpoint]:
    from chengxin.faces.desk.today import points

    about = points(visit)
    return list((about.filter(subject=number) | about.filter(case__subject=number)).order_by("-since")[:50])


@page("subject/<int:number>/why", door="desk", verbs=("read",), title="来龙去脉")
def subject_why(visit: Visit, number: int) -> HttpResponseBase:
    """This will draw the chain behind a subject, as far as the scope goes; the look is logged first."""
    from chengxin.effects.why import why

    it = _card(visit, number)
    visit.look([number], purpose="核对来龙去脉")
    found = why(it.code, store=visit.store, house=visit.house, scope=visit.scope, on=visit.today)
    return visit.render("faces/desk/why.html", card=it, links=chain(found["chain"]))
