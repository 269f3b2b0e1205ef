"""Who heard of a measure at the gate, and hears again: noted before the answer, recalled when the line changes.

A system fetches its recalls in order and says what it did; an official finds them at the desk. Nobody's own code
stands in a recall of a natural person: the body knows the matter by its own case number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from chengxin.core.errors import InputError
from chengxin.effects.exchange.making import persons
from chengxin.effects.exchange.models import Told
from chengxin.effects.exchange.receipts import RESULTS
from chengxin.effects.gate import Answer
from chengxin.ledger.looks.log import look
from chengxin.ledger.models import Official
from chengxin.subjects.bulk import chosen
from chengxin.subjects.cards import cards

PAGE: Final = 200
_MANY: Final = 800


@dataclass(frozen=True, slots=True)
class Telling:
    """One answer on its way out: to whom, of whom, in which matter of theirs."""

    official: int
    subject: int
    matter: str
    case: str
    answer: Answer


def note(tellings: Iterable[Telling], *, now: datetime) -> int:
    """This will write down who is about to be told of which line for the first time, and count them."""
    new = {
        (each.official, measure.line): Told(
            official=each.official, line=measure.line, subject=each.subject, matter=each.matter[:60],
            case_number=each.case[:80], at=now,
        )
        for each in tellings
        for measure in each.answer.measures
    }  # fmt: skip
    if not new:
        return 0
    for official, line in _known(new):
        new.pop((official, line), None)
    Told.objects.bulk_create(list(new.values()), batch_size=_MANY, ignore_conflicts=True)
    return len(new)


def _known(pairs: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    lines = list({line for _, line in pairs})
    return chosen("select official, line from effects_told where line in ({})", lines)


def recalled(officials: Iterable[int]) -> QuerySet[Told]:
    """This will list what accounts were told that has changed or ended since, the earliest first."""
    found = Told.objects.filter(official__in=list(officials), event__isnull=False)
    return found.select_related("event").order_by("event_id")


def fetch(official: Official, after: int, *, now: datetime) -> tuple[list[dict[str, Any]], int]:
    """This will give an account's recalls after a cursor, with the next cursor; the look is logged first."""
    page = list(recalled([official.pk]).filter(event__gt=after)[:PAGE])
    if not page:
        return [], after
    subjects = {one.subject for one in page}
    look(official, subjects, door="api:gate", purpose="核查结果变更通知", now=now)
    people, known = persons(subjects), cards(subjects)
    Told.objects.filter(pk__in=[one.pk for one in page], fetched_at__isnull=True).update(fetched_at=now)
    codes = {number: card.code for number, card in known.items() if number not in people}
    return [_as_dict(one, codes.get(one.subject, "")) for one in page], page[-1].event_id or after


def acknowledge(officials: Sequence[int], events: Sequence[int], result: str, *, now: datetime) -> int:
    """This will note that accounts have taken in what became of what they were told, and count what was new."""
    if result not in RESULTS:
        raise InputError("exchange.no_such_result", result=result, known="、".join(RESULTS))
    open_still = Told.objects.filter(
        official__in=officials, event__in=list(events), acknowledged_at__isnull=True
    )
    return open_still.update(acknowledged_at=now, result=result)


def _as_dict(told: Told, code: str) -> dict[str, Any]:
    event = told.event
    state: dict[str, Any] = event.state if event else {}
    return {
        "event": told.event_id,
        "kind": event.kind if event else "",
        "at": event.at.isoformat() if event else "",
        "line": told.line,
        "code": code,
        "matter": told.matter,
        "case": told.case_number,
        "told_at": told.at.isoformat(),
        **{name: state.get(name) for name in ("title", "marked", "frozen", "until", "ended")},
    }
