"""Which runs were sealed, and what they gave. The rows themselves are Parquet and may be thrown away."""

from __future__ import annotations

from django.db import models


class Run(models.Model):
    """One finding reckoned as of one day under one bundle, from files named by hash."""

    finding = models.CharField(max_length=80, db_index=True)
    """``program.name``"""
    as_of = models.DateField()
    engine = models.CharField(max_length=10)
    bundle = models.CharField(max_length=64)
    run_sha256 = models.CharField(max_length=64)
    """Of the ``run.json`` that DuckDB, Spark and replay execute."""
    rows = models.BigIntegerField()
    result_sha256 = models.CharField(max_length=64)
    """Over the sorted rows."""
    finished_at = models.DateTimeField()
    seconds = models.FloatField()

    class Meta:
        db_table = "findings_run"

    def __str__(self) -> str:
        return f"{self.finding} {self.as_of}"
