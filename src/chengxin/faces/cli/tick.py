"""``chengxin tick``: one round of the clock. Idempotent; a missed round is harmless."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    open_house()
    from chengxin.faces.jobs.clock import tick

    answer(tick(), as_json=options.json, show=_show)
    return 0


def _show(done: dict[str, Any]) -> None:
    for name, value in done.items():
        sys.stdout.write(f"{name:<14}{value}\n")
