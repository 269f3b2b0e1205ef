"""``chengxin template ITEM``: the Excel sheet a department fills in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from chengxin.core.errors import MissingError
from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("item")
    parser.add_argument("-o", "--output", type=Path, help="默认“事项.xlsx” / the item's name by default")
    parser.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    here = open_house()
    item = here.house.items.get(options.item)
    if item is None:
        raise MissingError("cli.no_item", item=options.item, known="、".join(sorted(here.house.items)))
    from chengxin.records.templates import workbook

    path: Path = options.output or Path(f"{item.name}.xlsx")
    path.write_bytes(workbook(item))
    answer(
        {"item": item.name, "file": str(path), "columns": list(item.columns)},
        as_json=options.json,
        show=_show,
    )
    return 0


def _show(row: dict[str, Any]) -> None:
    sys.stdout.write(f"{row['file']}：{len(row['columns'])} 列 / columns\n")
