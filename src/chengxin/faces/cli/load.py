"""``chengxin load ITEM FILE``: a department's file, through the same reception as every other door."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from chengxin.core.errors import MissingError
from chengxin.faces.cli.ending import answer
from chengxin.faces.cli.opening import open_house, speaker, speaks_as


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("item", help="目录事项 / catalogue item, for example organisation")
    parser.add_argument("file", type=Path)
    parser.add_argument("--mapping", help="目录里声明的对照表 / a mapping declared in catalogue/mappings")
    parser.add_argument("--told-on", help="报送日，默认今天 / day of the report, YYYY-MM-DD")
    parser.add_argument("--idempotency-key", default=None)
    parser.add_argument(
        "--refused", type=Path, help="把退回的行写成待改的表 / write the refused rows as a sheet to mend"
    )
    parser.add_argument("--json", action="store_true")
    speaks_as(parser)


def run(options: argparse.Namespace) -> int:
    if not options.file.is_file():
        raise MissingError("cli.no_file", path=options.file)
    here = open_house()
    item = here.house.items.get(options.item)
    if item is None:
        raise MissingError("cli.no_item", item=options.item, known="、".join(sorted(here.house.items)))
    from chengxin.faces.reception import Hand, receive

    official, agency = speaker(options)
    hand = Hand(official=official, agency=agency, door="cli", told_on=options.told_on)
    with Bar(quiet=options.json) as progress:
        receipt = receive(
            here,
            item,
            options.file,
            hand,
            mapping=options.mapping,
            idempotency_key=options.idempotency_key,
            progress=progress,
        )
    if options.refused and receipt.quarantined:
        from chengxin.records.templates import refused_workbook

        options.refused.write_bytes(refused_workbook(receipt.batch, item, here.store))
    answer(receipt.as_dict(), as_json=options.json, show=_show)
    return 0


class Bar:
    """A progress bar on standard error, or nothing when a machine is reading."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True, quiet=quiet),
            transient=True,
        )

    def __enter__(self) -> Any:
        self.progress.start()
        task = self.progress.add_task("…", total=None)
        return lambda stage, done, total: self.progress.update(
            task, description=stage, completed=done, total=total or None
        )

    def __exit__(self, *_: object) -> None:
        self.progress.stop()


def _show(receipt: dict[str, Any]) -> None:
    lines = [
        f"批次 batch      {receipt['batch']}",
        f"读到 read       {receipt['read']:>12,}",
        f"收下 taken      {receipt['taken']:>12,}   其中未挂接 unlinked {receipt['unlinked']:,}",
        f"已有 held       {receipt['held']:>12,}",
        f"退回 quarantined{receipt['quarantined']:>12,}",
        *[f"    {reason:<40}{count:>10,}" for reason, count in receipt["by_reason"].items()],
        f"用时 seconds    {receipt['seconds']:>12}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
