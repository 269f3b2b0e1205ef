"""A run: one SQL text over files named by hash, sealed as ``run.json`` before it is executed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class SheetRef:
    """A sheet as a run cites it. ``record`` in the file is ``id << 32 | row``."""

    id: int
    sha256: str
    rows: int
    told_on: date
    """The day T of «department D told us P on day T»."""
    agency: str
    region: str


@dataclass(frozen=True, slots=True)
class ItemInput:
    """What is known of one catalogue item as of a day: its sheets, less what is gone, plus the hot rows.

    ``gone`` is a Parquet sealed as ``input`` with one column ``record bigint``: what was superseded or
    withdrawn by that day. ``hot`` is one sealed as ``input`` in the shape of a sheet with three columns more,
    ``told date, agency varchar, region varchar``: single records that are in no sheet yet. Both are paths
    given by ``Store.input(sha256)``; None means there are none.
    """

    sheets: list[SheetRef]
    gone: Path | None = None
    hot: Path | None = None
