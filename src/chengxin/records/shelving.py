"""Writing an item's sheets as a shelf and as lines of the timeline: one sort gives both.

A long sheet was sorted as it was written, and stands on the shelf as it is.

A row's subject is the one that bears its code, as registered: merges and links by hand are applied by those
who read, since they change and the row does not. Rows of nobody stand last, by their code.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.engine import duck, warm
from chengxin.engine.store import Store
from chengxin.policy.items import Item
from chengxin.subjects import bulk
from chengxin.subjects.resolution import NOBODY, bearers, one_by_one

from . import low
from .lines import line_sql, replaced_sql
from .models import Sheet
from .pieces import Written, bounds

SMALL = 250_000
"""Rows up to which a shelf is one file with its loose rows at the end."""
MANY = 2_000_000
"""Rows from which on it is not even counted how many codes they name."""
SHELF_GROUP, LINE_GROUP = 122_880, 20_480
"""Rows of a row group: a shelf is read whole, the timeline by subject."""
LINES = 1_000_000
"""Lines of a file of the timeline, unless one subject has more."""
SHELF_ORDER = "subject, CASE WHEN subject IS NULL THEN code END, record"
MEMORY = "2GB"
"""Beside an intake that may hold as much."""
DIGESTS = ("digest_1", "digest_2")
"""Kept for intake, which asks what was told before: few shelves are read faster than many sheets."""
_HEAD = ("subject", "scheme", "code", "record")


@dataclass(frozen=True, slots=True)
class Told:
    """A sheet, and what its batch says once for all its rows."""

    id: int
    sha256: str
    rows: int
    told_on: date
    agency: str
    region: str
    supersedes: str


@dataclass(frozen=True, slots=True)
class Placed:
    """What was written of some sheets; the files are in no folder yet."""

    shelf: Written
    timeline: Written
    rows: int
    unlinked: int


def in_order(item: Item, sheet: Told, store: Store) -> bool:
    """This will say whether a sheet was written as a shelf is, and has every column of the item as it is now."""
    if sheet.rows <= SMALL:
        return False
    names = pq.read_schema(store.sheet(sheet.sha256)).names
    return names[0] == "subject" and not item.sql_types().keys() - set(names)


def place(item: Item, told: Sequence[Told], store: Store, *, as_it_is: bool = False) -> Placed:
    """This will write the shelf and the lines of sheets of one item; one that is ``in_order`` may stay as it is."""
    sheets = {each.id: each.sha256 for each in told}
    rows = sum(each.rows for each in told)
    with opened(rows, store) as connection:
        writing = _Writing(connection, item, told, store, as_it_is=as_it_is)
        shelf = writing.same() if as_it_is else writing.shelf()
        lines = writing.timeline(shelf)
        ((unlinked,),) = connection.execute(
            f"SELECT count(*) FILTER (subject IS NULL) FROM {_parquet(shelf)}"
        ).fetchall()
    return Placed(Written(shelf, sheets), Written(lines, sheets), rows, unlinked)


def opened(rows: int, store: Store) -> AbstractContextManager[duck.DuckDBPyConnection]:
    """This will open a DuckDB as large as the work: the one that is open already, for a handful of rows."""
    if rows <= SMALL:
        return warm.lent(store)
    return closing(duck.connect(temp=store.temp().parent, keep_order=True, memory=MEMORY))


class _Writing:
    """The tables one sort reads: ``batch``, ``borne`` (the codes the rows name), ``replaced``."""

    def __init__(
        self,
        connection: duck.DuckDBPyConnection,
        item: Item,
        told: Sequence[Told],
        store: Store,
        *,
        as_it_is: bool,
    ) -> None:
        self.connection, self.item, self.told, self.store = connection, item, told, store
        self.rows = sum(each.rows for each in told)
        self.source = _parquet([store.sheet(each.sha256) for each in told])
        self._know_batches()
        self._know_replaced()
        self._know_bearers(["replaced"] if as_it_is else [self.source, "replaced"])

    def same(self) -> list[Path]:
        """This will let the sheet stand on the shelf too: one file under two names, or its copy elsewhere."""
        path = self.store.temp(".parquet")
        sheet = self.store.sheet(self.told[0].sha256)
        try:
            path.hardlink_to(sheet)
        except OSError:
            shutil.copyfile(sheet, path)
        return [path]

    def shelf(self) -> list[Path]:
        """This will write every row, sorted by subject; large shelves keep the loose rows in a file apart."""
        body = f"SELECT i.subject, {self._columns()} FROM {self.source} AS r"
        bearer = "borne AS i ON i.scheme = r.scheme AND i.code = r.code"
        if self.rows <= SMALL:
            whole = f"SELECT * FROM ({body} LEFT JOIN {bearer}) AS whole ORDER BY {SHELF_ORDER}"
            return [self._copy(whole, SHELF_GROUP)]
        linked = self._copy(f"{body} JOIN {bearer} ORDER BY subject, record", SHELF_GROUP)
        if self._counted([linked]) == self.rows:
            return [linked]
        nobody = body.replace("i.subject", "NULL::bigint AS subject", 1)
        loose = self._copy(f"{nobody} ANTI JOIN {bearer} ORDER BY r.code, r.record", SHELF_GROUP)
        return self._filled([linked, loose])

    def timeline(self, shelf: Sequence[Path]) -> list[Path]:
        """This will derive the lines from the sorted shelf, with what these sheets replaced."""
        lines, replaced = line_sql(self.item, _parquet(shelf)), replaced_sql(self.item)
        if self.rows <= SMALL:
            both = f"SELECT * FROM ({lines} UNION ALL {replaced}) ORDER BY {SHELF_ORDER}"
            return [self._copy(both, LINE_GROUP)]
        parts = [
            self._copy(f"SELECT * FROM ({line_sql(self.item, _parquet([path]))}) WHERE {bound}", LINE_GROUP)
            for path in shelf
            for bound in bounds(path, LINES)
        ]
        tail = self._copy(f"SELECT * FROM ({replaced}) ORDER BY {SHELF_ORDER}", LINE_GROUP)
        return self._filled([*parts, tail])

    def _columns(self) -> str:
        found = {row[0] for row in self.connection.execute(f"DESCRIBE FROM {self.source}").fetchall()}
        repeated = self._repeated()
        shown = [f"r.{each}" for each in ("scheme", "code", "record")]
        shown += [f"r.{each}" if each in found else f"NULL::bigint AS {each}" for each in DIGESTS]
        for column, kind in self.item.sql_types().items():
            if column not in _HEAD:
                value = f"r.{duck.name(column)}" if column in found else "NULL"
                shown.append(f"{value}::{repeated.get(column, kind)} AS {duck.name(column)}")
        return ", ".join(shown)

    def _repeated(self) -> dict[str, str]:
        """This will make a type of its own for each text column with few distinct texts.

        A sort then moves small numbers instead of texts, and writing finds its dictionary made: a third of the
        work. What is read back is text as before.
        """
        types = {}
        if self.rows > SMALL:
            for column in low.columns(self.store.sheet(each.sha256) for each in self.told):
                types[column] = duck.name(f"few_{column}")
                self.connection.execute(f"DROP TYPE IF EXISTS {types[column]}")
                self.connection.execute(
                    f"CREATE TYPE {types[column]} AS ENUM (SELECT DISTINCT {duck.name(column)} "
                    f"FROM {self.source} WHERE {duck.name(column)} IS NOT NULL ORDER BY 1)"
                )
        return types

    def _copy(self, sql: str, group: int) -> Path:
        path = self.store.temp(".parquet")
        self.connection.execute(
            f"COPY ({sql}) TO {duck.literal(str(path))} "
            f"(FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE {group}, DICTIONARY_SIZE_LIMIT 10000)"
        )
        return path

    def _filled(self, files: list[Path]) -> list[Path]:
        """This will keep the files that hold anything."""
        kept = []
        for path in files:
            if self._counted([path]):
                kept.append(path)
            else:
                path.unlink()
        return kept

    def _counted(self, files: list[Path]) -> int:
        ((rows,),) = self.connection.execute(f"SELECT count(*) FROM {_parquet(files)}").fetchall()
        return int(rows)

    def _know_batches(self) -> None:
        self._table(
            "batch",
            {
                "sheet": pa.array([each.id for each in self.told], pa.int64()),
                "told": pa.array([each.told_on for each in self.told], pa.date32()),
                "agency": pa.array([each.agency for each in self.told], pa.string()),
                "region": pa.array([each.region for each in self.told], pa.string()),
            },
        )

    def _know_replaced(self) -> None:
        """This will gather what the sheets replaced, with the code of each row that was replaced."""
        self.connection.execute(_NO_REPLACED)
        for each in self.told:
            if not each.supersedes:
                continue
            pairs = duck.literal(str(self.store.superseded(each.supersedes)))
            older = self._older(pairs)
            if older:
                self.connection.execute(
                    f"INSERT INTO replaced SELECT s.scheme, s.code, p.record, p.by_record, {each.id}, "
                    "greatest(o.told, b.told) "
                    f"FROM read_parquet({pairs}) AS p JOIN {_parquet(older)} AS s ON s.record = p.record "
                    f"JOIN batch AS b ON b.sheet = {each.id} "
                    "JOIN replacing AS o ON o.sheet = p.by_record >> 32"
                )

    def _older(self, pairs: str) -> list[Path]:
        """This will give the sheets of what was replaced, and say when each that replaces was told."""
        found = self.connection.execute(
            f"SELECT DISTINCT record >> 32, by_record >> 32 FROM read_parquet({pairs})"
        ).fetchall()
        old, new = ({row[place] for row in found} for place in (0, 1))
        days = list(Sheet.objects.filter(pk__in=new).values_list("id", "batch__told_on"))
        self._table(
            "replacing",
            {
                "sheet": pa.array([number for number, _ in days], pa.int64()),
                "told": pa.array([day for _, day in days], pa.date32()),
            },
        )
        hashes = Sheet.objects.filter(pk__in=old).order_by("id").values_list("sha256", flat=True)
        return [self.store.sheet(sha256) for sha256 in hashes]

    def _know_bearers(self, sources: Sequence[str]) -> None:
        """This will ask the registry for the codes the rows name: one by one, or each scheme whole."""
        if self.rows > MANY and self.source in sources:
            self._know_all()
            return
        named = " UNION ALL ".join(f"SELECT scheme, code FROM {each}" for each in sources)
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE named AS SELECT DISTINCT scheme, code FROM ({named}) "
            "WHERE code IS NOT NULL"
        )
        tables = [NOBODY]
        counts = self.connection.execute("SELECT scheme, count(*) FROM named GROUP BY scheme").fetchall()
        for scheme, codes in sorted(counts):
            tables.append(bearers(scheme, self._codes(scheme) if one_by_one(codes) else None))
        borne = pa.concat_tables(tables)
        self._table("borne", dict(zip(borne.column_names, borne.columns, strict=True)))

    def _know_all(self) -> None:
        """This will ask for every code of the schemes the rows name."""
        named = f"SELECT scheme FROM {self.source} UNION ALL SELECT scheme FROM replaced"
        rows = self.connection.execute(f"SELECT DISTINCT scheme FROM ({named}) WHERE scheme IS NOT NULL")
        borne = pa.concat_tables([NOBODY, *(bearers(scheme, None) for (scheme,) in sorted(rows.fetchall()))])
        self._table("borne", dict(zip(borne.column_names, borne.columns, strict=True)))

    def _codes(self, scheme: str) -> list[str]:
        rows = self.connection.execute("SELECT code FROM named WHERE scheme = ?", [scheme]).fetchall()
        return [code for (code,) in rows]

    def _table(self, name: str, columns: Mapping[str, bulk.Column]) -> None:
        self.connection.register("given", pa.table(dict(columns)))
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given")
        self.connection.unregister("given")


def _parquet(files: Sequence[Path]) -> str:
    return f"read_parquet({duck.paths(list(files))}, union_by_name = true)"


_NO_REPLACED = """
CREATE OR REPLACE TEMP TABLE replaced (
    scheme varchar, code varchar, record bigint, by_record bigint, sheet bigint, told date)"""
