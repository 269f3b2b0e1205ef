"""Subjects for anyone: search, what is public about one, and why."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from chengxin.core.errors import MissingError
from chengxin.effects.publication import dark, published
from chengxin.effects.why import why
from chengxin.faces.premises import premises
from chengxin.ledger.scope import Scope
from chengxin.subjects.registry import card, subject_of_code
from chengxin.subjects.search import part_of_code, search

router = Router()


class HitOut(Schema):
    """One organisation that answers to the text, with the reasons it was found."""

    subject: int
    name: str
    code: str | None
    score: int
    reasons: list[str]


@router.get("/subjects", response=list[HitOut], summary="按名称或代码找 / search")
def find(request: HttpRequest, q: str, limit: Query[int] = 20) -> list[dict[str, Any]]:
    """Organisations by name, former name, initials or code, the most prominent first.

    A part of a code that finds nobody is refused with what a code needs; other texts give an empty list.
    """
    hits = search(premises().store, q, Scope.public(), limit=max(1, min(limit, 100)))
    if not hits and (part := part_of_code(q[:80])):
        raise part
    return [vars(hit) for hit in hits]


@router.get("/subjects/{code}", summary="一家机构的公示 / what is public about one")
def one(request: HttpRequest, code: str) -> dict[str, Any]:
    """Who it is, what is in force with its basis, body and end, and its public records."""
    here = premises()
    subject = _subject(code)
    return {
        "subject": card(subject),
        "public": published(subject, store=here.store, house=here.house, now=here.now),
    }


@router.get("/subjects/{code}/why", summary="为什么 / the chain behind it")
def reasons(request: HttpRequest, code: str) -> dict[str, Any]:
    """Effect ← decision ← finding ← record ← batch ← catalogue ← article, each with its hash."""
    here = premises()
    _subject(code)
    return why(
        code, store=here.store, house=here.house, scope=Scope.public(), on=here.today, dark=dark(here.now)
    )


def _subject(code: str) -> int:
    """This will find an organisation; for this door nobody else exists."""
    subject = subject_of_code(code)
    if subject is None or card(subject).kind != "organisation":
        raise MissingError("door.no_subject", code=code)
    return subject
