"""A provincial file of penalties, handed in through the installed command, beside a bare DuckDB in the same run.

    python -m bench.intake [--rows 12000000] [--firms 3000000] [--home FOLDER]

The registry knows 98 % of the firms. While the file is taken in, another process logs looks and times each.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.data import organisations
from bench.penalties import DIRT, expected, write
from bench.registry import NOW, prepare

KNOWN = 0.98
TARGET_SECONDS, TARGET_GB, TARGET_RATIO, TARGET_LOOK_MS = 90.0, 5.0, 5.0, 100.0


def measure(rows: int, firms: int, home: Path, scratch: Path) -> dict[str, Any]:
    """This will make the home, the file and the baseline, then load the file twice. Gives one row of figures."""
    file = scratch / "penalties.csv"
    table = organisations(firms, temp=scratch)
    _command(home, "migrate", "--json")
    _alone(_register, home, int(firms * KNOWN), firms)
    if not file.exists():
        write(file, rows, table, scratch / "spill")
    del table
    bare = _bare(file, scratch)
    stop, told = _looks(home)
    began = time.perf_counter()
    receipt, peak = _load(home, file)
    seconds = time.perf_counter() - began
    stop.set()
    looks = sorted(told.get())
    again, _ = _load(home, file)
    wanted = expected(rows)
    return {
        "rows": rows,
        "firms": firms,
        "mb": file.stat().st_size >> 20,
        "seconds": round(seconds, 1),
        "receipt": receipt,
        "as_expected": {key: receipt[key] for key in wanted} == wanted,
        "peak_gb": round(peak / 1e6, 2),
        "bare_seconds": round(bare, 1),
        "ratio": round(seconds / bare, 2),
        "looks": len(looks),
        "look_p99_ms": round(looks[int(len(looks) * 0.99)] * 1000, 1) if looks else None,
        "again_taken": again["taken"],
        "again_seconds": again["seconds"],
        "kinds_of_dirt": len(DIRT),
        "within": seconds <= TARGET_SECONDS and peak / 1e6 <= TARGET_GB and seconds / bare <= TARGET_RATIO,
    }


def _alone(act: Any, *words: Any) -> None:
    """This will do something in a process of its own, so that it leaves neither memory nor connections."""
    process = multiprocessing.get_context("spawn").Process(target=act, args=words)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{act.__name__} ended with {process.exitcode}")


def _register(home: Path, known: int, firms: int) -> None:
    """This will make the registry know the first firms, searchable; what is known already is only read."""
    store = prepare(home)
    from chengxin.subjects import registry, search

    registry.register(organisations(firms).slice(0, known), "organisation", NOW)
    search.index_names(store)


def _bare(file: Path, scratch: Path) -> float:
    """This will time what anybody would do without checking anything."""
    import duckdb

    target = scratch / "bare.parquet"
    connection = duckdb.connect(config={"temp_directory": str(scratch / "spill")})
    connection.execute("set enable_progress_bar = false")
    began = time.perf_counter()
    connection.execute(f"copy (select * from read_csv('{file}', ignore_errors = true)) to '{target}'")
    seconds = time.perf_counter() - began
    connection.close()
    target.unlink()
    return seconds


def _load(home: Path, file: Path) -> tuple[dict[str, Any], int]:
    """This will run ``chengxin load`` and give its receipt and the most memory it held, in kB."""
    receipt: dict[str, Any] = json.loads(
        _command(home, "load", "administrative_penalty", str(file), "--json")
    )
    return receipt, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def _command(home: Path, *words: str) -> str:
    """This will run the installed command in a home."""
    command = [str(Path(sys.executable).parent / "chengxin"), *words]
    environment = {**os.environ, "CHENGXIN_HOME": str(home)}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if ended.returncode:
        raise SystemExit(ended.stderr or ended.stdout)
    return ended.stdout


def _looks(home: Path) -> tuple[Any, Any]:
    """This will start a process that logs a look every 20 ms until it is told to stop."""
    context = multiprocessing.get_context("spawn")
    stop, told = context.Event(), context.Queue()
    context.Process(target=_look, args=(home, stop, told), daemon=True).start()
    return stop, told


def _look(home: Path, stop: Any, told: Any) -> None:
    """This will log looks through the very door a page uses."""
    prepare(home)
    from chengxin.ledger.looks.log import look
    from chengxin.ledger.models import Official

    official = Official.objects.select_related("agency").get(username="system")
    took = []
    while not stop.wait(0.02):
        began = time.perf_counter()
        look(official, [1], door="bench", purpose="measuring", case_number="bench", now=NOW)
        took.append(time.perf_counter() - began)
    told.put(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=12_000_000)
    parser.add_argument("--firms", type=int, default=3_000_000)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="chengxin-bench-", dir=os.environ.get("BENCH_SCRATCH")
    ) as scratch:
        home = options.home or Path(scratch) / "home"
        print(json.dumps(measure(options.rows, options.firms, home, Path(scratch)), ensure_ascii=False))


if __name__ == "__main__":
    main()
