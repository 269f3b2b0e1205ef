"""The bundle a place goes by on a day: law, catalogue, values and procedures, by hash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from chengxin.cases import confirmation
from chengxin.cases.models import Adoption
from chengxin.core.errors import HouseFault, MissingError
from chengxin.core.hashing import hash_bytes
from chengxin.core.periods import Period, Workdays
from chengxin.engine.store import Store
from chengxin.policy.bundle import unseal
from chengxin.policy.house import House


@dataclass(frozen=True)
class Adopted:
    """A bundle with the working days of the place. Unpacks as ``sha256, house``."""

    sha256: str
    house: House
    workdays: Workdays

    def __iter__(self) -> Iterator[str | House]:
        return iter((self.sha256, self.house))

    def last_day(self, period: str, start: date) -> date:
        """This will give the last day of a clock that starts on ``start``: ``5 wd``, ``10 d``, ``1 y``."""
        return Period.parse(period).last_day(start, self.workdays)

    def review_day(self, period: str, start: date) -> date:
        """This will give the day of a review: a span, so that it needs no table of years to come."""
        return Period.parse(period).end(start, self.workdays, counts_first=True)


def current_bundle(on: date, store: Store) -> Adopted:
    """This will give the bundle in force on a day, the newest adoption whose day has come, with what was confirmed
    by then."""
    found = Adoption.objects.filter(since__lte=on).order_by("-since", "-id").first()
    if found is None:
        raise MissingError("adoption.none", on=on)
    return confirmation.as_of(open_bundle(found.bundle, store), on)


def open_bundle(sha256: str, store: Store) -> Adopted:
    """This will read a sealed bundle, checked by its hash, once per process."""
    own = store.home / "workdays.yml"
    return _opened(store.home, sha256, own.stat().st_mtime_ns if own.exists() else 0)


@lru_cache(maxsize=16)
def _opened(home: Path, sha256: str, workdays_changed: int) -> Adopted:
    path = Store(home).bundle(sha256)
    if not path.exists():
        raise HouseFault("adoption.bundle_missing", sha256=sha256)
    body = path.read_bytes()
    if hash_bytes(body) != sha256:
        raise HouseFault("adoption.bundle_altered", sha256=sha256)
    own = (home / "workdays.yml",) if workdays_changed else ()
    return Adopted(sha256, unseal(body), Workdays.load(*own))
