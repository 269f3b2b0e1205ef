"""Who was told of what a case wrongly matched, as far as the tables tell, and who took it back.

Subscribers by what they acknowledged, whoever asked at the gate or looked it up by the log of looks. The public
page has no list of readers. What nobody acknowledges is told by letter, and said to be.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Max, Min

from chengxin.cases.mismatch import contested
from chengxin.cases.models import Case
from chengxin.cases.point import Point
from chengxin.core.clock import day_of
from chengxin.effects.exchange.making import line_of, opaque
from chengxin.effects.exchange.models import Delivery, Told
from chengxin.effects.models import Standing
from chengxin.ledger.looks.models import Look
from chengxin.ledger.models import Official

_GATES: Final = frozenset({"api:gate", "api:gate-list", "api:widget", "desk:gate"})
_OWN_DOOR: Final = "exchange"
"""A look by which the exchange told somebody is listed by what came back."""


def told_of(case: Case, row: int | None, point: Point, *, on: date) -> list[dict[str, Any]]:
    """This will list who was told of the lines of a case (or of one row), as an apology says it."""
    lines = _lines(case, row)
    told = [*_by_exchange(lines), *_by_looks(lines, {case.agency}, _corrected(case, point, on))]
    return sorted(told, key=lambda one: (one["to"], one["how"]))


def _lines(case: Case, row: int | None) -> list[Standing]:
    """What followed from the case; of a case that contests a match, the lines that rest on the record."""
    contest = contested(case)
    if contest is not None:
        rests = Standing.objects.filter(subject=case.subject or 0, record__isnull=False)
        return list(rests.filter(part=contest.detail["part"]))
    held = Standing.objects.filter(case=case.pk)
    return list(held if row is None else held.filter(row=row))


def _corrected(case: Case, point: Point, on: date) -> date:
    """The day on which the mistake was found: whoever asked later saw it corrected."""
    found = case.acts.filter(pk=point.mistaken).first() if point.mistaken else None
    return found.on if found else on


def _by_exchange(lines: Sequence[Standing]) -> list[dict[str, Any]]:
    """One entry for each body whose system heard of a line; it took it back when it acknowledged the newest end."""
    heard = Delivery.objects.filter(event__line__in={line_of(one) for one in lines}, tried_at__isnull=False)
    bodies: dict[str, list[Delivery]] = {}
    for one in heard.select_related("subscriber", "event").order_by("event_id"):
        bodies.setdefault(one.subscriber.agency, []).append(one)
    return [_of_body(body, found) for body, found in bodies.items()]


def _of_body(body: str, found: Sequence[Delivery]) -> dict[str, Any]:
    since = min(day_of(heard) for one in found if (heard := one.sent_at or one.tried_at))
    newest = {(one.subscriber_id, one.event.line): one for one in found}.values()
    days = [
        day_of(one.acknowledged_at)
        for one in newest
        if one.event.kind == "ended" and one.state == "acknowledged" and one.acknowledged_at is not None
    ]
    back = max(days) if len(days) == len(newest) else None
    return _entry(body, "exchange", since, "taken_back" if back else "waiting", back)


def _by_looks(lines: Sequence[Standing], own: Collection[str], corrected: date) -> list[dict[str, Any]]:
    """One entry for each body that asked or looked while the lines stood, by which way it did."""
    if not lines:
        return []
    subjects = {one.subject for one in lines} | {one.row for one in lines if one.row}
    begun = min(one.since for one in lines)
    looks = Look.objects.filter(subject__in=subjects, at__date__gte=begun).exclude(agency__in=own)
    bodies = looks.exclude(door=_OWN_DOOR).values("agency", "door").annotate(first=Min("at"), last=Max("at"))
    seen: dict[tuple[str, str], tuple[date, date]] = {}
    back = _acknowledged(lines)
    for one in bodies:
        how = "gate" if one["door"] in _GATES else "look"
        first, last = day_of(one["first"]), day_of(one["last"])
        before = seen.get((one["agency"], how), (first, last))
        seen[one["agency"], how] = min(first, before[0]), max(last, before[1])
    return [
        _entry(body, how, first, *_took_it_back(back.get(body) if how == "gate" else None, last, corrected))
        for (body, how), (first, last) in seen.items()
        if first <= corrected
    ]


def _took_it_back(acknowledged: date | None, last: date, corrected: date) -> tuple[str, date | None]:
    if acknowledged is not None:
        return "taken_back", acknowledged
    return ("asked_again", last) if last > corrected else ("by_letter", None)


def _acknowledged(lines: Sequence[Standing]) -> dict[str, date]:
    """By body, the day on which the last of its accounts that the gate told took the end in; all must have."""
    told = list(Told.objects.filter(line__in={opaque(line_of(one)) for one in lines}))
    bodies = dict(Official.objects.filter(pk__in={one.official for one in told}).values_list("pk", "agency"))
    heard: dict[str, list[Told]] = {}
    for one in told:
        heard.setdefault(bodies[one.official], []).append(one)
    days = {
        body: [day_of(one.acknowledged_at) for one in each if one.acknowledged_at]
        for body, each in heard.items()
    }
    return {body: max(days[body]) for body, each in heard.items() if len(days[body]) == len(each)}


def _entry(to: str, how: str, since: date, state: str, on: date | None) -> dict[str, Any]:
    return {
        "to": to,
        "how": how,
        "since": since.isoformat(),
        "state": state,
        "on": on.isoformat() if on else None,
    }
