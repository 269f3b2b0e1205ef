"""Group work: whoever comes while others are being served goes with the next group, in one piece of work.

A disk syncs some hundred times a second, and a query costs as much for eight as for one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")


class _Waiting(Generic[Asked, Told]):
    """One slip on its way. ``told`` is what came of it, ``failed`` what its group's work raised."""

    __slots__ = ("asked", "failed", "leads", "told", "woken")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.leads = False
        self.told: list[Told] = []
        self.failed: BaseException | None = None
        self.woken = threading.Lock()
        self.woken.acquire()


class Together(Generic[Asked, Told]):
    """Serves slips in groups: ``join`` returns what came of its own slip, and raises what its group's work raised.

    One of the waiting threads works for all who wait, and then wakes the one that leads the next group. Whoever
    was served together comes back at the same time: with ``patience`` (seconds) a leader waits that long at most
    until as many have come as last time, so that the first does not go alone and leave the others behind.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Sequence[Told]], patience: float = 0.0) -> None:
        self._work = work
        self._patience = patience
        self._turn = threading.Lock()
        self._waiting: list[_Waiting[Asked, Told]] = []
        self._busy = False
        self._last = 1
        """How many went with the last group."""
        self._gathered: threading.Lock | None = None
        """Held while a leader waits: whoever comes last of those expected lets go of it."""

    def join(self, asked: Asked) -> Told:
        mine: _Waiting[Asked, Told] = _Waiting(asked)
        with self._turn:
            if self._busy:
                self._waiting.append(mine)
                self._came()
            else:
                self._busy = mine.leads = True
        if not mine.leads:
            mine.woken.acquire()
        if mine.leads:
            self._lead(mine)
        if mine.failed is not None:
            raise mine.failed
        return mine.told[0]

    def _came(self) -> None:
        if self._gathered is not None and len(self._waiting) + 1 >= self._last:
            self._gathered.release()
            self._gathered = None

    def _gather(self) -> None:
        """This will wait for those who were here last time."""
        with self._turn:
            if not self._patience or len(self._waiting) + 1 >= self._last:
                return
            whole = self._gathered = threading.Lock()
            whole.acquire()
        whole.acquire(timeout=self._patience)

    def _lead(self, mine: _Waiting[Asked, Told]) -> None:
        self._gather()
        with self._turn:
            self._gathered = None
            group, self._waiting = [mine, *self._waiting], []
            self._last = len(group)
        try:
            for each, told in zip(group, self._work([each.asked for each in group]), strict=True):
                each.told.append(told)
        except BaseException as failed:
            for each in group:
                each.failed = failed
            raise
        finally:
            self._hand_on(group[1:])

    def _hand_on(self, served: Sequence[_Waiting[Asked, Told]]) -> None:
        with self._turn:
            following = self._waiting.pop(0) if self._waiting else None
            self._busy = following is not None
        if following is not None:
            following.leads = True
            following.woken.release()
        for each in served:
            each.woken.release()
