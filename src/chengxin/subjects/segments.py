"""The files of the search index: sealed SQLite FTS5 segments, disposable, rebuilt from the names at will.

Organisations and all others stand in segments of their own, so a public search never opens a file that holds
a person's name. Rows lie in prominence order: a query reads the first it finds and stops. A segment never
changes; new names make a new one, small ones are merged, and one manifest, replaced whole, says which hold.
"""

from __future__ import annotations

import fcntl
import heapq
import json
import os
import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

Group = Literal["organisation", "other"]
Entry = tuple[int, int, str, str, str, str, int]
"""(name, subject, kind, normal, initials, region, prominence), in prominence order, then by name."""

_MANIFEST = "index.json"
_VERSION = 1
_BUILD = """
pragma page_size = 8192; pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -100000;
create virtual table words
    using fts5(tokens, content = '', columnsize = 0, detail = none, tokenize = 'ascii');
create table entry (at integer primary key, name integer, subject integer, kind text, normal text,
                    initials text, region text, prominence integer);
create table common (token text primary key, share integer not null) without rowid;
"""
_MOST_OPEN = 4
"""Segments of a group beyond which the small ones are merged."""
_MUCH_GREATER = 4
"""A segment so many times greater than all smaller ones together is left alone by a merge."""
_SAMPLED = 64
"""One name in so many is asked which tokens are common …"""
_COMMON = 20
"""… in more than so many of ten thousand names."""
_FLUSH = 256 << 20
"""Bytes of tokens kept in memory while a segment is built: three million names in one go."""


@dataclass(frozen=True)
class Segment:
    file: str
    rows: int


@dataclass(frozen=True)
class Manifest:
    """``tide`` is the number of the last name that the segments hold."""

    tide: int = 0
    organisation: tuple[Segment, ...] = ()
    other: tuple[Segment, ...] = ()

    def of(self, group: Group) -> tuple[Segment, ...]:
        return self.organisation if group == "organisation" else self.other

    @property
    def files(self) -> set[str]:
        return {segment.file for segment in (*self.organisation, *self.other)}


def manifest(folder: Path) -> Manifest:
    """This will read which segments hold; an absent or foreign manifest is an empty index."""
    try:
        body = json.loads((folder / _MANIFEST).read_bytes())
    except FileNotFoundError:
        return Manifest()
    if body["version"] != _VERSION:
        return Manifest()
    groups = {group: tuple(Segment(**each) for each in body[group]) for group in ("organisation", "other")}
    return Manifest(body["tide"], groups["organisation"], groups["other"])


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """This will keep every other writer of the index out; readers go on."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build(folder: Path, temp: Path, entries: Iterable[Entry]) -> Segment | None:
    """This will write, seal and move in a segment of entries that come in order; none, where none come."""
    from .tokens import of_name

    rows, sample = 0, Counter[str]()
    with closing(sqlite3.connect(temp, isolation_level=None)) as connection:
        connection.executescript(_BUILD)
        for name, value in (("hashsize", _FLUSH), ("automerge", 0), ("pgsz", 8000)):
            connection.execute("insert into words (words, rank) values (?, ?)", (name, value))
        connection.execute("begin")
        for part in _parts(entries):
            numbered = list(enumerate(part, rows + 1))
            rows += len(part)
            connection.executemany(
                "insert into entry values (?, ?, ?, ?, ?, ?, ?, ?)", [(at, *entry) for at, entry in numbered]
            )
            tokens = [(at, of_name(entry[3], entry[4], entry[5], entry[2])) for at, entry in numbered]
            connection.executemany("insert into words (rowid, tokens) values (?, ?)", tokens)
            sample.update(token for _, text in tokens[::_SAMPLED] for token in text.split(" "))
        least = max(1, rows // _SAMPLED) * _COMMON // 10_000
        shares = [(token, n * 10_000 * _SAMPLED // rows) for token, n in sample.items() if n > least]
        connection.executemany("insert into common values (?, ?)", shares)
        connection.execute("commit")
        connection.execute("insert into words (words) values ('optimize')")
        connection.execute("create index entry_normal on entry (normal)")
    if not rows:
        temp.unlink()
        return None
    return Segment(_sealed(folder, temp), rows)


def _parts(entries: Iterable[Entry], size: int = 50_000) -> Iterator[list[Entry]]:
    part: list[Entry] = []
    for entry in entries:
        part.append(entry)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _sealed(folder: Path, temp: Path) -> str:
    """This will make a finished segment durable under a name nobody had."""
    with temp.open("rb") as file:
        os.fsync(file.fileno())
    name = f"{secrets.token_hex(8)}.sqlite3"
    temp.chmod(0o440)
    temp.replace(folder / name)
    return name


def publish(folder: Path, new: Manifest) -> None:
    """This will let ``new`` hold from now on, whole or not at all, and remove what no longer holds."""
    body = {
        "version": _VERSION,
        "tide": new.tide,
        "organisation": [vars(segment) for segment in new.organisation],
        "other": [vars(segment) for segment in new.other],
    }
    temp = folder / f"{_MANIFEST}.new"
    with temp.open("w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())
    temp.replace(folder / _MANIFEST)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    for path in folder.glob("*.sqlite3"):
        if path.name not in new.files:
            path.unlink()


def merged(folder: Path, temp: Callable[[], Path], segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """This will merge the small ones of many segments into one, leaving a much greater one as it is."""
    if len(segments) <= _MOST_OPEN:
        return segments
    ordered = sorted(segments, key=lambda segment: -segment.rows)
    kept: list[Segment] = []
    while ordered and ordered[0].rows > _MUCH_GREATER * sum(segment.rows for segment in ordered[1:]):
        kept.append(ordered.pop(0))
    if len(ordered) < 2:
        return segments
    one = build(folder, temp(), _together(folder, ordered))
    return (*kept, one) if one else tuple(kept)


def _together(folder: Path, segments: Iterable[Segment]) -> Iterator[Entry]:
    opened = [Opened.at(folder / segment.file).connection for segment in segments]
    yield from heapq.merge(*(each.execute(_ENTRIES) for each in opened), key=lambda row: (-row[6], row[0]))
    for each in opened:
        each.close()


_ENTRIES = "select name, subject, kind, normal, initials, region, prominence from entry order by at"


@dataclass(frozen=True)
class Opened:
    """A sealed segment, open for one thread, with how common its common tokens are."""

    connection: sqlite3.Connection
    shares: dict[str, int]

    @classmethod
    def at(cls, path: Path) -> Self:
        """This will open a segment without lock or journal, its pages straight from the file's memory map."""
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        connection.execute("pragma mmap_size = 4000000000")
        return cls(connection, dict(connection.execute("select token, share from common")))
