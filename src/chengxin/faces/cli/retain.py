"""``chengxin retain``: remove what is past the retention of its catalogue item, now. The clock does it nightly."""

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
    from chengxin.faces.jobs.retention import retain

    answer(retain(here), as_json=options.json, show=_show)
    return 0


def _show(removed: list[dict[str, Any]]) -> None:
    for row in removed:
        sys.stdout.write(
            f"{row['item']:<28}{row['article']:<24}{row['retention']:<6}"
            f"删除 / removed {row['records']}，暂留 / held {row['kept']}\n"
        )
    if not removed:
        sys.stdout.write("没有到期的记录 / nothing is past its retention\n")
