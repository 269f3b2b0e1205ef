"""The loop: what holds goes out as effects and comes in again, every night, by the front door.

An index needs to know who bears a surcharge today. It must not read the case file, so the platform files
what came into force or ended as records of an item of its own, with a batch and a receipt like anybody's.
Filing the same again changes nothing: what is known is held, and a list that did not change is not filed.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

from chengxin.cases.adopted import Adopted
from chengxin.cases.models import Case
from chengxin.cases.receipt import receive_batch
from chengxin.core.clock import day_of
from chengxin.core.hashing import hash_bytes
from chengxin.effects.models import Standing
from chengxin.engine.store import Store
from chengxin.ledger.models import Official
from chengxin.policy.items import Item
from chengxin.records.intake import Receipt
from chengxin.records.models import Batch
from chengxin.subjects.registry import Card, cards

ITEM = "tariff_in_force"
DOOR = "platform"


def snapshot(*, official: Official, bundle: Adopted, store: Store, now: datetime) -> Receipt | None:
    """This will file the prices that have come into force, each with its end if it has one.

    Gives the receipt, or None where nothing has changed since the last time. ``official`` is the
    platform's own account.
    """
    item, on = bundle.house.items[ITEM], day_of(now)
    rows = tariffs_to_file(item, on)
    body = _csv(item, rows)
    if not rows or _filed_last() == hash_bytes(body):
        return None
    path = store.temp(".csv")
    path.write_bytes(body)
    try:
        return receive_batch(
            item, path, store=store, house=bundle.house, bundle=bundle, agency=official.agency_id,
            official=official, door=DOOR, now=now, told_on=on, file_name=f"{ITEM}-{on.isoformat()}.csv",
        )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)


def tariffs_to_file(item: Item, on: date) -> list[dict[str, Any]]:
    """This will give every price that has ever come into force, as rows of the item, in a fixed order."""
    lines = Standing.objects.filter(kind="tariff", since__lte=on).order_by("subject", "part", "since", "act")
    held = list(lines)
    known = cards(line.subject for line in held)
    numbers = Case.objects.in_bulk({line.case for line in held if line.case})
    return [_row(item, line, known[line.subject], numbers[line.case or 0].number, on) for line in held]


def _row(item: Item, line: Standing, card: Card, case_number: str, on: date) -> dict[str, Any]:
    """What is frozen while an objection is heard is filed as ended today, and again as open when it thaws."""
    until = line.until if not line.frozen else min(line.until or on, max(on, line.since))
    said = {
        **line.body,
        "uscc": card.codes.get("uscc", ""),
        "name": card.name,
        "plant_code": line.part or line.body.get("plant_code"),
        "division": line.region,
        "case_number": case_number,
        "from_on": line.since.isoformat(),
        "to_on": until.isoformat() if until else None,
    }
    return {name: said.get(name) for name in item.columns}


def _csv(item: Item, rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(item.columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _filed_last() -> str:
    """The hash of the list that was filed last, so that an unchanged one makes no batch."""
    last = Batch.objects.filter(item=ITEM, door=DOOR).order_by("-id").first()
    return last.source_sha256 if last else ""
