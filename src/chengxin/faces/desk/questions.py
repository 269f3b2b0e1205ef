"""For the auditor: looks that were questioned, each to be answered; for the head: looks told only later."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases.models import Case
from chengxin.core.errors import ConflictError, MissingError, RefusedByLaw
from chengxin.faces import wording
from chengxin.faces.deferrals import LONGEST, check, last_day_of
from chengxin.faces.desk.oversight import bodies_of
from chengxin.faces.models import Deferral, Question
from chengxin.faces.my.papers import keep_text
from chengxin.kit import Column, DayInput, Empty, Table, Visit, ask, bodies, page
from chengxin.ledger.agencies import with_predecessors
from chengxin.ledger.content import open_exhibit
from chengxin.ledger.entries import enter
from chengxin.ledger.looks.models import Look
from chengxin.ledger.models import Official


class AnswerForm(forms.Form):
    """What the auditor found."""

    founded = forms.ChoiceField(
        label=gettext_lazy("核查结果"),
        choices=[("no", gettext_lazy("查看有依据")), ("yes", gettext_lazy("查看没有正当事由"))],
        widget=forms.RadioSelect(),
    )
    text = forms.CharField(
        label=gettext_lazy("答复"), max_length=2_000, widget=forms.Textarea(),
        help_text=gettext_lazy("写给提出质疑的人看：核查了什么，看的人凭什么看。"),
    )  # fmt: skip


class DeferForm(forms.Form):
    """Which case, on which article, until when, and why."""

    case_number = forms.CharField(label=gettext_lazy("案号"), max_length=80)
    article = forms.CharField(
        label=gettext_lazy("依据条款"), max_length=80,
        help_text=gettext_lazy("写明允许暂缓告知的法律条款，例如 pipl-2021#35；规章和规范性文件不能作依据。"),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("到哪天自行公开"), widget=DayInput(), help_text=gettext_lazy("最长六个月。")
    )
    text = forms.CharField(label=gettext_lazy("暂缓的理由"), max_length=2_000, widget=forms.Textarea())

    def __init__(self, *args: Any, today: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.last = today, last

    def clean_until(self) -> date:
        """This will keep the day within the time a deferral may last."""
        until: date = self.cleaned_data["until"]
        if not self.today < until <= self.last:
            raise forms.ValidationError(_("须在今天之后、六个月之内。"))
        return until


@page(
    "looks/questions/", door="desk", verbs=("read_looks",), title="被质疑的查看", rail="oversight", icon="info"
)  # fmt: skip
def questions(visit: Visit) -> HttpResponseBase:
    """This will list the questioned looks, the unanswered first."""
    table = Table(
        "questions",
        columns=[
            Column("asked_at", "提出时间", kind="time", link=lambda one: visit.url("desk:answer", number=one.pk)),
            Column("who", "谁看的", sort="-"),
            Column("body", "单位", sort="-"),
            Column("purpose", "事由", wide=True, sort="-"),
            Column("case_number", "案号", sort="-"),
            Column("stands", "答复", sort="answered_at"),
        ],
        rows=_questions(visit).order_by("answered_at", "asked_at"),
        prepare=_with_looks,
        empty=Empty("没有人质疑过查看", "主体在“我的信用”里对一次查看提出质疑后，会列在这里等您核查答复。"),
    )  # fmt: skip
    lead = _("每一次查看，被看的主体都能看到单位、岗位和事由，也可以质疑；答复写在那次查看旁边。")
    return visit.render("faces/desk/list.html", title=_("被质疑的查看"), lead=lead, table=table)


def _questions(visit: Visit) -> QuerySet[Question]:
    """This will keep the questions about looks of the auditor's own divisions, as the list of looks does."""
    numbers = list(Question.objects.values_list("look", flat=True))
    looks = Look.objects.filter(pk__in=numbers, agency__in=bodies_of(visit))
    return Question.objects.filter(look__in=list(looks.values_list("pk", flat=True)))


def _with_looks(found: list[Any]) -> list[Any]:
    looks = Look.objects.in_bulk({one.look for one in found})
    people = dict(
        Official.objects.filter(pk__in={it.official for it in looks.values()}).values_list("pk", "name")
    )
    known = bodies({it.agency for it in looks.values()})
    for one in found:
        look = looks.get(one.look)
        one.who = people.get(look.official, "—") if look else "—"
        one.body = known.get(look.agency, look.agency) if look else "—"
        one.purpose, one.case_number = (look.purpose, look.case_number) if look else ("—", "")
        one.stands = _("等待答复") if one.answered_at is None else _("已答复")
    return found


@page(
    "looks/questions/<int:number>/", door="desk", verbs=("read_looks",), title="答复质疑",
    methods=("GET", "HEAD", "POST"),
)  # fmt: skip
def answer(visit: Visit, number: int) -> HttpResponseBase:
    """This will show one question beside the look it is about, and take the auditor's answer, once."""
    it = _questions(visit).filter(pk=number).first()
    if it is None:
        raise MissingError("door.no_such", number=number)
    said = open_exhibit(it.exhibit, visit.store, visit.secret).decode("utf-8")
    (shown,) = _with_looks([it])
    asked = ask(visit, AnswerForm)
    if asked.done:
        _answer(visit, it, asked.form.cleaned_data)
        visit.say(_("答复已写在那次查看旁边。"))
        return visit.go("desk:questions")
    own = open_exhibit(it.answer, visit.store, visit.secret).decode("utf-8") if it.answer else ""
    look = Look.objects.filter(pk=it.look).first()
    return visit.render("faces/desk/question.html", asked=asked, it=shown, said=said, own=own, look=look)


def _answer(visit: Visit, it: Question, said: dict[str, Any]) -> None:
    with transaction.atomic():
        held = Question.objects.select_for_update().get(pk=it.pk)
        if held.answer is not None:
            raise ConflictError("my.answered_already")
        exhibit = keep_text(visit, said["text"], title_zh=f"答复质疑　{held.look}")
        held.answer, held.answered_at, held.official = exhibit, visit.now, visit.who.pk
        held.founded = said["founded"] == "yes"
        held.save(update_fields=["answer", "answered_at", "official", "founded"])
        body = {"founded": held.founded, "text": exhibit, "by": visit.who.pk}
        enter("answer", f"faces_question:{held.pk}", body, at=visit.now)


@page(
    "looks/defer", door="desk", verbs=("defer_look",), title="暂缓告知查看", rail="oversight", icon="clock",
    methods=("GET", "HEAD", "POST"),
)  # fmt: skip
def defer(visit: Visit) -> HttpResponseBase:
    """This will let the head defer, on a statute and for a time, that a case's looks are read by their subject."""
    last = visit.adopted.review_day(LONGEST, visit.today)
    asked = ask(visit, DeferForm, review=True, today=visit.today, last=last)
    if asked.done:
        _defer(visit, asked.form.cleaned_data)
        visit.say(_("已批准暂缓；到期自行公开，不需要再办。"))
        return visit.go("desk:defer")
    own = Case.objects.filter(agency__in=with_predecessors(visit.who.agency_id)).values("number")
    running = Deferral.objects.filter(until__gt=visit.today, case_number__in=own).order_by("until")
    rows = [
        {"it": one, "article": wording.cited(visit.house.articles.get(one.article), one.article)}
        for one in running
    ]
    return visit.render("faces/desk/defer.html", asked=asked, running=rows)


def _defer(visit: Visit, said: dict[str, Any]) -> None:
    own = Case.objects.filter(
        visit.scope.q({"region": "region"}), agency__in=with_predecessors(visit.who.agency_id)
    )
    case = own.filter(number=said["case_number"]).first()
    if case is None:
        raise MissingError("door.no_such", number=said["case_number"])
    article = check(case, said["article"], visit.house, visit.today)
    last = last_day_of(case, visit.adopted, visit.today)
    if said["until"] > last:
        raise RefusedByLaw("my.deferred_too_long", case=case.number, last=last)
    with transaction.atomic():
        exhibit = keep_text(visit, said["text"], title_zh=f"暂缓告知查看　{case.number}")
        made = Deferral.objects.create(
            case_number=case.number, article=article.id, until=said["until"], exhibit=exhibit,
            official=visit.who.pk, approved_at=visit.now,
        )  # fmt: skip
        body = {"case": case.number, "until": said["until"].isoformat(), "by": visit.who.pk}
        enter("deferral", f"faces_deferral:{made.pk}", body, at=visit.now)
