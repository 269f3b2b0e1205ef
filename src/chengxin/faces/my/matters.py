"""What runs against the party: each matter with its road, its clocks, its rights and its papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.cases.edges import EDGES, State
from chengxin.cases.models import Act
from chengxin.cases.notes import WHATS
from chengxin.cases.procedure import FILINGS, procedure_of
from chengxin.cases.tracing import KINDS
from chengxin.core.errors import MissingError
from chengxin.effects import evidence
from chengxin.faces.desk.cases import navigator
from chengxin.faces.desk.road import PAPERS, act_title
from chengxin.faces.my.own import Matter, Own, matter_of
from chengxin.faces.my.papers import exhibit_file
from chengxin.faces.my.rights import FILINGS as RIGHTS
from chengxin.faces.my.rights import covered, may_open, rights, waiting
from chengxin.faces.wording import cited_all
from chengxin.kit import Visit, attachment, bodies, document, page, spoken
from chengxin.ledger.content import is_destroyed
from chengxin.ledger.models import Exhibit
from chengxin.ledger.scope import Scope
from chengxin.policy.items import DISCLOSURES
from chengxin.subjects.registry import card, cards

TITLES: Final = {
    "notify": noop("告知书"),
    "serve": noop("告知书送达"),
    "decide": noop("决定"),
    "serve_decision": noop("决定书送达"),
    "answer": noop("答复陈述申辩"),
    **{kind: words[0] for kind, words in RIGHTS.items()},
}
"""Acts as their party calls them, where a clerk's name says it is entered for somebody."""
UNTOLD: Final = frozenset(
    {"propose", "cosign", "legal_review", "convene_panel", "panel_advice", "fail_service", "execute"}
    | {"list_reminders", "recall", "warn", "escalate"}
)
"""What an office prepares, or tells others: no paper of these is shown to the party before the decision is."""


@dataclass(frozen=True)
class Step:
    """One act as its party reads it: the body, never the official."""

    act: Act
    title: str
    sentence: str
    who: str
    articles: str
    paper: bool
    exhibits: list[Exhibit]
    theirs: bool
    """The party's own filing."""


@page("matters/", door="my", party=True, title="我的事项")
def matters(visit: Visit) -> HttpResponseBase:
    """This will list the matters that run, then those that ended."""
    own = Own.of(visit.me.subject)
    known = own.matters()
    names = cards(one.row for one in known if one.row)
    found = [
        {
            "it": one,
            "title": heading(visit, one),
            "about": names[one.row].name if one.row and one.row != own.subject else "",
            "clock": one.point.statement_until if one.point.state is State.SERVED else one.point.answer_by,
            "waits": bool(waiting(one)),
        }
        for one in known
    ]
    return visit.render("faces/my/matters.html", matters=found)


@page("matters/<int:number>/", door="my", party=True, title="事项")
def matter(visit: Visit, number: int) -> HttpResponseBase:
    """This will show one matter: where it stands, what may be done until when, its road and its papers."""
    it = matter_of(visit, number)
    open_ones = rights(visit, it)
    return visit.render(
        "faces/my/matter.html",
        it=it,
        title=heading(visit, it),
        about=card(it.row).name if it.row and it.row != visit.me.subject else "",
        procedure=procedure_of(it.case, visit.house),
        body=bodies([it.case.agency]).get(it.case.agency, it.case.agency),
        steps=_steps(visit, it),
        open=[one for one in open_ones if not one.closed],
        closed=[one for one in open_ones if one.closed],
        waits=waiting(it),
        may_open=may_open(visit, it),
        may_receive=covered(visit, waiting(it)),
        repair=navigator(it.point, visit.today),
        notes=[spoken(*WHATS[one.what]) for one in it.point.notes if one.what in WHATS],
    )


def heading(visit: Visit, it: Matter) -> str:
    """This will name a matter by what it would bring about."""
    procedure = procedure_of(it.case, visit.house)
    effect = procedure.effect
    return spoken(effect.title, effect.title_en) if effect else procedure.title


def _steps(visit: Visit, it: Matter) -> list[Step]:
    acts = it.acts()
    known = bodies({act.agency for act in acts})
    under = [act.detail["mandate"] for act in acts if "mandate" in act.detail]
    numbers = dict(Act.objects.filter(pk__in=under).values_list("pk", "detail__number")) if under else {}
    shown = [act for act in acts if act.kind not in UNTOLD]
    return [
        Step(
            act,
            _(TITLES[act.kind]) if act.kind in TITLES else act_title(act.kind),
            spoken(EDGES[act.kind].zh, EDGES[act.kind].en) if act.kind in EDGES else "",
            _who(act, numbers) or known.get(act.agency, act.agency),
            cited_all(visit.house, act.articles),
            shows_paper(it, act, acts),
            _exhibits(it, act, acts),
            act.official is None and act.kind in FILINGS,
        )
        for act in shown
    ]  # fmt: skip


def _who(act: Act, numbers: Mapping[int, str]) -> str:
    """This will name the party, or its agent, where one of them filed; empty where a body acted."""
    if "mandate" in act.detail:
        return _("受托代理人（%(number)s）") % {"number": numbers[act.detail["mandate"]]}
    return _("当事人") if act.official is None and act.kind in FILINGS else ""


def shows_paper(it: Matter, act: Act, acts: list[Act]) -> bool:
    """This will say whether a document is shown: its party's own, and served by now."""
    return act.kind in PAPERS - {"route"} and it.is_own(act) and not _is_unserved(it, act, acts)


def _is_unserved(it: Matter, act: Act, acts: list[Act]) -> bool:
    """A notice or an adverse decision is nobody's to read before it was served on its party."""
    served = {"notify": "serve", "decide": "serve_decision", "remind": "serve_decision"}.get(act.kind)
    if served is None or (act.kind == "decide" and not it.point.adverse):
        return False
    return not any(one.kind == served and one.pk > act.pk and it.is_own(one) for one in acts)


def _exhibits(it: Matter, act: Act, acts: list[Act]) -> list[Exhibit]:
    """What the party handed in, and what was told it; never what an office wrote for itself, or has yet to serve."""
    if act.kind in UNTOLD or not it.is_own(act) or _is_unserved(it, act, acts):
        return []
    found = Exhibit.objects.filter(pk__in=act.cites.get("exhibits", ())).order_by("pk")
    return [one for one in found if not is_destroyed(one)]


@page("matters/<int:number>/paper/<int:act>.pdf", door="my", party=True)
def paper(visit: Visit, number: int, act: int) -> HttpResponseBase:
    """This will give a document that was served on the party, as a PDF."""
    it = matter_of(visit, number)
    acts = it.acts()
    found = next((one for one in acts if one.pk == act and shows_paper(it, one, acts)), None)
    if found is None:
        raise MissingError("door.no_such", number=act)
    name = f"{act_title(found.kind)}-{found.detail.get('number', found.pk)}.pdf"
    return attachment(document(visit, found), name, "application/pdf")


@page("matters/<int:number>/exhibit/<int:exhibit>", door="my", party=True)
def exhibit(visit: Visit, number: int, exhibit: int) -> HttpResponseBase:
    """This will give a paper the party handed in or was answered with."""
    it = matter_of(visit, number)
    acts = it.acts()
    shown = [one for act in acts for one in _exhibits(it, act, acts) if one.pk == exhibit]
    if not shown:
        raise MissingError("door.no_such", number=exhibit)
    return exhibit_file(visit, shown[0])


@page("matters/<int:number>/evidence.zip", door="my", party=True)
def evidence_of(visit: Visit, number: int) -> HttpResponseBase:
    """This will give the evidence of what concerns the party in a matter, to be checked offline."""
    it = matter_of(visit, number)
    acts = it.acts()
    told = {
        act.pk
        for act in acts
        if act.kind not in UNTOLD
        and (it.is_own(act) or act.kind == "decide")
        and not _is_unserved(it, act, acts)
    }
    reader = evidence.Reader(
        visit.store, visit.house, Scope.of(classes=DISCLOSURES), visit.secret, _drawing(visit)
    )
    packed = evidence.bundle(it.case, reader, row=it.row, shows=lambda act: act.pk in told)
    return attachment(packed, f"{it.case.number}.zip", "application/zip")


def _drawing(visit: Visit) -> Any:
    """This will give what draws the document of an act; one that is none, or not the party's, gives none."""

    def draw(act: Act) -> bytes | None:
        if act.kind not in KINDS or act.kind == "route":
            return None
        return document(visit, act)

    return draw
