"""Mandates at the door ``my``: to whom the party gave one and what was done under it; and whom one may act for."""

from __future__ import annotations

from collections.abc import Sequence

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.cases import mandates as given
from chengxin.cases.mandates import Mandate
from chengxin.core.errors import DeniedError, InputError, MissingError, RefusedByLaw
from chengxin.faces.my.accounts import act_under
from chengxin.faces.my.filing import count
from chengxin.faces.my.mandating import MandateForm, beside, give, keeper, shown, take_back, words_of
from chengxin.faces.my.own import Own
from chengxin.faces.my.papers import exhibit_file, keep_text
from chengxin.kit import Visit, ask, page
from chengxin.ledger.content import is_destroyed
from chengxin.ledger.models import Exhibit
from chengxin.subjects.registry import card, follow


@page("mandates/", door="my", party=True, title="授权")
def mandates(visit: Visit) -> HttpResponseBase:
    """This will list what the party gave, with what was done under each, and what it may act under itself."""
    own = Own.of(visit.me.subject)
    ours = [] if visit.me.agent else given.given_by(own.numbers)
    done = given.done_under([one.act for one in ours], own.everything) if ours else []
    held = [] if visit.me.agent else given.held_by(own.numbers, visit.today)
    return visit.render(
        "faces/my/mandates.html",
        given=[shown(visit, one, done) for one in ours],
        held=[{"it": one, "party": card(follow(one.party)).name, "covers": words_of(one)} for one in held],
    )


@page(
    "mandates/new",
    door="my",
    party=True,
    name="mandate",
    title="签署授权委托书",
    methods=("GET", "HEAD", "POST"),
)
def mandate(visit: Visit) -> HttpResponseBase:
    """This will take a mandate the party gives, with its signed paper."""
    _refuse_agents(visit)
    asked, refusal = ask(visit, MandateForm, initial={"since": visit.today}), None
    if asked.done:
        try:
            count(visit)
            made = give(
                visit, visit.me.subject, asked.form.cleaned_data, keeper(visit), account=visit.me.account
            )
        except (RefusedByLaw, InputError) as refused:
            refusal = refused
        else:
            visit.say(_("授权已经登记：%(number)s。") % {"number": made.detail["number"]})
            return visit.go("my:mandates")
    return visit.render("faces/my/mandate.html", **beside(asked, refusal))


@page("mandates/<int:number>/withdraw", door="my", party=True, name="withdraw_mandate", methods=("POST",))
def withdraw(visit: Visit, number: int) -> HttpResponseBase:
    """This will take a mandate back: it carries nothing from this moment."""
    _refuse_agents(visit)
    found = _one_of(given.given_by(Own.of(visit.me.subject).numbers), number)
    count(visit)
    text = keep_text(visit, found.number, title_zh=f"撤回授权　{found.number}")
    take_back(visit, found, text, keeper(visit), account=visit.me.account)
    visit.say(_("已撤回，从现在起不能再用。"))
    return visit.go("my:mandates")


@page("mandates/<int:number>/act", door="my", party=True, name="act_under", methods=("POST",))
def act_for(visit: Visit, number: int) -> HttpResponseBase:
    """This will act under a mandate one holds, from now on in this session."""
    _refuse_agents(visit)
    found = _one_of(given.held_by(Own.of(visit.me.subject).numbers, visit.today), number)
    act_under(visit.request, found.act)
    return visit.go("my:home")


@page("mandates/self", door="my", party=True, name="act_for_self", methods=("POST",))
def act_for_self(visit: Visit) -> HttpResponseBase:
    """This will go back to one's own file."""
    act_under(visit.request, None)
    return visit.go("my:home")


@page("mandates/<int:number>/paper/<int:exhibit>", door="my", party=True, name="mandate_paper")
def paper(visit: Visit, number: int, exhibit: int) -> HttpResponseBase:
    """This will give the signed paper of a mandate to the party that gave it."""
    _refuse_agents(visit)
    found = _one_of(given.given_by(Own.of(visit.me.subject).numbers), number)
    if exhibit not in found.papers or is_destroyed(exhibit):
        raise MissingError("door.no_such", number=exhibit)
    return exhibit_file(visit, Exhibit.objects.get(pk=exhibit))


def _one_of(found: Sequence[Mandate], number: int) -> Mandate:
    one = next((one for one in found if one.act == number), None)
    if one is None:
        raise MissingError("door.no_such", number=number)
    return one


def _refuse_agents(visit: Visit) -> None:
    """Nobody hands on what was entrusted to him, or reads what was entrusted to others."""
    if visit.me.agent:
        raise DeniedError("mandate.party_only")
