"""Registering new organisations until they are searchable: one file, through ``chengxin load``.

    python -m bench.registry [--rows 3000000] [--home FOLDER] [--kill-after SECONDS]

The case file is the one ``DATABASE_URL`` names, else SQLite under the home. With ``--kill-after`` a first
attempt is killed that long after its start, and the second is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from bench.baseline import bare
from bench.data import organisations
from bench.installed import Visitors, command, killed, peak_gb, serving, timed
from chengxin.engine.duck import connect, literal

TARGET_SECONDS = 360.0
COLUMNS = """name as "企业名称", code as "统一社会信用代码", founded as "成立日期",
             (capital // 1000000)::varchar || '万元' as "注册资本", region as "行政区划代码" """


def write(target: Path, rows: int, first: int = 0) -> None:
    """This will write a registry of so many organisations as CSV, those from ``first`` on left out."""
    connection = connect(temp=target.parent, keep_order=True)
    connection.register("given", organisations(rows, temp=target.parent).slice(0, first or rows))
    connection.execute(f"copy (select {COLUMNS} from given) to {literal(str(target))} (format csv, header)")
    connection.close()


def measure(rows: int, home: Path, kill_after: float = 0.0) -> dict[str, Any]:
    """This will hand the file in twice and look for its last name at the door."""
    home.mkdir(parents=True, exist_ok=True)
    file = home / "organisations.csv"
    write(file, rows)
    plain = bare(file, home)
    command(home, "migrate")
    if kill_after:
        killed(home, kill_after, "load", "organisation", str(file))
    receipt, seconds = timed(home, "load", "organisation", str(file))
    again, seconds_again = timed(home, "load", "organisation", str(file))
    *_, last = file.open(encoding="utf-8")
    name, code = last.split(",")[:2]
    with serving(home) as port:
        found = json.loads(Visitors(port).get(f"/api/v1/subjects?q={name}")[1])
    return {
        "database": os.environ.get("DATABASE_URL", "sqlite").partition(":")[0],
        "rows": rows,
        "killed_after": kill_after,
        "receipt": receipt,
        "searchable_seconds": seconds,
        "bare_seconds": round(plain, 1),
        "ratio": round(seconds / plain, 1),
        "peak_gb": peak_gb(),
        "again_taken": again["taken"],
        "again_seconds": seconds_again,
        "found": any(hit["code"] == code for hit in found),
        "within": seconds <= TARGET_SECONDS and receipt["taken"] == rows and not again["taken"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--kill-after", type=float, default=0.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="chengxin-bench-", dir=os.environ.get("BENCH_SCRATCH")
    ) as scratch:
        home = options.home or Path(scratch) / "home"
        print(json.dumps(measure(options.rows, home, options.kill_after), ensure_ascii=False))


if __name__ == "__main__":
    main()
