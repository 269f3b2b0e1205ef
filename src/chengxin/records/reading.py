"""Reading records as they were told, by their numbers, from the sheets that hold them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from chengxin.engine import duck, warm
from chengxin.engine.store import Store

from .models import Sheet

_OWN = ("record", "subject", "digest_1", "digest_2")
_AT_ONCE = 500
"""Sheets opened by one query."""


def read_records(record_ids: Iterable[int], *, store: Store) -> dict[int, dict[str, Any]]:
    """This will give ``{record: {column: value, …, item, batch}}``; what was lawfully removed is not there.

    A column of the catalogue stands before ours where both have one name. Withdrawn and superseded records
    are read too: they were told.
    """
    wanted: dict[int, list[int]] = {}
    for record in set(record_ids):
        wanted.setdefault(record >> 32, []).append(record)
    if not wanted:
        return {}
    by_item: dict[str, list[Sheet]] = {}
    for sheet in Sheet.objects.in_bulk(list(wanted)).values():
        by_item.setdefault(sheet.item, []).append(sheet)
    found: dict[int, dict[str, Any]] = {}
    with warm.lent(store) as connection:
        for item in sorted(by_item):
            sheets = sorted(by_item[item], key=lambda sheet: sheet.pk)
            for low in range(0, len(sheets), _AT_ONCE):
                part = sheets[low : low + _AT_ONCE]
                numbers = sorted(record for sheet in part for record in wanted[sheet.pk])
                found |= _read(connection, part, numbers, store)
    return found


def _read(
    connection: duck.DuckDBPyConnection, sheets: list[Sheet], numbers: list[int], store: Store
) -> dict[int, dict[str, Any]]:
    """This will read from sheets of one item; their row groups are skipped by the numbers they span."""
    source = (
        f"read_parquet({duck.paths([store.sheet(sheet.sha256) for sheet in sheets])}, union_by_name = true)"
    )
    listed = ", ".join(map(str, numbers))
    rows = duck.table(connection, f"SELECT * FROM {source} WHERE record IN ({listed})").to_pylist()
    batches = {sheet.pk: {"item": sheet.item, "batch": sheet.batch_id} for sheet in sheets}
    return {
        row["record"]: {**batches[row["record"] >> 32], **{k: v for k, v in row.items() if k not in _OWN}}
        for row in rows
    }
