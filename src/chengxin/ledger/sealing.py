"""One sealer gives committed entries their order number, and each past day its Merkle tree (RFC 6962).

Insert ids are not the order of commits: a transaction that took a low id may commit late. So nobody reads
entries by id. The sealer, alone, numbers what has been committed; cursors, ``changed_since`` and the outbox
follow ``Seal.number``. The day of a seal is the day it was sealed on, so that an entry which commits after
midnight never falls into a tree that is already closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, Max, Min

from chengxin.core.canonical import canonical_json
from chengxin.core.clock import day_of
from chengxin.core.errors import HouseFault, MissingError
from chengxin.core.hashing import inclusion_proof, leaf_hash, root

from .models import DayRoot, Entry, Seal

_LOCK: Final = 0x63686E67_7365616C
"""The advisory lock of the one sealer on PostgreSQL ("chng" "seal")."""
SLICE: Final = 1_000
"""Entries numbered in one short transaction."""
STRAGGLERS: Final = 50_000
"""How far below the newest sealed id a pass looks for late commits; closing a day looks everywhere."""


@dataclass(frozen=True)
class Inclusion:
    """The proof that an entry stands in the tree of its day; ``core.hashing.verify_inclusion`` checks it."""

    number: int
    day: date
    leaf: bytes
    index: int
    size: int
    proof: tuple[str, ...]
    root: str


def seal(now: datetime) -> int:
    """This will number every committed entry that has no number yet, close every past day, and count the new.

    Idempotent, and safe to call from several processes: the others wait their turn and find nothing to do.
    """
    sealed = _number_all(now, whole=False)
    if days := _open_days(_today(now)):
        sealed += _number_all(now, whole=True)
    for day in days:
        _close(day)
    return sealed


def entries_after(number: int, limit: int = 1000) -> list[tuple[int, Entry]]:
    """This will read the ledger forward: ``(number, entry)`` of what was sealed after ``number``."""
    seals = Seal.objects.filter(number__gt=number).order_by("number").select_related("entry")[:limit]
    return [(each.number, each.entry) for each in seals]


def verify_day(day: date) -> int:
    """This will rebuild a day's tree and count its entries; :class:`HouseFault` where anything differs."""
    kept = _root_of(day)
    leaves = _leaves(day)
    if len(leaves) != kept.size or root(leaves) != kept.root:
        raise HouseFault("ledger.day_altered", day=day, kept=kept.root, found=root(leaves))
    return kept.size


def verify_all() -> int:
    """This will verify every closed day and that no number is missing between them, and count the entries."""
    following, counted = 1, 0
    for day, first, size in DayRoot.objects.order_by("day").values_list("day", "first", "size"):
        if first != following:
            raise HouseFault("ledger.gap", number=following, day=day)
        counted += verify_day(day)
        following = first + size
    return counted


def inclusion(entry: Entry) -> Inclusion:
    """This will prove that an entry is in the tree of its day; the day must be over."""
    found = Seal.objects.filter(entry=entry).first()
    if found is None:
        raise MissingError("ledger.not_sealed", entry=entry.pk)
    kept = _root_of(found.day)
    leaves, index = _leaves(found.day), found.number - kept.first
    return Inclusion(
        number=found.number,
        day=found.day,
        leaf=leaves[index],
        index=index,
        size=kept.size,
        proof=tuple(inclusion_proof(leaves, index)),
        root=kept.root,
    )


def export_day(day: date) -> dict[str, Any]:
    """This will give a closed day as the stand-alone verifier takes it: every leaf, its hash, and the root."""
    kept, leaves = _root_of(day), _leaves(day)
    entries = [{"leaf": leaf.decode(), "sha256": leaf_hash(leaf).hex()} for leaf in leaves]
    return {
        "day": day.isoformat(), "first": kept.first, "size": kept.size, "root": kept.root, "entries": entries
    }  # fmt: skip


def _today(now: datetime) -> date:
    """The day to seal under: never one that is closed, nor before the last sealed day, even where the clock
    was set back."""
    days = [day_of(now)]
    if (last := Seal.objects.order_by("-number").values_list("day", flat=True).first()) is not None:
        days.append(last)
    if (closed := DayRoot.objects.aggregate(last=Max("day"))["last"]) is not None:
        days.append(closed + timedelta(days=1))
    return max(days)


@contextmanager
def _alone() -> Iterator[None]:
    """One short transaction of the one sealer. On SQLite its IMMEDIATE beginning is the lock."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        yield


def _number_all(now: datetime, *, whole: bool) -> int:
    sealed = 0
    while True:
        with _alone():
            slice_ = _number_slice(_today(now), whole=whole)
        sealed += slice_
        if slice_ < SLICE:
            return sealed


def _number_slice(day: date, *, whole: bool) -> int:
    number = Seal.objects.aggregate(last=Max("number"))["last"] or 0
    newest = Seal.objects.aggregate(newest=Max("entry_id"))["newest"] or 0
    above = 0 if whole else newest - STRAGGLERS
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger_seal (number, entry_id, day) "
            "select %s + row_number() over (order by id), id, %s from ("
            "  select e.id from ledger_entry e where e.id > %s "
            "  and not exists (select 1 from ledger_seal s where s.entry_id = e.id and s.entry_id > %s) "
            "  order by e.id limit %s) as fresh",
            [number, connection.ops.adapt_datefield_value(day), above, above, SLICE],
        )
        return int(cursor.rowcount)


def _open_days(today: date) -> list[date]:
    closed = DayRoot.objects.aggregate(last=Max("day"))["last"]
    days = Seal.objects.filter(day__lt=today)
    if closed is not None:
        days = days.filter(day__gt=closed)
    return sorted(days.values_list("day", flat=True).distinct())


def _close(day: date) -> None:
    """The tree is built outside the lock, for it may take seconds; it is kept only if nothing was added."""
    kept = False
    while not kept:
        leaves = _leaves(day)
        tree = root(leaves)
        with _alone():
            about = Seal.objects.filter(day=day).aggregate(first=Min("number"), size=Count("number"))
            kept = about["size"] == len(leaves)
            if kept:
                DayRoot.objects.get_or_create(day=day, defaults={**about, "root": tree})


def _root_of(day: date) -> DayRoot:
    kept = DayRoot.objects.filter(day=day).first()
    if kept is None:
        raise MissingError("ledger.day_open", day=day)
    return kept


def _leaves(day: date) -> list[bytes]:
    """A leaf is the canonical JSON of a sealed entry; the rows are read in order of their number."""
    rows = (
        Seal.objects.filter(day=day)
        .order_by("number")
        .values_list("number", "entry__at", "entry__kind", "entry__ref", "entry__digest")
    )
    return [
        canonical_json({"number": number, "at": at.isoformat(), "kind": kind, "ref": ref, "digest": digest})
        for number, at, kind, ref, digest in rows.iterator(chunk_size=5000)
    ]
