"""Contesting a line: the match is ours and is let be at once, the content is the court's and is passed on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import MissingError
from chengxin.kit import Visit, ask, contest, page, rested
from chengxin.programs.judgment_defaulters.pages.words import PROGRAM


class DisputeForm(forms.Form):
    what = forms.ChoiceField(
        label=gettext_lazy("异议的是什么"),
        widget=forms.RadioSelect,
        choices=[
            ("match", gettext_lazy("不是这个主体（匹配错误）：由本平台一个工作日内答复，即时暂停执行")),
            ("content", gettext_lazy("名单的内容或者该不该列入：由法院答复，即时标注并转交")),
        ],
    )


@page(
    "contest/<int:number>/",
    door="desk",
    verbs=("propose",),
    methods=("GET", "HEAD", "POST"),
    title="提出异议",
)
def dispute(visit: Visit, number: int) -> HttpResponseBase:
    """This will open the case of whoever contests a line; what follows is there before the page is left."""
    line: Any = rested(visit, PROGRAM).filter(pk=number).first()
    if line is None:
        raise MissingError("door.no_such", number=number)
    asked = ask(visit, DisputeForm, review=True)
    if asked.done:
        what = asked.form.cleaned_data["what"]
        case = contest(visit, line, "mismatch" if what == "match" else "content", what)
        visit.say(
            _("已暂停执行并通知各接收单位；请在一个工作日内核对。")
            if what == "match"
            else _("已标注；请转交执行法院，由法院十五日内答复。")
        )
        return visit.go("desk:case", number=case.pk)
    return visit.render(
        "kit/ask.html",
        asked=asked,
        title=_("提出异议：%(document)s") % {"document": line.body["document_number"]},
        submit=_("提出"),
        review=True,
        lead=_("内容以法院为准，本平台不改动。"),
        back=visit.url(f"{PROGRAM}:listings"),
    )
