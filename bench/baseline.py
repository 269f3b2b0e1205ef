"""What anybody would do without checking anything: the measure beside every figure of intake."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb


def bare(file: Path, scratch: Path) -> float:
    """This will time DuckDB's ``read_csv → COPY parquet``, which judges, resolves and seals nothing."""
    target = scratch / "bare.parquet"
    connection = duckdb.connect(config={"temp_directory": str(scratch / "spill")})
    connection.execute("set enable_progress_bar = false")
    began = time.perf_counter()
    connection.execute(f"copy (select * from read_csv('{file}', ignore_errors = true)) to '{target}'")
    seconds = time.perf_counter() - began
    connection.close()
    target.unlink()
    return seconds
