"""What departments told us: batches, the sheets that seal them, and what was done to them since."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Batch(models.Model):
    """One hand-in of one item: a file, a form, a call, or a nil report. Whole or absent."""

    item = models.CharField(max_length=60, db_index=True)
    agency = models.CharField(max_length=60, db_index=True)
    official = models.BigIntegerField(null=True, blank=True)
    region = models.CharField(max_length=6, blank=True)
    door = models.CharField(max_length=10)
    """cli, desk, api, folder, form, platform, demo"""
    file_name = models.CharField(max_length=200, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True, db_index=True)
    idempotency_key = models.CharField(max_length=80, null=True, blank=True)  # noqa: DJ001
    received_at = models.DateTimeField()
    told_on = models.DateField()
    """The day T of «department D told us P on day T»."""
    bundle = models.CharField(max_length=64)
    read = models.BigIntegerField(default=0)
    taken = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    unlinked = models.BigIntegerField(default=0)
    by_reason = models.JSONField(default=dict)
    nil = models.BooleanField(default=False)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    refused_sha256 = models.CharField(max_length=64, blank=True)
    """The sealed Parquet of refused rows with code, sentence, remedy and the sender's row number."""
    supersedes_sha256 = models.CharField(max_length=64, blank=True)
    """The sealed Parquet (record, by_record) of what this batch supersedes."""

    class Meta:
        db_table = "records_batch"
        verbose_name_plural = "batches"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agency", "idempotency_key"], name="records_batch_idempotent")
        ]

    def __str__(self) -> str:
        return f"{self.item} #{self.pk}"


class Sheet(models.Model):
    """A sealed Parquet of taken rows, named by its SHA-256. ``record`` = id << 32 | row."""

    id = models.BigIntegerField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="sheets")
    item = models.CharField(max_length=60, db_index=True)
    sha256 = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    size = models.BigIntegerField()

    class Meta:
        db_table = "records_sheet"

    def __str__(self) -> str:
        return f"{self.item} {self.sha256[:12]}"


class Withdrawal(models.Model):
    """A department takes back a batch, or single records of it, giving its reason."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="withdrawals")
    record = models.BigIntegerField(null=True, blank=True)
    """Null: the whole batch."""
    reason = models.CharField(max_length=400)
    official = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "records_withdrawal"

    def __str__(self) -> str:
        return f"{self.batch_id} {self.record or '*'}"


class Redaction(models.Model):
    """The scar of a lawful removal: the sheet was rewritten."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="redactions")
    old_sha256 = models.CharField(max_length=64)
    new_sha256 = models.CharField(max_length=64)
    rows = models.JSONField()
    article = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        db_table = "records_redaction"

    def __str__(self) -> str:
        return f"{self.old_sha256[:12]} -> {self.new_sha256[:12]}"


class Confirmation(models.Model):
    """An official confirmed that a quarantined code was really «issued so»; the row was taken."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="confirmations")
    row = models.BigIntegerField()
    column = models.CharField(max_length=60)
    official = models.BigIntegerField()
    reason = models.CharField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        db_table = "records_confirmation"

    def __str__(self) -> str:
        return f"{self.batch_id} {self.row}"
