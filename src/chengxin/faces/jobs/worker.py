"""The worker: takes what waits, keeps its beat, and ends it honestly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import close_old_connections, connections
from django.utils import timezone

from chengxin.core.errors import ChengxinError
from chengxin.faces.jobs import tasks
from chengxin.faces.jobs.kinds import KINDS
from chengxin.faces.models import Task

log = structlog.get_logger("chengxin.worker")
BEAT_SECONDS = 10.0


class _Beat:
    """Keeps a task's beat fresh while its work runs, and carries the stage it is in."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.said = ("", 0, 0)
        self.stopped = threading.Event()

    def __call__(self, stage: str, done: int, total: int) -> None:
        fresh = stage != self.said[0]
        self.said = (stage, done, total)
        if fresh:
            tasks.beat(self.task, stage, done, total)

    def keep(self) -> None:
        while not self.stopped.wait(BEAT_SECONDS):
            tasks.beat(self.task, *self.said)
        connections.close_all()


@contextmanager
def _beating(task: Task) -> Iterator[_Beat]:
    beat = _Beat(task)
    thread = threading.Thread(target=beat.keep, daemon=True)
    thread.start()
    try:
        yield beat
    finally:
        beat.stopped.set()
        thread.join()


def do(task: Task, work: Callable[[Task, Callable[[str, int, int], None]], dict[str, Any]]) -> None:
    """This will do one claimed task and end it ``done``, ``refused`` (theirs) or ``failed`` (ours)."""
    with _beating(task) as beat:
        try:
            state, result = "done", work(task, beat)
        except ChengxinError as error:
            state, result = ("refused" if error.status < 500 else "failed"), error.as_dict()
        except Exception:
            log.exception("task failed", task=task.pk, kind=task.kind)
            state, result = "failed", {"reference": f"T{task.pk}"}
    tasks.end(task, state, result)


def round_of_work() -> int:
    """This will do everything that waits now and give how many tasks were done."""
    count = 0
    tasks.bury(timezone.now())
    while (task := tasks.claim(timezone.now())) is not None:
        do(task, KINDS[task.kind])
        count += 1
    return count


def run(stop: threading.Event, pause: float = 1.0) -> None:
    """This will work until told to stop, looking for work every ``pause`` seconds."""
    while not stop.is_set():
        close_old_connections()
        round_of_work()
        stop.wait(pause)
