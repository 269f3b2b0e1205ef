"""``chengxin replay DATE``: execute the sealed runs of a day again, from the sheets alone, and compare (law 9)."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from datetime import date
from typing import Any

from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("day", type=date.fromisoformat, help="研判的截至日 / the as-of day of the runs")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.findings.models import Run
    from chengxin.findings.replaying import replay

    rows: list[dict[str, Any]] = []
    for run_row in Run.objects.filter(as_of=options.day).order_by("id"):
        again = replay(run_row, store=here.store)
        rows.append(
            {
                "finding": run_row.finding,
                "run": run_row.pk,
                "was": run_row.result_sha256,
                "is": again.sha256,
                "scars": [asdict(scar) | {"on": scar.on.isoformat()} for scar in again.scars],
            }
        )
    answer(rows, as_json=options.json, show=_show)
    return int(any(_unexplained(row) for row in rows))


def _show(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        same = "相同 same" if row["was"] == row["is"] else "不同 DIFFERS"
        sys.stdout.write(f"{row['finding']:<36}{row['was'][:16]}  {row['is'][:16]}  {same}\n")
        for scar in row["scars"]:
            sys.stdout.write(
                f"    {scar['on']} 依 {scar['article']} 从第 {scar['sheet']} 号表中依法删除了记录 / "
                f"records lawfully removed from sheet {scar['sheet']} under {scar['article']}: "
                f"{scar['old_sha256'][:16]} → {scar['new_sha256'][:16]}\n"
            )
    if any(_unexplained(row) for row in rows):
        sys.stdout.write(
            "有结果不同而没有依法删除的痕迹 / a result differs and no lawful removal explains it\n"
        )
    if not rows:
        sys.stdout.write("那一天没有封存的研判 / no run was sealed for that day\n")


def _unexplained(row: dict[str, Any]) -> bool:
    return bool(row["was"] != row["is"] and not row["scars"])
