"""A result's rows: whole numbers, texts, days and reasons; one canonical text, so one hash on every engine.

**The hash of rows** is the SHA-256 of this UTF-8 text, each line ended by ``\\n``:

1. a header: ``name:type`` of each column in the order of the SELECT, joined by tabs
   (types ``bigint``, ``varchar``, ``date``, ``boolean``, ``bigint[]``);
2. the rows as PostgreSQL's ``COPY`` would write them: fields joined by tabs; null is ``\\N``; a text has its
   backslash, newline, carriage return and tab escaped; a day is ``2016-10-01``; a boolean ``true`` or
   ``false``; a list ``{1,2}``. They stand in order of subject, then of the line's bytes.

Nothing of the Parquet's layout, compression or writer enters it. The result file keeps its rows in that
order, so a file is checked by reading it once, from its first row to its last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chengxin.core.errors import DeclarationError, HouseFault
from chengxin.engine import duck

if TYPE_CHECKING:
    import duckdb
    import pyarrow

Columns = list[tuple[str, str]]
_WIDEN = {
    "TINYINT": "BIGINT",
    "SMALLINT": "BIGINT",
    "INTEGER": "BIGINT",
    "BIGINT": "BIGINT",
    "VARCHAR": "VARCHAR",
    "DATE": "DATE",
    "BOOLEAN": "BOOLEAN",
    "BIGINT[]": "BIGINT[]",
    "INTEGER[]": "BIGINT[]",
}
"""What a rule may give, and as what it is kept. No floats, no decimals, no HUGEINT, no times of day."""

_ROW_GROUP = 122_880
_BATCH = 65_536


@dataclass(frozen=True, slots=True)
class Written:
    """Rows on disk, not yet sealed."""

    rows: int
    sha256: str
    path: Path


def columns_of(connection: duck.DuckDBPyConnection, sql: str) -> Columns:
    """This will say which columns a SELECT gives, without running it; refuses what is not whole numbers."""
    found = connection.execute(f"DESCRIBE {sql}").fetchall()
    columns = [(str(name), _kept_as(str(name), str(kind))) for name, kind, *_ in found]
    for needed, kind in (("subject", "BIGINT"), ("because", "BIGINT[]")):
        if (needed, kind) not in columns:
            raise DeclarationError("run.column_missing", column=needed, kind=kind.lower())
    return columns


def _kept_as(name: str, kind: str) -> str:
    if kind not in _WIDEN:
        raise DeclarationError("run.not_whole", column=name, kind=kind)
    return _WIDEN[kind]


def normal(sql: str, columns: Columns) -> str:
    """This will wrap a rule's SELECT so that its types are the kept ones and each list is a sorted set."""
    parts = [f"{_normal_column(name, kind)} AS {duck.name(name)}" for name, kind in columns]
    return f"SELECT {', '.join(parts)} FROM (\n{sql}\n) AS found"


def _normal_column(name: str, kind: str) -> str:
    cast = f"{duck.name(name)}::{kind}"
    return f"list_sort(list_distinct({cast}))" if kind == "BIGINT[]" else cast


def line(columns: Columns) -> str:
    """This will write the SQL of a row's line, without its end."""
    return " || '\t' || ".join(f"coalesce({_field(name, kind)}, '\\N')" for name, kind in columns)


def _field(name: str, kind: str) -> str:
    column = duck.name(name)
    if kind == "VARCHAR":
        text = f"replace({column}, '\\', '\\\\')"
        for code, escaped in ((10, "\\n"), (13, "\\r"), (9, "\\t")):
            text = f"replace({text}, chr({code}), '{escaped}')"
        return text
    if kind == "BIGINT[]":
        return f"'{{' || array_to_string({column}, ',') || '}}'"
    return f"{column}::varchar"


def write(connection: duck.DuckDBPyConnection, sql: str, *, needs_reasons: bool, path: Path) -> Written:
    """This will run a rule, keep its rows in canonical order at ``path`` and give their hash.

    ``needs_reasons`` refuses a row that rests on no record: a finding about one subject always says why.
    """
    columns = columns_of(connection, sql)
    connection.execute(f"CREATE TEMP TABLE found AS {normal(sql, columns)}")
    _refuse_baseless(connection, needs_reasons)
    connection.execute(
        f"COPY (SELECT * FROM found ORDER BY {_order(connection, columns)}) TO {duck.literal(str(path))} "
        f"(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {_ROW_GROUP})"
    )
    rows, sha256 = hash_rows(path, temp=path.parent)
    return Written(rows, sha256, path)


def _refuse_baseless(connection: duck.DuckDBPyConnection, needs_reasons: bool) -> None:
    nobody, unfounded = connection.execute(
        "SELECT count(*) FILTER (WHERE subject IS NULL), "
        "count(*) FILTER (WHERE because IS NULL OR len(because) = 0) FROM found"
    ).fetchall()[0]
    if nobody:
        raise DeclarationError("run.no_subject", rows=nobody)
    if needs_reasons and unfounded:
        raise DeclarationError("run.no_reason", rows=unfounded)


def _order(connection: duck.DuckDBPyConnection, columns: Columns) -> str:
    """This will write the canonical order; where no subject has two rows, its number alone is that order."""
    single = connection.execute("SELECT count(*) = count(DISTINCT subject) FROM found").fetchall()[0][0]
    return "subject" if single else f"subject, {line(columns)}"


def hash_rows(path: Path, *, temp: Path) -> tuple[int, str]:
    """This will read a result file in its own order and give ``(rows, hash)`` as defined above.

    Rows out of order give another hash, so a file with the right hash is whole, true and sorted.
    """
    connection = duck.connect(temp=temp, keep_order=True)
    try:
        source = f"read_parquet({duck.literal(str(path))})"
        columns = columns_of(connection, f"SELECT * FROM {source}")
        lines = connection.sql(f"SELECT ({line(columns)}) || chr(10) AS line FROM {source}")
        hasher = hashlib.sha256(header(columns).encode())
        rows = 0
        for batch in _batches(lines):
            texts = batch.column(0)
            rows += len(texts)
            hasher.update(_bytes_of(texts))
    finally:
        connection.close()
    return rows, hasher.hexdigest()


def header(columns: Sequence[tuple[str, str]]) -> str:
    """This will write the header line, with its end."""
    return "\t".join(f"{name}:{kind.lower()}" for name, kind in columns) + "\n"


def _batches(lines: duckdb.DuckDBPyRelation) -> Iterator[pyarrow.RecordBatch]:
    yield from lines.to_arrow_reader(_BATCH) or ()


def _bytes_of(texts: Any) -> memoryview:
    """This will give the bytes of an Arrow string array as they lie in memory, one row after the other."""
    _, offsets, body = texts.buffers()
    marks = memoryview(offsets).cast("B").cast("i")
    start, end = marks[texts.offset], marks[texts.offset + len(texts)]
    return memoryview(body).cast("B")[start:end] if end > start else memoryview(b"")


def check(path: Path, sha256: str, *, temp: Path) -> None:
    """This will refuse a result file whose rows are not those of its name."""
    if hash_rows(path, temp=temp)[1] != sha256:
        raise HouseFault("run.input_differs", kind="result", sha256=sha256)
