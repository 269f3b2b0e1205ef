"""Who is told, what there is to tell, and what became of each telling."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Subscriber(models.Model):
    """A body's own system that is told. Paper, but for the ledger entries of its beginning and end.

    Its scope never changes: a wider or narrower one is another subscription. Secrets are derived from the
    installation's exchange key and this row's number, so that none is stored.
    """

    name = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    agency = models.CharField(max_length=60)
    official = models.BigIntegerField()
    """The account of that body in whose name its system asks, acknowledges and looks."""
    url = models.URLField(max_length=300, blank=True)
    """Empty: it fetches for itself."""
    signing = models.CharField(max_length=8, default="hmac")
    """hmac or ed25519"""
    kinds = models.JSONField(default=list)
    programs = models.JSONField(default=list)
    """Empty: of every program."""
    regions = models.JSONField(default=list)
    persons = models.BooleanField(default=False)
    """Also what stands on natural persons, by a digest under a key of this subscriber's own."""
    article = models.CharField(max_length=80)
    duty = models.CharField(max_length=40)
    """The duty of its body for which it is told."""
    answer_within = models.IntegerField(default=1440)
    """Minutes in which it acknowledges what it was told."""
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    """Exclusive. From then on it is told of withdrawals alone."""
    made_by = models.BigIntegerField()
    held_by = models.CharField(max_length=40, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    """The sender that serves it now; a dead one's hold lapses."""

    class Meta:
        db_table = "effects_subscriber"

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """What became of one line of the standing, whole as it stood. Append-only; ``id`` is the order.

    One maker at a time writes them, following the ledger's order numbers, so insert order is commit order.
    """

    number = models.BigIntegerField()
    """The ledger's order number up to which it speaks."""
    line = models.CharField(max_length=180, db_index=True)
    """Which line of the standing: act, row, effect, part and site."""
    kind = models.CharField(max_length=16)
    """came_into_force, changed, ended"""
    subject = models.BigIntegerField()
    effect_kind = models.CharField(max_length=14)
    program = models.CharField(max_length=40)
    region = models.CharField(max_length=6, blank=True)
    at = models.DateTimeField()
    state = models.JSONField()

    class Meta:
        db_table = "effects_event"

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class Delivery(models.Model):
    """One event for one subscriber: to be sent, sent, acknowledged, or given up for an official to judge."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    subject = models.BigIntegerField()
    state = models.CharField(max_length=14, default="waiting")
    """waiting, sent, acknowledged, dead, withheld (no longer entitled, and never told)"""
    tries = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    """Written before anything leaves the house: from here on they may know."""
    sent_at = models.DateTimeField(null=True, blank=True)
    """When it was first received over there."""
    due_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=20, blank=True)
    """What they did: held, taken_back, not_ours."""
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "effects_delivery"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscriber", "event"], name="effects_delivery_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["subscriber", "state", "next_at"], name="effects_delivery_due"),
            models.Index(fields=["subscriber", "subject", "state", "event"], name="effects_delivery_order"),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber_id} {self.event_id} {self.state}"


class Reading(models.Model):
    """How far the maker of events has read: one row. Paper."""

    number = models.BigIntegerField(default=0)
    within = models.BigIntegerField(default=0)
    """The last line of the next entry that was read, where an entry touches very many."""
    swept_on = models.DateField(null=True, blank=True)
    """The day up to which terms that ran out by themselves were told."""

    class Meta:
        db_table = "effects_reading"

    def __str__(self) -> str:
        return str(self.number)


class Caller(models.Model):
    """A body's system at the gate: how often it may ask, its own codes of items, and where its counters stand.

    Paper, but for the ledger entry of each change.
    """

    official = models.BigIntegerField(unique=True)
    """The account by whose key it asks."""
    per_minute = models.IntegerField()
    per_day = models.IntegerField()
    """Subjects it may ask about."""
    items = models.JSONField(default=dict)
    """The body's own code of an item of business → the matter it is."""
    origin = models.CharField(max_length=200, blank=True)
    """The one origin (``https://…``) whose pages may hold the widget in a frame; empty: none."""

    class Meta:
        db_table = "effects_caller"

    def __str__(self) -> str:
        return str(self.official)


class Told(models.Model):
    """The gate named a measure to somebody: whoever was told is told again when it changes or ends.

    One row for each account and line, written before the answer; ``event`` is what became of the line since.
    """

    official = models.BigIntegerField()
    line = models.CharField(max_length=32)
    """The line's name to the outside, as events bear it."""
    subject = models.BigIntegerField()
    matter = models.CharField(max_length=60)
    case_number = models.CharField(max_length=80)
    """By which the body finds its own matter again."""
    at = models.DateTimeField()
    event = models.ForeignKey(
        Event, null=True, blank=True, on_delete=models.PROTECT, related_name="gate_recalls"
    )
    fetched_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=20, blank=True)

    class Meta:
        db_table = "effects_told"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["official", "line"], name="effects_told_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["line"], name="effects_told_line"),
            models.Index(fields=["official", "event"], name="effects_told_again"),
        ]

    def __str__(self) -> str:
        return f"{self.official} {self.line}"


class Refusal(models.Model):
    """A question the gate refused, kept a while so that whoever wrote the caller can see why. Paper."""

    official = models.BigIntegerField()
    at = models.DateTimeField()
    error = models.CharField(max_length=60)
    words = models.JSONField(default=dict)
    """The sentence and the remedy, in both languages."""

    class Meta:
        db_table = "effects_refusal"
        indexes: ClassVar = [models.Index(fields=["official", "at"], name="effects_refusal_of")]

    def __str__(self) -> str:
        return f"{self.official} {self.error}"
