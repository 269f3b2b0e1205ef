"""Who is told: made by a head, under an article in force, for a duty of the body, in regions and kinds."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q

from chengxin.core.clock import day_of
from chengxin.core.errors import InputError, RefusedByLaw
from chengxin.effects.exchange.models import Event, Subscriber
from chengxin.effects.exchange.receipts import replay
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Agency, Official
from chengxin.ledger.officials import require
from chengxin.ledger.scope import Scope
from chengxin.policy.house import House

KINDS: Final = ("publication", "tariff", "service", "incentive", "measure")
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Wish:
    """What an official asks for on behalf of a body's system."""

    name: str
    title: str
    official: Official
    article: str
    kinds: Sequence[str]
    regions: Sequence[str]
    url: str = ""
    signing: str = "hmac"
    programs: Sequence[str] = ()
    persons: bool = False
    answer_within: int = 1440
    until: date | None = None


def subscribe(wish: Wish, *, by: Official, house: House, now: datetime) -> Subscriber:
    """This will open a subscription and put before it what stands in its scope already.

    Raises ``RefusedByLaw`` where the article is not in force or its instrument does not reach the body's
    duty, and ``InputError`` where the address or the scope cannot be.
    """
    on = day_of(now)
    for region in wish.regions:
        require(by, "subscribe", region, on=on)
    agency: Agency = wish.official.agency
    _refuse_unfit(wish)
    _refuse_unfounded(wish, agency, house, on)
    with transaction.atomic():
        made = Subscriber.objects.create(
            name=wish.name, title=wish.title, agency=agency.pk, official=wish.official.pk, url=wish.url,
            signing=wish.signing, kinds=list(wish.kinds), programs=list(wish.programs),
            regions=list(wish.regions), persons=wish.persons, article=wish.article, duty=agency.duty,
            answer_within=wish.answer_within, since=on, until=wish.until, made_by=by.pk,
        )  # fmt: skip
        enter("subscription", f"effects_subscriber:{made.pk}", _said(made), at=now)
        replay(made, after=0, now=now, entitled=entitled_q(made, house=house, on=on))
    return made


def unsubscribe(subscriber: Subscriber, *, by: Official, now: datetime) -> None:
    """This will end a subscription from today: nothing new is told, every withdrawal still is."""
    for region in subscriber.regions:
        require(by, "subscribe", region, on=day_of(now))
    with transaction.atomic():
        subscriber.until = day_of(now)
        subscriber.save(update_fields=["until"])
        enter("subscription", f"effects_subscriber:{subscriber.pk}", _said(subscriber), at=now)


def is_open(subscriber: Subscriber, *, house: House, on: date) -> bool:
    """This will say whether it may be told anything new: within its dates and under an article in force."""
    article = house.articles.get(subscriber.article)
    lasts = subscriber.since <= on and (subscriber.until is None or on < subscriber.until)
    return lasts and article is not None and article.in_force(on)


def entitled(subscriber: Subscriber, event: Event, *, person: bool, house: House, on: date) -> bool:
    """This will say whether a subscriber may be told of an event it has not heard of before."""
    return (
        is_open(subscriber, house=house, on=on)
        and event.effect_kind in subscriber.kinds
        and (not subscriber.programs or event.program in subscriber.programs)
        and Scope.of(regions=subscriber.regions).covers(event.region)
        and (subscriber.persons or not person)
    )


def entitled_q(subscriber: Subscriber, *, house: House, on: date) -> Q:
    """This will say the same of the table of events, all but whether the subject is a person."""
    if not is_open(subscriber, house=house, on=on):
        return Q(pk__in=[])
    asked = Q(effect_kind__in=subscriber.kinds) & Scope.of(regions=subscriber.regions).q({"region": "region"})
    return asked & Q(program__in=subscriber.programs) if subscriber.programs else asked


def webhook_secret(subscriber: Subscriber, key: str) -> bytes:
    """This will give the 32 bytes both sides sign with, derived from the installation's exchange key."""
    return hmac.digest(key.encode(), f"webhook {subscriber.pk}".encode(), "sha256")


def written_secret(subscriber: Subscriber, key: str) -> str:
    """This will write the secret as Standard Webhooks does."""
    return "whsec_" + base64.b64encode(webhook_secret(subscriber, key)).decode()


def person_key(subscriber: Subscriber, key: str) -> str:
    """This will give the key under which this subscriber alone knows natural persons."""
    return hmac.digest(key.encode(), f"persons {subscriber.pk}".encode(), "sha256").hex()


def _refuse_unfit(wish: Wish) -> None:
    if unknown := set(wish.kinds) - set(KINDS):
        raise InputError("exchange.no_such_kind", kinds="、".join(sorted(unknown)), known="、".join(KINDS))
    if not wish.kinds or not wish.regions:
        raise InputError("exchange.scope_empty")
    if wish.signing not in {"hmac", "ed25519"} or wish.answer_within < 1:
        raise InputError("exchange.scope_empty")
    address = urlsplit(wish.url)
    secure = address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK)
    if wish.url and (not secure or address.username or not address.hostname):
        raise InputError("exchange.address", url=wish.url)
    if Subscriber.objects.filter(name=wish.name).exists():
        raise InputError("exchange.name_taken", name=wish.name)


def _refuse_unfounded(wish: Wish, agency: Agency, house: House, on: date) -> None:
    article = house.articles.get(wish.article)
    if article is None or not article.in_force(on):
        raise RefusedByLaw("exchange.no_article", article=wish.article, on=on)
    outside = [region for region in wish.regions if not Scope.of(regions=[agency.region_id]).covers(region)]
    if outside:
        raise RefusedByLaw("exchange.region_outside", agency=agency.name, regions="、".join(outside))


def _said(subscriber: Subscriber) -> dict[str, object]:
    names = ("name", "agency", "official", "url", "signing", "kinds", "programs", "regions", "persons",
             "article", "duty", "answer_within", "made_by")  # fmt: skip
    said: dict[str, object] = {name: getattr(subscriber, name) for name in names}
    ends = subscriber.until.isoformat() if subscriber.until else None
    return {**said, "since": subscriber.since.isoformat(), "until": ends}
