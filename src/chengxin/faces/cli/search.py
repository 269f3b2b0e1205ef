"""``chengxin search TEXT``: organisations by name, former name, initials or code."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text")
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.ledger.scope import Scope
    from chengxin.subjects.search import part_of_code, search

    hits = search(here.store, options.text, Scope.public(), limit=options.limit)
    if not hits and (part := part_of_code(options.text)):
        raise part
    answer([asdict(hit) for hit in hits], as_json=options.json, show=_show)
    return 0


def _show(hits: list[dict[str, Any]]) -> None:
    for hit in hits:
        sys.stdout.write(
            f"{hit['code'] or '—':<20}{hit['name']}  {hit['score']}  {'、'.join(map(str, hit['reasons']))}\n"
        )
    if not hits:
        sys.stdout.write("没有找到 / nothing found\n")
