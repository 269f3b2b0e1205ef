"""The watched folder: ``inbox/<agency>/<item>/file`` is claimed, taken, and moved where it belongs.

::

    inbox/<agency>/<item>/colours.xlsx          put there by the department's own system
    inbox/<agency>/<item>/.taking/colours.xlsx  claimed: a second worker does not see it any more
    inbox/<agency>/<item>/done/…  refused/…     with the receipt, or the reason, as JSON beside it

A file that is still being written is left alone: it is claimed once its size and time have stood still for
one look. A claim whose worker died is taken up again, which is harmless: a batch is whole or absent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chengxin.core.errors import ChengxinError, InputError
from chengxin.engine.store import Store

QUIET = timedelta(seconds=5)
"""A file younger than this may still be being written."""
ABANDONED = timedelta(hours=6)
_OWN = {".taking", "done", "refused"}


@dataclass(frozen=True)
class Arrival:
    """A claimed file: whose it is, what it is, where it lies now."""

    agency: str
    item: str
    path: Path

    @property
    def folder(self) -> Path:
        return self.path.parent.parent


Take = Callable[[Arrival], dict[str, Any]]


def sweep(store: Store, take: Take, *, now: datetime) -> list[dict[str, Any]]:
    """This will take every file that has arrived and give a line for each: its receipt, or why it was refused."""
    return [_one(arrival, take) for arrival in _arrivals(store.home / "inbox", now)]


def _arrivals(inbox: Path, now: datetime) -> Iterator[Arrival]:
    for path in sorted(inbox.glob("*/*/*")):
        if path.is_file() and not path.name.startswith(".") and _still(path, now, QUIET):
            claimed = path.parent / ".taking" / path.name
            claimed.parent.mkdir(exist_ok=True)
            try:
                path.rename(claimed)
            except FileNotFoundError:
                continue
            claimed.touch()  # the claim's own age counts from here
            yield Arrival(path.parent.parent.name, path.parent.name, claimed)
    for path in sorted(inbox.glob("*/*/.taking/*")):
        if path.is_file() and _still(path, now, ABANDONED):
            yield Arrival(path.parents[2].name, path.parents[1].name, path)


def _still(path: Path, now: datetime, age: timedelta) -> bool:
    try:
        return path.stat().st_mtime <= (now - age).timestamp()
    except FileNotFoundError:
        return False


def _one(arrival: Arrival, take: Take) -> dict[str, Any]:
    try:
        told, place = take(arrival), "done"
    except ChengxinError as error:
        if not isinstance(error, InputError) and error.status >= 500:
            raise
        told, place = error.as_dict(), "refused"
    target = _free(arrival.folder / place / arrival.path.name)
    arrival.path.rename(target)
    target.with_name(f"{target.name}.json").write_text(
        json.dumps(told, ensure_ascii=False, indent=1), "utf-8"
    )
    return {
        "agency": arrival.agency,
        "item": arrival.item,
        "file": arrival.path.name,
        "ended": place,
        "told": told,
    }


def _free(path: Path) -> Path:
    """This will give a name nobody has yet, so that a second file of the same name overwrites nothing."""
    path.parent.mkdir(exist_ok=True)
    number, target = 1, path
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}.{number}{path.suffix}")
    return target
