"""Who looked: the access mirror, and the question that goes to the auditor (law 7)."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db import IntegrityError, transaction
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import ConflictError, MissingError
from chengxin.core.numerals import whole
from chengxin.faces.models import Question
from chengxin.faces.my.filing import count, refuse_uncovered
from chengxin.faces.my.own import Own
from chengxin.faces.my.papers import keep_text
from chengxin.kit import Visit, ask, bodies, page
from chengxin.ledger.content import is_destroyed, open_exhibit
from chengxin.ledger.entries import enter
from chengxin.ledger.looks.log import LookSeen

FEW: Final = 50


class QuestionForm(forms.Form):
    """Why this look seems without ground."""

    text = forms.CharField(
        label=gettext_lazy("为什么质疑这次查看"),
        help_text=gettext_lazy("由安全审计员核查，答复写在这次查看旁边。"),
        max_length=1_000,
        widget=forms.Textarea(),
    )


@page("looks/", door="my", party=True, title="谁看过我")
def looks(visit: Visit) -> HttpResponseBase:
    """This will list the looks at the party, newest first: body, post, what for; never the officer."""
    own = Own.of(visit.me.subject)
    found = own.looks(visit.today, limit=FEW + 1, before=whole(visit.asked.get("before", "")))
    return visit.render(
        "faces/my/looks.html",
        looks=seen(visit, own, found[:FEW]),
        more=found[FEW - 1].number if len(found) > FEW else None,
    )


def seen(visit: Visit, own: Own, found: list[LookSeen]) -> list[dict[str, Any]]:
    """This will put looks into words, with what was asked and answered about each."""
    known = bodies({one.agency for one in found})
    asked = own.questions([one.number for one in found])
    return [
        {
            "it": one,
            "body": known.get(one.agency, one.agency) or _("受托代理人"),
            "question": _asked(visit, asked.get(one.number)),
        }
        for one in found
    ]


def _asked(visit: Visit, question: Question | None) -> dict[str, Any] | None:
    if question is None:
        return None
    said = {"asked_at": question.asked_at, "text": _text(visit, question.exhibit), "answered_at": None}
    if question.answer is None:
        return said
    word = _("查看没有正当事由") if question.founded else _("查看有依据")
    return said | {"answered_at": question.answered_at, "word": word, "answer": _text(visit, question.answer)}


def _text(visit: Visit, exhibit: int) -> str:
    gone = is_destroyed(exhibit)
    return "" if gone else open_exhibit(exhibit, visit.store, visit.secret).decode("utf-8")


@page("looks/<int:number>/question", door="my", party=True, title="质疑", methods=("GET", "HEAD", "POST"))
def question(visit: Visit, number: int) -> HttpResponseBase:
    """This will take a question about one look, once, and put it before the auditor."""
    own = Own.of(visit.me.subject)
    look = own.look(number, visit.today)
    if not look.agency:
        raise MissingError("door.no_such", number=number)
    refuse_uncovered(visit, "object")
    if own.questions([number]):
        raise ConflictError("my.questioned_already")
    asked = ask(visit, QuestionForm)
    if asked.done:
        count(visit)
        try:
            _put(visit, own, number, asked.form.cleaned_data["text"])
        except IntegrityError:  # posted twice at once: the other one stands
            if not own.questions([number]):
                raise
        visit.say(_("已提出质疑，审计员答复后会写在这次查看旁边。"))
        return visit.go("my:looks")
    shown = seen(visit, own, [look])[0]
    return visit.render("faces/my/question.html", asked=asked, look=shown)


def _put(visit: Visit, own: Own, number: int, text: str) -> None:
    with transaction.atomic():
        exhibit = keep_text(visit, text, title_zh=f"质疑查看　{number}")
        put = Question.objects.create(
            look=number, subject=own.subject, account=visit.me.account, exhibit=exhibit, asked_at=visit.now
        )
        enter("question", f"faces_question:{put.pk}", {"look": number, "text": exhibit}, at=visit.now)
