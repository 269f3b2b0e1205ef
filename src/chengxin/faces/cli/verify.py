"""``chengxin verify``: re-read every sheet, bundle, run, bill and day of the ledger against its hash."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.faces.jobs.audit import audit

    told = audit(here.store)
    answer(told, as_json=options.json, show=_show)
    return int(bool(told["broken"]))


def _show(told: dict[str, Any]) -> None:
    for kind, count in told["read"].items():
        sys.stdout.write(f"{kind:<12}{count:>10,}\n")
    for line in told["broken"]:
        sys.stdout.write(f"不符 / differs: {line}\n")
    if not told["broken"]:
        sys.stdout.write("全部相符 / everything is as it was sealed\n")
