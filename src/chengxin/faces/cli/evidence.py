"""``chengxin evidence CASE --out FILE --purpose P``: a case as a court takes it, the look logged first."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from chengxin.core.errors import MissingError
from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house, speaker, speaks_as


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", help="案号 / the number of the case")
    parser.add_argument("--out", type=Path, required=True, help="写到哪个文件 / where to write the zip")
    parser.add_argument("--purpose", required=True, help="调取事由 / what it is asked for")
    speaks_as(parser)
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    from chengxin.core.hashing import hash_bytes
    from chengxin.faces.proving import prove

    official, _agency = speaker(options)
    case = _case(options.case)
    packed = prove(case, official, door="cli:evidence", purpose=options.purpose, here=here)
    options.out.write_bytes(packed)
    told = {"case": case.number, "file": str(options.out), "bytes": len(packed), "sha256": hash_bytes(packed)}
    answer(told, as_json=options.json, show=_show)
    return 0


def _case(number: str) -> Any:
    from chengxin.cases.models import Case

    case = Case.objects.filter(number=number).first()
    if case is None:
        raise MissingError("evidence.outside", case=number)
    return case


def _show(told: dict[str, Any]) -> None:
    sys.stdout.write(f"{told['file']}  {told['bytes']:,}\nsha256 {told['sha256']}\n")
