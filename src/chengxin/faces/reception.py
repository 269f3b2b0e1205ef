"""The reception every door leads to: CLI, desk, API and watched folder hand a file in here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from chengxin.cases.receipt import receive_batch
from chengxin.effects import resting
from chengxin.faces.premises import Premises
from chengxin.ledger.models import Official
from chengxin.ledger.officials import require
from chengxin.policy.items import Item
from chengxin.records.intake import Receipt

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Hand:
    """Who hands a file in, for which body, through which door, telling on which day."""

    official: Official
    agency: str
    door: str
    told_on: str | None = None


def receive(
    here: Premises,
    item: Item,
    path: Path,
    hand: Hand,
    *,
    mapping: str | None = None,
    idempotency_key: str | None = None,
    progress: Progress | None = None,
    file_name: str | None = None,
) -> Receipt:
    """This will take the file under the bundle in force and give the receipt.

    Raises ``DeniedError`` if the official may not hand in for the body, ``FileRefused`` if nothing of the file
    can be taken (nothing was).
    """
    require(hand.official, "hand_in", on=here.today)
    receipt = receive_batch(
        item,
        path,
        store=here.store,
        house=here.house,
        bundle=here.bundle,
        agency=hand.agency,
        official=hand.official,
        door=hand.door,
        now=here.now,
        told_on=date.fromisoformat(hand.told_on) if hand.told_on else here.today,
        mapping=mapping,
        idempotency_key=idempotency_key,
        progress=progress,
        file_name=file_name or path.name,
        digest_key=settings.DIGEST_KEY,
    )
    resting.settle(receipt.batch, store=here.store, house=here.house, now=here.now)
    return receipt
