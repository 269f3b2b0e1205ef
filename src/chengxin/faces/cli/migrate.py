"""``chengxin migrate``: both databases to the newest form, and every append-only trigger back in its place."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from chengxin.faces.cli.ending import answer


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    from chengxin.faces import boot

    boot.setup_django()
    waiting = {alias: boot.pending(alias) for alias in boot.ALIASES}
    boot.migrate()
    boot.verify()
    answer({"applied": waiting}, as_json=options.json, show=_show)
    return 0


def _show(row: dict[str, Any]) -> None:
    write = sys.stdout.write
    for alias, steps in row["applied"].items():
        write(f"{alias:<8} {len(steps):>3} 步 / steps\n")
    done = any(row["applied"].values())
    write("已到最新 / brought to the newest form\n" if done else "本来就是最新 / already the newest form\n")
