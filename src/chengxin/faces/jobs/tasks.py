"""The table of tasks: ask, claim, beat, end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from chengxin.faces.models import Task

STALE = timedelta(seconds=60)
"""A running task whose beat is older was held by a worker that died."""
TRIES = 3


def queue(kind: str, payload: dict[str, Any], official: int | None) -> Task:
    """This will ask for work and return its row at once."""
    return Task.objects.create(kind=kind, payload=payload, official=official, asked_at=timezone.now())


def claim(now: datetime) -> Task | None:
    """This will take the oldest waiting task, or one whose worker died; ``None`` when there is nothing to do."""
    free = Q(state="waiting") | Q(state="running", beat__lt=now - STALE)
    with transaction.atomic():
        task = Task.objects.select_for_update().filter(free, tries__lt=TRIES).order_by("id").first()
        if task is None:
            return None
        Task.objects.filter(pk=task.pk).update(state="running", beat=now, tries=F("tries") + 1)
    task.refresh_from_db()
    return task


def bury(now: datetime) -> int:
    """This will mark as failed what died in the hands of every worker that tried it."""
    return Task.objects.filter(state="running", beat__lt=now - STALE, tries__gte=TRIES).update(state="failed")


def beat(task: Task, stage: str, done: int, total: int) -> None:
    """This will say how far the work is, and that its worker lives."""
    Task.objects.filter(pk=task.pk).update(stage=stage[:60], done=done, total=total, beat=timezone.now())


def end(task: Task, state: str, result: dict[str, Any]) -> None:
    """This will end the task as ``done``, ``refused`` or ``failed`` with what there is to show."""
    Task.objects.filter(pk=task.pk).update(state=state, result=result, beat=timezone.now())
