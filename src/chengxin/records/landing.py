"""What every kind of file becomes before it is judged: one Parquet of texts, in the sender's order.

Its columns bear the catalogue's names; ``position`` counts its rows from 1 and ``row`` is the sender's own
number. Texts repeat, and Parquet keeps each once a group, so what follows judges every distinct text once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow.parquet as pq

from chengxin.engine.duck import literal, name

from . import low
from .headings import NOTE, OVERFLOW, SENDER_ROW

MANY = 50_000
"""Rows from which on it pays to read each distinct text once."""
RARE = "_rare"
SPECIAL = (SENDER_ROW, OVERFLOW, NOTE)


@dataclass(frozen=True)
class Landed:
    """A file as texts. ``columns`` are the catalogue's that were there; ``offset`` turns positions into rows."""

    path: Path
    columns: tuple[str, ...]
    offset: int = 0
    special: frozenset[str] = frozenset()
    epoch_1904: bool = False
    direct: bool = False
    """The sender's own Parquet, read where it lies: its columns are cast as they are read."""
    clean: frozenset[str] = frozenset()
    """Columns whose texts hardly repeat: they were cleaned as they were read, once for all passes."""
    few: tuple[str, ...] = ()
    """Columns in which few texts repeat: those met early in the file stand as places in a list, which is written
    and read many times faster than texts; any other stands beside, in the list ``RARE`` of its row."""
    beside: frozenset[str] = frozenset()
    """Columns of ``few`` of which any text stands beside."""
    headings: tuple[tuple[str, str], ...] = ()
    """For a direct file: (column, its heading in the file)."""
    broken: int = 0
    """Lines that could not be read as rows at all; they stand in ``rejects``."""
    rejects: Path | None = None

    @cached_property
    def repeated(self) -> tuple[str, ...]:
        """This will name the columns that hold few distinct texts, where there are rows enough to gain by it."""
        if self.direct or pq.read_metadata(self.path).num_rows < MANY:
            return ()
        few = set(self.few).union(low.columns([self.path], keys=()))
        return tuple(column for column in self.columns if column in few)

    @cached_property
    def varied(self) -> frozenset[str]:
        """This will name the columns whose texts hardly repeat: Parquet gave up keeping each once."""
        heads = {heading: column for column, heading in self.headings} if self.direct else {}
        metadata = pq.read_metadata(self.path)
        found = set()
        for group in range(min(metadata.num_row_groups, 8)):
            for place in range(metadata.num_columns):
                chunk = metadata.row_group(group).column(place)
                if not {"PLAIN_DICTIONARY", "RLE_DICTIONARY"} & set(chunk.encodings):
                    found.add(heads.get(chunk.path_in_schema, chunk.path_in_schema))
        return frozenset(found)

    @property
    def stored(self) -> tuple[str, ...]:
        """This will name the file's columns of texts, with that of rare ones."""
        return (*self.columns, RARE) if self.few else self.columns

    def _text(self, column: str) -> str:
        if column in self.beside:
            return f"coalesce({name(column)}, {rare(self.few, column)}) as {name(column)}"
        return name(column)

    def relation(self) -> str:
        """This will give the SQL of ``(position, row, catalogue columns …)``, every value a text or null."""
        heads = dict(self.headings)
        picked = [
            f"{name(heads.get(c, c))}::varchar as {name(c)}" if self.direct else self._text(c)
            for c in self.columns
        ]
        picked += [name(c) for c in SPECIAL if c in self.special and c != SENDER_ROW]
        own = f"try_cast({name(SENDER_ROW)} as bigint)" if SENDER_ROW in self.special else "null"
        row = (
            f"coalesce({own}, file_row_number + 1 + {self.offset})"
            if own != "null"
            else f"file_row_number + 1 + {self.offset}"
        )
        head = ", ".join(["(file_row_number + 1)::bigint as position", f"({row})::bigint as row", *picked])
        return f"select {head} from read_parquet({literal(str(self.path))}, file_row_number = true)"

    def distinct(self, column: str) -> str:
        """This will give the SQL of the distinct texts of a column. Of one of few most are known from its list."""
        if column not in self.few:
            return f"select distinct {name(column)} from ({self.relation()}) where {name(column)} is not null"
        texts = f"select unnest(enum_range(null::{listed(column)}))::varchar as {name(column)}"
        if column in self.beside:
            beside = f"select {rare(self.few, column)} from read_parquet({literal(str(self.path))})"
            texts += f" union {beside} where {rare(self.few, column)} is not null"
        return texts


def listed(column: str) -> str:
    """This will name the type of a column's list: the texts that were met early in the file."""
    return name(f"list of {column}")


def rare(few: Sequence[str], column: str) -> str:
    """This will give the SQL of a row's text of a column, where it stands beside."""
    return f"{name(RARE)}[{few.index(column) + 1}]"
