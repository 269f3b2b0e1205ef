"""Finding the header of a sheet: which of its first rows names the catalogue's columns, and which cell is which."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chengxin.core.errors import FileRefused

if TYPE_CHECKING:
    from chengxin.policy.items import Item

DEPTH = 20
"""Rows in which a header may stand below titles and notes."""

SENDER_ROW = "_row"
OVERFLOW = "_over"
NOTE = "_note"
"""Names of our own beside the catalogue's: the sender's row number, a cell too many, a mapping's remark."""

RETURNED = {"原行号": SENDER_ROW, "sender's row": SENDER_ROW}
"""Headings of a sheet of refused rows that is sent again."""
RETURNED_NOTES = (
    "退回代码",
    "退回原因",
    "修改建议",
    "问题列",
    "问题值",
    "reason",
    "sentence",
    "remedy",
    "column",
    "value",
)

_BLANK = re.compile(r"[\s\u3000\u200b\ufeff_\-*＊:：]+")
_WIDE = str.maketrans({chr(0xFF01 + i): chr(0x21 + i) for i in range(94)})


@dataclass(frozen=True)
class Header:
    """Where the header stands (the sender's row number) and what each of its cells is: a column or nothing."""

    row: int
    cells: tuple[str | None, ...]
    ignored: tuple[str, ...] = ()

    @property
    def places(self) -> dict[str, int]:
        """This will give the place of each column known here."""
        return {column: place for place, column in enumerate(self.cells) if column}


@dataclass
class Vocabulary:
    """Every way an item's columns may be written at the head of a sheet."""

    known: dict[str, str] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    shown: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, item: Item) -> Vocabulary:
        """This will gather names, titles in both languages, aliases, and what the item ignores."""
        words = cls()
        for name, column in item.columns.items():
            words.shown[name] = column.title
            for text in (name, column.title, column.title_en, *column.aliases):
                words.known.setdefault(plain(text), name)
        for text, name in RETURNED.items():
            words.known.setdefault(plain(text), name)
        words.ignored = {plain(text) for text in (*item.ignores, *RETURNED_NOTES)} - set(words.known)
        return words


def plain(text: str) -> str:
    """This will fold a heading: half-width, lower case, no blanks, stars or colons."""
    return _BLANK.sub("", str(text).translate(_WIDE).replace("﻿", "")).lower()


def find(rows: Sequence[Sequence[str]], item: Item) -> Header:
    """This will find the header among the first rows: the row that names the most columns.

    Raises ``FileRefused`` when none names any, when a required column is missing, or when a cell is neither a
    column, an alias nor declared as ignored (with the nearest guess).
    """
    words = Vocabulary.of(item)
    best, most = -1, 0
    for place, row in enumerate(rows[:DEPTH]):
        named = len({words.known[plain(cell)] for cell in row if plain(cell) in words.known})
        if named > most:
            best, most = place, named
    if best < 0 or (
        most < 2 <= len(item.columns) and len([cell for cell in rows[best] if plain(cell)]) > 2 * most
    ):
        first = next((row for row in rows if any(plain(cell) for cell in row)), [])
        seen = "、".join(str(cell)[:40] for cell in first[:8])
        wanted = "、".join(column.title for column in item.columns.values() if column.required)
        raise FileRefused("file.header_missing", seen=seen, wanted=wanted)
    return _read(best, rows[best], item, words)


def _read(place: int, row: Sequence[str], item: Item, words: Vocabulary) -> Header:
    cells: list[str | None] = []
    for cell in row:
        column = words.known.get(plain(cell))
        if column is not None and column in cells:
            shown = words.shown.get(column, column)
            raise FileRefused("file.heading_twice", heading=str(cell).strip(), column=shown)
        cells.append(column)
    others = [str(cell).strip() for cell in row if plain(cell) and plain(cell) not in words.known]
    ignored = [cell for cell in others if plain(cell) in words.ignored]
    _complete(cells, [cell for cell in others if cell not in ignored], item, words)
    return Header(row=place + 1, cells=tuple(cells), ignored=tuple(ignored))


def _complete(cells: Sequence[str | None], unknown: Sequence[str], item: Item, words: Vocabulary) -> None:
    missing = [column.title for name, column in item.columns.items() if column.required and name not in cells]
    groups = [group for group in item.required_one_of if not any(name in cells for name in group)]
    missing += [" / ".join(item.columns[name].title for name in group) for group in groups]
    if missing:
        guesses = _guesses(unknown, words)
        raise FileRefused(
            "file.column_missing", missing="、".join(missing), unknown="、".join(guesses) or "—"
        )
    if unknown:
        raise FileRefused("file.column_unknown", unknown="、".join(_guesses(unknown, words)))


def _guesses(unknown: Sequence[str], words: Vocabulary) -> list[str]:
    """This will write each unknown heading with the column it most resembles."""
    told = []
    for text in unknown[:12]:
        near = difflib.get_close_matches(plain(text), words.known, n=1, cutoff=0.5)
        shown = words.shown.get(words.known[near[0]]) if near else None
        told.append(f"{text[:40]}（{shown}？）" if shown else text[:40])
    return told
