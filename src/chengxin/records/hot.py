"""A single record, told in a form or by a call: a batch of one row, judged by the rules of any other.

It is visible as soon as this returns. Its sheet is small and stays what it is, evidence; its shelf is merged
with others (see docs/adr/0006).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from chengxin.core.errors import InputError
from chengxin.engine.store import Store
from chengxin.ledger.models import Official
from chengxin.policy.house import House
from chengxin.policy.items import Item

from .intake import Receipt, take
from .models import Batch


def take_row(
    item: Item,
    values: Mapping[str, Any],
    *,
    store: Store,
    house: House,
    bundle: str,
    agency: str,
    official: Official,
    door: str,
    now: datetime,
    told_on: date,
    attest: Callable[[Batch], None],
    **words: Any,
) -> Receipt:
    """This will take one record as written in the catalogue's columns (or their titles) and give its receipt.

    A row that is refused stands in the receipt like any other's. ``words`` as for ``intake.take``:
    ``idempotency_key``, ``waived``, ``corrects``.
    """
    if not any(value not in (None, "") for value in values.values()):
        raise InputError("file.no_rows")
    path = store.temp(".jsonl")
    path.write_text(json.dumps(dict(values), ensure_ascii=False, default=_written) + "\n", "utf-8")
    try:
        return take(
            item, path, store=store, house=house, bundle=bundle, agency=agency, official=official, door=door,
            now=now, told_on=told_on, attest=attest, **words,
        )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)


def _written(value: object) -> str:
    """This will write what JSON has no word for: a day as people write it."""
    return value.isoformat() if isinstance(value, date) else str(value)
