"""``chengxin check``: every declaration, with file:line, what was expected, and an example."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chengxin.faces.cli.ending import answer, language

if TYPE_CHECKING:
    from chengxin.policy.declarations import Confirming

SOON = timedelta(days=45)
"""The notice of a year is out by November: from the middle of it deadlines reach the next year."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, help="folders of law, catalogue or programs; default: the shipped ones"
    )
    parser.add_argument(
        "--strict", action="store_true",
        help="also refuse what is still a proposal in this installation 拒绝本安装尚未确认的条文和数值",
    )  # fmt: skip
    parser.add_argument(
        "--running", action="store_true",
        help="also name what runs in this installation on an article that is over 连同正在执行的决定",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    from chengxin.findings.rules import check as lint
    from chengxin.policy.check import check, places
    from chengxin.policy.declarations import read

    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    confirming = _confirming(today) if options.strict else None
    problems = check(options.paths or None, strict=options.strict, on=today, confirming=confirming)
    if not problems or options.strict:
        problems += lint(read(places(options.paths or None)[0]).house)
    rows = [
        {
            "file": str(found.file),
            "line": found.line,
            "id": found.id,
            "message": found.message(language()),
            "hint": found.hint(language()),
        }
        for found in problems
    ]
    if options.strict:
        rows += _calendar(today)
    if options.running:
        rows += _running()
    answer(rows, as_json=options.json, show=_show)
    return 1 if rows else 0


def _calendar(today: date) -> list[dict[str, Any]]:
    """This will name the year that deadlines reach soon while its holidays are only expected."""
    from chengxin.core.errors import MissingError
    from chengxin.core.periods import Workdays

    own = Path(os.environ.get("CHENGXIN_HOME", "var")).resolve() / "workdays.yml"
    year = (today + SOON).year
    if year not in Workdays.load(*([own] if own.exists() else [])).expected:
        return []
    said = MissingError("periods.year_expected", year=year)
    return [
        {
            "file": str(own),
            "line": 1,
            "id": said.id,
            "message": said.sentence(language()),
            "hint": said.hint(language()),
        }
    ]


def _confirming(today: date) -> Confirming:
    """This will give what two officials confirmed in this installation: it is no proposal any more."""
    from chengxin.faces.cli.opening import open_house

    open_house()
    from chengxin.cases.confirmation import shown

    return lambda house: shown(house, today)


def _running() -> list[dict[str, Any]]:
    """This will name every decision in force whose article is over, by its case, with what is proposed."""
    from chengxin.core.errors import RefusedByLaw
    from chengxin.faces.cli.opening import open_house

    here = open_house()
    from chengxin.cases.repealed import running

    found = []
    for one in running(bundle=here.adopted, on=here.today):
        name = "suspended" if one.suspended else "void" if one.void else "proposed"
        said = RefusedByLaw(
            f"basis.running_{name}", case=one.case.number, row=one.row or "—", article=one.article
        )
        found.append(
            {
                "file": one.case.number,
                "line": one.row or 0,
                "id": said.id,
                "message": said.sentence(language()),
                "hint": said.hint(language()),
            }
        )
    return found


def _show(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        sys.stdout.write(
            f"{row['file']}:{row['line']}: {row['message']}  [{row['id']}]\n    → {row['hint']}\n"
        )
    sys.stdout.write(
        f"{len(rows)} 处问题 / problems\n" if rows else "声明全部合格 / every declaration holds\n"
    )
