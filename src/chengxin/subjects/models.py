"""Anything a record can be about, by a number that is never reused."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Substr


class Subject(models.Model):
    """organisation, person, site, thing, household or region.

    All but the first two say who answers for them, and that one is served. The row carries no name:
    names hang on it with their periods.
    """

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=12)
    region = models.CharField(max_length=6, blank=True)
    answers_for = models.BigIntegerField(null=True, blank=True)
    prominence = models.IntegerField(default=0)
    """Greater is shown first; made from capital and age at registration, never from conduct."""

    class Meta:
        db_table = "subjects_subject"
        indexes: ClassVar = [
            models.Index("region", name="subjects_region"),
            models.Index(
                "answers_for", name="subjects_answers_for", condition=models.Q(answers_for__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Identifier(models.Model):
    """A code of a subject. Unique by (scheme, code): the race of two intakes creates one subject."""

    subject = models.BigIntegerField(db_index=True)
    scheme = models.CharField(max_length=16)
    """uscc, regno (13 or 15 digits), orgcode (9), taxno, id_number (keyed digest only), permit, plant …"""
    code = models.CharField(max_length=64)
    since = models.DateTimeField()
    """When the platform learned it (as-of reads resolve by this)."""
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "subjects_identifier"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scheme", "code"], name="subjects_identifier_once")
        ]
        indexes: ClassVar = [
            # Positions 9-17 of a USCC are the old body code: it finds the firm that alone bears it.
            models.Index(Substr("code", 9, 9), name="subjects_body_code", condition=models.Q(scheme="uscc"))
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.code}"


class Name(models.Model):
    """A name a subject bore, with its period."""

    subject = models.BigIntegerField(db_index=True)
    text = models.CharField(max_length=200)
    normal = models.CharField(max_length=200)
    """``names.normal(text)``: what equal names share. Found through the search index: none here."""
    kind = models.CharField(max_length=8, default="legal")
    """legal, former, trade, short, other (a second name handed in under the same code)"""
    since = models.DateTimeField()
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "subjects_name"

    def __str__(self) -> str:
        return self.text


class PersonNumber(models.Model):
    """A natural person's ID number, encrypted; found only by the keyed digest in ``Identifier``."""

    subject = models.BigIntegerField(primary_key=True)
    cipher = models.BinaryField()

    class Meta:
        db_table = "subjects_person_number"

    def __str__(self) -> str:
        return str(self.subject)


class Linkage(models.Model):
    """A dated row saying that two numbers are one subject, or that a record is about a subject.

    Readers resolve as of T, so a merge and its undoing leave earlier runs as they were.
    """

    record = models.BigIntegerField(null=True, blank=True, db_index=True)
    """An unlinked record that an official linked …"""
    gone = models.BigIntegerField(null=True, blank=True, db_index=True)
    """… or a subject merged into ``subject``."""
    subject = models.BigIntegerField(db_index=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    official = models.BigIntegerField()
    reason = models.CharField(max_length=200)

    class Meta:
        db_table = "subjects_linkage"

    def __str__(self) -> str:
        return f"{self.record or self.gone} -> {self.subject}"
