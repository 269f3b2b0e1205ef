"""``chengxin gate CODE MATTER --purpose P --case N``: which measures may apply, the look logged first."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from chengxin.faces.cli.ending import answer, language
from chengxin.faces.cli.opening import open_house, speaker, speaks_as

SAID = {
    "none": ("没有须核查的措施", "no measure"),
    "may_apply": ("可能适用下列措施", "these measures may apply"),
    "unknown": ("不能断定", "cannot be told"),
}
BINDING = {"mandatory": ("应当实施", "mandatory"), "discretionary": ("可以实施", "discretionary")}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="统一社会信用代码等 / a code of the subject")
    parser.add_argument("matter", help="事项代码 / the matter in hand")
    parser.add_argument("--purpose", required=True, help="核查事由 / what it is asked for")
    parser.add_argument("--case", required=True, help="案号或受理号 / the case or filing in hand")
    parser.add_argument("--role", default="", help="主体在事项中的身份 / the subject's part in the matter")
    speaks_as(parser)
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.faces import gating
    from chengxin.ledger.officials import require

    official, _agency = speaker(options)
    require(official, "gate", on=here.today)
    question = gating.Question(options.matter, options.purpose, options.case, options.role)
    (found,) = gating.ask_codes(question, [options.code], official=official, door="cli:gate", here=here)
    answer(found.as_dict(), as_json=options.json, show=_show)
    return 0


def _show(told: dict[str, Any]) -> None:
    tongue = int(language() == "en")
    sys.stdout.write(f"{SAID[told['answer']][tongue]}\n")
    if "sentence" in told:
        sys.stdout.write(f"{told['sentence_en' if tongue else 'sentence']}\n")
    for measure in told["measures"]:
        until = measure["until"] or measure["review_on"] or "—"
        sys.stdout.write(
            f"{measure['title']}（{BINDING[measure['binding']][tongue]}）{measure['citation']}\n"
            f"  {measure['contact']} {measure['case']} {measure['since']} → {until}"
            f"{'  异议处理中' if measure['marked'] else ''}\n"
        )
