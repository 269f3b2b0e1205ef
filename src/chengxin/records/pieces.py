"""A folder of disposable Parquet pieces and the one list of which of them count.

``manifest.json`` names groups of files with the sheets each group holds whole. A piece is written aside,
moved in, and counts from the moment the list that names it replaces the old one. A process killed before
that leaves files nobody names, which the next ``sweep`` removes; killed after it, nothing is missing.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """One file: the subjects it spans, and how many of its rows are about nobody yet (they stand last)."""

    name: str
    rows: int
    low: int | None
    high: int | None
    loose: int


@dataclass(frozen=True, slots=True)
class Group:
    """Files that together hold every row of some sheets."""

    pieces: tuple[Piece, ...]
    sheets: Mapping[int, str]
    """By number, with the hash each had when it was read."""

    @property
    def rows(self) -> int:
        return sum(piece.rows for piece in self.pieces)

    @property
    def name(self) -> str:
        """This will name the group by its first file."""
        return self.pieces[0].name


@dataclass(frozen=True)
class Manifest:
    """What counts in a folder. ``retired`` files were replaced; a reader may still be at them."""

    groups: tuple[Group, ...] = ()
    retired: tuple[str, ...] = ()
    sheets: Mapping[int, str] = field(init=False)

    def __post_init__(self) -> None:
        held = {number: sha256 for group in self.groups for number, sha256 in group.sheets.items()}
        object.__setattr__(self, "sheets", held)


@dataclass(frozen=True, slots=True)
class Written:
    """A group that is written, and in no folder yet."""

    files: Sequence[Path]
    sheets: Mapping[int, str]


_read: dict[Path, tuple[_Stamp, Manifest]] = {}
"""Per process: the list of each folder as it was last read."""


class Folder:
    """One folder of pieces: an item's shelf, or the timeline."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def manifest(self) -> Manifest:
        """This will give what counts now."""
        path = self.path / "manifest.json"
        try:
            found = path.stat()
        except FileNotFoundError:
            return Manifest()
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        known = _read.get(path)
        if known is None or known[0] != stamp:
            known = _read[path] = (stamp, _parsed(path.read_bytes()))
        return known[1]

    def file(self, piece: Piece) -> Path:
        """This will give where a piece stands."""
        return self.path / f"{piece.name}.parquet"

    def files(self, group: Group) -> list[Path]:
        """This will give the files of a group."""
        return [self.file(piece) for piece in group.pieces]

    def swap(self, gone: Collection[Group], new: Sequence[Written]) -> bool:
        """This will put new groups in the place of old ones, in one step.

        Where one of the old is no longer there, or a sheet of the new is held already, somebody else was
        first: nothing changes, and False says so. The files of ``new`` are used up either way.
        """
        with self._alone():
            held = self.manifest()
            names = {group.name for group in gone}
            kept = [group for group in held.groups if group.name not in names]
            others = {number for group in kept for number in group.sheets}
            late = len(held.groups) - len(kept) != len(names)
            if late or any(others & set(each.sheets) for each in new):
                for each in new:
                    _unlink(each.files)
                return False
            added = [self._moved(each) for each in new if each.files]
            retired = [piece.name for group in gone for piece in group.pieces]
            self._write(Manifest((*kept, *added), (*held.retired, *retired)))
            return True

    def clear(self, new: Sequence[Written] = ()) -> None:
        """This will throw away whatever is there and put new groups in its place."""
        with self._alone():
            self._write(Manifest(tuple(self._moved(each) for each in new if each.files)))
        self.sweep(at_once=True)

    def sweep(self, *, at_once: bool = False) -> int:
        """This will remove files nobody names; those replaced since the last sweep only with ``at_once``."""
        with self._alone():
            held = self.manifest()
            named = {piece.name for group in held.groups for piece in group.pieces}
            if not at_once:
                named |= set(held.retired)
            stale = [path for path in self.path.glob("*.parquet") if path.stem not in named]
            _unlink(stale)
            if held.retired:
                self._write(Manifest(held.groups))
            return len(stale)

    @contextmanager
    def merging(self) -> Iterator[bool]:
        """This will say whether the caller may merge: one at a time, and nobody waits."""
        with (self.path / ".merging").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.path / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _moved(self, new: Written) -> Group:
        pieces = []
        for path in new.files:
            _sync(path)
            name = secrets.token_hex(8)
            pieces.append(_piece(path, name))
            path.replace(self.path / f"{name}.parquet")
        return Group(tuple(pieces), dict(new.sheets))

    def _write(self, manifest: Manifest) -> None:
        path = self.path / f"manifest.{secrets.token_hex(4)}"
        path.write_bytes(_unparsed(manifest))
        _sync(path)
        path.replace(self.path / "manifest.json")
        _sync(self.path)


def bounds(path: Path, most: int) -> list[str]:
    """This will cut a sorted shelf between row groups into ranges of subjects of about ``most`` rows, as SQL."""
    metadata: Any = pq.read_metadata(path)
    cuts, rows = list[int](), 0
    for place in range(metadata.num_row_groups):
        group = metadata.row_group(place)
        first = group.column(0).statistics
        if rows >= most and first.has_min_max and first.min not in cuts:
            cuts.append(first.min)
            rows = 0
        rows += group.num_rows
    if not cuts:
        return ["true"]
    between = [f"subject >= {low} AND subject < {high}" for low, high in pairwise(cuts)]
    return [f"subject < {cuts[0]}", *between, f"subject >= {cuts[-1]}"]


def _piece(path: Path, name: str) -> Piece:
    """This will read from a file's footer what it spans; its first column is the subject."""
    metadata: Any = pq.read_metadata(path)
    parts = [metadata.row_group(place).column(0).statistics for place in range(metadata.num_row_groups)]
    spans = [part for part in parts if part is not None and part.has_min_max]
    return Piece(
        name=name,
        rows=metadata.num_rows,
        low=min((part.min for part in spans), default=None),
        high=max((part.max for part in spans), default=None),
        loose=sum(part.null_count for part in parts if part is not None),
    )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unlink(files: Sequence[Path]) -> None:
    for path in files:
        path.unlink(missing_ok=True)


def _parsed(body: bytes) -> Manifest:
    told = json.loads(body)
    return Manifest(
        tuple(
            Group(
                tuple(Piece(*piece) for piece in group["pieces"]),
                {int(number): sha256 for number, sha256 in group["sheets"].items()},
            )
            for group in told["groups"]
        ),
        tuple(told["retired"]),
    )


def _unparsed(manifest: Manifest) -> bytes:
    groups: list[dict[str, Any]] = [
        {
            "pieces": [[each.name, each.rows, each.low, each.high, each.loose] for each in group.pieces],
            "sheets": dict(group.sheets),
        }
        for group in manifest.groups
    ]
    return json.dumps({"groups": groups, "retired": manifest.retired}).encode()
