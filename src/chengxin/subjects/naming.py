"""The names a subject bears: the legal one, and the former ones with their periods."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db import connection, transaction

from chengxin.core.clock import day_of

from . import bulk
from .bulk import Column, pc
from .models import Name, Subject
from .names import normals

_FEW = 20_000
_NAME = {
    "subject": "bigint",
    "text": "text",
    "normal": "text",
    "kind": "text",
    "since": "timestamptz",
    "valid_from": "date",
    "valid_to": "date",
}
_TIDE = 0x6E616D65
"""The advisory lock that lets the indexer wait until no name with a lower number can still appear."""


def hold_tide() -> None:
    """This will keep the indexer from counting names up to here until this transaction ends.

    PostgreSQL gives numbers before commits; SQLite writes one transaction at a time and needs nothing.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock_shared(%s)", [_TIDE])


def tide() -> int:
    """This will give the number up to which every name that will ever be there is there."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("select pg_advisory_xact_lock(%s)", [_TIDE])
        cursor.execute("select max(id) from subjects_name")
        return cursor.fetchone()[0] or 0


def insert(columns: dict[str, list[Any]], kind: str, now: datetime) -> None:
    """This will insert names: ``subject``, ``name``, ``normal``, ``named_from`` (date or null)."""
    count = len(columns["subject"])
    if not count:
        return
    rows = {
        "subject": columns["subject"],
        "text": columns["name"],
        "normal": columns["normal"],
        "kind": [kind] * count,
        "since": [bulk.instant(now)] * count,
        "valid_from": [day and day.isoformat() for day in columns["named_from"]],
        "valid_to": [None] * count,
    }
    bulk.insert("subjects_name", _NAME, rows)


def rename(rows: pa.Table, now: datetime, size: int) -> int:
    """This will hang on known subjects the names ``(subject, name, named_from, first)`` they do not bear yet.

    The ``first`` row of a subject is its registration: a name new there becomes the legal one, and the one
    before it a former one. A further row with another name under its code keeps it as ``other``. A name
    the subject bears already, in whatever kind, is no news: an old file handed in again renames nobody.
    ``named_from`` counts as the day of the change where it is later than that of the name before.
    """
    news, renamed = _news(rows), 0
    for low in range(0, news.num_rows, size):
        renamed += _rename(news.slice(low, size).to_pydict(), now)
    return renamed


def _news(rows: pa.Table) -> pa.Table:
    """This will give the distinct (subject, normal) that are not borne yet."""
    rows = rows.filter(pc.and_(pc.is_valid(rows["subject"]), pc.not_equal(rows["name"], "")))
    normal = pa.array(normals([text or "" for text in rows["name"].to_pylist()]), pa.string())
    rows = rows.append_column("normal", normal).append_column("key", _key(rows["subject"], normal))
    borne = _borne(rows["subject"])
    news = rows.filter(
        pc.invert(pc.is_in(rows["key"], _key(borne["subject"], borne["normal"]).combine_chunks()))
    )
    once = news.group_by("key").aggregate([("at", "min")])["at_min"]
    return news.filter(pc.is_in(news["at"], once.combine_chunks())).sort_by("subject")


def _key(subject: Column, normal: Column) -> Column:
    parts = [pa.chunked_array([part]) if isinstance(part, pa.Array) else part for part in (subject, normal)]
    return pc.binary_join_element_wise(parts[0].cast(pa.string()), parts[1], " ")


def _borne(subjects: Column) -> pa.Table:
    """This will give the names ``(subject, normal)`` that the subjects bear."""
    distinct = pc.unique(subjects).to_pylist()
    if len(distinct) > _FEW:
        return bulk.read({"subject": pa.int64(), "normal": pa.string()}, "subjects_name")
    found = bulk.chosen("select subject, normal from subjects_name where subject in ({})", distinct)
    columns = list(zip(*found, strict=True)) or [(), ()]
    return pa.table(
        {"subject": pa.array(columns[0], pa.int64()), "normal": pa.array(columns[1], pa.string())}
    )


def _rename(news: dict[str, list[Any]], now: datetime) -> int:
    """This will write one slice of news in one transaction; who renamed the subject meanwhile came first."""
    with transaction.atomic():
        hold_tide()
        locked = Subject.objects.select_for_update().filter(pk__in=news["subject"]).order_by("id")
        list(locked.values_list("id", flat=True))
        borne = Name.objects.filter(subject__in=news["subject"])
        borne_rows = list(borne.values_list("subject", "normal", "kind", "valid_from"))
        pairs = {(subject, text) for subject, text, _, _ in borne_rows}
        legal = {subject: begins for subject, _, kind, begins in borne_rows if kind == "legal"}
        asked = zip(news["subject"], news["normal"], strict=True)
        places = [place for place, pair in enumerate(asked) if pair not in pairs]
        firsts = [place for place in places if news["first"][place]]
        changed = [place for place in firsts if news["subject"][place] in legal]
        for place in changed:
            before, day = legal[news["subject"][place]], news["named_from"][place]
            news["named_from"][place] = day if day and (before is None or day > before) else day_of(now)
        _make_former(changed, news)
        insert(_of(news, firsts), "legal", now)
        insert(_of(news, [place for place in places if not news["first"][place]]), "other", now)
    return len(firsts)


def _of(columns: dict[str, list[Any]], places: list[int]) -> dict[str, list[Any]]:
    return {name: [values[place] for place in places] for name, values in columns.items()}


def _make_former(places: list[int], news: dict[str, list[Any]]) -> None:
    ends = [(news["named_from"][place].isoformat(), news["subject"][place]) for place in places]
    with connection.cursor() as cursor:
        cursor.executemany(
            "update subjects_name set kind = 'former', valid_to = %s where subject = %s and kind = 'legal'",
            ends,
        )
