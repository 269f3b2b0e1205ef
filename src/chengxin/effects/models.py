"""Projections of decisions in force. Dropped and rebuilt by a test; nothing here is the truth."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from chengxin.effects.exchange.models import Caller, Delivery, Event, Reading, Refusal, Subscriber, Told

__all__ = [
    "BillFile",
    "Caller",
    "Delivery",
    "Event",
    "Reading",
    "Refusal",
    "Standing",
    "Subscriber",
    "Told",
]


class Standing(models.Model):
    """What is adverse, marked, or bears a price or a measure on a subject today.

    Written with the act. Doors read it by date (law 11), so nothing outlives its end.
    """

    subject = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=14)
    """publication, tariff, service, incentive, measure"""
    program = models.CharField(max_length=40)
    effect = models.CharField(max_length=60)
    """The effect's name in ``program.yml``."""
    title = models.CharField(max_length=200)
    adverse = models.BooleanField()
    marked = models.BooleanField(default=False)
    """异议处理中 stands beside it."""
    frozen = models.BooleanField(default=False)
    """Not carried out while an objection is heard, where its article says so."""
    case = models.BigIntegerField(null=True, blank=True, db_index=True)
    act = models.BigIntegerField(null=True, blank=True)
    record = models.BigIntegerField(null=True, blank=True)
    """Where the effect stands on another body's decision that came as a record."""
    row = models.BigIntegerField(null=True, blank=True)
    """The row of the case's schedule it follows from: the subject itself, or a site it answers for."""
    part = models.CharField(max_length=60, blank=True)
    """Which of several lines of one row (a plant's code); empty: the only one."""
    site = models.BigIntegerField(null=True, blank=True)
    article = models.CharField(max_length=80)
    agency = models.CharField(max_length=60)
    region = models.CharField(max_length=6, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    """Exclusive."""
    exit = models.CharField(max_length=60, blank=True)
    review_on = models.DateField(null=True, blank=True)
    body = models.JSONField(default=dict)

    class Meta:
        db_table = "effects_standing"
        indexes: ClassVar = [
            models.Index(fields=["subject", "since", "until"], name="effects_standing_today"),
            models.Index(fields=["act"], name="effects_standing_act"),
            models.Index(fields=["case", "row"], name="effects_standing_row"),
            models.Index(fields=["until"], name="effects_standing_until"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.effect}"


class BillFile(models.Model):
    """A bill file as issued: it never changes; a correction is another file that adjusts it. Append-only."""

    program = models.CharField(max_length=40)
    company = models.CharField(max_length=60)
    period = models.CharField(max_length=16)
    adjusts = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="adjustments"
    )
    exhibit = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    """Of the CSV the company gets."""
    lines_sha256 = models.CharField(max_length=64)
    """Of the sealed Parquet with every line, its subject and the records it rests on."""
    act = models.BigIntegerField()
    """The act ``issue_bill`` by which it went out."""
    lines = models.BigIntegerField()
    fen = models.BigIntegerField()
    run_sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    official = models.BigIntegerField()

    class Meta:
        db_table = "effects_bill_file"

    def __str__(self) -> str:
        return f"{self.company} {self.period}"
