"""Fetching instead of being told: the same events, scope and receipts, read forward by cursor or as a file.

Asking on from a cursor acknowledges all before it. A file is JSON lines; the same cursor bounds give the same
bytes, so its detached signature can be asked for apart.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce

from chengxin.core.errors import DeniedError, MissingError
from chengxin.effects.exchange.envelope import cloud_events, private_key, written
from chengxin.effects.exchange.models import Delivery, Event, Subscriber
from chengxin.ledger.looks.log import look
from chengxin.ledger.models import Official
from chengxin.policy.house import House

PAGE: Final = 500


def subscriber_of(official: Official, name: str = "") -> Subscriber:
    """This will give the subscription an account speaks for: the one it names, or its only one."""
    found = Subscriber.objects.filter(official=official.pk)
    chosen = found.filter(name=name).first() if name else found.order_by("pk").first()
    if chosen is None:
        raise MissingError("exchange.not_subscribed") if name else DeniedError("exchange.not_subscribed")
    return chosen


def changed_since(
    subscriber: Subscriber, after: int, *, house: House, key: str, wrap: str, now: datetime, limit: int = PAGE
) -> tuple[list[dict[str, Any]], int]:
    """This will give the events after a cursor with the next cursor; those up to it are acknowledged."""
    mine = Delivery.objects.filter(subscriber=subscriber).exclude(state="withheld")
    before = mine.filter(event__lte=after, tried_at__isnull=False).exclude(state="acknowledged")
    before.update(
        state="acknowledged", acknowledged_at=now, result="held", sent_at=Coalesce("sent_at", F("tried_at"))
    )
    page = list(mine.filter(event__gt=after).select_related("event").order_by("event_id")[:limit])
    told = _told(subscriber, [one.event for one in page], house=house, key=key, wrap=wrap, now=now)
    return told, page[-1].event_id if page else after


def file(
    subscriber: Subscriber, *, after: int, until: int, house: House, key: str, wrap: str, now: datetime
) -> bytes:
    """This will write what a subscriber may have as JSON lines.

    ``after`` 0 gives the whole: of each line that stood at ``until`` its newest event. Otherwise the delta:
    every event between both cursors.
    """
    events = _whole(subscriber, until) if after == 0 else _between(subscriber, after, until)
    written_lines = bytearray()
    for slice_ in _slices(events.order_by("pk")):
        for event in _told(subscriber, slice_, house=house, key=key, wrap=wrap, now=now):
            event.pop("root", None)
            event.pop("rootday", None)
            written_lines += written(event) + b"\n"
    return bytes(written_lines)


def newest(subscriber: Subscriber) -> int:
    """This will give the cursor at the end of what a subscriber may have."""
    mine = Delivery.objects.filter(subscriber=subscriber).exclude(state="withheld")
    return int(mine.aggregate(last=Max("event_id"))["last"] or 0)


def detached(body: bytes, key: str) -> str:
    """This will sign a file: ed25519 over its bytes, in base64."""
    return base64.b64encode(private_key(key).sign(body)).decode()


def _whole(subscriber: Subscriber, until: int) -> QuerySet[Event]:
    mine = _between(subscriber, 0, until)
    newest_of_each = mine.values("line").annotate(last=Max("pk")).values("last")
    return Event.objects.filter(pk__in=newest_of_each).exclude(kind="ended").exclude(state__ended=True)


def _between(subscriber: Subscriber, after: int, until: int) -> QuerySet[Event]:
    addressed = Delivery.objects.filter(subscriber=subscriber).exclude(state="withheld").values("event_id")
    return Event.objects.filter(Q(pk__in=addressed), pk__gt=after, pk__lte=until)


def _told(
    subscriber: Subscriber, events: Sequence[Event], *, house: House, key: str, wrap: str, now: datetime
) -> list[dict[str, Any]]:
    """Logged as a look and noted as tried before anything leaves the house."""
    if not events:
        return []
    asker = Official.objects.get(pk=subscriber.official)
    purpose = f"按{subscriber.article}调取"
    look(asker, {event.subject for event in events}, door="exchange", purpose=purpose, now=now)
    told = Delivery.objects.filter(subscriber=subscriber, event__in=[event.pk for event in events])
    told.filter(tried_at__isnull=True).update(tried_at=now)
    told.filter(sent_at__isnull=True).update(sent_at=now)
    if not subscriber.url:
        told.filter(state="waiting").update(state="sent")
    return cloud_events(events, subscriber, house=house, key=key, wrap=wrap)


def _slices(events: QuerySet[Event]) -> Iterator[list[Event]]:
    after = 0
    while slice_ := list(events.filter(pk__gt=after)[:PAGE]):
        yield slice_
        after = slice_[-1].pk
