"""What every door needs to do its work: the store, the bundle in force, the clock, and the keys.

The only floor that asks the clock or reads settings hands both down from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from chengxin.cases.adopted import Adopted, current_bundle
from chengxin.core.clock import day_of
from chengxin.engine.store import Store
from chengxin.policy.house import House


@dataclass(frozen=True)
class Premises:
    """The installation at one moment: pass it down, do not keep it."""

    store: Store
    adopted: Adopted
    now: datetime

    @property
    def house(self) -> House:
        return self.adopted.house

    @property
    def bundle(self) -> str:
        return self.adopted.sha256

    @property
    def today(self) -> date:
        return day_of(self.now)


@cache
def store() -> Store:
    """This will give the one store of this installation."""
    return Store(Path(settings.HOME))


def clock() -> datetime:
    """This will ask the clock; that of a demo city may be set forward by whole days."""
    return timezone.now() + timedelta(days=settings.DAYS_AHEAD)


def premises(now: datetime | None = None) -> Premises:
    """This will read the clock once and find the bundle in force on that day."""
    moment = now or clock()
    return Premises(store=store(), adopted=_adopted(day_of(moment), _newest(), store()), now=moment)


def _newest() -> tuple[int | None, int | None]:
    """Adoptions and confirmations are only ever added: the newest tell whether what was found before still holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select max(id) from cases_adoption), "
            "(select max(id) from cases_act where kind = 'confirm_text')"
        )
        newest: tuple[int | None, int | None] = cursor.fetchone()
        return newest


@lru_cache(maxsize=8)
def _adopted(on: date, newest: tuple[int | None, int | None], where: Store) -> Adopted:
    return current_bundle(on, where)
