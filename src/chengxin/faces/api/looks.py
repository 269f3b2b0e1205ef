"""The access mirror: who looked at a subject, as the subject may read it. For the counter, on its own request."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from chengxin.core.errors import MissingError
from chengxin.faces.deferrals import deferred
from chengxin.faces.premises import premises
from chengxin.ledger.looks.log import Errand, LookSeen, looks_at
from chengxin.ledger.models import Official
from chengxin.ledger.officials import require
from chengxin.ledger.scope import scope_of
from chengxin.subjects.registry import card, subjects_of_codes

router = Router()


class LookOut(Schema):
    """One look: the body, the post, what for and in which case; never the officer."""

    number: int
    at: datetime
    agency: str
    post: str
    door: str
    purpose: str
    case_number: str


@router.get("/subjects/{code}/looks", response=list[LookOut], summary="谁看过我 / who looked")
def mirror(request: HttpRequest, code: str, case: str, before: int | None = None) -> list[LookSeen]:
    """Looks at a subject, newest first; ``case`` is the number of its request at the counter.

    Asking is itself a look, and is logged first: it stands on top of the answer. For a post that sees what every
    body of the subject's division told; the own log of one department is not the mirror.
    What law 7 defers is shown here on the day it is shown at the subject's own door.
    """
    official: Official = request.official  # type: ignore[attr-defined]
    here = premises()
    require(official, "export", on=here.today)
    (subject,) = subjects_of_codes([code])
    seen, known = scope_of(official, here.today), card(subject) if subject else None
    there = known is not None and (not known.region or seen.covers(known.region))
    if subject is None or not there or seen.agencies is not None:
        raise MissingError("door.no_subject", code=code)
    Errand(official, "api:looks", "应主体申请出具查阅记录", case, here.now).look([subject])
    return looks_at(subject, before=before, deferred=deferred(here.today))
