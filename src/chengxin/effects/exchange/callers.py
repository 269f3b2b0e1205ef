"""Who asks the gate by machine: quota, own item codes, the origin of its widget, and why it was refused of late."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from chengxin.core.clock import day_of
from chengxin.core.errors import InputError
from chengxin.effects.exchange.models import Caller, Refusal
from chengxin.effects.gate import matters
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Official
from chengxin.ledger.officials import require
from chengxin.policy.house import House
from chengxin.subjects.bulk import chosen

KEPT: Final = 50
"""Refusals of one account that are kept."""
_APART: Final = timedelta(minutes=1)
"""The same refusal is kept once in so long: a caller gone wild does not fill the case file."""

_ORIGIN: Final = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?|http://(127\.0\.0\.1|localhost)(:[0-9]+)?")


def of(officials: Iterable[int]) -> dict[int, Caller]:
    """This will give the terms of accounts that have some of their own. Asked with every group of questions."""
    sql = "select official, per_minute, per_day, items, origin from effects_caller where official in ({})"
    return {
        official: Caller(
            official=official, per_minute=minute, per_day=day, origin=origin,
            items=json.loads(items) if isinstance(items, str) else items,
        )
        for official, minute, day, items, origin in chosen(sql, sorted(set(officials)))
    }  # fmt: skip


def settle(
    official: Official,
    *,
    per_minute: int,
    per_day: int,
    items: Mapping[str, str],
    origin: str,
    by: Official,
    house: House,
    now: datetime,
) -> Caller:
    """This will set the terms on which an account asks the gate, and enter them in the ledger."""
    require(by, "subscribe", official.agency.region_id, on=day_of(now))
    if min(per_minute, per_day) < 1 or (origin and not _ORIGIN.fullmatch(origin)):
        raise InputError("gate.quota_unfit")
    if unknown := sorted(set(items.values()) - set(matters(house))):
        raise InputError("gate.no_matter", matter="、".join(unknown))
    terms = {"per_minute": per_minute, "per_day": per_day, "items": dict(items), "origin": origin}
    with transaction.atomic():
        made, _fresh = Caller.objects.update_or_create(official=official.pk, defaults=terms)
        body = {**terms, "official": official.pk, "by": by.pk}
        enter("gate_terms", f"effects_caller:{made.pk}", body, at=now)
    return made


def note(official: int, error: str, words: Mapping[str, Any], *, now: datetime) -> None:
    """This will keep a refusal, and let go of what is older than the last ``KEPT``."""
    mine = Refusal.objects.filter(official=official)
    if mine.filter(error=error, at__gt=now - _APART).exists():
        return
    Refusal.objects.create(official=official, at=now, error=error, words=dict(words))
    kept = list(mine.order_by("-at", "-pk").values_list("pk", flat=True)[:KEPT])
    mine.exclude(pk__in=kept).delete()


def refusals(officials: Iterable[int]) -> QuerySet[Refusal]:
    """This will list why accounts were refused of late, the newest first."""
    return Refusal.objects.filter(official__in=list(officials)).order_by("-at", "-pk")
