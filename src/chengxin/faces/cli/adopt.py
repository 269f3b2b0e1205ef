"""``chengxin adopt``: what this release and the place propose, against what is in force; adopted by two officials.

Without ``--as`` it only tells what would change, and what waits. One official proposes it, another confirms it by
its hash.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from chengxin.core.errors import MissingError
from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import SYSTEM, open_house, speaker, speaks_as

if TYPE_CHECKING:
    from chengxin.cases.models import Act
    from chengxin.faces.premises import Premises


def configure(parser: argparse.ArgumentParser) -> None:
    speaks_as(parser)
    parser.add_argument(
        "--since", type=date.fromisoformat,
        help="提出自哪天起采用，默认今天 / propose it from which day, today by default",
    )  # fmt: skip
    parser.add_argument(
        "--confirm", metavar="HASH",
        help="确认另一人提出的规则包，写哈希的开头即可 / confirm what another proposed, by the beginning of its hash",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.cases import adoption
    from chengxin.faces import boot
    from chengxin.policy.bundle import seal
    from chengxin.policy.changes import changes

    words: dict[str, Any] = {"on": here.today, "at": here.now, "store": here.store}
    if options.confirm:
        asked = _asked(options.confirm)
        official, _agency = speaker(options)
        house = adoption.open_bundle(asked.detail["bundle"], here.store).house
        told = changes(_in_force(here), house)
        done = adoption.confirm(asked, official=official, **words)
        row: dict[str, Any] = {"state": "adopted", "bundle": done.bundle, "since": done.since.isoformat()}
    else:
        house = boot.shipped()
        told, since = changes(_in_force(here), house), options.since or here.today
        row = {
            "state": "differs" if told else "in_force",
            "bundle": seal(house).sha256,
            "since": since.isoformat(),
        }
        if options.username != SYSTEM:
            adoption.propose(house, official=speaker(options)[0], since=since, **words)
            row["state"] = "proposed"
    row |= {"changes": [asdict(one) for one in told], "pending": _pending()}
    answer(row, as_json=options.json, show=_show)
    return 0


def _in_force(here: Premises) -> Any:
    """The bundle as it was sealed: what was confirmed since is no change of it."""
    from chengxin.cases.adoption import open_bundle

    return open_bundle(here.bundle, here.store).house


def _asked(beginning: str) -> Act:
    from chengxin.cases.assent import pending

    waiting = pending()
    found = next((one for one in reversed(waiting) if one.detail["bundle"].startswith(beginning)), None)
    if found is None:
        known = "、".join(one.detail["bundle"][:12] for one in waiting) or "—"
        raise MissingError("adoption.no_such", sha256=beginning, known=known)
    return found


def _pending() -> list[dict[str, Any]]:
    from chengxin.cases.assent import pending
    from chengxin.ledger.models import Official

    names = dict(Official.objects.values_list("pk", "username"))
    return [
        {"bundle": one.detail["bundle"], "since": one.detail["since"], "by": names.get(one.official or 0, "")}
        for one in pending()
    ]


_STATES = {
    "in_force": "与现行规则包相同 / what is in force already",
    "differs": "与现行规则包不同：加 --as 提出 / differs from what is in force: propose it with --as",
    "proposed": "已提出，等另一人用 --confirm 确认 / proposed; another confirms it with --confirm",
    "adopted": "已采用 / adopted",
}
_HOWS = {"added": "+", "removed": "-", "changed": "~"}


def _show(row: dict[str, Any]) -> None:
    write = sys.stdout.write
    for one in row["changes"]:
        write(f"{_HOWS[one['how']]} {one['sort']} {one['name']} {one['title']} {one['where']}\n")
        for mark, text in (("-", one["was"]), ("+", one["now"])):
            for line in text.splitlines():
                write(f"    {mark} {line}\n")
    write(f"{row['bundle']}  {row['since']}\n{_STATES[row['state']]}\n")
    for one in row["pending"]:
        write(f"待确认 / waits: {one['bundle'][:12]} {one['since']} {one['by']}\n")
