"""The errors departments make, planted on purpose, each with the end it must come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

from chengxin.places.demo.names import ALPHABET, draw

Cell = str | int
Source = TypeVar("Source")
Outcome = Literal["taken", "held", "quarantined"]
_WIDE: Final = {ord(each): ord(each) + 0xFEE0 for each in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a file keeps what can go wrong in it; None: it has no such column."""

    code: int
    name: int
    date: int | None = None
    choice: int | None = None


def _another(code: str) -> str:
    return code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 7) % 31]


_TEXTS: Final[dict[str, tuple[str, Callable[[str], str], Outcome]]] = {
    "lower_case_code": ("code", str.lower, "taken"),
    "full_width_code": ("code", lambda text: text.translate(_WIDE), "taken"),
    "stray_spaces": ("code", lambda text: f" {text[:8]} {text[8:]}　", "taken"),
    "wrong_check_character": ("code", _another, "quarantined"),
    "spreadsheet_code": ("code", lambda text: f"{text[0]}.{text[1:6]}E+17", "quarantined"),
    "name_missing": ("name", lambda _: "", "quarantined"),
    "impossible_day": ("date", lambda _: "2026-02-30", "quarantined"),
    "unknown_word": ("choice", lambda _: "紫色", "quarantined"),
}
KINDS: Final = (*_TEXTS, "duplicate")


@dataclass(slots=True)
class Tally:
    """What became of a file's rows, as it must."""

    read: int = 0
    taken: int = 0
    held: int = 0
    quarantined: int = 0
    by_error: dict[str, int] = field(default_factory=dict)

    def count(self, outcome: Outcome, error: str = "") -> None:
        self.read += 1
        setattr(self, outcome, getattr(self, outcome) + 1)
        if error:
            self.by_error[error] = self.by_error.get(error, 0) + 1


def soil(
    rows: Iterable[tuple[list[Cell], Source]], columns: Columns, number: int, rate: int, tally: Tally
) -> Iterator[tuple[list[Cell], Source, Outcome]]:
    """This will pass rows on, spoiling ``rate`` in a million of them, and count what each must come to."""
    for place, (row, source) in enumerate(rows):
        error = KINDS[draw(32, number, place) % len(KINDS)] if draw(31, number, place) < rate else ""
        if error == "duplicate":
            tally.count("taken")
            yield row, source, "taken"
            tally.count("held", error)
            yield row, source, "held"
            continue
        spoiled, outcome = _spoil(row, columns, error)
        tally.count(outcome, error if outcome != "taken" or spoiled != row else "")
        yield spoiled, source, outcome


def _spoil(row: list[Cell], columns: Columns, error: str) -> tuple[list[Cell], Outcome]:
    if not error:
        return row, "taken"
    where, change, outcome = _TEXTS[error]
    column = getattr(columns, where)
    if column is None:
        return row, "taken"
    spoiled = list(row)
    spoiled[column] = change(str(row[column]))
    return spoiled, outcome
