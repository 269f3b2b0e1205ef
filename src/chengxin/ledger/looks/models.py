"""Looks at what is not published: one row per subject shown, written before the answer (law 7)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Look(models.Model):
    """One subject was shown to one official. In a database of its own, so that no bulk write holds it up."""

    at = models.DateTimeField()
    subject = models.BigIntegerField()
    official = models.BigIntegerField()
    """0: nobody's; the subject's own agent looked, under the mandate that ``case_number`` names."""
    post = models.CharField(max_length=60)
    agency = models.CharField(max_length=60)
    door = models.CharField(max_length=60)
    purpose = models.CharField(max_length=120)
    case_number = models.CharField(max_length=80, blank=True)

    class Meta:
        db_table = "looks_look"
        indexes: ClassVar = [models.Index(fields=["subject", "at"], name="looks_by_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.at:%F %T}"
