"""The case file: acts, which nobody can change, and a cached fold of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Case(models.Model):
    """A matter before a body: one procedure of one program. What happened in it is its acts."""

    number = models.CharField(max_length=80, unique=True)
    program = models.CharField(max_length=40)
    procedure = models.CharField(max_length=60)
    subject = models.BigIntegerField(null=True, blank=True, db_index=True)
    """Null for a mass decision, whose schedule names the subjects."""
    region = models.CharField(max_length=6)
    agency = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    opened_on = models.DateField()

    class Meta:
        db_table = "cases_case"

    def __str__(self) -> str:
        return self.number


class Schedule(models.Model):
    """附表 of a mass decision: a sealed sheet cited by hash. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="schedules")
    sha256 = models.CharField(max_length=64)
    rows = models.BigIntegerField()
    finding_run = models.CharField(max_length=64)
    """``run_sha256`` of the run it was drawn from."""

    class Meta:
        db_table = "cases_schedule"

    def __str__(self) -> str:
        return f"{self.case_id} {self.sha256[:12]}"


class Act(models.Model):
    """One step somebody took. Append-only: the database refuses UPDATE, DELETE and TRUNCATE.

    Holds codes, dates, numbers and salted hashes. Free text is an exhibit, so that it can be destroyed
    and leave the act standing.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(max_length=30)
    """A step of ``edges.EDGES``."""
    schedule = models.ForeignKey(
        Schedule, null=True, blank=True, on_delete=models.PROTECT, related_name="acts"
    )
    subject = models.BigIntegerField(null=True, blank=True, db_index=True)
    """In a mass decision: the row this act is about; null: the whole."""
    on = models.DateField()
    at = models.DateTimeField()
    official = models.BigIntegerField(null=True, blank=True)
    agency = models.CharField(max_length=60)
    articles = models.JSONField(default=list)
    cites = models.JSONField(default=dict)
    """{records: [...], runs: [...], exhibits: [...], acts: [...], schedule: sha256}"""
    detail = models.JSONField(default=dict)
    bundle = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "cases_act"
        indexes: ClassVar = [
            models.Index(fields=["case", "subject", "id"], name="cases_act_road"),
            models.Index(fields=["kind", "on"], name="cases_act_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.on}"


class Standpoint(models.Model):
    """The cached fold: where a case, or one row of its schedule, stands. A test rebuilds it from acts."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="standpoints")
    subject = models.BigIntegerField(default=0, db_index=True)
    """0: the case as a whole; otherwise the row of its schedule."""
    state = models.CharField(max_length=20)
    since = models.DateField()
    in_force_from = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True, db_index=True)
    answer_by = models.DateField(null=True, blank=True, db_index=True)
    """The nearest day by which something beside the road is due: an objection, a repair, a withdrawal."""
    clock = models.CharField(max_length=16, blank=True)
    """Which of all its clocks runs out first: a name of ``point.CLOCKS``; empty: none runs."""
    clock_on = models.DateField(null=True, blank=True)
    agency = models.CharField(max_length=60, blank=True)
    region = models.CharField(max_length=6, blank=True)
    """Body and region of the case, so that a list by the clock is read from one index."""
    marked = models.BooleanField(default=False)
    suspended = models.BooleanField(default=False)
    alarm = models.CharField(max_length=10, blank=True)
    """What the clock said of a deadline of the body that is not met yet: warn, escalate; empty: nothing."""
    last_act = models.BigIntegerField()

    class Meta:
        db_table = "cases_standpoint"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "subject"], name="cases_standpoint_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["agency", "clock", "clock_on"], name="cases_standpoint_clock"),
            models.Index(fields=["agency", "clock_on"], name="cases_standpoint_due"),
            models.Index(fields=["region", "clock_on"], name="cases_standpoint_region"),
            models.Index(fields=["clock_on"], name="cases_standpoint_day"),
            models.Index(fields=["alarm", "agency"], name="cases_standpoint_alarm"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Adoption(models.Model):
    """A place adopts a bundle, by a decision, from a day. Append-only."""

    bundle = models.CharField(max_length=64)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="adoptions")
    since = models.DateField()

    class Meta:
        db_table = "cases_adoption"

    def __str__(self) -> str:
        return f"{self.bundle[:12]} {self.since}"
