"""Lawful removal: the sheet is written again without some rows, and the scar says which and under what.

Nobody can read the rows again, nor replay a day on which they counted; such a replay names the scar.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from django.db import transaction

from chengxin.core.clock import day_of
from chengxin.core.errors import ConflictError, InputError, MissingError, RefusedByLaw
from chengxin.engine import duck
from chengxin.engine.store import Store
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Official
from chengxin.policy.house import House

from . import shelves
from .models import Redaction, Sheet
from .turns import turn

_ROW = (1 << 32) - 1


def redact(
    records: Iterable[int],
    *,
    article: str,
    reason: str,
    official: Official,
    now: datetime,
    store: Store,
    house: House,
) -> list[Redaction]:
    """This will remove records from their sheets for good under an article in force; a scar for each sheet.

    The old file goes when the transaction commits, and with it every shelf that held the rows.
    """
    held = house.articles.get(article)
    if held is None or not held.in_force(day_of(now)):
        raise RefusedByLaw("record.redact_basis", article=article)
    if not reason.strip():
        raise InputError("batch.reason_missing")
    by_sheet: dict[int, set[int]] = {}
    for record in records:
        by_sheet.setdefault(record >> 32, set()).add(record & _ROW)
    scars = []
    for number in sorted(by_sheet):
        sheet = Sheet.objects.filter(pk=number).first()
        if sheet is None:
            raise MissingError("record.unknown", record=number << 32 | min(by_sheet[number]))
        with turn(store, sheet.item):
            work = _Cut(sheet, sorted(by_sheet[number]), store, house)
            scars.append(work.done(article=article, reason=reason, official=official, now=now))
    return scars


def scars_of(hashes: Iterable[str]) -> list[Redaction]:
    """This will give the scars that explain why files of those hashes are no longer there."""
    return list(Redaction.objects.filter(old_sha256__in=set(hashes)).select_related("sheet").order_by("id"))


class _Cut:
    """One sheet while rows are cut out of it."""

    def __init__(self, sheet: Sheet, rows: list[int], store: Store, house: House) -> None:
        self.sheet, self.store, self.house = Sheet.objects.get(pk=sheet.pk), store, house
        self.rows = rows
        self.old = store.sheet(self.sheet.sha256)

    def done(self, *, article: str, reason: str, official: Official, now: datetime) -> Redaction:
        """This will write the sheet again and put the scar, in that order."""
        path = self.store.temp(".parquet")
        kept = self._write(path)
        if kept != self.sheet.rows - len(self.rows):
            path.unlink()
            raise MissingError("record.unknown", record=self.sheet.pk << 32 | self.rows[0])
        size = path.stat().st_size
        sha256 = self.store.seal_file(path, "sheet")
        with transaction.atomic():
            same = Sheet.objects.filter(pk=self.sheet.pk, sha256=self.sheet.sha256)
            if not same.update(sha256=sha256, rows=kept, size=size):
                raise ConflictError("record.redacted_meanwhile", sheet=self.sheet.pk)
            scar = Redaction.objects.create(
                sheet_id=self.sheet.pk,
                old_sha256=self.sheet.sha256,
                new_sha256=sha256,
                rows=spans(self.rows),
                article=article,
                at=now,
            )
            body = {
                "sheet": self.sheet.pk, "old": self.sheet.sha256, "new": sha256, "rows": spans(self.rows),
                "article": article, "reason": reason, "official": official.pk,
            }  # fmt: skip
            enter("redact", f"records_redaction:{scar.pk}", body, at=now)
            transaction.on_commit(self._forget)
        return scar

    def _forget(self) -> None:
        self.old.unlink(missing_ok=True)
        shelves.refresh(Sheet.objects.get(pk=self.sheet.pk), store=self.store, house=self.house)

    def _write(self, path: Path) -> int:
        cut = pa.table({"record": pa.array([self.sheet.pk << 32 | row for row in self.rows], pa.int64())})
        connection = duck.connect(temp=path.parent, keep_order=True)
        connection.register("cut", cut)
        try:
            ((rows,),) = connection.execute(
                f"COPY (SELECT * FROM read_parquet({duck.literal(str(self.old))}) "
                "WHERE record NOT IN (SELECT record FROM cut)) "
                f"TO {duck.literal(str(path))} (FORMAT parquet, COMPRESSION snappy)"
            ).fetchall()
        finally:
            connection.close()
        return int(rows)


def spans(rows: Sequence[int]) -> list[list[int]]:
    """This will write sorted row numbers as spans, both ends inclusive: ``[[3, 5], [9, 9]]``."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return found
