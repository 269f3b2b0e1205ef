"""What may still happen to what was told: taken back, corrected, confirmed as issued so, lawfully removed.

Nothing told is changed. A withdrawal and a redaction are rows of their own, a correction is a batch that names
the one it corrects, and a redacted sheet leaves its scar: the old hash, the new one, the rows and the article.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from chengxin.core.clock import day_of
from chengxin.core.errors import ConflictError, DeniedError, InputError, MissingError
from chengxin.engine.store import Store
from chengxin.ledger.agencies import with_predecessors
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Official
from chengxin.policy.house import House

from . import headings
from .intake import Receipt, take
from .models import Batch, Confirmation, Withdrawal
from .redaction import redact
from .sheets import sent

__all__ = ["confirm_issued_so", "correct", "redact", "withdraw"]

CONFIRMABLE = "code_check"
"""The one reason an official may overrule: the code stands on the certificate just as it was sent."""


def withdraw(
    batch: Batch, *, official: Official, reason: str, now: datetime, records: Iterable[int] = ()
) -> list[Withdrawal]:
    """This will take a batch back, or single records of it, from now on. Runs as of earlier days keep it.

    Only the body that told it, or the one its duty came to, may. Raises ``ConflictError`` if it was done.
    """
    _own(batch, official, reason)
    with transaction.atomic():
        return _taken_back(batch, official=official, reason=reason, now=now, records=records)


def correct(
    batch: Batch,
    path: Path,
    *,
    official: Official,
    reason: str,
    now: datetime,
    house: House,
    attest: Callable[[Batch], None],
    **words: Any,
) -> Receipt:
    """This will take a file in the place of a batch: in one transaction the old is taken back and the new told.

    ``words`` go to ``intake.take``. A file that is refused leaves the old batch standing.
    """
    _own(batch, official, reason)
    if batch.withdrawals.filter(record=None).exists():
        raise ConflictError("batch.withdrawn", batch=batch.pk)

    def both(new: Batch) -> None:
        _taken_back(batch, official=official, reason=reason, now=now)
        attest(new)

    return take(
        house.items[batch.item],
        path,
        attest=both,
        official=official,
        agency=official.agency_id,
        now=now,
        house=house,
        corrects=batch,
        **words,
    )


def confirm_issued_so(
    batch: Batch,
    row: int,
    *,
    official: Official,
    reason: str,
    now: datetime,
    store: Store,
    house: House,
    bundle: str,
    attest: Callable[[Batch], None],
) -> Receipt:
    """This will take a refused row whose only fault is a check character, as it stands on the certificate.

    The code is then known to the registry, so later rows that bear it are taken too. The row comes as a batch
    of one, told on the day of the confirmation. Raises ``InputError`` where the row has another fault.
    """
    _reasoned(reason)
    texts, column = _refused_for_its_code(batch, row, house.items[batch.item].columns, store)
    if batch.confirmations.filter(row=row, column=column).exists():
        raise ConflictError("record.confirmed", batch=batch.pk, row=row)

    def both(new: Batch) -> None:
        Confirmation.objects.create(
            batch=batch, row=row, column=column, official=official.pk, reason=reason[:400], at=now
        )
        enter("confirmation", f"records_batch:{batch.pk}", {"row": row, "column": column}, at=now)
        attest(new)

    path = store.temp(".jsonl")
    path.write_text(json.dumps(texts, ensure_ascii=False) + "\n", "utf-8")
    try:
        return take(
            house.items[batch.item],
            path,
            attest=both,
            waived=(column,),
            store=store,
            house=house,
            bundle=bundle,
            agency=batch.agency,
            official=official,
            door="desk",
            now=now,
            told_on=day_of(now),
        )
    finally:
        path.unlink(missing_ok=True)


def _taken_back(
    batch: Batch, *, official: Official, reason: str, now: datetime, records: Iterable[int] = ()
) -> list[Withdrawal]:
    """This will write the withdrawal, in the caller's transaction."""
    if batch.withdrawals.filter(record=None).exists():
        raise ConflictError("batch.withdrawn", batch=batch.pk)
    numbers: list[int | None] = list(records) or [None]
    sheets = set(batch.sheets.values_list("id", flat=True))
    for number in numbers:
        if number is not None and number >> 32 not in sheets:
            raise MissingError("record.unknown", record=number)
    made = [
        Withdrawal.objects.create(batch=batch, record=n, reason=reason[:400], official=official.pk, at=now)
        for n in numbers
    ]
    body = {"records": [n for n in numbers if n is not None], "reason": reason, "official": official.pk}
    enter("withdrawal", f"records_batch:{batch.pk}", body, at=now)
    return made


def _own(batch: Batch, official: Official, reason: str) -> None:
    _reasoned(reason)
    if batch.agency not in with_predecessors(official.agency_id):
        raise DeniedError("batch.not_yours", batch=batch.pk, agency=batch.agency)


def _reasoned(reason: str) -> None:
    if not reason.strip():
        raise InputError("batch.reason_missing")


def _refused_for_its_code(
    batch: Batch, row: int, columns: Iterable[str], store: Store
) -> tuple[dict[str, str], str]:
    """This will read a refused row as it was sent, and name the column whose code is at fault."""
    import pyarrow.parquet as pq

    if not batch.refused_sha256:
        raise InputError("record.not_refused", batch=batch.pk, row=row)
    table = pq.read_table(store.refused(batch.refused_sha256), filters=[("row", "=", row)])
    found = [each for each in table.to_pylist() if each["reason"] == CONFIRMABLE]
    if not found:
        raise InputError("record.not_refused", batch=batch.pk, row=row)
    if found[0]["also"]:
        raise InputError("record.still_bad", why=found[0]["also"])
    texts = {
        column: str(found[0][sent(column)]) for column in columns if found[0].get(sent(column)) is not None
    }
    return {**texts, next(iter(headings.RETURNED)): str(row)}, str(found[0]["column"])
