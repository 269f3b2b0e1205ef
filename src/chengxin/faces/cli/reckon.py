"""``chengxin reckon [NAME…]``: what the records of a day amount to."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import Any

from chengxin.core.errors import MissingError
from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "names", nargs="*", help="program.finding; 不写则全部 / all of them when none is named"
    )
    parser.add_argument("--as-of", help="截至日，默认今天 / YYYY-MM-DD, today by default")
    parser.add_argument("--engine", choices=["duckdb"], default="duckdb")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.findings.reckon import reckon

    known = [
        f"{program.name}.{finding}" for program in here.house.programs.values() for finding in program.finds
    ]
    wanted = options.names or known
    for name in wanted:
        if name not in known:
            raise MissingError("cli.no_finding", finding=name, known="、".join(known))
    as_of = date.fromisoformat(options.as_of) if options.as_of else here.today
    rows = []
    for name in wanted:
        program, finding = name.split(".", 1)
        done = reckon(
            program,
            finding,
            as_of,
            store=here.store,
            house=here.house,
            bundle=here.bundle,
            now=here.now,
            engine=options.engine,
        )
        rows.append(
            {
                "finding": name,
                "rows": done.rows,
                "sha256": done.result_sha256,
                "seconds": round(done.seconds, 3),
            }
        )
    answer(rows, as_json=options.json, show=_show)
    return 0


def _show(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        sys.stdout.write(
            f"{row['finding']:<36}{row['rows']:>12,} 行  {row['sha256'][:16]}  {row['seconds']} s\n"
        )
