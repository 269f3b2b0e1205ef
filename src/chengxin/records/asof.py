"""What was known of an item by the end of a day: its sheets, less what was superseded, withdrawn or redacted.

A batch counts from the day it was told; a withdrawal from the day it was made. So a later batch leaves the
days before it as they were, unless it says itself that it was told late.

A record is superseded while something that replaced it still counts. Where a correction is withdrawn, what
it had replaced counts again, unless yet another record replaced the correction and still stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
from django.db.models import QuerySet

from chengxin.core.errors import MissingError
from chengxin.engine import duck
from chengxin.engine.run import ItemInput, SheetRef
from chengxin.engine.store import Store
from chengxin.policy.house import House
from chengxin.subjects.linkage import moment

from .models import Batch, Redaction, Sheet, Withdrawal


@dataclass(frozen=True, slots=True)
class Known:
    """What counts of an item as of a day, before it is sealed. ``present``: sheets that count."""

    present: tuple[int, ...]
    superseding: tuple[Path, ...]
    """Parquet ``(record, by_record)`` of every batch told by the day, a withdrawn one too: chains pass it."""
    withdrawn: tuple[int, ...]
    """Single records taken back."""
    redacted: tuple[int, ...]


def inputs(item: str, as_of: date, *, store: Store, house: House) -> ItemInput:
    """This will give what is known of an item by the end of a day, ``gone`` sealed as an input of a run."""
    if item not in house.items:
        raise MissingError("records.no_item", item=item)
    sheets = [
        SheetRef(id=number, sha256=sha256, rows=rows, told_on=told_on, agency=agency, region=region)
        for number, sha256, rows, told_on, agency, region in counting(as_of)
        .filter(item=item)
        .order_by("id")
        .values_list("id", "sha256", "rows", "batch__told_on", "batch__agency", "batch__region")
    ]
    return ItemInput(sheets, gone=_sealed(known(item, as_of, store=store), store))


def counting(as_of: date | None) -> QuerySet[Sheet]:
    """This will give the sheets that count as of a day: told by then, and their batch not taken back."""
    told = Sheet.objects.all() if as_of is None else Sheet.objects.filter(batch__told_on__lte=as_of)
    return told.exclude(batch__in=withdrawals(as_of).filter(record=None).values("batch"))


def withdrawals(as_of: date | None) -> QuerySet[Withdrawal]:
    """This will give what was taken back by the end of a day; ``None`` is now, whenever that is."""
    if as_of is None:
        return Withdrawal.objects.all()
    return Withdrawal.objects.filter(at__lte=moment(as_of))


def redacted(as_of: date | None, item: str | None = None) -> tuple[int, ...]:
    """This will number every record lawfully removed by the end of a day."""
    scars = Redaction.objects.all() if as_of is None else Redaction.objects.filter(at__lte=moment(as_of))
    if item is not None:
        scars = scars.filter(sheet__item=item)
    return tuple(
        sheet << 32 | row
        for sheet, spans in scars.order_by("id").values_list("sheet", "rows")
        for first, last in spans
        for row in range(first, last + 1)
    )


def known(item: str, as_of: date | None, *, store: Store) -> Known:
    """This will gather what says which records of an item are gone as of a day."""
    batches = Batch.objects.filter(item=item).exclude(supersedes_sha256="")
    if as_of is not None:
        batches = batches.filter(told_on__lte=as_of)
    single = withdrawals(as_of).filter(batch__item=item).exclude(record=None)
    hashes = batches.order_by("id").values_list("supersedes_sha256", flat=True)
    return Known(
        present=tuple(counting(as_of).filter(item=item).order_by("id").values_list("id", flat=True)),
        superseding=tuple(store.superseded(sha256) for sha256 in hashes),
        withdrawn=tuple(number for number in single.values_list("record", flat=True) if number is not None),
        redacted=redacted(as_of, item),
    )


def gone_sql(connection: duck.DuckDBPyConnection, what: Known) -> str:
    """This will give the SQL of ``(record)``: every record of sheets that count which is itself gone.

    It reads three small tables made here: ``present_sheets``, ``taken_back``, ``superseding``.
    """
    _table(connection, "present_sheets", "sheet", what.present)
    _table(connection, "taken_back", "record", what.withdrawn)
    _table(connection, "cut_out", "record", what.redacted)
    pairs = f"read_parquet({duck.paths(list(what.superseding))})" if what.superseding else _NO_PAIRS
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE superseding AS SELECT record, by_record, "
        "by_record >> 32 IN (SELECT sheet FROM present_sheets) "
        f"AND by_record NOT IN (SELECT record FROM taken_back) AS stands FROM {pairs}"
    )
    return _GONE


_NO_PAIRS = "(SELECT NULL::bigint AS record, NULL::bigint AS by_record WHERE false)"

# A replacement that no longer counts is looked through, to what replaced it in its turn.
_GONE = """
WITH RECURSIVE through AS (
    SELECT record, by_record FROM superseding WHERE NOT stands
    UNION
    SELECT t.record, s.by_record FROM through AS t JOIN superseding AS s ON s.record = t.by_record
),
all_gone AS (
    SELECT record FROM superseding WHERE stands
    UNION
    SELECT t.record FROM through AS t
    SEMI JOIN (SELECT by_record FROM superseding WHERE stands) AS s ON s.by_record = t.by_record
    UNION SELECT record FROM taken_back
    UNION SELECT record FROM cut_out
)
SELECT record FROM all_gone WHERE record >> 32 IN (SELECT sheet FROM present_sheets)
"""


def _table(connection: duck.DuckDBPyConnection, name: str, column: str, numbers: tuple[int, ...]) -> None:
    connection.register("numbers_given", pa.table({column: pa.array(numbers, pa.int64())}))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {column} FROM numbers_given")
    connection.unregister("numbers_given")


def _sealed(what: Known, store: Store) -> Path | None:
    if not (what.superseding or what.withdrawn or what.redacted):
        return None
    path = store.temp(".parquet")
    connection = duck.connect(temp=path.parent, keep_order=True)
    try:
        body = f"{gone_sql(connection, what)} ORDER BY record"
        ((rows,),) = connection.execute(
            f"COPY ({body}) TO {duck.literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchall()
    finally:
        connection.close()
    if not rows:
        path.unlink()
        return None
    return store.input(store.seal_file(path, "input"))
