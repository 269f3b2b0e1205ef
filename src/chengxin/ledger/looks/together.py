"""Group commit: whoever waits to write while another writes goes to disk with the next one, in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class _Waiting(Generic[T]):
    """One slip on its way to disk. ``failed`` is what its writing raised."""

    __slots__ = ("done", "failed", "slip")

    def __init__(self, slip: T) -> None:
        self.slip = slip
        self.done = False
        self.failed: BaseException | None = None


class Together(Generic[T]):
    """Writes slips in groups: ``write`` returns when its own slip is written, and raises if it is not.

    One of the waiting threads writes for all who wait; if that fails, all of them are told.
    """

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
        self._turn = threading.Condition()
        self._waiting: list[_Waiting[T]] = []
        self._busy = False

    def write(self, slip: T) -> None:
        mine = _Waiting(slip)
        with self._turn:
            self._waiting.append(mine)
            while self._busy and not mine.done:
                self._turn.wait()
            if not mine.done:
                self._busy = True
                group, self._waiting = self._waiting, []
        if not mine.done:
            self._lead(group)
        if mine.failed is not None:
            raise mine.failed

    def _lead(self, group: list[_Waiting[T]]) -> None:
        try:
            self._write([each.slip for each in group])
        except BaseException as failed:
            self._tell(group, failed)
            raise
        self._tell(group, None)

    def _tell(self, group: list[_Waiting[T]], failed: BaseException | None) -> None:
        with self._turn:
            for each in group:
                each.done, each.failed = True, failed
            self._busy = False
            self._turn.notify_all()
