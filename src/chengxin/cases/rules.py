"""What a step needs beyond its edge: who takes it, on which article, heard by whom, until when.

``edges`` draws the road; here stands what the road demands on the day: an official of a competent body, an
article in force, co-signers, a statement period that ran out, an end to everything adverse.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chengxin.cases import (
    assent,
    confirmation,
    hearing,
    legal_review,
    mandates,
    milder,
    mismatch,
    notes,
    objections,
    own_words,
    panel,
    reminders,
    repair,
    repealed,
    service,
    term,
    watch,
)
from chengxin.cases.adopted import Adopted
from chengxin.cases.edges import CLOCK_ALONE, EDGES, State
from chengxin.cases.models import Case, Schedule
from chengxin.cases.point import Point
from chengxin.cases.procedure import Procedure
from chengxin.core.clock import day_of
from chengxin.core.errors import DeniedError, HouseFault, InputError, MissingError, RefusedByLaw
from chengxin.ledger import officials
from chengxin.ledger.agencies import is_in_office
from chengxin.ledger.models import Agency, Official
from chengxin.ledger.regions import includes
from chengxin.policy.house import House

FARTHEST_YEARS = 5
"""No date of a decision lies farther off than this: «until further notice» is not an end (law 2)."""

CITATIONS = frozenset({"records", "runs", "exhibits", "acts", "schedule", "batches", "sheets"})
_BY_THE_CLOCK = frozenset({"lapse", "shorten", "suspend"}) | CLOCK_ALONE
"""``shorten`` and ``suspend`` only where their article orders it: ``milder`` and ``repealed`` look."""
_BY_OPENING = frozenset(service.SERVICES)
"""A paper that its party opens for itself is served by that, where it agreed to electronic service."""
_FOR_OTHERS = frozenset({"receive"})
"""The platform's own officials receive what any body hands in."""
_BURDENS = frozenset(
    {"propose", "cosign", "legal_review", "notify", "serve", "convene_panel", "panel_advice", "decide"}
    | {"serve_decision", "execute", "review", "receive", "issue_bill", "return_bill"}
    | {"propose_adoption", "adopt"}
)
"""Acts on the way to a decision and its carrying out: without their own article in force there is none."""
_ON_PAPER = frozenset(
    {"agree_service", "hold_hearing", "panel_advice", "answer_objection", "answer_review", "extend"}
    | {"annotate", "end_annotation", "refuse_repair", "own_words", "resume", "confirm_text", "legal_review"}
    | {"give_mandate", "withdraw_mandate"}
)
"""What is worth nothing without its paper: signed, on record, in writing, with reasons."""
_ROW_BY_ROW = frozenset(
    {"ask_hearing", "hold_hearing", "urge", "extend", "ask_review", "answer_review", "annotate"}
    | {"end_annotation", "own_words", "apply_repair", "accept_repair", "refuse_repair"}
    | {"convene_panel", "panel_advice", "apologise", "certify"}
    | {"shorten", "suspend", "resume", "remind", "recall"}
)
"""What one party of a list asks for, or is answered: never the list as a whole."""
_NAMES_PAPERS = {
    "object": ("evidence",),
    "annotate": ("order",),
    "confirm_text": ("exhibit",),
    "apply_repair": tuple(repair.PAPERS),
}
"""Papers an act tells apart: each is among those it cites."""
_SENTENCE = re.compile(r"[。！？；\n]")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Occasion:
    """The day, the people and the rules of one step."""

    case: Case
    kind: str
    official: Official | None
    agency: str
    on: date
    at: datetime
    procedure: Procedure
    bundle: Adopted
    articles: tuple[str, ...]
    schedule: Schedule | None


def check_occasion(occasion: Occasion) -> None:
    """This will refuse the wrong day, body, official or article."""
    if occasion.on > day_of(occasion.at):
        raise RefusedByLaw("act.in_the_future", on=occasion.on, today=day_of(occasion.at))
    if occasion.schedule is not None and occasion.schedule.case_id != occasion.case.pk:
        raise HouseFault("act.schedule_of_another_case", case=occasion.case.number)
    _check_agency(occasion)
    _check_official(occasion)
    _check_articles(occasion)


def articles_of(procedure: Procedure, kind: str, house: House, on: date) -> tuple[str, ...]:
    """This will give what an act stands on where nobody names an article: the procedure's.

    What eases or ends a decision, or defends against it, never fails because the article of the decision itself
    is no longer in force: it then stands on the kernel's own.
    """
    named = procedure.articles_of(kind)
    stands = all((known := house.articles.get(one)) is not None and known.in_force(on) for one in named)
    return named if stands or kind in _BURDENS or kind not in EDGES else (EDGES[kind].anchor,)


def check_step(
    occasion: Occasion, before: Point, after: Point, subject: int | None, detail: Mapping[str, Any]
) -> None:
    """This will refuse a step whose conditions are not met yet."""
    if subject is not None and occasion.schedule is None:
        raise RefusedByLaw("act.row_without_schedule", case=occasion.case.number)
    if subject is None and occasion.case.subject is None and occasion.kind in _ROW_BY_ROW:
        raise RefusedByLaw("act.row_by_row", act=occasion.kind)
    if before.since is not None and occasion.on < before.since:
        raise RefusedByLaw("act.before_the_last", on=occasion.on, last=before.since)
    check = _CONDITIONS.get(occasion.kind)
    if check is not None:
        check(occasion, before, after, detail)


def refuse_free_text(detail: Mapping[str, Any]) -> None:
    """This will refuse a sentence in an act: it holds codes, days, numbers, so it may stand for ever."""
    for name, value in detail.items():
        _refuse_text(name, value)


def refuse_unknown_citations(cites: Mapping[str, Any]) -> None:
    """This will refuse a citation of a sort nobody could follow."""
    unknown = sorted(set(cites) - CITATIONS)
    if unknown:
        raise InputError("act.unknown_citation", names=", ".join(unknown), known=", ".join(sorted(CITATIONS)))


def refuse_without_paper(
    occasion: Occasion,
    before: Point,
    subject: int | None,
    detail: Mapping[str, Any],
    cites: Mapping[str, Any],
) -> None:
    """This will refuse what is worth nothing without a paper: it is filed with its exhibit."""
    kind, papers = occasion.kind, cites.get("exhibits") or []
    if not papers and (kind in _ON_PAPER or (kind == "revoke" and not cites.get("records"))):
        raise RefusedByLaw("act.paper_missing", act=kind)
    if kind == "panel_advice":
        panel.refuse_without_reasons(detail, papers)
    if kind in {"decide", "take_out"} and not papers:
        panel.refuse_departure(occasion, before, subject)
    if kind == "decide" and not papers:
        _refuse_unreasoned(occasion, detail)
    for name in _NAMES_PAPERS.get(kind, ()):
        named = detail.get(name)
        if kind == "apply_repair" and not named:
            raise RefusedByLaw("repair.paper_missing", paper=name)
        listed = named if isinstance(named, list) else [named]
        if named is not None and not set(map(repr, listed)) <= set(map(repr, papers)):
            raise RefusedByLaw("act.paper_not_cited", act=kind, name=name)


def _refuse_unreasoned(occasion: Occasion, detail: Mapping[str, Any]) -> None:
    """What is as a rule not published is published with written reasons."""
    effect = occasion.procedure.effect
    minor = detail.get("repair", {}).get("severity") == "minor"
    if minor and effect is not None and effect.kind == "publication":
        raise RefusedByLaw("repair.minor_not_published")


def _refuse_text(name: str, value: Any) -> None:
    if isinstance(value, str):
        if len(value) > _LONGEST or _SENTENCE.search(value):
            raise InputError("act.free_text", name=name)
    elif isinstance(value, Mapping):
        refuse_free_text(value)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _refuse_text(name, inner)
    elif value is not None and not isinstance(value, (bool, int)):
        raise InputError("act.not_a_plain_value", name=name, type=type(value).__name__)


def agency_of(code: str) -> Agency:
    agency = Agency.objects.filter(pk=code).first()
    if agency is None:
        raise MissingError("act.no_such_agency", agency=code)
    return agency


def _check_agency(occasion: Occasion) -> None:
    """The body must exist on the day, answer for the region, and bear the duty the procedure names."""
    agency, on = agency_of(occasion.agency), occasion.on
    if not is_in_office(agency, on):
        raise RefusedByLaw("act.agency_not_valid", agency=agency.name, on=on)
    if not includes(agency.region_id, occasion.case.region):
        raise DeniedError("act.wrong_region", agency=agency.name, region=occasion.case.region)
    duties = occasion.procedure.duties(occasion.kind)
    if duties and agency.duty not in duties:
        raise DeniedError(
            "act.wrong_duty", agency=agency.name, act=occasion.kind, duties=", ".join(sorted(duties))
        )


def _check_official(occasion: Occasion) -> None:
    """An official acts for its own body. Filings, what the clock does, and opening a paper may come without one."""
    official = occasion.official
    if official is not None and occasion.kind in CLOCK_ALONE:
        raise DeniedError("act.clock_alone", act=occasion.kind)
    if official is None:
        if occasion.kind in _BY_THE_CLOCK | _BY_OPENING or occasion.procedure.by_subject(occasion.kind):
            return
        raise DeniedError("act.nobody_acts", act=occasion.kind)
    if official.agency_id != occasion.agency and occasion.kind not in _FOR_OTHERS:
        raise DeniedError("act.other_agency", official=official.name, agency=occasion.agency)
    officials.require(official, occasion.kind, occasion.case.region, on=occasion.on)


def _check_articles(occasion: Occasion) -> None:
    """Nothing without an article in force on the day (law 1). What arrives is received in any case: its item
    names the article it is kept under."""
    if not occasion.articles:
        raise RefusedByLaw("act.no_article", act=occasion.kind)
    for article_id in occasion.articles:
        _stands(occasion, article_id)


def _stands(occasion: Occasion, article_id: str) -> None:
    article = occasion.bundle.house.articles.get(article_id)
    if article is None:
        raise RefusedByLaw("act.unknown_article", article=article_id)
    if occasion.kind != "receive" and not article.in_force(occasion.on):
        raise RefusedByLaw("act.article_not_in_force", article=article_id, on=occasion.on)


def _may_decide(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    procedure = occasion.procedure
    if procedure.effect is not None:
        _stands(occasion, procedure.effect.basis)
    hearing.check_decided(occasion, before, after, detail)
    if after.adverse and before.road is State.SERVED and not before.may_be_decided(occasion.on):
        raise RefusedByLaw("act.statement_period_runs", until=before.statement_until)
    missing = procedure.cosigners - before.cosigned
    if missing:
        raise RefusedByLaw("act.cosigners_missing", duties=", ".join(sorted(missing)))
    legal_review.check_decided(occasion, before)
    if after.adverse or (occasion.schedule is not None and procedure.adverse):
        _must_end(occasion, detail)


def _must_end(occasion: Occasion, detail: Mapping[str, Any]) -> None:
    """An end date, or a named exit condition with a review date; and none of them far off (law 2)."""
    ends, exits = detail.get("until"), detail.get("exit") and detail.get("review_on")
    if not ends and not exits:
        raise RefusedByLaw("act.without_end", case=occasion.case.number)
    _not_far_off(occasion, detail)
    if not ends and detail["review_on"] <= occasion.on.isoformat():
        raise RefusedByLaw("act.review_passed", review_on=detail["review_on"], on=occasion.on)
    if ends and detail.get("from") and ends <= detail["from"]:
        raise RefusedByLaw("act.ends_before_it_begins", until=ends, since=detail["from"])
    term.check(occasion, detail)


def _not_far_off(occasion: Occasion, detail: Mapping[str, Any]) -> None:
    farthest = occasion.on.replace(year=occasion.on.year + FARTHEST_YEARS, day=min(occasion.on.day, 28))
    for name in ("from", "until", "review_on", "ends_on"):
        day = detail.get(name)
        if day and date.fromisoformat(day) > farthest:
            raise RefusedByLaw("act.far_future", name=name, day=day, farthest=farthest)


def _binds(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """What is served binds: an adverse one must say its end by now, in the decision or with the service."""
    _may_serve(occasion, before, after, detail)
    if occasion.procedure.reminds is not None:
        reminders.check_served(before, detail)
    if not after.adverse:
        return
    for line in detail.get("lines", ()):
        _must_end(occasion, {"from": line["since"], **line})


def _may_serve(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    if occasion.official is None and detail["means"] != service.E_SERVICE:
        raise DeniedError("act.nobody_acts", act=occasion.kind)
    service.check(before, occasion.on, detail)


def _may_fail(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    service.check_failure(detail)


def _may_end(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """What is repaired or revoked ends on a day soon to come: an end far off would only prolong it."""
    _not_far_off(occasion, detail)


def _may_repair(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    repair.check_repaired(occasion, before, after, detail)
    _not_far_off(occasion, detail)


def _may_lapse(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    if before.ends_on is None or occasion.on < before.ends_on:
        raise RefusedByLaw("act.not_over_yet", ends_on=before.ends_on or "—")
    _not_far_off(occasion, detail)


def _may_cosign(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    if detail["duty"] in before.cosigned:
        raise RefusedByLaw("act.cosigned_already", duty=detail["duty"])


def _may_review(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    if after.adverse or (occasion.schedule is not None and occasion.procedure.adverse):
        _must_end(occasion, {"exit": "named", "review_on": detail.get("review_on")})


_CONDITIONS = {
    "decide": _may_decide,
    "serve": _may_serve,
    "fail_service": _may_fail,
    "serve_decision": _binds,
    "lapse": _may_lapse,
    "repair": _may_repair,
    "revoke": _may_end,
    "ask_hearing": hearing.check_asked,
    "hold_hearing": hearing.check_held,
    "convene_panel": panel.check_convened,
    "object": objections.check_object,
    "urge": objections.check_urge,
    "extend": objections.check_extend,
    "answer_objection": objections.check_answer,
    "answer_review": objections.check_review,
    "annotate": notes.check,
    "end_annotation": notes.check_end,
    "own_words": own_words.check,
    "apply_repair": repair.check_applied,
    "refuse_repair": repair.check_refused,
    "legal_review": legal_review.check,
    "shorten": milder.check,
    "list_reminders": reminders.check,
    "remind": reminders.check,
    "recall": reminders.check,
    "warn": watch.check,
    "escalate": watch.check,
    "suspend": repealed.check_suspended,
    "resume": repealed.check_resumed,
    "propose_adoption": assent.check_proposed,
    "adopt": assent.check,
    "confirm_text": confirmation.check,
    "give_mandate": mandates.check_given,
    "withdraw_mandate": mandates.check_withdrawn,
    "apologise": mismatch.check_apology,
    "certify": mismatch.check_certificate,
    "cosign": _may_cosign,
    "review": _may_review,
}
