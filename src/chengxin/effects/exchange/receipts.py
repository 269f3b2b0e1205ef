"""Receipts: what was acknowledged, what is overdue or given up, and telling again from any point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from chengxin.core.clock import day_of
from chengxin.core.errors import InputError
from chengxin.effects.exchange.models import Delivery, Event, Subscriber
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Official
from chengxin.ledger.officials import require

RESULTS: Final = ("held", "taken_back", "not_ours")
"""What a subscriber says it did: it holds it, it took it back, it has nobody of that number."""
_SLICE: Final = 500


def acknowledge(subscriber: Subscriber, events: Sequence[int], result: str, *, now: datetime) -> int:
    """This will note that a subscriber has taken in what it was sent, and count what was new."""
    if result not in RESULTS:
        raise InputError("exchange.no_such_result", result=result, known="、".join(RESULTS))
    sent = Delivery.objects.filter(subscriber=subscriber, event__in=list(events), tried_at__isnull=False)
    return sent.exclude(state="acknowledged").update(
        state="acknowledged", acknowledged_at=now, result=result, sent_at=Coalesce("sent_at", Value(now))
    )


def replay(subscriber: Subscriber, *, after: int, now: datetime, entitled: Q) -> int:
    """This will put every event after a point before a subscriber again, in order, and count them.

    A line that ended meanwhile is told only to one who knew of it.
    """
    wanted = Event.objects.filter(pk__gt=after)
    knew = Delivery.objects.filter(subscriber=subscriber).exclude(state="withheld").values("event__line")
    alive = _alive(wanted.filter(entitled))
    if not subscriber.persons:
        alive = alive.exclude(subject__in=_person_subjects())
    chosen = wanted.filter(Q(pk__in=alive.values("pk")) | Q(line__in=knew)).order_by("pk")
    count = 0
    with transaction.atomic():
        again = Delivery.objects.filter(subscriber=subscriber, event__in=chosen.values("pk"))
        again.update(state="waiting", tries=0, next_at=now, due_at=None, trouble="")
        count = again.count()
        fresh = chosen.exclude(pk__in=Delivery.objects.filter(subscriber=subscriber).values("event_id"))
        batch = [
            Delivery(subscriber=subscriber, event_id=pk, subject=subject, next_at=now)
            for pk, subject in fresh.values_list("pk", "subject").iterator(chunk_size=_SLICE)
        ]
        Delivery.objects.bulk_create(batch, batch_size=_SLICE)
    return count + len(batch)


def send_again(deliveries: Sequence[int], *, by: Official, now: datetime) -> int:
    """This will bring dead letters back to life, in the ledger under the official's name."""
    require(by, "replay", on=day_of(now))
    with transaction.atomic():
        dead = Delivery.objects.filter(pk__in=list(deliveries), state="dead")
        revived = dead.update(state="waiting", tries=0, next_at=now, trouble="")
        enter("replay", "effects_delivery:dead", {"deliveries": sorted(deliveries), "by": by.pk}, at=now)
    return revived


def replay_from(subscriber: Subscriber, *, after: int, by: Official, entitled: Q, now: datetime) -> int:
    """This will replay at an official's wish, and say so in the ledger."""
    require(by, "replay", on=day_of(now))
    with transaction.atomic():
        count = replay(subscriber, after=after, now=now, entitled=entitled)
        body = {"after": after, "by": by.pk, "count": count}
        enter("replay", f"effects_subscriber:{subscriber.pk}", body, at=now)
    return count


def lags(now: datetime) -> list[dict[str, Any]]:
    """This will say of each subscriber what waits, since when, what is overdue, and what was given up."""
    unsettled = Q(deliveries__state__in=["waiting", "sent"])
    found = Subscriber.objects.annotate(
        unsettled=Count("deliveries", filter=unsettled),
        oldest=Min("deliveries__event__at", filter=unsettled),
        overdue=Count("deliveries", filter=Q(deliveries__state="sent", deliveries__due_at__lt=now)),
        dead=Count("deliveries", filter=Q(deliveries__state="dead")),
        acknowledged=Count("deliveries", filter=Q(deliveries__state="acknowledged")),
        reached=Max("deliveries__event_id", filter=Q(deliveries__state="acknowledged")),
    )
    return [dict(one) for one in found.order_by("name").values()]


def withdrawals() -> QuerySet[Event]:
    """This will list every withdrawal with how many were told of it and how many took it back.

    ``asked`` counts the callers of the gate who had heard of it, ``asked_confirmed`` those who took it back.
    """
    return Event.objects.filter(kind="ended").annotate(
        told=Count("deliveries", filter=Q(deliveries__sent_at__isnull=False), distinct=True),
        addressed=Count("deliveries", distinct=True),
        confirmed=Count("deliveries", filter=Q(deliveries__state="acknowledged"), distinct=True),
        asked=Count("gate_recalls", distinct=True),
        asked_confirmed=Count(
            "gate_recalls", filter=Q(gate_recalls__acknowledged_at__isnull=False), distinct=True
        ),
    )


def receipts_of(event: Event) -> list[Delivery]:
    """This will give, for one line, every telling of it to everyone, in order."""
    found = Delivery.objects.filter(event__line=event.line).select_related("subscriber", "event")
    return list(found.order_by("subscriber__name", "event_id"))


def _alive(events: QuerySet[Event]) -> QuerySet[Event]:
    """Of each line its newest event, where it did not end it."""
    newest = Event.objects.values("line").annotate(last=Max("pk")).values("last")
    living = Event.objects.filter(pk__in=newest).exclude(kind="ended")
    return events.filter(pk__in=living.exclude(state__ended=True).values("pk"))


def _person_subjects() -> Any:
    from chengxin.subjects.models import Subject

    return Subject.objects.filter(kind="person").values("pk")
