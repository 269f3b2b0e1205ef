"""One open DuckDB a process, for small work: opening one anew costs more than a page or a single row does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from chengxin.engine import duck
from chengxin.engine.store import Store


@contextmanager
def lent(store: Store) -> Iterator[duck.DuckDBPyConnection]:
    """This will lend a cursor of the process's open DuckDB: its temporary tables are its own, and end with it."""
    cursor = _open(store.temp().parent).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@lru_cache(maxsize=4)
def _open(temp: Path) -> duck.DuckDBPyConnection:
    connection = duck.connect(temp=temp, memory="1GB")
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    return connection
