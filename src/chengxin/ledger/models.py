"""Who acts here, for which body and region; and the ledger of what was done.

Shapes only: the rules stand in the rooms beside this one (``officials``, ``scope``, ``entries``,
``sealing``, ``content``).
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac


class Region(models.Model):
    """A division under GB/T 2260, with the years in which its code was valid."""

    code = models.CharField(primary_key=True, max_length=6)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "ledger_region"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A body with a duty: valid from a day until a day, with the one that took its duty over."""

    code = models.SlugField(primary_key=True, max_length=60)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    duty = models.CharField(max_length=40)
    """By which procedures name bodies: price, environment, finance, construction, water, water_company …"""
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="agencies")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors"
    )

    class Meta:
        db_table = "ledger_agency"
        verbose_name_plural = "agencies"
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class OfficialManager(BaseUserManager["Official"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> Official:
        official = self.model(username=username, **fields)
        official.set_password(password)
        official.save(using=self._db)
        return official


class Official(AbstractBaseUser):
    """A person who may log in at the desk: one agency, one post, roles with validity."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="officials")
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, default="zh-hans")
    closures = models.PositiveIntegerField(default=0)
    """How often the account was closed: a session opened before the last time stays shut when it is opened again."""
    initial_password = models.BooleanField(default=False)
    """Somebody else set the password: it is changed at the first log-in, before anything else."""
    outside_name = models.CharField(max_length=255, null=True, blank=True, unique=True)
    """By which the identity provider of single sign-on knows this person; none: that road is shut."""

    objects = OfficialManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        db_table = "ledger_official"

    def __str__(self) -> str:
        return f"{self.name}（{self.agency}）"

    def get_session_auth_hash(self) -> str:
        """This will give what a session must bear to be this account's: it changes with password and closure."""
        said = f"{self.closures}:{self.password}"
        return salted_hmac("chengxin session of an official", said, algorithm="sha256").hexdigest()


class Assignment(models.Model):
    """A role an official holds, for a region, between two days."""

    official = models.ForeignKey(Official, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=30)
    region = models.ForeignKey(Region, on_delete=models.PROTECT)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "ledger_assignment"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["official", "role", "region", "since"], name="ledger_assignment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.official_id} {self.role} {self.region_id}"


class Administration(models.Model):
    """One act of an administrator upon an account. Append-only: the auditor reads it, nobody changes it."""

    at = models.DateTimeField()
    kind = models.CharField(max_length=20)
    """A name in ``administration.KINDS``."""
    by = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="administered")
    official = models.ForeignKey(Official, on_delete=models.PROTECT, related_name="administrations")
    role = models.CharField(max_length=30, blank=True)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    answers = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="answer"
    )
    """The request of a colleague that this act grants or declines: each has one answer."""

    class Meta:
        db_table = "ledger_administration"

    def __str__(self) -> str:
        return f"{self.kind} {self.official_id} {self.role}"


class ApiKey(models.Model):
    """A machine's credential: it speaks as one official. Only the digest of the secret is kept."""

    official = models.ForeignKey(Official, on_delete=models.CASCADE, related_name="api_keys")
    label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "ledger_api_key"

    def __str__(self) -> str:
        return self.label


class Entry(models.Model):
    """One thing that was done, written in the transaction that did it. Append-only.

    The insert id is not the commit order, so readers follow ``Seal.number``, never ``id``.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    """act, batch, withdrawal, redaction, merge, adoption, bill …"""
    ref = models.CharField(max_length=80)
    """``table:id`` of what it speaks of."""
    digest = models.CharField(max_length=64)
    """SHA-256 over the canonical JSON of what was written."""

    class Meta:
        db_table = "ledger_entry"
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Seal(models.Model):
    """The order number the one sealer gave a committed entry. Append-only."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="seal")
    day = models.DateField(db_index=True)

    class Meta:
        db_table = "ledger_seal"

    def __str__(self) -> str:
        return str(self.number)


class DayRoot(models.Model):
    """The root of a day's Merkle tree over its sealed entries (RFC 6962). Append-only."""

    day = models.DateField(primary_key=True)
    first = models.BigIntegerField()
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)

    class Meta:
        db_table = "ledger_day_root"

    def __str__(self) -> str:
        return f"{self.day} {self.root}"


class Exhibit(models.Model):
    """A free text, upload or cited record in the content store, under a key of its own."""

    sha256 = models.CharField(max_length=64, db_index=True)
    """Of the plain bytes."""
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_exhibit"

    def __str__(self) -> str:
        return self.title


class ExhibitKey(models.Model):
    """The key that opens one exhibit. Deleting the row destroys the content and leaves acts standing."""

    exhibit = models.OneToOneField(Exhibit, on_delete=models.PROTECT, primary_key=True, related_name="key")
    secret = models.BinaryField()
    """Wrapped by the installation's key."""

    class Meta:
        db_table = "ledger_exhibit_key"

    def __str__(self) -> str:
        return str(self.exhibit_id)


class Counter(models.Model):
    """A named number that only grows: subjects and sheets reserve blocks of it and never reuse one."""

    name = models.CharField(primary_key=True, max_length=30)
    next = models.BigIntegerField(default=1)

    class Meta:
        db_table = "ledger_counter"

    def __str__(self) -> str:
        return f"{self.name} {self.next}"


class Job(models.Model):
    """When a clock job last ended well (law 11 reads this)."""

    name = models.CharField(primary_key=True, max_length=40)
    finished_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_job"

    def __str__(self) -> str:
        return self.name
