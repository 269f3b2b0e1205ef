"""Mandates taken in at the counter: on paper, signed by the party, entered by an official in the body's own book."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases import mandates as given
from chengxin.cases.mandates import Mandate
from chengxin.core.errors import InputError, MissingError, RefusedByLaw
from chengxin.faces.my.mandating import MandateForm, beside, give, shown, take_back
from chengxin.faces.my.papers import keep_text
from chengxin.kit import Visit, ask, page
from chengxin.ledger.agencies import with_predecessors
from chengxin.subjects.registry import cards, follow, subjects_of_codes


class PaperForm(MandateForm):
    """The same questions, and whose mandate it is."""

    party = forms.CharField(label=gettext_lazy("委托人的代码"), max_length=40)
    field_order = ("party",)


class BackForm(forms.Form):
    """What the party says, as it was handed in."""

    text = forms.CharField(
        label=gettext_lazy("撤回授权的书面内容"), max_length=2_000, widget=forms.Textarea()
    )


@page("mandates/", door="desk", verbs=("give_mandate",), title="授权委托", rail="casework", icon="user")
def mandates(visit: Visit) -> HttpResponseBase:
    """This will list the mandates this body took in that hold or begin later, to take one back on paper."""
    ours = [one for one in _kept(visit) if one.withdrawn is None and visit.today < one.until]
    visit.look([one.party for one in ours], purpose="办理授权委托")
    known = cards(one.party for one in ours)
    rows = [{**shown(visit, one), "party": known[one.party].name} for one in ours]
    return visit.render("faces/desk/mandates.html", mandates=rows)


@page(
    "mandates/new",
    door="desk",
    verbs=("give_mandate",),
    title="登记授权委托书",
    methods=("GET", "HEAD", "POST"),
)
def mandate(visit: Visit) -> HttpResponseBase:
    """This will take in a mandate signed on paper, for a party found by its whole code."""
    asked, refusal = ask(visit, PaperForm, initial={"since": visit.today}), None
    if asked.done:
        try:
            said = asked.form.cleaned_data
            made = give(visit, _party(visit, said["party"]), said, visit.who.agency)
        except (RefusedByLaw, InputError) as refused:
            refusal = refused
        else:
            visit.say(_("授权已经登记：%(number)s。") % {"number": made.detail["number"]})
            return visit.go("desk:mandates")
    return visit.render("faces/desk/mandate.html", **beside(asked, refusal))


@page(
    "mandates/<int:number>/withdraw", door="desk", verbs=("withdraw_mandate",), name="withdraw_mandate",
    title="登记撤回授权", methods=("GET", "HEAD", "POST"),
)  # fmt: skip
def withdraw(visit: Visit, number: int) -> HttpResponseBase:
    """This will enter that a party took a mandate of this body's book back, with what it handed in."""
    found = next((one for one in _kept(visit) if one.act == number), None)
    if found is None:
        raise MissingError("door.no_such", number=number)
    asked = ask(visit, BackForm)
    if asked.done:
        text = keep_text(visit, asked.form.cleaned_data["text"], title_zh=f"撤回授权　{found.number}")
        take_back(visit, found, text, visit.who.agency)
        visit.say(_("已登记撤回，从现在起不能再用。"))
        return visit.go("desk:mandates")
    words: dict[str, Any] = {"title": _("登记撤回授权"), "submit": _("登记撤回授权"), "lead": found.number}
    return visit.render("kit/ask.html", asked=asked, back=visit.url("desk:mandates"), **words)


def _kept(visit: Visit) -> list[Mandate]:
    return given.kept_by(with_predecessors(visit.who.agency_id))


def _party(visit: Visit, code: str) -> int:
    (found,) = subjects_of_codes([code], settings.DIGEST_KEY)
    if found is None:
        raise InputError("mandate.agent_code", code=code)
    visit.look([found], purpose="登记授权委托书")
    return follow(found)
