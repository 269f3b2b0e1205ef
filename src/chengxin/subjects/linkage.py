"""Dated rows saying that two numbers are one subject, or that an unlinked record is about a subject.

Nothing is renumbered: a reader resolves as of its own moment, so a merge and its undoing leave every earlier
run, and every act served under the old number, as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

import pyarrow as pa
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from chengxin.core.clock import CHINA
from chengxin.core.errors import ConflictError, MissingError
from chengxin.ledger.entries import enter

from .models import Linkage, Subject


def moment(as_of: date | datetime) -> datetime:
    """This will give the last moment that a reader as of a day, or of a moment, knows."""
    if isinstance(as_of, datetime):
        return as_of
    return datetime.combine(as_of + timedelta(days=1), time(), CHINA) - timedelta(microseconds=1)


def in_force(as_of: date | datetime | None) -> QuerySet[Linkage]:
    """This will give the linkage rows that hold as of a moment; ``None`` is now, whenever that is."""
    if as_of is None:
        return Linkage.objects.filter(until=None)
    last = moment(as_of)
    return Linkage.objects.filter(Q(until=None) | Q(until__gt=last), since__lte=last)


def merges(as_of: date | datetime | None = None) -> dict[int, int]:
    """This will give every number that was merged away, with the number at the end of its road."""
    roads = _roads_now() if as_of is None else dict(_roads_then(as_of))
    return {gone: _end(gone, roads) for gone in roads}


def _roads_now() -> dict[int, int]:
    """Asked with every code that is looked up, so in plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select gone, subject from subjects_linkage where until is null and gone is not null order by id"
        )
        return dict(cursor.fetchall())


def _roads_then(as_of: date | datetime) -> Iterator[tuple[int, int]]:
    for gone, subject in in_force(as_of).order_by("id").values_list("gone", "subject"):
        if gone is not None:
            yield gone, subject


def _end(subject: int, roads: dict[int, int]) -> int:
    while subject in roads:
        subject = roads[subject]
    return subject


def follow(subject: int, as_of: date | datetime | None = None) -> int:
    """This will give the number a subject is read under as of a moment."""
    rows = in_force(as_of)
    while (kept := rows.filter(gone=subject).values_list("subject", flat=True).first()) is not None:
        subject = kept
    return subject


def gathered(subject: int, as_of: date | datetime | None = None) -> list[int]:
    """This will give a subject with every number merged into it, itself first: its file is read under all."""
    rows, numbers, layer = in_force(as_of), [subject], [subject]
    while layer:
        below = rows.filter(subject__in=layer).order_by("gone").values_list("gone", flat=True)
        layer = [gone for gone in below if gone is not None]
        numbers.extend(layer)
    return numbers


def merge(gone: int, kept: int, *, official: int, reason: str, now: datetime) -> Linkage:
    """This will say, from now on, that ``gone`` is read as ``kept``. Undone by ``unmerge``."""
    with transaction.atomic():
        kinds = dict(
            Subject.objects.select_for_update().filter(pk__in=[gone, kept]).values_list("id", "kind")
        )
        for number in (gone, kept):
            if number not in kinds:
                raise MissingError("subject.unknown", subject=number)
        if kinds[gone] != kinds[kept]:
            raise ConflictError("subject.merge_kinds", gone=kinds[gone], kept=kinds[kept])
        if follow(kept) == gone or gone == kept:
            raise ConflictError("subject.merge_circle", gone=gone, kept=kept)
        if in_force(None).filter(gone=gone).exists():
            raise ConflictError("subject.merged_already", gone=gone, kept=follow(gone))
        row = Linkage.objects.create(gone=gone, subject=kept, since=now, official=official, reason=reason)
        body = {"gone": gone, "kept": kept, "official": official, "reason": reason}
        enter("merge", f"subjects_linkage:{row.pk}", body, at=now)
    return row


def unmerge(gone: int, *, official: int, reason: str, now: datetime) -> Linkage:
    """This will end a merge from now on. What was read while it held still reads so as of then."""
    with transaction.atomic():
        row = in_force(None).select_for_update().filter(gone=gone).first()
        if row is None:
            raise MissingError("subject.not_merged", subject=gone)
        return _ended(row, "unmerge", official=official, reason=reason, now=now)


def link(record: int, subject: int, *, official: int, reason: str, now: datetime) -> Linkage:
    """This will say that an unlinked record is about a subject, because an official confirmed it."""
    with transaction.atomic():
        if not Subject.objects.filter(pk=subject).exists():
            raise MissingError("subject.unknown", subject=subject)
        if in_force(None).filter(record=record).exists():
            raise ConflictError("subject.linked_already", record=record)
        row = Linkage.objects.create(
            record=record, subject=subject, since=now, official=official, reason=reason
        )
        body = {"record": record, "subject": subject, "official": official, "reason": reason}
        enter("link", f"subjects_linkage:{row.pk}", body, at=now)
    return row


def unlink(record: int, *, official: int, reason: str, now: datetime) -> Linkage:
    """This will end a record's link from now on."""
    with transaction.atomic():
        row = in_force(None).select_for_update().filter(record=record).first()
        if row is None:
            raise MissingError("subject.not_linked", record=record)
        return _ended(row, "unlink", official=official, reason=reason, now=now)


def _ended(row: Linkage, kind: str, *, official: int, reason: str, now: datetime) -> Linkage:
    row.until = now
    row.save(update_fields=["until"])
    body = {"linkage": row.pk, "official": official, "reason": reason}
    enter(kind, f"subjects_linkage:{row.pk}", body, at=now)
    return row


def links(as_of: date | datetime | None = None, records: Iterable[int] | None = None) -> pa.Table:
    """This will give the records officials linked, ``(record, subject)``, through merges, as of a moment."""
    rows = in_force(as_of).exclude(record=None).order_by("id")
    if records is not None:
        rows = rows.filter(record__in=list(records))
    roads = merges(as_of)
    pairs = [
        (record, roads.get(subject, subject)) for record, subject in rows.values_list("record", "subject")
    ]
    return pa.table(
        {
            "record": pa.array([record for record, _ in pairs], pa.int64()),
            "subject": pa.array([subject for _, subject in pairs], pa.int64()),
        }
    )
