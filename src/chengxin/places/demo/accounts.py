"""The city's bills: issued month by month, one adjusted after a correction, and what the company returned."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from chengxin.cases.receipt import receive_batch
from chengxin.effects import bills, reconciliation
from chengxin.effects.models import BillFile
from chengxin.findings.models import Run
from chengxin.places.demo import sheets
from chengxin.places.demo.names import draw
from chengxin.places.demo.teller import PROGRAM, Teller, at
from chengxin.records.models import Batch
from chengxin.subjects.cards import cards

COMPANY: Final = "yz-water-company"
MONTHS: Final = {
    "2025-07": date(2025, 9, 3),
    "2025-08": date(2025, 9, 3),
    "2026-05": date(2026, 7, 3),
    "2026-06": date(2026, 7, 3),
    "2026-07": date(2026, 9, 3),
    "2026-08": date(2026, 9, 3),
    "2026-09": date(2026, 11, 3),
    "2026-10": date(2026, 11, 3),
}
"""The months that are billed, and the day they are: after the readings of both months were told."""
ADJUSTED: Final = ("2026-07", "2026-08")
"""Months billed before a colour was corrected."""
RETURNED: Final = ("2025-08", "2026-07", "2026-08")
_HEADER: Final = [
    "账单编号",
    "户号",
    "统一社会信用代码",
    "用户名称",
    "应收金额（元）",
    "实收金额（元）",
    "欠费金额（元）",
    "报送日期",
]


def tell(teller: Teller) -> None:
    """This will issue, adjust and reconcile; months issued by an earlier build stay as they are."""
    for period, on in MONTHS.items():
        _issue(teller, period, on)
    for period in ADJUSTED:
        _adjust(teller, period)
    for period in RETURNED:
        _return(teller, period)


def _issue(teller: Teller, period: str, on: date) -> None:
    if BillFile.objects.filter(program=PROGRAM, company=COMPANY, period=period, adjusts=None).exists():
        return
    run, lines = _lines(teller, period, on)
    if lines.num_rows:
        bills.issue(
            lines, program=PROGRAM, company=COMPANY, period=period, run_sha256=run.run_sha256,
            hand=_hand(teller, on),
        )  # fmt: skip


def _adjust(teller: Teller, period: str) -> None:
    bill = BillFile.objects.filter(program=PROGRAM, company=COMPANY, period=period, adjusts=None).first()
    if bill is None or bill.adjustments.exists():
        return
    on = date(2026, 11, 3)
    run, lines = _lines(teller, period, on)
    bills.adjust(bill, lines, run_sha256=run.run_sha256, hand=_hand(teller, on))


def _return(teller: Teller, period: str) -> None:
    """This will hand in what the company collected, through the door, and reconcile it."""
    bill = BillFile.objects.filter(program=PROGRAM, company=COMPANY, period=period, adjusts=None).first()
    key = f"demo/return/{period}"
    if bill is None or Batch.objects.filter(agency=COMPANY, idempotency_key=key).exists():
        return
    on = date(2026, 11, 3)
    rows = _returned(teller, bill)
    path = _write(teller.store.home / "demo", period, bill, rows, on)
    receive_batch(
        teller.bundle.house.items["sewage_collection"], path, store=teller.store, house=teller.bundle.house,
        bundle=teller.bundle.sha256, agency=COMPANY, official=teller.officials["water-biller"], door="demo",
        now=at(on), told_on=on, idempotency_key=key, file_name=path.name,
    )  # fmt: skip
    told = [reconciliation.Returned(r["account"], r["billed"], r["collected"], r["owed"]) for r in rows]
    result = reconciliation.reconcile(bill, told, store=teller.store)
    reconciliation.record_return(bill, result, [], hand=_hand(teller, on))


def _returned(teller: Teller, bill: BillFile) -> list[dict[str, Any]]:
    """What came back: nine in ten paid whole; in the newest month one account's figure is off by a fen."""
    sums: dict[tuple[str, int], int] = {}
    for file in bills.files(bill):
        for line in bills.lines_of(file, teller.store).to_pylist():
            key = (line["account"], line["subject"])
            sums[key] = sums.get(key, 0) + line["fen"]
    rows = []
    for place, ((account, subject), fen) in enumerate(sorted(sums.items())):
        billed = fen + (1 if place == 0 and bill.period == RETURNED[-1] else 0)
        collected = billed if draw(41, place) < 900_000 else billed // 2
        rows.append(
            {
                "account": account,
                "subject": subject,
                "billed": billed,
                "collected": collected,
                "owed": billed - collected,
            }
        )
    return rows


def _write(folder: Path, period: str, bill: BillFile, rows: list[dict[str, Any]], on: date) -> Path:
    known = cards(row["subject"] for row in rows)
    told = (
        [
            str(bill.pk),
            row["account"],
            known[row["subject"]].code,
            known[row["subject"]].name,
            *(f"{row[name] // 100}.{row[name] % 100:02d}" for name in ("billed", "collected", "owed")),
            on.isoformat(),
        ]
        for row in rows
    )
    title = f"{period}污水处理费征收情况（演示数据）"
    return sheets.write(folder / f"征收情况-{period}.xlsx", "xlsx", title, _HEADER, told)


def _lines(teller: Teller, period: str, on: date) -> tuple[Run, pa.Table]:
    run, rows = teller.found("bill", on)
    wanted = (pc.field("company") == COMPANY) & (pc.field("month") == int(period.replace("-", "")))
    return run, rows.filter(wanted)


def _hand(teller: Teller, on: date) -> bills.Hand:
    return bills.Hand(
        official=teller.officials["water-biller"], agency=COMPANY, on=on, at=at(on), bundle=teller.bundle,
        store=teller.store, secret=teller.secret,
    )  # fmt: skip
