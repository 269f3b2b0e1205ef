"""Paper of the doors: work that waits for a worker. Never cited, never read by a finding."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Task(models.Model):
    """Work somebody asked for and may watch: an upload to take, a finding to reckon, bills to draw.

    What is to do is always read from this table. A worker claims a row and keeps its ``beat`` fresh; work
    held by a dead worker is taken up again, which is harmless because every kind of work is idempotent.
    """

    kind = models.CharField(max_length=30)
    """A name in ``faces.jobs.KINDS``."""
    payload = models.JSONField(default=dict)
    official = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, default="waiting", db_index=True)
    """waiting, running, done, refused (``result`` is the error's dict), failed (ours)"""
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    stage = models.CharField(max_length=60, blank=True)
    result = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    beat = models.DateTimeField(null=True, blank=True)
    tries = models.IntegerField(default=0)

    class Meta:
        db_table = "faces_task"
        indexes: ClassVar = [models.Index(fields=["state", "id"], name="faces_task_queue")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk} {self.state}"
