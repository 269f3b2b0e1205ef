"""Events out of the ledger: read forward by its order number, never by insert id.

An entry says which acts were done, or which lines resting on others' decisions changed; the acts say which lines of
the standing they touch; a line that differs from what was told of it last becomes an event, with the whole line as
it stands. Reading twice therefore tells once, and a maker that dies between two steps leaves nothing half told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, QuerySet

from chengxin.cases.models import Act
from chengxin.core.clock import day_of
from chengxin.effects import resting
from chengxin.effects.exchange.models import Delivery, Event, Reading, Subscriber, Told
from chengxin.effects.exchange.subscribing import entitled
from chengxin.effects.models import Standing
from chengxin.ledger.models import Entry
from chengxin.ledger.sealing import entries_after
from chengxin.policy.house import House
from chengxin.subjects.models import Subject

SLICE: Final = 200
"""Lines looked at in one short transaction."""
ENTRIES: Final = 50
_BEGINS: Final = frozenset({"decide", "serve_decision"})
_MARKS: Final = frozenset(
    {"object", "answer_objection", "ask_review", "answer_review", "annotate", "end_annotation"}
    | {"suspend", "resume"}
)
_TOUCHES: Final = _BEGINS | _MARKS | {"repair", "revoke", "lapse", "review", "shorten"}


def make(*, house: House, now: datetime) -> int:
    """This will write every event there is to tell since the last time, with who is to be told, and count."""
    made, more = 0, True
    while more:
        with transaction.atomic():
            told, more = _forward(house, now)
        made += told
    return made + _sweep(house, now)


def line_of(standing: Standing) -> str:
    """This will name a line so that it keeps its name when the projection is rebuilt."""
    if standing.record is not None:  # the record that speaks for it may be replaced
        return f"record:{standing.program}:{standing.effect}:{standing.subject}:{standing.part}"[:180]
    return f"{standing.act}:{standing.row}:{standing.effect}:{standing.part}:{standing.site or 0}"[:180]


def opaque(line: str) -> str:
    """This will name a line to the outside without telling our own numbers."""
    return hashlib.sha256(f"line {line}".encode()).hexdigest()[:32]


def _reading() -> Reading:
    """The row is the lock: whoever holds it is the one maker."""
    Reading.objects.get_or_create(pk=1)
    return Reading.objects.select_for_update().get(pk=1)


def _forward(house: House, now: datetime) -> tuple[int, bool]:
    reading = _reading()
    lines: list[tuple[int, Standing]] = []
    entries = entries_after(reading.number, ENTRIES)
    for number, entry in entries:
        room = SLICE - len(lines)
        touched = list(_touched(entry).filter(pk__gt=reading.within).order_by("pk")[:room])
        lines += [(number, line) for line in touched]
        if len(touched) == room:
            reading.within = touched[-1].pk
            break
        reading.number, reading.within = number, 0
    if not entries:
        return 0, False
    told = _tell(lines, house, now)
    reading.save(update_fields=["number", "within"])
    return told, True


def _touched(entry: Entry) -> QuerySet[Standing]:
    """The lines that the acts of one entry began, ended or marked."""
    if entry.kind == resting.ENTRY:
        return resting.touched(entry.ref)
    if entry.kind != "act":
        return Standing.objects.none()
    first, _, last = entry.ref.removeprefix("cases_act:").partition("-")
    acts = Act.objects.filter(pk__range=(int(first), int(last or first)), kind__in=_TOUCHES)
    found = list(acts.values_list("kind", "case_id", "subject"))
    if not found:
        return Standing.objects.none()
    kind, case, _row = found[0]
    if kind in _BEGINS:
        return Standing.objects.filter(act__range=(int(first), int(last or first)))
    rows = [row for _kind, _case, row in found]
    held = Standing.objects.filter(case=case)
    return held if None in rows else held.filter(row__in=rows)


def _sweep(house: House, now: datetime) -> int:
    """A term that runs out needs no act: its end is told on its day."""
    today, told, after = day_of(now), 0, 0
    swept = Reading.objects.filter(pk=1).values_list("swept_on", flat=True).first()
    if swept == today:
        return 0
    over = Standing.objects.filter(until__lte=today)
    if swept is not None:
        over = over.filter(until__gt=swept)
    while True:
        with transaction.atomic():
            reading = _reading()
            slice_ = list(over.filter(pk__gt=after).order_by("pk")[:SLICE])
            told += _tell([(reading.number, line) for line in slice_], house, now)
            if len(slice_) < SLICE:
                reading.swept_on = today
                reading.save(update_fields=["swept_on"])
                return told
        after = slice_[-1].pk


def _tell(lines: Sequence[tuple[int, Standing]], house: House, now: datetime) -> int:
    names = {line_of(line) for _number, line in lines}
    last, heard = _last_told(names), _heard(names)
    events: list[Event] = []
    for number, line in lines:
        name, state = line_of(line), state_of(line, day_of(now))
        kind = _kind(last.get(name), state, heard=name in heard)
        if kind:
            events.append(
                Event(
                    number=number,
                    line=name,
                    kind=kind,
                    subject=line.subject,
                    effect_kind=line.kind,
                    program=line.program,
                    region=line.region,
                    at=now,
                    state=state,
                )
            )
            last[name] = state
    _address(Event.objects.bulk_create(events), house, now)
    return len(events)


def _kind(before: dict[str, Any] | None, state: dict[str, Any], *, heard: bool) -> str:
    """What became of a line since it was told last; nothing where it is as it was, or nobody heard it was alive."""
    if before is None and state["ended"]:
        return "ended" if heard else ""
    if before == state:
        return ""
    if before is None or (before["ended"] and not state["ended"]):
        return "came_into_force"
    return "ended" if state["ended"] and not before["ended"] else "changed"


def state_of(line: Standing, today: date) -> dict[str, Any]:
    """This will give a line whole, in plain words of JSON."""
    return {
        "effect": line.effect, "title": line.title, "adverse": line.adverse, "marked": line.marked,
        "frozen": line.frozen, "case": line.case, "row": line.row, "part": line.part, "site": line.site,
        "article": line.article, "agency": line.agency, "since": line.since.isoformat(),
        "until": line.until.isoformat() if line.until else None, "exit": line.exit,
        "review_on": line.review_on.isoformat() if line.review_on else None, "body": line.body,
        "ended": line.until is not None and (line.until <= today or line.until <= line.since),
    }  # fmt: skip


def _last_told(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    newest = Event.objects.filter(line__in=list(names)).values("line").annotate(last=Max("pk"))
    found = Event.objects.filter(pk__in=[one["last"] for one in newest])
    return dict(found.values_list("line", "state"))


def _heard(names: Iterable[str]) -> set[str]:
    """Lines that the gate has named to somebody, though they may have ended before an event was made of them."""
    outside = {opaque(name): name for name in names}
    return {
        outside[line] for line in Told.objects.filter(line__in=list(outside)).values_list("line", flat=True)
    }


def _address(events: Sequence[Event], house: House, now: datetime) -> None:
    """This will put each event before those who may know it, and each withdrawal before those who knew."""
    if not events:
        return
    subscribers = list(Subscriber.objects.order_by("pk"))
    told = set(
        Delivery.objects.filter(event__line__in={event.line for event in events})
        .exclude(state="withheld")
        .values_list("subscriber_id", "event__line")
    )
    people = persons({event.subject for event in events})
    deliveries = []
    for event in events:
        for one in subscribers:
            knew = (one.pk, event.line) in told
            new = event.kind != "ended" and entitled(
                one, event, person=event.subject in people, house=house, on=day_of(now)
            )
            if knew or new:
                told.add((one.pk, event.line))
                deliveries.append(Delivery(subscriber=one, event=event, subject=event.subject, next_at=now))
    Delivery.objects.bulk_create(deliveries)
    _recall(events)


def _recall(events: Sequence[Event]) -> None:
    """Whoever heard of a line at the gate hears what became of it, and has not acknowledged that yet."""
    changed = {opaque(event.line): event for event in events if event.kind != "came_into_force"}
    for told in Told.objects.filter(line__in=list(changed)):
        told.event, told.fetched_at, told.acknowledged_at, told.result = changed[told.line], None, None, ""
        told.save(update_fields=["event", "fetched_at", "acknowledged_at", "result"])


def persons(subjects: Iterable[int]) -> set[int]:
    """This will name those of the subjects who are natural persons."""
    return set(Subject.objects.filter(pk__in=list(subjects), kind="person").values_list("pk", flat=True))
