"""Writing subjects: inserted or read, in slices so short that nobody waits, and resumable after a kill.

A slice is one transaction: codes first, under their unique constraint; then subjects and names for the
numbers that won theirs. A race therefore leaves one subject for each code, and a kill leaves unused
numbers only.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import IntegrityError, OperationalError, connection, transaction

from chengxin.ledger.counters import reserve

from . import bulk, naming
from .bulk import Column, pc
from .names import normals
from .resolution import numbered

SCHEMES = ("uscc", "regno", "orgcode", "taxno")
"""Columns of a registration, beside ``scheme`` and ``code``, that hold further codes of the same subject."""

_SUBJECT = {
    "id": "bigint",
    "kind": "text",
    "region": "text",
    "answers_for": "bigint",
    "prominence": "integer",
}
_IDENTIFIER = {"subject": "bigint", "scheme": "text", "code": "text", "since": "timestamptz"}
_CIPHER = {"subject": "bigint", "cipher": "bytea"}
_TRIES = 5
_AIM = 0.06
"""Seconds a slice should take."""
_SHORTEST = 1000
"""Rows of the smallest slice."""


@dataclass(frozen=True)
class RegisterResult:
    """What became of the rows: ``subject`` stands in their order."""

    subject: Column
    new: int
    known: int
    renamed: int
    clashing: int
    """Rows whose further codes belong to another subject: nothing was merged, an official may."""


def register(table: pa.Table, kind: str, now: datetime, *, size: int = 5000) -> RegisterResult:
    """This will insert or read a subject for every row ``(scheme, code)`` and hang names and codes on it.

    Further columns, all optional: ``name``, ``named_from`` (date), ``region``, ``prominence``,
    ``answers_for`` (a subject), ``cipher`` (bytes, persons), and ``uscc``, ``regno``, ``orgcode``, ``taxno``
    for further codes. A known subject that comes with a new name keeps the former one with its period.
    """
    rows = _complete(table)
    seen = _recognise(rows)
    fresh = _fresh(rows, seen.subject)
    old = pc.invert(pc.is_in(rows["at"], fresh["at"].combine_chunks()))
    if fresh.num_rows:
        with bulk.unsynced():
            won = _insert_all(fresh, kind, now, size)
        old = pc.or_(old, pc.is_in(rows["at"], fresh.filter(pc.is_null(won))["at"].combine_chunks()))
        seen = _recognised_now(rows, seen, fresh["at"], won)
    rows = rows.append_column("subject", seen.subject)
    first = rows.group_by("subject").aggregate([("at", "min")])["at_min"].combine_chunks()
    rows = rows.append_column("first", pc.is_in(rows["at"], first))
    _add_codes(rows, seen, now, size)
    renamed = naming.rename(rows.filter(old), now, size)
    new = fresh.num_rows and len(won) - won.null_count
    known = rows.num_rows - seen.subject.null_count - new
    return RegisterResult(seen.subject, new=new, known=known, renamed=renamed, clashing=seen.clashing)


def _complete(table: pa.Table) -> pa.Table:
    """This will give the rows with every column a registration may have, cleaned of control characters."""
    count = table.num_rows
    defaults = {"name": "", "region": "", "prominence": 0}
    columns: dict[str, Column] = {}
    for name in ("scheme", "code", "name", "region", *SCHEMES):
        given = table[name].cast(pa.string()) if name in table.column_names else pa.nulls(count, pa.string())
        columns[name] = pc.replace_substring_regex(given, r"[\x00-\x1f\x7f]+", " ")
    for name, type_ in (
        ("prominence", pa.int64()),
        ("answers_for", pa.int64()),
        ("named_from", pa.date32()),
        ("cipher", pa.binary()),
    ):
        columns[name] = table[name].cast(type_) if name in table.column_names else pa.nulls(count, type_)
    for name, value in defaults.items():
        columns[name] = pc.fill_null(columns[name], value)
    return pa.table({**columns, "at": pa.array(range(count), pa.int64())})


@dataclass(frozen=True)
class _Seen:
    """Each row's subject; by column of codes, which rows hold one nobody bears; and how many clash."""

    subject: Column
    unborne: dict[str, Column]
    clashing: int


def _recognise(rows: pa.Table) -> _Seen:
    """This will find each row's subject by its code, else by a further code of it."""
    subject = numbered(rows.select(["scheme", "code"]))
    unborne = {"code": pc.and_(pc.is_null(subject), pc.is_valid(rows["code"]))}
    clashing = 0
    for scheme in SCHEMES:
        if rows[scheme].null_count == rows.num_rows:
            continue
        other = numbered(pa.table({"scheme": pa.repeat(scheme, rows.num_rows), "code": rows[scheme]}))
        unborne[scheme] = pc.and_(pc.is_null(other), pc.is_valid(rows[scheme]))
        free = pc.and_(pc.is_null(subject), _bears_no_other(other, rows["scheme"]))
        subject = pc.if_else(free, other, subject)
        differs = pc.fill_null(pc.not_equal(other, subject), pc.is_valid(other))
        clashing += pc.sum(differs).as_py() or 0
    return _Seen(subject, unborne, clashing)


def _recognised_now(rows: pa.Table, before: _Seen, at: Column, won: Column) -> _Seen:
    """This will add the subjects just made; it asks again where a code came twice, was lost, or has others."""
    made = pc.take(won, pc.index_in(rows["at"], at.combine_chunks()))
    subject = pc.coalesce(before.subject, made)
    plain = set(before.unborne) == {"code"}
    if plain and not pc.any(pc.and_(pc.is_null(subject), pc.is_valid(rows["code"]))).as_py():
        return _Seen(subject, {}, before.clashing)
    return _recognise(rows)


def _bears_no_other(subjects: Column, schemes: Column) -> Column:
    """This will tell where a subject, found by a further code, bears no code of the row's own scheme."""
    taken = pc.is_null(subjects)
    sql = "select subject from subjects_identifier where scheme = %s and subject in ({})"
    distinct = pc.unique(subjects).drop_null().to_pylist()
    for scheme in pc.unique(schemes).drop_null().to_pylist():
        bearers = [subject for (subject,) in bulk.chosen(sql, distinct, before=[scheme])]
        borne = pc.is_in(subjects, pa.array(bearers, pa.int64()))
        taken = pc.or_(taken, pc.and_(pc.equal(schemes, scheme), borne))
    return pc.invert(taken)


def _fresh(rows: pa.Table, subject: Column) -> pa.Table:
    """This will give the first row of each unknown code, in the order in which codes lie together on disk.

    USCCs lie together by their body code: the index over it grows in one place, and within each place's codes
    the unique one does too. Every intake sorts alike, so two of them cannot lock each other out.
    """
    unknown = rows.filter(pc.and_(pc.is_null(subject), pc.is_valid(rows["code"])))
    first = unknown.group_by(["scheme", "code"]).aggregate([("at", "min")])["at_min"]
    unknown = rows.take(first.combine_chunks())
    body = pc.utf8_slice_codeunits(unknown["code"], 8, 17)
    lies = pc.if_else(pc.equal(unknown["scheme"], "uscc"), body, unknown["code"])
    order: Any = [("lies", "ascending"), ("scheme", "ascending"), ("code", "ascending")]
    return unknown.append_column("lies", lies).sort_by(order).drop_columns(["lies"])


def _insert_all(fresh: pa.Table, kind: str, now: datetime, size: int) -> Column:
    """This will write every fresh row and give the numbers that won their code, null for the others."""
    first = reserve("subject", fresh.num_rows)
    numbers = pa.array(range(first, first + fresh.num_rows), pa.int64())
    won: list[int] = []
    for part in slices(fresh.append_column("subject", numbers), size):
        won.extend(insert_slice(part, kind, now))
    lost = pc.invert(pc.is_in(numbers, pa.array(won, pa.int64())))
    return pc.if_else(lost, pa.scalar(None, pa.int64()), numbers)


def slices(rows: pa.Table, size: int) -> Iterator[pa.Table]:
    """This will cut rows into slices of at most ``size``, as long as the last one's time allows."""
    low, length = 0, size
    while low < rows.num_rows:
        began = time.perf_counter()
        yield rows.slice(low, length)
        low += length
        took = time.perf_counter() - began
        length = max(_SHORTEST, min(size, int(length * _AIM / took)))


def insert_slice(part: pa.Table, kind: str, now: datetime) -> list[int]:
    """This will write one slice in one transaction and give the numbers that won their code.

    First as if nobody else were there, which is quick; where another intake has one of the codes, or PostgreSQL
    broke a deadlock by ending it, again and leaving what is taken.
    """
    columns = part.to_pydict()
    columns["normal"] = normals(columns["name"])
    for tries_left in reversed(range(_TRIES)):
        try:
            with transaction.atomic():
                return _write(columns, kind, now, contested=tries_left < _TRIES - 1)
        except (IntegrityError, OperationalError):
            if not tries_left:
                raise
    return []


def _write(columns: dict[str, list[Any]], kind: str, now: datetime, *, contested: bool) -> list[int]:
    naming.hold_tide()
    since = bulk.instant(now)
    _insert_codes(columns, "scheme", "code", since, once=contested)
    if contested:
        won = _won(columns["subject"])
        kept = [place for place, subject in enumerate(columns["subject"]) if subject in won]
        columns = {name: [values[place] for place in kept] for name, values in columns.items()}
    subjects = columns["subject"]
    bulk.insert("subjects_subject", _SUBJECT, {**columns, "id": subjects, "kind": [kind] * len(subjects)})
    for scheme in SCHEMES:
        _insert_codes(columns, scheme, scheme, since)
    named = [place for place, text in enumerate(columns["name"]) if text]
    naming.insert(
        {name: [values[place] for place in named] for name, values in columns.items()}, "legal", now
    )
    _insert_ciphers(columns)
    return list(subjects)


def _won(numbers: list[int]) -> set[int]:
    with connection.cursor() as cursor:
        sql = "select subject from subjects_identifier where subject between %s and %s"
        cursor.execute(sql, [numbers[0], numbers[-1]])
        return {subject for (subject,) in cursor.fetchall()}


def _insert_codes(
    columns: dict[str, list[Any]], scheme: str, column: str, since: object, *, once: bool = True
) -> None:
    """This will insert the codes of one column; ``scheme`` names a scheme, or is the column of schemes."""
    places = [place for place, code in enumerate(columns[column]) if code]
    if not places:
        return
    rows = {
        "subject": [columns["subject"][place] for place in places],
        "scheme": [columns["scheme"][place] for place in places]
        if scheme == "scheme"
        else [scheme] * len(places),
        "code": [columns[column][place] for place in places],
        "since": [since] * len(places),
    }
    bulk.insert("subjects_identifier", _IDENTIFIER, rows, once=once)


def _insert_ciphers(columns: dict[str, list[Any]]) -> None:
    places = [place for place, cipher in enumerate(columns["cipher"]) if cipher is not None]
    if places:
        rows = {name: [columns[name][place] for place in places] for name in _CIPHER}
        bulk.insert("subjects_person_number", _CIPHER, rows, once=True)


def _add_codes(rows: pa.Table, seen: _Seen, now: datetime, size: int) -> None:
    """This will hang on the subjects the codes of their rows that nobody bears yet."""
    for column, unborne in seen.unborne.items():
        part = rows.filter(unborne)
        schemes = part["scheme"] if column == "code" else pa.repeat(column, part.num_rows)
        pairs = pa.table({"scheme": schemes, "code": part[column], "subject": part["subject"]})
        for slice_ in slices(pairs.filter(pc.is_valid(pairs["subject"])), size):
            with transaction.atomic():
                _insert_codes(slice_.to_pydict(), "scheme", "code", bulk.instant(now))
