"""How much each caller of the gate has asked this minute and this day, over all web processes of the machine.

A small file in the home, mapped into each process and changed under a lock: a count costs some microseconds and
touches no database. It outlives the processes; what a power cut loses is the count of a minute, never a look.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from chengxin.core.clock import CHINA
from chengxin.core.errors import InputError, TooManyError

_ROW: Final = struct.Struct("<QIIII")
"""Account, minute, asked in it, day, asked in it."""
_ROWS: Final = 4096


@dataclass(frozen=True, slots=True)
class Quota:
    """How many subjects a caller may ask about."""

    per_minute: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Left:
    """What a caller may still ask, and in how many seconds the minute is over."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        """This will say it as answers bear it."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


class Meter:
    """The counts of one home."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._file, _ROW.size * _ROWS)
        self._map = mmap.mmap(self._file, _ROW.size * _ROWS)
        self._mine = threading.Lock()

    def take(self, account: int, count: int, quota: Quota, now: datetime) -> Left:
        """This will count so many, or refuse with the seconds to wait: then nothing is counted."""
        local = now.astimezone(CHINA)
        minute, day = int(local.timestamp()) // 60, local.toordinal()
        reset = 60 - local.second
        if count > quota.per_minute:
            raise InputError("gate.batch_over_quota", count=count, limit=quota.per_minute)
        with self._turn():
            place = self._place(account)
            _who, then, asked, on, in_day = _ROW.unpack_from(self._map, place)
            asked, in_day = asked if then == minute else 0, in_day if on == day else 0
            if in_day + count > quota.per_day:
                wait = 86_400 - (local.hour * 3600 + local.minute * 60 + local.second)
                raise over("每日", "a day", quota.per_day, wait)
            if asked + count > quota.per_minute:
                raise over("每分钟", "a minute", quota.per_minute, reset)
            _ROW.pack_into(self._map, place, account, minute, asked + count, day, in_day + count)
        return Left(quota.per_minute, quota.per_minute - asked - count, reset)

    def used(self, account: int, now: datetime) -> int:
        """This will say how many an account has asked today."""
        with self._turn():
            _who, _then, _asked, on, in_day = _ROW.unpack_from(self._map, self._place(account))
        return int(in_day) if on == now.astimezone(CHINA).toordinal() else 0

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._mine:  # the file's lock is one for all threads of a process
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _place(self, account: int) -> int:
        """Its row, or the next free one; where all are taken, the one it would have had first."""
        for step in range(_ROWS):
            place = (account + step) % _ROWS * _ROW.size
            held = _ROW.unpack_from(self._map, place)[0]
            if held in (0, account):
                return place
        return account % _ROWS * _ROW.size


def over(window: str, window_en: str, limit: int, wait: int) -> TooManyError:
    """This will make the refusal that says the quota, and when to come again."""
    return TooManyError("gate.over_quota", window=window, window_en=window_en, limit=limit, wait=max(1, wait))


@cache
def meter(home: Path) -> Meter:
    """This will open the counts of a home, once a process."""
    return Meter(home / "gate.meter")
