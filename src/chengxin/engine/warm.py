"""Open DuckDBs a process keeps, for small work: opening one anew costs more than a page or a single row does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from chengxin.engine import duck
from chengxin.engine.store import Store


@contextmanager
def lent(store: Store, *, locked: bool = False) -> Iterator[duck.DuckDBPyConnection]:
    """This will lend a cursor of an open DuckDB: its temporary tables are its own, and end with it.

    ``locked``, it is barred from every file that is not the house's, for SQL that a rule brings.
    """
    cursor = _open(store.temp().parent, store.home if locked else None).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@lru_cache(maxsize=4)
def _open(temp: Path, only: Path | None) -> duck.DuckDBPyConnection:
    connection = duck.connect(temp=temp, keep_order=only is not None, memory="1GB")
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    if only:
        duck.lock(connection, only)
    return connection
