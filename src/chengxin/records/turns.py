"""One intake of an item at a time: two that ran at once could both take the same row."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from chengxin.engine.store import Store


@contextmanager
def turn(store: Store, item: str) -> Iterator[None]:
    """This will wait for the item's turn: by file within a machine, by advisory lock across machines."""
    folder = store.home / "locks"
    folder.mkdir(exist_ok=True)
    with (folder / f"{item}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        number = int.from_bytes(hashlib.sha256(f"intake {item}".encode()).digest()[:8], "big", signed=True)
        _advise("pg_advisory_lock", number)
        try:
            yield
        finally:
            _advise("pg_advisory_unlock", number)


def _advise(function: str, number: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"select {function}(%s)", [number])
