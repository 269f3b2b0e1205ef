"""The clock: what is due today is read from the tables and done. A missed round is harmless, a second one too.

Law 11 watches it: when no round ended well for 26 hours, what is adverse goes dark on every door.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import close_old_connections

from chengxin.cases import lapsing, reminding
from chengxin.core.errors import MissingError
from chengxin.effects import resting
from chengxin.effects.snapshot import snapshot
from chengxin.engine.store import Kind
from chengxin.faces import boot
from chengxin.faces.jobs.audit import cited
from chengxin.faces.jobs.retention import retain
from chengxin.faces.premises import Premises, premises
from chengxin.faces.reception import Hand, receive
from chengxin.ledger import sealing
from chengxin.ledger.models import Agency, Job
from chengxin.records import folder, shelves
from chengxin.subjects import search

log = structlog.get_logger("chengxin.clock")
EVERY = 15.0
"""Seconds between rounds of ``run``."""
ORPHANED = timedelta(hours=24)
NIGHTLY = timedelta(hours=20)
HOURLY = timedelta(hours=1)


def tick(now: datetime | None = None) -> dict[str, Any]:
    """This will do one round and give what each part did. A part that fails is logged and the others go on;
    the round then does not count as ended well."""
    here = premises(now)
    done: dict[str, Any] = {}
    failed = False
    for name, part in PARTS.items():
        try:
            done[name] = part(here)
        except Exception:
            failed = True
            log.exception("part of the clock failed", part=name)
            done[name] = "failed"
    if not failed:
        _ended("tick", here.now)
    return done


def run(stop: threading.Event, every: float = EVERY) -> None:
    """This will go round until told to stop."""
    while not stop.is_set():
        close_old_connections()
        tick()
        stop.wait(every)


def _lapse(here: Premises) -> int:
    return lapsing.lapse_over(bundle=here.adopted, at=here.now)


def _shorten(here: Premises) -> int:
    """This will let a milder rule reach what runs, where its article orders it."""
    return lapsing.shorten_ordered(bundle=here.adopted, at=here.now)


def _suspend(here: Premises) -> int:
    """This will suspend what stands on an article that the law declares void."""
    return lapsing.suspend_void(bundle=here.adopted, at=here.now)


def _alarm(here: Premises) -> int:
    """This will warn before a body's deadline, and tell the head of one that has passed."""
    return lapsing.alarm(bundle=here.adopted, at=here.now)


def _remind(here: Premises) -> dict[str, int]:
    """This will remind whoever the programs' findings name, of each window once."""
    return reminding.remind(bundle=here.adopted, store=here.store, at=here.now)


def _seal(here: Premises) -> int:
    return sealing.seal(here.now)


def _inbox(here: Premises) -> int:
    """This will take what departments' own systems have put into the watched folder."""
    return len(folder.sweep(here.store, lambda arrival: _arrived(here, arrival), now=here.now))


def _arrived(here: Premises, arrival: folder.Arrival) -> dict[str, Any]:
    item = here.house.items.get(arrival.item)
    if item is None:
        raise MissingError("cli.no_item", item=arrival.item, known="、".join(sorted(here.house.items)))
    if not Agency.objects.filter(code=arrival.agency).exists():
        raise MissingError("cli.no_agency", agency=arrival.agency)
    hand = Hand(boot.system_official(), arrival.agency, "folder")
    return receive(here, item, arrival.path, hand, file_name=arrival.path.name).as_dict()


def _shelve(here: Premises) -> Any:
    """This will shelve what a killed intake left unshelved, and index its names."""
    return {
        "sheets": shelves.catch_up(store=here.store, house=here.house),
        "names": search.index_names(here.store),
    }


def _nightly(
    name: str, part: Callable[[Premises], Any], every: timedelta = NIGHTLY
) -> Callable[[Premises], Any]:
    """This will let a part run once a night (or at the first round after one), or as often as is said."""

    def sometimes(here: Premises) -> Any:
        last = Job.objects.filter(name=name).first()
        if last is not None and here.now - last.finished_at < every:
            return "–"
        result = part(here)
        _ended(name, here.now)
        return result

    return sometimes


def _snapshot(here: Premises) -> int:
    receipt = snapshot(official=boot.system_official(), bundle=here.adopted, store=here.store, now=here.now)
    return receipt.batch.taken if receipt else 0


def _rest(here: Premises) -> int:
    """This will hold what rests on other bodies' records against them, whatever a killed door left undone."""
    return resting.refresh_all(store=here.store, house=here.house, now=here.now)


def _retain(here: Premises) -> Any:
    """This will remove what is past its retention and say how many records of which item went."""
    return {one["item"]: one["records"] for one in retain(here)}


def _merge(here: Premises) -> Any:
    return shelves.merge(store=here.store, house=here.house)


def _sweep(here: Premises) -> int:
    """This will remove what killed intakes left behind: files that no row names, older than a day."""
    before, store = here.now - ORPHANED, here.store
    kinds: tuple[Kind, ...] = ("sheet", "refused", "superseded")
    swept = [path for kind in kinds for path in store.sweep(kind, cited(kind), before=before)]
    return len(swept) + len(store.sweep_temp(before=before))


def _ended(name: str, at: datetime) -> None:
    Job.objects.update_or_create(name=name, defaults={"finished_at": at})


PARTS: dict[str, Callable[[Premises], Any]] = {
    "shorten": _nightly("shorten", _shorten),
    "suspend": _suspend,
    "lapse": _lapse,
    "inbox": _inbox,
    "shelve": _shelve,
    "rest": _nightly("rest", _rest),
    "snapshot": _nightly("snapshot", _snapshot),
    "retain": _nightly("retain", _retain),
    "remind": _nightly("remind", _remind, HOURLY),
    "alarm": _nightly("alarm", _alarm, HOURLY),
    "merge": _nightly("merge", _merge),
    "sweep": _nightly("sweep", _sweep),
    "seal": _seal,
}
