"""Filing: a statement, an objection, an application, a consent, and opening a paper, each one act of the case file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.cases import mandates, own_words, schedules
from chengxin.cases.acts import act
from chengxin.cases.service import E_SERVICE
from chengxin.core.errors import ChengxinError, ConflictError, DeniedError, MissingError, RefusedByLaw
from chengxin.faces.desk import asked as beside
from chengxin.faces.my import attempts
from chengxin.faces.my.own import Matter, matter_of
from chengxin.faces.my.papers import FilingForm, kept
from chengxin.faces.my.rights import FILINGS, Right, may_open, right, waiting
from chengxin.kit import Visit, ask, page
from chengxin.kit.words import language
from chengxin.ledger.agencies import successor_on
from chengxin.ledger.models import Agency

MOST: Final = 20
WITHIN: Final = timedelta(minutes=10)
"""So many filings of one account in so short a time; no person writes faster."""


@page(
    "matters/<int:number>/do/<slug:kind>",
    door="my",
    party=True,
    name="file",
    title="提交",
    methods=("GET", "HEAD", "POST"),
)
def file(visit: Visit, number: int, kind: str) -> HttpResponseBase:
    """This will ask what a filing needs and file it; a refusal is said beside the form, with its article."""
    matter = matter_of(visit, number)
    if kind in FILINGS:
        refuse_uncovered(visit, kind)
    meant = right(visit, matter, kind) if kind in FILINGS else None
    if meant is None:
        raise MissingError("door.no_such", number=kind)
    if meant.closed:
        raise RefusedByLaw("my.not_open", step=meant.title, reason=meant.closed)
    asked = ask(visit, FilingForm, kind=kind)
    refusal: ChengxinError | None = None
    if asked.done:
        try:
            _file(visit, matter, meant, asked.form.cleaned_data)
        except (RefusedByLaw, ConflictError, DeniedError) as refused:
            refusal = refused
        else:
            visit.say(_("已提交：%(what)s。提交当时就记入案卷，可以在下面看到。") % {"what": meant.title})
            return back_to(visit, matter)
    return visit.render(
        "faces/my/file.html",
        asked=asked,
        right=meant,
        matter=matter,
        refused=refusal.sentence(language()) if refusal else "",
        hint=refusal.hint(language()) if refusal else "",
        status=refusal.status if refusal else 400 if asked.form.errors else 200,
    )


def back_to(visit: Visit, matter: Matter) -> HttpResponse:
    """This will send the party back to the matter, to the same row of it."""
    answer = visit.go("my:matter", number=matter.case.pk)
    answer["Location"] += matter.query
    return answer


def _file(visit: Visit, matter: Matter, meant: Right, said: dict[str, Any]) -> None:
    """This will count the try, keep what was handed in, and take the act in the party's own name."""
    count(visit)
    detail, exhibits = kept(visit, matter.case, meant.kind, said, meant.title)
    if meant.kind == "object":
        detail["ground"] = said["ground"]
    if meant.kind == "own_words":
        detail |= own_words.measured(said["text"])
    if meant.kind in beside.NAMING:
        detail |= beside.named(meant.kind, matter.point, visit.today)
    _take(visit, matter, meant.kind, detail, exhibits)


def refuse_uncovered(visit: Visit, kind: str) -> None:
    """This will refuse an agent what its mandate does not cover, naming the mandate."""
    under = mandates.find(visit.me.mandate) if visit.me.mandate is not None else None
    if under is not None:
        mandates.refuse_unless(under, kind, visit.today)


def count(visit: Visit) -> None:
    """This will count one writing of an account, and refuse where it writes too much."""
    key = f"file {visit.me.account}"
    attempts.refuse(key, most=MOST, within=WITHIN, now=visit.now)
    attempts.note(key, now=visit.now)


def _take(visit: Visit, matter: Matter, kind: str, detail: dict[str, Any], exhibits: list[int]) -> None:
    """This will take one act without an official: the party's own, or its agent's, who names the mandate."""
    said: dict[str, Any] = {
        "official": None, "agency": _body(visit, matter), "on": visit.today, "at": visit.now,
        "bundle": visit.adopted, "detail": {**detail, **_by(visit)},
        "cites": {"exhibits": exhibits} if exhibits else {},
    }  # fmt: skip
    schedule = _schedule(matter)
    if schedule is None or not matter.row:
        act(matter.case, kind, **said)
    else:
        schedules.act_on_row(schedule, kind, matter.row, store=visit.store, **said)


def _by(visit: Visit) -> dict[str, int]:
    """This will say who files: the account, and where it acts for the party the mandate."""
    under = {} if visit.me.mandate is None else {"mandate": visit.me.mandate}
    return {"account": visit.me.account, **under}


def _body(visit: Visit, matter: Matter) -> str:
    """This will name the body the filing goes to: that of the case, or the one that holds its duty today."""
    body = successor_on(Agency.objects.get(pk=matter.case.agency), visit.today)
    return body.pk if body else matter.case.agency


def _schedule(matter: Matter) -> Any:
    return matter.case.schedules.order_by("-id").first() if matter.row else None


@page("matters/<int:number>/open", door="my", party=True, name="open", methods=("POST",))
def open_paper(visit: Visit, number: int) -> HttpResponseBase:
    """This will open a paper that waits: opened today, served today, for one that agreed to be served so."""
    matter = matter_of(visit, number)
    kind = waiting(matter)
    if not kind:
        raise MissingError("door.no_such", number=number)
    refuse_uncovered(visit, kind)
    if not may_open(visit, matter):
        raise DeniedError("my.no_consent")
    count(visit)
    detail = {"means": E_SERVICE, **_by(visit)}
    schedule = _schedule(matter)
    if schedule is None:
        _take(visit, matter, kind, {"means": E_SERVICE}, [])
    else:
        schedules.act_on_all(
            schedule, kind, official=None, agency=_body(visit, matter), on=visit.today, at=visit.now,
            bundle=visit.adopted, store=visit.store, subjects=[matter.row or 0], detail=detail,
        )  # fmt: skip
    visit.say(_("已开启，今天为送达日。文书在下面，期限从今天起算。"))
    return back_to(visit, matter)
