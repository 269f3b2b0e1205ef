"""Whole columns between the case file and Arrow, on Django's own connection.

The database writes a block of rows as one text and Arrow parses it, so no row becomes a Python object. A
second driver would hardly be faster, would not see the caller's own transaction, and on SQLite is a danger:
two copies of the library in one process drop each other's file locks.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.csv as pa_csv
from django.db import connection

Column = Any
"""An Arrow column, in one piece or in several."""

pc: Any = pyarrow.compute
"""Arrow's functions take more than their published stubs allow."""

_BLOCK = 250_000
"""Keys of one block: either database gives at most a gigabyte in one text."""


def read(
    columns: Mapping[str, pa.DataType],
    source: str,
    *,
    where: str = "true",
    key: str = "id",
    between: tuple[int, int] | None = None,
) -> pa.Table:
    """This will read ``select columns from source where …`` as a table, in the order of ``key``'s blocks.

    ``columns`` maps SQL expressions to types; a column takes the expression's last word as its name.
    ``key`` is a whole number of ``source``, ``between`` its ends. Values hold no control characters. ``where``
    should suit no index: each block is read by its keys. A million codes take about a second.
    """
    schema = pa.schema([(name.split()[-1].split(".")[-1], kind) for name, kind in columns.items()])
    first, last = between or ends(source, key)
    blocks = [
        f"{where} and {key} between {low} and {min(last, low + _BLOCK - 1)}"
        for low in range(first, last + 1, _BLOCK)
    ]
    tables = [
        pa.table([_parsed(text, kind) for text, kind in zip(block, schema.types, strict=True)], schema=schema)
        for block in _gathered(list(columns), source, blocks)
    ]
    return pa.concat_tables(tables) if tables else schema.empty_table()


def ends(source: str, key: str) -> tuple[int, int]:
    """This will give the first and the last key, (0, -1) where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(f"select min({key}), max({key}) from {source}")
        first, last = cursor.fetchone()
    return (0, -1) if first is None else (first, last)


def _gathered(columns: Sequence[str], source: str, blocks: Sequence[str]) -> Iterator[list[bytes]]:
    """This will give, block by block, each column as one text of lines, its rows read once for all."""
    plain = [column.rpartition(" as ")[0] or column for column in columns]
    if connection.vendor == "sqlite":
        gathered = ", ".join(f"cast(group_concat(coalesce({each}, ''), '\n') as blob)" for each in plain)
    else:
        gathered = ", ".join(f"string_agg(coalesce(cast({each} as text), ''), E'\\n')" for each in plain)
    with connection.cursor() as cursor:
        for where in blocks:
            cursor.execute(f"select {gathered} from {source} where {where}")
            block = cursor.fetchone()
            if block[0] is not None:
                yield [text.encode() if isinstance(text, str) else bytes(text) for text in block]


def _parsed(lines: bytes, kind: pa.DataType) -> Column:
    table = pa_csv.read_csv(
        io.BytesIO(lines + b"\n"),
        read_options=pa_csv.ReadOptions(column_names=["lines"], block_size=1 << 24),
        parse_options=pa_csv.ParseOptions(delimiter="\x1f", quote_char=False, ignore_empty_lines=False),
        convert_options=pa_csv.ConvertOptions(
            column_types={"lines": kind}, null_values=[""], strings_can_be_null=False
        ),
    )
    return table["lines"]


@contextmanager
def unsynced() -> Iterator[None]:
    """This will let the commits inside reach the disk later, in their order, and all before it ends.

    A power cut in the middle must leave nothing wrong, only work to be done again.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = [(name, _setting(cursor, name)) for name, _ in _RELAXED[connection.vendor]]
        for name, value in _RELAXED[connection.vendor]:
            cursor.execute(f"{_SET[connection.vendor]} {name} = {value}")
        try:
            yield
        finally:
            for name, value in before:
                cursor.execute(f"{_SET[connection.vendor]} {name} = {value}")
            cursor.execute(
                "select txid_current()" if connection.vendor == "postgresql" else "pragma wal_checkpoint"
            )
            cursor.fetchall()


_SET = {"postgresql": "set", "sqlite": "pragma"}
_RELAXED = {
    "postgresql": [("synchronous_commit", "off")],
    "sqlite": [("synchronous", "normal"), ("wal_autocheckpoint", "16000"), ("cache_size", "-65536")],
}


def _setting(cursor: Any, name: str) -> str:
    cursor.execute(f"show {name}" if connection.vendor == "postgresql" else f"pragma {name}")
    return str(cursor.fetchone()[0])


def insert(
    table: str, columns: Mapping[str, str], rows: Mapping[str, Sequence[Any]], *, once: bool = False
) -> None:
    """This will insert columns of equal length; ``once`` leaves what is there already.

    ``columns`` maps names to PostgreSQL types, ``rows`` the same names to values.
    """
    write = _copy if connection.vendor == "postgresql" else _execute_many
    with connection.cursor() as cursor:
        write(cursor, table, columns, [rows[name] for name in columns], once)


def _execute_many(cursor: Any, table: str, columns: Mapping[str, str], values: list[Any], once: bool) -> None:
    marks = ", ".join("%s" for _ in columns)
    conflict = "on conflict do nothing" if once else ""
    statement = f"insert into {table} ({', '.join(columns)}) values ({marks}) {conflict}"
    cursor.executemany(statement, list(zip(*values, strict=True)))


def _copy(cursor: Any, table: str, columns: Mapping[str, str], values: list[Any], once: bool) -> None:
    """This will copy into the table, or by way of a temporary one where rows may be there already."""
    names, target = ", ".join(columns), table
    if once:
        target = f"new_{table}"
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        cursor.execute(f"create temp table if not exists {target} ({typed}) on commit delete rows")
        cursor.execute(f"delete from {target}")
    with (
        connection.wrap_database_errors,
        cursor.copy(f"copy {target} ({names}) from stdin (format csv)") as copy,
    ):
        copy.write(_csv(columns, values))
    if once:
        cursor.execute(f"insert into {table} ({names}) select {names} from {target} on conflict do nothing")


def _csv(columns: Mapping[str, str], values: list[Any]) -> bytes:
    """This will write columns as CSV: values in quotes, nulls without."""
    written = {
        name: _texts(kind, column) for (name, kind), column in zip(columns.items(), values, strict=True)
    }
    buffer = io.BytesIO()
    options = pa_csv.WriteOptions(include_header=False, quoting_style="all_valid")
    pa_csv.write_csv(pa.table(written), buffer, options)
    return buffer.getvalue()


def _texts(kind: str, column: Sequence[Any]) -> Column:
    """This will give a column for CSV: numbers, else the texts PostgreSQL reads."""
    if kind in ("bigint", "integer"):
        return pa.array(column, pa.int64())
    if kind == "timestamptz":
        written = {moment: moment.isoformat() for moment in set(column)}
        return pa.array([written[moment] for moment in column], pa.string())
    if kind == "bytea":
        return pa.array(["\\x" + bytes(each).hex() for each in column], pa.string())
    return pa.array(column, pa.string())


def chosen(
    sql: str, values: Sequence[Any], *, before: Sequence[Any] = (), size: int = 900
) -> list[tuple[Any, ...]]:
    """This will run a query whose text holds ``{}`` where an ``in`` list of ``values`` belongs, in chunks."""
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for low in range(0, len(values), size):
            part = values[low : low + size]
            cursor.execute(sql.format(", ".join("%s" for _ in part)), [*before, *part])
            found.extend(cursor.fetchall())
    return found


def instant(moment: Any) -> Any:
    """This will write a moment the way the case file's database stores it."""
    return connection.ops.adapt_datetimefield_value(moment)
