"""One file a body is about to hand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from zlib import crc32

from chengxin.places.demo import sheets
from chengxin.places.demo.dirt import Cell, Columns

DIRT: Final = 20_000
"""Spoiled rows in a million."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One file to write: who hands in what, when, in which form, and where errors may stand in it."""

    number: int
    name: str
    title: str
    item: str
    agency: str
    told_on: date
    form: sheets.Form
    header: tuple[str, ...]
    columns: Columns
    rows: Callable[[], Iterator[tuple[list[Cell], Any]]]
    dirt: int = DIRT

    @property
    def key(self) -> int:
        """What its errors are drawn by: its name, so that a new file changes no other."""
        return crc32(self.name.encode())
