"""Bill files: issued once and never changed; a correction is another file that holds the differences only.

Whatever is recomputed later, ``issued + adjustments = recomputed`` to the fen, or nothing is issued.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction

from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted
from chengxin.cases.opening import open_book
from chengxin.core.errors import ConflictError, HouseFault, InputError
from chengxin.core.hashing import hash_file
from chengxin.effects.billing_files import csv_of
from chengxin.effects.models import BillFile
from chengxin.engine.store import Store
from chengxin.ledger.content import store as keep
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Official

KEY = ("account", "subject", "plant_code", "from_on", "to_on")
"""What makes two lines speak of the same water: columns that are absent do not tell lines apart."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who issues, for which body, when, under which rules."""

    official: Official
    agency: str
    on: date
    at: datetime
    bundle: Adopted
    store: Store
    secret: str


def issue(
    table: pyarrow.Table, *, program: str, company: str, period: str, run_sha256: str, hand: Hand
) -> BillFile:
    """This will issue the bill file of a company and period (``2016-12``) from the rows of a finding.

    ``table``: one row an account's reading, with ``subject``, ``account``, ``fen``, ``because``. Raises
    ``ConflictError`` while the month is not over, and if it was issued before: what has changed since is an
    adjustment.
    """
    refuse_month(period, program=program, company=company, on=hand.on)
    fresh = BillFile(program=program, company=company, period=period, run_sha256=run_sha256)
    return _issue(fresh, _checked(table), hand)


def first_day(period: str) -> date:
    """This will give the first day on which the bill of a month (``2016-12``) may be issued: the next month's first."""
    if not (period.isascii() and re.fullmatch(r"[1-9]\d{3}-(0[1-9]|1[0-2])", period)):
        raise InputError("bill.no_month", period=period)
    months = int(period[:4]) * 12 + int(period[5:])
    try:
        return date(months // 12, months % 12 + 1, 1)
    except ValueError as error:
        raise InputError("bill.no_month", period=period) from error


def refuse_month(period: str, *, program: str, company: str, on: date) -> None:
    """This will refuse a month that is not over, as the readings still to come would be left out, or was billed."""
    start = first_day(period)
    if on < start:
        ends = start - timedelta(days=1)
        raise ConflictError("bill.month_open", company=company, period=period, ends=ends, start=start)
    if BillFile.objects.filter(program=program, company=company, period=period, adjusts=None).exists():
        raise ConflictError("bill.issued_already", company=company, period=period)


def adjust(bill: BillFile, table: pyarrow.Table, *, run_sha256: str, hand: Hand) -> BillFile | None:
    """This will issue the differences between what was issued so far and the recomputed rows, if any."""
    recomputed = _checked(table)
    differences = _differences(_by_key(_issued_lines(bill, hand.store)), _by_key(recomputed.to_pylist()))
    if not differences:
        return None
    lines = pyarrow.Table.from_pylist(differences, schema=_with_before(recomputed.schema))
    adjusted = _fen(lines) + total(bill)
    if adjusted != _fen(recomputed):
        raise HouseFault("bill.does_not_add_up", issued=adjusted, recomputed=_fen(recomputed))
    fresh = BillFile(
        program=bill.program, company=bill.company, period=bill.period, run_sha256=run_sha256, adjusts=bill
    )  # fmt: skip
    return _issue(fresh, lines, hand)


def total(bill: BillFile) -> int:
    """This will add up, in fen, a bill file with all its adjustments."""
    return bill.fen + sum(bill.adjustments.values_list("fen", flat=True))


def files(bill: BillFile) -> list[BillFile]:
    """This will give a bill file and its adjustments, in the order they were issued."""
    return [bill, *bill.adjustments.order_by("id")]


def lines_of(bill: BillFile, store: Store, subject: int | None = None) -> pyarrow.Table:
    """This will read the sealed lines of a bill file, or of one subject in it."""
    path = store.sheet(bill.lines_sha256)
    if not path.exists():
        raise HouseFault("bill.lines_missing", sha256=bill.lines_sha256)
    return pq.read_table(path, filters=None if subject is None else pc.field("subject") == subject)


def verify(bill: BillFile, store: Store) -> bool:
    """This will say whether the sealed lines are still those that were issued, and add up to its amount."""
    path = store.sheet(bill.lines_sha256)
    return path.exists() and hash_file(path) == bill.lines_sha256 and _fen(lines_of(bill, store)) == bill.fen


def _issue(bill: BillFile, lines: pyarrow.Table, hand: Hand) -> BillFile:
    """This will seal the lines, keep the company's file as an exhibit, and write act and row together."""
    bill.lines, bill.fen, bill.lines_sha256 = lines.num_rows, _fen(lines), _sealed(lines, hand.store)
    title = f"{bill.company} {bill.period} {'调整' if bill.adjusts else '账单'}.csv"
    exhibit = keep(hand.store, csv_of(lines), title, hand.at, hand.secret)
    bill.exhibit, bill.sha256 = exhibit.pk, exhibit.sha256
    bill.issued_at, bill.official = hand.at, hand.official.pk
    book = open_book(
        program="kernel", procedure="billing", agency=hand.agency, title="账单文件", on=hand.on,
        region=hand.official.agency.region_id, number=f"{hand.agency}/bills/{bill.program}",
    )  # fmt: skip
    with transaction.atomic():
        issued = act(
            book, "issue_bill", official=hand.official, agency=hand.agency, on=hand.on, at=hand.at,
            bundle=hand.bundle, detail=_said(bill),
            cites={"exhibits": [exhibit.pk], "runs": [bill.run_sha256], "sheets": [bill.lines_sha256]},
        )  # fmt: skip
        bill.act = issued.pk
        bill.save(force_insert=True)
        body = {"sha256": bill.sha256, "lines": bill.lines_sha256, "fen": bill.fen, "act": issued.digest}
        enter("bill", f"effects_bill_file:{bill.pk}", body, at=hand.at)
    return bill


def _said(bill: BillFile) -> dict[str, Any]:
    """What the act says of the file."""
    return {
        "program": bill.program, "company": bill.company, "period": bill.period, "lines": bill.lines,
        "fen": bill.fen, "adjusts": bill.adjusts_id,
    }  # fmt: skip


def _checked(table: pyarrow.Table) -> pyarrow.Table:
    missing = {"subject", "account", "fen"} - set(table.column_names)
    if missing:
        raise InputError("bill.columns_missing", columns=", ".join(sorted(missing)))
    if not table.num_rows:
        raise InputError("bill.empty")
    keys = [name for name in KEY if name in table.column_names]
    twice = table.num_rows - table.select(keys).group_by(keys).aggregate([]).num_rows
    if twice:
        raise ConflictError("bill.line_twice", lines=twice)
    return table.sort_by([(name, "ascending") for name in keys])


def _issued_lines(bill: BillFile, store: Store) -> list[dict[str, Any]]:
    return [line for file in files(bill) for line in lines_of(file, store).to_pylist()]


def _by_key(lines: Iterable[Mapping[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """By what they speak of, with their amounts added up; the newest line says the rest."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in lines:
        key = tuple(line.get(name) for name in KEY)
        before = found.get(key, {}).get("fen", 0)
        found[key] = {**line, "fen": before + line["fen"]}
    return found


def _differences(
    issued: Mapping[tuple[Any, ...], dict[str, Any]], recomputed: Mapping[tuple[Any, ...], dict[str, Any]]
) -> list[dict[str, Any]]:
    """One line for each key whose amount changed: ``fen`` is the difference, ``fen_before`` what stood."""
    changed = []
    for key in sorted({*issued, *recomputed}, key=repr):
        before = issued.get(key, {}).get("fen", 0)
        after = recomputed.get(key, {}).get("fen", 0)
        if before != after:
            line = recomputed.get(key) or issued[key]
            changed.append({**line, "fen": after - before, "fen_before": before})
    return changed


def _with_before(schema: pyarrow.Schema) -> pyarrow.Schema:
    if "fen_before" in schema.names:
        return schema
    return schema.append(pyarrow.field("fen_before", pyarrow.int64()))


def _sealed(lines: pyarrow.Table, store: Store) -> str:
    path = store.temp(".parquet")
    pq.write_table(lines, path, compression="zstd")
    return store.seal_file(path, "sheet")


def _fen(table: pyarrow.Table) -> int:
    return sum(line["fen"] for line in table.select(["fen"]).to_pylist())
