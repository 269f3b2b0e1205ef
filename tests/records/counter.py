"""The counter a department hands files in at: the real reception of cases, the shipped catalogue, one official."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from chengxin.cases.adopted import Adopted
from chengxin.cases.receipt import receive_batch
from chengxin.core.periods import Workdays
from chengxin.engine.store import Store
from chengxin.policy.bundle import seal
from chengxin.policy.house import load
from chengxin.policy.items import Item
from chengxin.records.intake import Receipt
from tests.records.shelf_room import at

FIRM = "91320600MA0DEM0A15"
ANOTHER = "91320600MA0DEM0B2X"
DAY = date(2026, 3, 2)


@cache
def adopted() -> Adopted:
    """The house as the repository proposes it, sealed once."""
    house = load(overlay_paths=[])
    return Adopted(seal(house).sha256, house, Workdays.load())


@dataclass
class Counter:
    """Hands in, and reads back what was sealed."""

    store: Store
    official: Any
    agency: str = "nj-platform"

    @property
    def now(self) -> datetime:
        return at(DAY)

    def item(self, name: str) -> Item:
        return adopted().house.items[name]

    def take(self, item: str, body: bytes | Path, on: date = DAY, **words: Any) -> Receipt:
        """Hands in a file; what it is called says nothing of what it is."""
        path = body if isinstance(body, Path) else self.store.temp(".part")
        if isinstance(body, bytes):
            path.write_bytes(body)
        told: dict[str, Any] = {
            "store": self.store, "house": adopted().house, "bundle": adopted(), "agency": self.agency,
            "official": self.official, "door": "cli", "now": at(on), "told_on": on,
        }  # fmt: skip
        return receive_batch(self.item(item), path, **(told | words))

    def rows(self, receipt: Receipt) -> list[dict[str, Any]]:
        """What was taken, as it stands in the sheet, in the sender's order."""
        found: list[dict[str, Any]] = []
        for sheet in receipt.batch.sheets.order_by("id"):
            found += pq.read_table(self.store.sheet(sheet.sha256)).to_pylist()
        return found

    def refused(self, receipt: Receipt) -> list[dict[str, Any]]:
        """What goes back, as it stands in the sealed sheet of refused rows."""
        sha256 = receipt.batch.refused_sha256
        return pq.read_table(self.store.refused(sha256)).to_pylist() if sha256 else []

    def why(self, receipt: Receipt) -> dict[int, str]:
        """The sender's row number of each refused row, and its reason."""
        return {row["row"]: row["reason"] for row in self.refused(receipt)}


def counter_of(store: Store, official: Callable[..., Any], agency: str = "nj-platform") -> Counter:
    return Counter(store, official("steward", agency=agency), agency)


def table(heads: Sequence[str], *rows: Sequence[Any], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """A text with delimiters, as an office's program writes it."""
    lines = [delimiter.join("" if cell is None else str(cell) for cell in line) for line in (heads, *rows)]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def tally(receipt: Receipt) -> tuple[int, int, int, int]:
    """(read, taken, held, quarantined), which must add up."""
    batch = receipt.batch
    assert batch.read == batch.taken + batch.held + batch.quarantined
    assert batch.quarantined <= sum(batch.by_reason.values()) or not batch.quarantined
    return batch.read, batch.taken, batch.held, batch.quarantined


def reasons(receipt: Receipt) -> Mapping[str, int]:
    found: Mapping[str, int] = receipt.batch.by_reason
    return found
