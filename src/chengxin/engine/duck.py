"""The one way to open DuckDB: no network, no extensions, one time zone, bounded memory."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pyarrow
from duckdb import DuckDBPyConnection
from duckdb import Error as EngineError

__all__ = ["DuckDBPyConnection", "EngineError", "connect", "literal", "lock", "name", "paths", "table"]


def connect(
    *,
    memory: str = "3GB",
    threads: int | None = None,
    temp: Path,
    keep_order: bool = False,
    keep_blocks: bool = False,
    database: str | Path = ":memory:",
) -> DuckDBPyConnection:
    """This will open a DuckDB that reads only what it is told to and answers the same everywhere.

    ``temp`` is a folder for what does not fit into ``memory``. ``keep_order`` makes rows leave in the order
    of their file (slower, more memory): for intake, where the sender's row number is the order; a rule never
    needs it. ``keep_blocks`` holds on to memory once used until it is closed: quicker where gigabytes are
    sorted, a little dearer to open. Threads default to what the machine gives this process.
    """
    temp.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        str(database),
        config={
            "memory_limit": memory,
            "threads": threads or len(os.sched_getaffinity(0)),
            "temp_directory": str(temp),
            "preserve_insertion_order": keep_order,
            "block_allocator_memory": memory if keep_blocks else "0B",
            "autoload_known_extensions": False,
            "autoinstall_known_extensions": False,
            "allow_community_extensions": False,
            "allow_persistent_secrets": False,
        },
    )
    connection.execute("SET TimeZone = 'Asia/Shanghai'")
    connection.execute("SET default_null_order = 'NULLS_LAST'")
    connection.execute("SET default_order = 'ASCENDING'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def lock(connection: DuckDBPyConnection, *folders: Path) -> None:
    """This will bar a connection from every file outside ``folders`` and freeze its settings."""
    connection.execute(f"SET allowed_directories = [{', '.join(literal(str(each)) for each in folders)}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def table(connection: DuckDBPyConnection, sql: str) -> pyarrow.Table:
    """This will run a query and give its rows as an Arrow table."""
    found: pyarrow.Table = connection.sql(sql).to_arrow_table()
    return found


def literal(text: str) -> str:
    """This will write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """This will write a name as a quoted SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def paths(files: list[Path]) -> str:
    """This will write a list of files for ``read_parquet``."""
    return "[" + ", ".join(literal(str(file)) for file in files) + "]"
