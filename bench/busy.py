"""The gate while the house does its heaviest work: a file of 12 M penalties is taken in, 4 M grades are decided.

    python -m bench.busy [--home FOLDER] [--taxpayers 4000000] [--rows 12000000] [--connections 16]

``--home`` is one that ``bench.tax`` filled; without it one is made, which takes a quarter of an hour. The file
goes in by ``chengxin load``, the decision by the functions the desk's page calls, each in a process of its own,
begun at the same moment; the gate is asked over HTTP until both have ended, in stretches of some seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import gate, tax
from bench.data import organisations
from bench.installed import COMMAND, environment, percentiles, serving
from bench.penalties import expected, write

TARGET_A_SECOND = 500.0
STRETCH = 5.0
"""Seconds between two looks at whether the work has ended."""
FIRMS = 20_000


def measure(home: Path, taxpayers: int, rows: int, connections: int) -> dict[str, Any]:
    """This will begin both works, ask the gate until they have ended, and count its looks."""
    if not (home / "case.sqlite3").exists():
        tax.measure(taxpayers, home)
    file = home / "penalties.csv"
    if not file.exists():
        write(file, rows, organisations(taxpayers * 3 // 4, temp=home), home / "spill")
    made = gate.python(home, gate.MAKE, str(FIRMS))
    asked = {"matter": "bench", "purpose": "测速", "case": "测〔2026〕1号"}
    questions = [
        gate.request("POST", "/api/v1/gate", made["key"], {"code": code, **asked}) for code in made["codes"]
    ]
    with serving(home) as port:
        for _ in range(3):  # until every web process is up
            gate.press(port, lambda n: questions[n % FIRMS], 3.0, connections)
        before = gate.python(home, gate.COUNT)
        began = time.perf_counter()
        works = {
            "load": _begin(home, COMMAND, "load", "administrative_penalty", str(file), "--json"),
            "decide": _begin(home, sys.executable, "-c", tax.DECIDE, "1"),
        }
        took, stretches, ended = [], [], dict[str, float]()
        while len(ended) < len(works):
            some, _ = gate.press(port, lambda n: questions[n % FIRMS], STRETCH, connections)
            took += some
            stretches.append(round(len(some) / STRETCH))
            gone = time.perf_counter() - began
            ended.update(
                {name: gone for name, work in works.items() if work.poll() is not None and name not in ended}
            )
        seconds = time.perf_counter() - began
        looks = gate.python(home, gate.COUNT) - before
    receipt, decided = (_said(works[name]) for name in ("load", "decide"))
    both = stretches[: max(1, int(ended["decide"] // STRETCH))]
    return {
        "checks": len(took),
        "a_second": round(len(took) / seconds),
        "least_a_second": min(stretches),
        "beside_both_a_second": round(sum(both) / len(both)),
        **percentiles(took),
        "looks_written": looks,
        "load_seconds": round(ended["load"]),
        "load_as_expected": {key: receipt[key] for key in expected(rows)} == expected(rows),
        "decide_seconds": round(ended["decide"]),
        "decided_rows": decided["rows"],
        "adverse_in_force": decided["adverse_in_force"],
        "load_average": round(os.getloadavg()[0], 1),
        "within": len(took) / seconds >= TARGET_A_SECOND and looks == len(took),
    }


def _begin(home: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        words, env=environment(home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _said(work: subprocess.Popen[str]) -> Any:
    told, wrong = work.communicate()
    if work.returncode:
        raise SystemExit(wrong)
    return json.loads(told.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--taxpayers", type=int, default=4_000_000)
    parser.add_argument("--rows", type=int, default=12_000_000)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="chengxin-bench-", dir=os.environ.get("BENCH_SCRATCH")
    ) as scratch:
        home = options.home or Path(scratch) / "home"
        told = measure(home, options.taxpayers, options.rows, options.connections)
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
