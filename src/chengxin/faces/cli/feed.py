"""``chengxin feed PROGRAM FILE --signature SIG``: a signed delta that was carried here, through the same door."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from chengxin.core.errors import MissingError
from chengxin.faces.cli.ending import answer, language
from chengxin.faces.cli.opening import open_house, speaker, speaks_as


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("program", help="收取增量的程序 / the programme, for example judgment_defaulters")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--signature",
        type=Path,
        required=True,
        help="三个 webhook 字段的 JSON 文件 / the three webhook headers as a JSON file",
    )
    parser.add_argument("--json", action="store_true")
    speaks_as(parser)


def run(options: argparse.Namespace) -> int:
    for path in (options.file, options.signature):
        if not path.is_file():
            raise MissingError("cli.no_file", path=path)
    here = open_house()
    from chengxin.faces import feed

    official, _agency = speaker(options)
    words = {
        str(name): str(value) for name, value in json.loads(options.signature.read_text("utf-8")).items()
    }
    body = options.file.read_bytes()
    told = feed.take(here, options.program, body, words, official=official, door="cli", fresh=False)
    answer(told, as_json=options.json, show=_show)
    return 1 if told["counts"]["refused"] else 0


def _show(told: dict[str, Any]) -> None:
    tongue = "en" if language() == "en" else "zh"
    counts = told["counts"]
    sys.stdout.write(
        f"收下 taken {counts['taken']}  已有 held {counts['held']}  退回 refused {counts['refused']}\n"
    )
    for row in told["rows"]:
        if row["result"] == "refused":
            sys.stdout.write(f"  {row['row']:>5}  {row[tongue]} {row[f'hint_{tongue}']}\n")
