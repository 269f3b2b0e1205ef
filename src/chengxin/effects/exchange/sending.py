"""Carrying events out: in order per subject, again after a pause, given up only for an official to see.

What is to do is always read from the tables. A sender holds a subscriber for a short while and renews it; a
dead one's hold lapses and the next takes up where the receipts end. What was sent twice has the same id.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from chengxin.core.clock import day_of
from chengxin.effects.exchange.envelope import cloud_events, headers, written
from chengxin.effects.exchange.making import persons
from chengxin.effects.exchange.models import Delivery, Subscriber
from chengxin.effects.exchange.subscribing import entitled
from chengxin.ledger.looks.log import look
from chengxin.ledger.models import Official
from chengxin.policy.house import House

BATCH: Final = 64
TIMEOUT: Final = 8
HOLD: Final = timedelta(seconds=20)
PAUSES: Final = tuple(
    timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200)
)
"""After each failure; past the last a letter is dead. A withdrawal never dies: it waits an hour at most."""
WITHDRAWN: Final = timedelta(hours=1)
UNSETTLED: Final = ("waiting", "sent")


@dataclass(frozen=True)
class Post:
    """What a sender needs from its door: the declarations, the keys, the clock, and its own name."""

    house: House
    key: str
    wrap: str
    clock: Callable[[], datetime]
    sender: str


@dataclass(frozen=True)
class _Answer:
    received: bool
    acknowledged: bool = False
    result: str = ""
    trouble: str = ""


def with_work(now: datetime) -> list[int]:
    """This will name the subscribers for whom something is due now."""
    due = Delivery.objects.filter(state__in=UNSETTLED, next_at__lte=now, subscriber=OuterRef("pk"))
    return list(Subscriber.objects.exclude(url="").filter(Exists(due)).values_list("pk", flat=True))


def deliver(number: int, post: Post) -> int:
    """This will send a subscriber all that is due, batch by batch, and count what was received there."""
    if not hold(number, post.sender, post.clock()):
        return 0
    subscriber, line, received = Subscriber.objects.get(pk=number), _Line(), 0
    try:
        while hold(number, post.sender, post.clock()) and (batch := due(subscriber, post.clock())):
            count = _round(subscriber, batch, post, line)
            received += count
            if not count:
                break
    finally:
        line.close()
        Subscriber.objects.filter(pk=number, held_by=post.sender).update(held_until=None)
    return received


def hold(number: int, sender: str, now: datetime) -> bool:
    """This will take or renew the hold on a subscriber; false while another sender has it."""
    free = Q(held_until__isnull=True) | Q(held_until__lt=now) | Q(held_by=sender)
    return bool(Subscriber.objects.filter(free, pk=number).update(held_by=sender, held_until=now + HOLD))


def due(subscriber: Subscriber, now: datetime) -> list[Delivery]:
    """This will give what may go out now: of each subject only the earliest that has not arrived.

    What has arrived and waits for its acknowledgement holds no withdrawal up.
    What was never tried goes first, so that one message they cannot digest holds no other up.
    """
    earlier = Delivery.objects.filter(
        subscriber=subscriber, subject=OuterRef("subject"), event__lt=OuterRef("event"), state="waiting"
    )
    mine = Delivery.objects.filter(subscriber=subscriber, state__in=UNSETTLED, next_at__lte=now)
    heads = mine.filter(~Exists(earlier)).select_related("event").order_by("tries", "event_id")
    return list(heads[:BATCH])


def _round(subscriber: Subscriber, batch: Sequence[Delivery], post: Post, line: _Line) -> int:
    """One batch: logged as a look, sent one by one, its receipts written together."""
    now = post.clock()
    going = _still_entitled(subscriber, batch, post.house, now)
    events = [one.event for one in going]
    _log(subscriber, {event.subject for event in events}, now)
    dressed = cloud_events(events, subscriber, house=post.house, key=post.key, wrap=post.wrap)
    Delivery.objects.filter(pk__in=[one.pk for one in going]).update(tried_at=now)
    answers: list[_Answer] = []
    for event in dressed:
        if post.clock() - now > HOLD // 2:
            break
        body = written(event)
        answers.append(
            line.send(subscriber.url, body, headers(event, body, subscriber, key=post.key, now=post.clock()))
        )
        if not answers[-1].received:
            break
    sent = going[: len(answers)]
    _write(subscriber, sent, answers, post.clock())
    _put_off(subscriber, going[len(answers) :], answers, sent)
    return sum(answer.received for answer in answers) + (len(batch) - len(going))


def _put_off(
    subscriber: Subscriber, rest: Sequence[Delivery], answers: Sequence[_Answer], sent: Sequence[Delivery]
) -> None:
    """Where the door is shut, the others wait as long as the one that knocked."""
    if answers and not answers[-1].received and rest:
        Delivery.objects.filter(pk__in=[one.pk for one in rest]).update(next_at=sent[-1].next_at)


def _still_entitled(
    subscriber: Subscriber, batch: Sequence[Delivery], house: House, now: datetime
) -> list[Delivery]:
    """What a subscriber may no longer get and was never told is withheld; what it knows is told on."""
    people = persons({one.subject for one in batch})
    on = day_of(now)
    doubtful = [
        one
        for one in batch
        if not entitled(subscriber, one.event, person=one.subject in people, house=house, on=on)
    ]
    if not doubtful:
        return list(batch)
    lines = {one.event.line for one in doubtful}
    knew = set(
        Delivery.objects.filter(subscriber=subscriber, event__line__in=lines)
        .filter(tried_at__isnull=False)
        .values_list("event__line", flat=True)
    )
    withheld = {one.pk for one in doubtful if one.event.line not in knew}
    Delivery.objects.filter(pk__in=withheld).update(state="withheld")
    return [one for one in batch if one.pk not in withheld]


def _log(subscriber: Subscriber, subjects: set[int], now: datetime) -> None:
    """Telling is a look by the body that is told: logged before anything leaves the house (law 7)."""
    if subjects:
        asker = Official.objects.get(pk=subscriber.official)
        look(asker, subjects, door="exchange", purpose=f"按{subscriber.article}推送", now=now)


def _write(
    subscriber: Subscriber, sent: Sequence[Delivery], answers: Sequence[_Answer], now: datetime
) -> None:
    """Like receipts are written together; one that acknowledged by the API meanwhile stays acknowledged."""
    alike: dict[tuple[_Answer, str, datetime], list[int]] = {}
    for one, answer in zip(sent, answers, strict=True):
        one.tries += 1
        one.state, one.next_at = _after(subscriber, one, answer, now)
        alike.setdefault((answer, one.state, one.next_at), []).append(one.pk)
    with transaction.atomic():
        for (answer, state, next_at), numbers in alike.items():
            said: dict[str, Any] = {"tries": F("tries") + 1, "trouble": answer.trouble[:200]}
            if answer.received:
                said |= {
                    "sent_at": Coalesce("sent_at", Value(now)),
                    "due_at": next_at,
                    "result": answer.result,
                }
                said["acknowledged_at"] = now if answer.acknowledged else None
            open_still = Delivery.objects.filter(pk__in=numbers).exclude(state="acknowledged")
            open_still.update(state=state, next_at=next_at, **said)


def _after(subscriber: Subscriber, one: Delivery, answer: _Answer, now: datetime) -> tuple[str, datetime]:
    """What a delivery is after one more try, and when it is due again."""
    withdrawal, spent = one.event.kind == "ended", one.tries > len(PAUSES)
    if answer.received:
        state = "acknowledged" if answer.acknowledged else "dead" if spent and not withdrawal else "sent"
        return state, now + timedelta(minutes=subscriber.answer_within)
    pause = PAUSES[min(one.tries, len(PAUSES)) - 1]
    if withdrawal:
        return one.state, now + min(pause, WITHDRAWN)
    return ("dead" if spent else one.state), now + pause


class _Line:
    """One kept connection to one address."""

    def __init__(self) -> None:
        self._connection: http.client.HTTPConnection | None = None

    def send(self, url: str, body: bytes, words: dict[str, str]) -> _Answer:
        """This will post a message and read the answer; a kept connection that went stale is opened anew."""
        for fresh in (False, True):
            stale = self._connection is not None and not fresh
            try:
                return self._post(url, body, words)
            except (OSError, http.client.HTTPException) as broken:
                self.close()
                if not stale or isinstance(broken, socket.timeout):
                    return _Answer(False, trouble=f"{type(broken).__name__}: {broken}")
        return _Answer(False, trouble="no answer")

    def _post(self, url: str, body: bytes, words: dict[str, str]) -> _Answer:
        address = urlsplit(url)
        if self._connection is None:
            self._connection = _open(address.scheme, address.hostname or "", address.port)
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        self._connection.request("POST", path, body, words)
        answer = self._connection.getresponse()
        said = answer.read(65536)
        if answer.will_close:
            self.close()
        if not 200 <= answer.status < 300:
            return _Answer(False, trouble=f"HTTP {answer.status}")
        return _received(said)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _open(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        trusted = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=trusted)
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _received(said: bytes) -> _Answer:
    """A 2xx is the receipt; ``{"acknowledged": true, "result": "held"}`` says it is also taken in."""
    try:
        words = json.loads(said) if said else {}
    except ValueError:
        words = {}
    if not isinstance(words, dict):
        return _Answer(True)
    return _Answer(True, words.get("acknowledged") is True, str(words.get("result", ""))[:20])
