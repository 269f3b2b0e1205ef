"""``chengxin why CODE``: the chain behind what holds for a subject."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from chengxin.core.errors import MissingError
from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="统一社会信用代码等 / a code of the subject")
    parser.add_argument(
        "--verify", action="store_true", help="逐一核对哈希 / check each hash against what is stored"
    )
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.effects.why import verify, why
    from chengxin.ledger.scope import Scope
    from chengxin.subjects.registry import subject_of_code

    if subject_of_code(options.code) is None:
        raise MissingError("door.no_subject", code=options.code)
    told = why(options.code, store=here.store, house=here.house, scope=Scope.public(), on=here.today)
    broken = verify(told["chain"], store=here.store, house=here.house) if options.verify else []
    if options.verify:
        told["broken"] = broken
    answer(told, as_json=options.json, show=_show)
    return 1 if broken else 0


def _show(told: dict[str, Any]) -> None:
    for link in told["chain"]:
        sys.stdout.write(
            f"{link['kind']:<10}{link['title']}\n          {link['because']}\n          {link['hash']}\n"
        )
    if not told["chain"]:
        sys.stdout.write("没有需要说明的效果 / nothing holds that needs explaining\n")
    for link in told.get("broken", []):
        sys.stdout.write(f"哈希不符 / hash differs: {link}\n")
