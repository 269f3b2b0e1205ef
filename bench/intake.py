"""A provincial file of penalties, handed in through the installed command, beside a bare DuckDB in the same run.

    python -m bench.intake [--rows 12000000] [--firms 3000000] [--home FOLDER]

The registry knows 98 % of the firms. While the file is taken in, another process logs looks and times each.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import registry
from bench.baseline import bare
from bench.data import organisations
from bench.installed import command, peak_gb, percentiles, timed
from bench.penalties import DIRT, expected, write

KNOWN = 0.98
TARGET_SECONDS, TARGET_GB, TARGET_RATIO, TARGET_LOOK_MS = 90.0, 5.0, 5.0, 100.0


def measure(rows: int, firms: int, home: Path, scratch: Path) -> dict[str, Any]:
    """This will make the home, the file and the baseline, then load the file twice. Gives one row of figures."""
    file, known = scratch / "penalties.csv", scratch / "known.csv"
    if not (home / "case.sqlite3").exists():
        command(home, "migrate")
        registry.write(known, firms, int(firms * KNOWN))
        command(home, "load", "organisation", str(known))
    if not file.exists():
        write(file, rows, organisations(firms, temp=scratch), scratch / "spill")
    plain = bare(file, scratch)
    stop, told = _looks(home)
    receipt, seconds = timed(home, "load", "administrative_penalty", str(file))
    stop.set()
    looks = percentiles(told.get())
    peak = peak_gb()
    again, seconds_again = timed(home, "load", "administrative_penalty", str(file))
    wanted = expected(rows)
    return {
        "rows": rows,
        "firms": firms,
        "mb": file.stat().st_size >> 20,
        "seconds": seconds,
        "receipt": receipt,
        "as_expected": {key: receipt[key] for key in wanted} == wanted,
        "peak_gb": peak,
        "bare_seconds": round(plain, 1),
        "ratio": round(seconds / plain, 2),
        "looks": looks,
        "again_taken": again["taken"],
        "again_seconds": seconds_again,
        "kinds_of_dirt": len(DIRT),
        "within": seconds <= TARGET_SECONDS and peak <= TARGET_GB and seconds / plain <= TARGET_RATIO,
        "looks_within": looks["p99_ms"] <= TARGET_LOOK_MS,
    }


def _looks(home: Path) -> tuple[Any, Any]:
    """This will start a process that logs a look every 20 ms until it is told to stop."""
    context = multiprocessing.get_context("spawn")
    stop, told = context.Event(), context.Queue()
    context.Process(target=_look, args=(home, stop, told), daemon=True).start()
    return stop, told


def _look(home: Path, stop: Any, told: Any) -> None:
    """This will log looks through the very door a page uses."""
    from chengxin.faces import boot

    boot.setup_django(home)
    from django.utils import timezone

    from chengxin.ledger.looks.log import look
    from chengxin.ledger.models import Official

    official = Official.objects.select_related("agency").get(username="system")
    took = []
    while not stop.wait(0.02):
        began = time.perf_counter()
        look(official, [1], door="bench", purpose="measuring", case_number="bench", now=timezone.now())
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
