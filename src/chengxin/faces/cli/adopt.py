"""``chengxin adopt``: adopt, by a decision, the bundle that this release and the place propose."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from typing import Any

from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since", type=date.fromisoformat, help="自哪天起，默认今天 / from which day, today by default"
    )
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    open_house()
    from chengxin.faces import boot

    sha256 = boot.adopt_shipped(options.since)
    answer({"bundle": sha256}, as_json=options.json, show=_show)
    return 0


def _show(row: dict[str, Any]) -> None:
    sys.stdout.write(f"{row['bundle']}\n")
