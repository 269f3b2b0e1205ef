"""Paper of the doors: work that waits for a worker. Never cited, never read by a finding."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.conf import settings
from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from chengxin.faces import seeds
from chengxin.ledger.models import Official


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


class Factor(TOTPDevice):  # type: ignore[misc]
    """A one-time code on somebody's phone, as the library keeps it, but for the seed: that is wrapped."""

    class Meta:
        proxy = True

    @property
    def bin_key(self) -> bytes:
        """This will open the seed, of which the codes are made."""
        return seeds.unwrap(self.key, self.user_id, settings.WRAP_KEY)

    @classmethod
    def begin(cls, official: Official) -> Factor:
        """This will give a device with a seed made now; it counts for nothing before its first code."""
        kept = seeds.wrap(secrets.token_bytes(20), official.pk, settings.WRAP_KEY)
        made: Factor = cls.objects.create(user=official, name=official.username, key=kept, confirmed=False)
        return made


class Account(models.Model):
    """Who may come in at the door ``my``: an identity somebody else proved, bound to exactly one subject.

    Whom it may act for besides stands in mandates, which are acts. Paper: what is done with it stands in acts and
    the ledger.
    """

    provider = models.CharField(max_length=40)
    """Which identity provider vouches for it (``faces.my.identity``)."""
    identity = models.CharField(max_length=120)
    """Its number there."""
    name = models.CharField(max_length=120)
    subject = models.BigIntegerField(db_index=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    """Exclusive."""
    password = models.CharField(max_length=128, blank=True)
    """Of the local provider alone."""

    class Meta:
        db_table = "faces_account"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "identity"], name="faces_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.identity}"


class Attempt(models.Model):
    """One try at a door that is counted: a log-in that failed, a filing. Paper, forgotten after a day."""

    key = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        db_table = "faces_attempt"
        indexes: ClassVar = [models.Index(fields=["key", "at"], name="faces_attempt_recent")]

    def __str__(self) -> str:
        return f"{self.key} {self.at:%F %T}"


class Question(models.Model):
    """A subject questions a look 质疑, and the auditor answers; both texts are exhibits, both in the ledger."""

    look = models.BigIntegerField(unique=True)
    """The number of the look, in the database of looks."""
    subject = models.BigIntegerField(db_index=True)
    account = models.BigIntegerField()
    exhibit = models.BigIntegerField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    official = models.BigIntegerField(null=True, blank=True)
    founded = models.BooleanField(null=True, blank=True)
    """Whether the look was without ground."""
    answer = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "faces_question"

    def __str__(self) -> str:
        return f"{self.look} {self.asked_at:%F}"


class Deferral(models.Model):
    """Looks in one case that their subject reads only later (law 7): approved, reasoned, dated. It opens by
    itself on its day."""

    case_number = models.CharField(max_length=80)
    article = models.CharField(max_length=80)
    until = models.DateField()
    """The first day on which the looks are shown."""
    exhibit = models.BigIntegerField()
    """The reasons."""
    official = models.BigIntegerField()
    approved_at = models.DateTimeField()

    class Meta:
        db_table = "faces_deferral"

    def __str__(self) -> str:
        return f"{self.case_number} {self.until}"
