"""``chengxin reshelve``: build shelves, timeline, search index and ``standing`` again from what is sealed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("item", nargs="?", help="只重建一个事项 / one item only")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.effects.standing import rebuild
    from chengxin.records.shelves import reshelve
    from chengxin.subjects.search import reindex

    built: dict[str, Any] = {"shelves": reshelve(here.store, here.house, item=options.item, now=here.now)}
    if not options.item:
        built |= {"names": reindex(here.store), "standing": rebuild(here.now)}
    answer(built, as_json=options.json, show=_show)
    return 0


def _show(row: dict[str, Any]) -> None:
    sys.stdout.write(f"{row}\n")
