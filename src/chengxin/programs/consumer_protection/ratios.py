"""Ratios counted from disputes, each with the number it is counted from; none where there is nothing to count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

PROGRAM: Final = "consumer_protection"


@dataclass(frozen=True, slots=True)
class Ratio:
    """So many of n, and in tenths of a per cent rounded down: 100 % is said only when it is all of them."""

    of: int
    n: int

    @property
    def words(self) -> str:
        """This will write it: ``95.0% (19/20)``; a dash where n is nought."""
        if not self.n:
            return "—"
        whole, tenth = divmod(self.of * 1000 // self.n, 10)
        return f"{whole}.{tenth}% ({self.of}/{self.n})"


def attended(disputes: Iterable[Mapping[str, Any]]) -> Ratio:
    """This will count, of the disputes to which the trader was called, those to which it came in time."""
    called = [row["attendance"] for row in disputes if row["attendance"]]
    return Ratio(called.count("on_time"), len(called))


def settled_at_once(disputes: Iterable[Mapping[str, Any]]) -> Ratio:
    """This will count, of the disputes closed after mediation, those settled the first time."""
    mediated = [row["settlement"] for row in disputes if row["settlement"]]
    return Ratio(mediated.count("at_once"), len(mediated))
