"""The only writer of the case file.

Every act goes through ``_write``: the fold says where the matter stands, the drawn edge and the procedure
say whether the step may be taken, and then act, standpoint, ledger entry and what follows stand in one
transaction or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from chengxin.cases import rules, standpoints
from chengxin.cases.adopted import Adopted
from chengxin.cases.completion import complete
from chengxin.cases.fold import step
from chengxin.cases.follow import followers
from chengxin.cases.models import Act, Case, Schedule
from chengxin.cases.opening import next_numbers
from chengxin.cases.point import Point
from chengxin.cases.procedure import procedure_of
from chengxin.cases.service import SERVICES
from chengxin.core.canonical import digest
from chengxin.core.errors import ConflictError
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Official

SLICE = 100
"""Rows of a schedule written in one transaction, so that none lasts over 100 ms."""


DOCUMENTS = {"notify": "告", "decide": "决", "execute": "执", "repair": "退", "revoke": "撤", "route": "转",
             "issue_bill": "账", "apologise": "歉", "certify": "更",
             "remind": "提", "give_mandate": "托"}  # fmt: skip
"""Acts that are documents, with the word of their series."""
_RECEIPT = "证"
"""The series of receipts of service (送达回证)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One act about to be written: about one row of a schedule, or (``subject`` None) about the whole."""

    subject: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    cites: Mapping[str, Any] = field(default_factory=dict)
    favourable: bool = False
    """The sealed sheet has no line of this row that burdens: ``schedules`` has read it and says so, nobody else."""


@dataclass(frozen=True, slots=True)
class _Provisional:
    """An act as the fold reads it before the database has numbered it."""

    kind: str
    on: date
    subject: int | None
    detail: Mapping[str, Any]
    id: int = 0


def act(
    case: Case,
    kind: str,
    *,
    official: Official | None,
    agency: str,
    on: date,
    at: datetime,
    bundle: Adopted,
    subject: int | None = None,
    articles: Sequence[str] = (),
    cites: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
    schedule: Schedule | None = None,
) -> Act:
    """This will take one step in a matter and give the act that says so.

    ``detail`` holds codes, days and numbers only; a free text is an exhibit named under ``cites``. What the
    procedure fixes (articles, the end of the statement period, whether it is adverse) is filled in here.
    Raises ``RefusedByLaw`` with what may come next, or with the article that stands against it.
    """
    draft = Draft(subject, detail or {}, cites or {})
    written = act_on_rows(
        case, kind, [draft], official=official, agency=agency, on=on, at=at, bundle=bundle,
        articles=articles, schedule=schedule,
    )  # fmt: skip
    return written[0]


def act_on_rows(
    case: Case,
    kind: str,
    drafts: Sequence[Draft],
    *,
    official: Official | None,
    agency: str,
    on: date,
    at: datetime,
    bundle: Adopted,
    articles: Sequence[str] = (),
    schedule: Schedule | None = None,
) -> list[Act]:
    """This will take the same step in many rows, in one transaction: all of them or none.

    Give at most ``SLICE`` drafts; ``schedules.act_on_all`` cuts longer lists.
    """
    with transaction.atomic():
        held = Case.objects.select_for_update().get(pk=case.pk)
        procedure = procedure_of(held, bundle.house)
        schedule = schedule or _whole_list(held, drafts)
        occasion = rules.Occasion(
            case=held, kind=kind, official=official, agency=agency, on=on, at=at, procedure=procedure,
            bundle=bundle, articles=tuple(articles) or rules.articles_of(procedure, kind, bundle.house, on),
            schedule=schedule,
        )  # fmt: skip
        rules.check_occasion(occasion)
        before = _points(held, drafts)
        numbers = _document_numbers(occasion, drafts)
        drawn = [_draw_up(occasion, draft, before[draft.subject], numbers) for draft in drafts]
        return _write(occasion, drawn, before)


def _whole_list(case: Case, drafts: Sequence[Draft]) -> Schedule | None:
    """An act on the whole of a mass decision is about its list, whether the caller names it or not."""
    if case.subject is not None or any(draft.subject is not None for draft in drafts):
        return None
    return case.schedules.order_by("-id").first()


def _points(case: Case, drafts: Sequence[Draft]) -> dict[int | None, Point]:
    rows = [draft.subject for draft in drafts if draft.subject is not None]
    if len(set(rows)) < len(rows):
        raise ConflictError("act.row_twice", case=case.number)
    favourable = {draft.subject for draft in drafts if draft.subject and draft.favourable}
    points: dict[int | None, Point] = dict(standpoints.points_of_rows(case, rows, favourable).items())
    if any(draft.subject is None for draft in drafts):
        points[None] = standpoints.point_of(case)
    return points


def _document_numbers(occasion: rules.Occasion, drafts: Sequence[Draft]) -> Iterator[str]:
    """This will take one number (文号) for each document, in this transaction, so a series has no gaps.

    They are taken when the first is asked for, which is after its step was found lawful: what is refused holds
    nobody up at the counter.
    """
    word, name = _series(occasion.kind)
    unnumbered = sum(name not in draft.detail for draft in drafts)
    if word and unnumbered:
        yield from next_numbers(occasion.agency, word, occasion.on, unnumbered)


def _series(kind: str) -> tuple[str | None, str]:
    """This will name the series an act is numbered in, and where the act says its number."""
    return (_RECEIPT, "receipt") if kind in SERVICES else (DOCUMENTS.get(kind), "number")


def _draw_up(occasion: rules.Occasion, draft: Draft, before: Point, numbers: Iterator[str]) -> Act:
    """This will ask the drawing and the procedure whether the step may be taken, and draw up the act."""
    detail = complete(occasion, before, draft.subject, draft.detail, favourable=draft.favourable)
    rules.refuse_free_text(detail)
    rules.refuse_unknown_citations(draft.cites)
    rules.refuse_without_paper(occasion, before, draft.subject, detail, draft.cites)
    after = step(before, _Provisional(occasion.kind, occasion.on, draft.subject, detail))
    rules.check_step(occasion, before, after, draft.subject, detail)
    word, name = _series(occasion.kind)
    if word and name not in detail:
        detail[name] = next(numbers)
    drawn = Act(
        case=occasion.case, kind=occasion.kind, schedule=occasion.schedule, subject=draft.subject,
        on=occasion.on, at=occasion.at, official=occasion.official.pk if occasion.official else None,
        agency=occasion.agency, articles=list(occasion.articles), cites=dict(draft.cites), detail=detail,
        bundle=occasion.bundle.sha256,
    )  # fmt: skip
    drawn.digest = digest(body_of(drawn))
    return drawn


def _write(occasion: rules.Occasion, drawn: Sequence[Act], before: Mapping[int | None, Point]) -> list[Act]:
    """This will write acts, standpoints, one ledger entry and what follows, in the caller's transaction."""
    written = Act.objects.bulk_create(drawn)
    after = {one.subject: step(before[one.subject], one) for one in written}
    standpoints.write(occasion.case, after)
    if occasion.schedule is not None and written[0].subject is None:
        standpoints.fall_on_rows(occasion.case, written[0], after[None])
    first, last = written[0], written[-1]
    ref = f"cases_act:{first.pk}" if first is last else f"cases_act:{first.pk}-{last.pk}"
    enter("act", ref, {"acts": [one.digest for one in written]}, at=occasion.at)
    for follower in followers():
        follower(written)
    return written


def body_of(act: Act) -> dict[str, Any]:
    """This will give what the digest of an act is made of: all it says, and nothing the database added."""
    return {
        "case": act.case.number,
        "kind": act.kind,
        "schedule": act.schedule.sha256 if act.schedule else None,
        "subject": act.subject,
        "on": act.on.isoformat(),
        "at": act.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "official": act.official,
        "agency": act.agency,
        "articles": act.articles,
        "cites": act.cites,
        "detail": act.detail,
        "bundle": act.bundle,
    }
