"""What a rule sees: a view per catalogue item, the table ``policy``, the findings it reads.

An item's rows are its sheets (or the shelves that cover them) and hot rows, joined to their subjects through
the links of the day, less what is gone. A row nobody could link is not seen: silence about a subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow

from chengxin.engine import duck
from chengxin.engine.spec import ItemSpec, PolicyValue, RunSpec, Shelf
from chengxin.engine.store import Store

EVERY_ITEM = {
    "subject": "BIGINT",
    "record": "BIGINT",
    "told": "DATE",
    "agency": "VARCHAR",
    "region": "VARCHAR",
}
"""Columns each item view has before its own. An item's own ``region`` stands in the place of this one."""

POLICY = {
    "program": "VARCHAR",
    "name": "VARCHAR",
    "region": "VARCHAR",
    "since": "DATE",
    "until": "DATE",
    "value": "BIGINT",
    "text": "VARCHAR",
    "unit": "VARCHAR",
    "basis": "VARCHAR",
    "status": "VARCHAR",
    "depth": "BIGINT",
}
"""The table ``policy``. ``depth`` is 0 nation, 1 province, 2 city, 3 county: the deepest value counts."""

_ARROW: dict[str, pyarrow.DataType] = {
    "VARCHAR": pyarrow.string(),
    "DATE": pyarrow.date32(),
    "BIGINT": pyarrow.int64(),
}


@dataclass(frozen=True, slots=True)
class _Item:
    """One item while its view is made."""

    connection: duck.DuckDBPyConnection
    store: Store
    name: str
    spec: ItemSpec

    def sealed(self, sha256: str) -> str:
        """This will write one of its inputs as SQL."""
        return f"read_parquet({duck.literal(str(self.store.input(sha256)))})"

    def own(self, what: str) -> str:
        """This will name a small table of its own."""
        return duck.name(f"{what} of {self.name}")


def install(
    connection: duck.DuckDBPyConnection,
    spec: RunSpec,
    store: Store,
    *,
    shelves: Mapping[str, Shelf],
    subject: int | None = None,
) -> None:
    """This will make every view and table the run's SQL may name, of one subject only if one is given."""
    _install_policy(connection, spec.program, spec.policy)
    only = f" WHERE subject = {int(subject)}" if subject is not None else ""
    for name, item in spec.items.items():
        body = _rows(_Item(connection, store, name, item), shelves.get(name))
        _view(connection, name, f"SELECT * FROM ({body}) AS known{only}")
    for name, finding in spec.findings.items():
        source = f"read_parquet({duck.literal(str(store.result(finding.rows)))})"
        _view(connection, name, f"SELECT * FROM {source}{only}")


def empty(connection: duck.DuckDBPyConnection, tables: Mapping[str, Mapping[str, str]]) -> None:
    """This will make tables without rows, for asking what a rule would give."""
    for name, columns in tables.items():
        shown = ", ".join(f"{duck.name(column)} {kind}" for column, kind in columns.items())
        connection.execute(f"CREATE TEMP TABLE {duck.name(name)} ({shown})")


def _view(connection: duck.DuckDBPyConnection, name: str, body: str) -> None:
    connection.execute(f"CREATE TEMP VIEW {duck.name(name)} AS {body}")


def _install_policy(connection: duck.DuckDBPyConnection, program: str, values: Iterable[PolicyValue]) -> None:
    rows = [
        {
            "program": program,
            **{each: getattr(value, each) for each in POLICY if each not in ("program", "depth")},
            "depth": depth(value.region),
        }
        for value in values
    ]
    connection.register(
        "policy_rows",
        pyarrow.Table.from_pylist(
            rows, schema=pyarrow.schema([(each, _ARROW[kind]) for each, kind in POLICY.items()])
        ),
    )
    connection.execute("CREATE TEMP TABLE policy AS SELECT * FROM policy_rows")
    connection.unregister("policy_rows")


def depth(region: str) -> int:
    """This will say how deep a GB/T 2260 code stands: 0 nation, 1 province, 2 city, 3 county."""
    return (len(region.rstrip("0")) + 1) // 2


def _rows(item: _Item, shelf: Shelf | None) -> str:
    """This will write an item's rows as of the day: union of its parts, less what is gone."""
    parts = list(_parts(item, shelf))
    if not parts:
        return f"SELECT {_nothing(item.spec)} WHERE false"
    body = "\nUNION ALL\n".join(parts)
    if item.spec.gone is None:
        return body
    return (
        f"SELECT k.* FROM ({body}) AS k ANTI JOIN {item.sealed(item.spec.gone)} AS g ON g.record = k.record"
    )


def _parts(item: _Item, shelf: Shelf | None) -> Iterator[str]:
    covered = _covered(item.spec, shelf)
    if item.spec.sheets:
        _install_batches(item)
    if shelf is not None and covered:
        yield from _shelved(item, shelf, covered)
    loose = [item.store.sheet(sheet.sha256) for sheet in item.spec.sheets if sheet.id not in covered]
    if loose:
        told = _told(item, _parquet(loose), given_by="batch")
        yield from _linked(
            item, f"{told} JOIN {item.own('batch')} AS batch ON batch.sheet = row_of.record >> 32"
        )
    if item.spec.hot:
        yield from _linked(item, _told(item, item.sealed(item.spec.hot), given_by="row_of"))


def _covered(spec: ItemSpec, shelf: Shelf | None) -> frozenset[int]:
    if shelf is None:
        return frozenset()
    return frozenset(sheet.id for sheet in spec.sheets if shelf.sheets.get(sheet.id) == sheet.sha256)


def _shelved(item: _Item, shelf: Shelf, covered: frozenset[int]) -> Iterator[str]:
    """This will write the shelf's rows: those linked when shelved, and the others linked as of the day."""
    told = _told(item, _parquet(shelf.files), given_by="batch", first="row_of.subject")
    told += f" JOIN {item.own('batch')} AS batch ON batch.sheet = row_of.record >> 32"
    if covered != frozenset(shelf.sheets):
        told += f" JOIN (SELECT unnest([{', '.join(map(str, sorted(covered)))}]) AS sheet) AS kept"
        told += " ON kept.sheet = row_of.record >> 32"
    loose, known = f"{told} WHERE row_of.subject IS NULL", f"{told} WHERE row_of.subject IS NOT NULL"
    if item.spec.linked:
        by_hand = f"{item.sealed(item.spec.linked)} AS l ON l.record = row_of.record"
        loose = f"{told} LEFT JOIN {by_hand} WHERE row_of.subject IS NULL OR l.record IS NOT NULL"
        known = f"{told} ANTI JOIN {by_hand} WHERE row_of.subject IS NOT NULL"
    yield from _linked(item, loose)
    columns = _columns("t", item.spec)
    if shelf.merged:
        _install_merged(item, shelf.merged)
        yield (
            f"SELECT coalesce(m.subject, t.subject) AS subject, t.record, {columns} FROM ({known}) AS t "
            f"LEFT JOIN {item.own('merged')} AS m ON m.gone = t.subject"
        )
    else:
        yield f"SELECT t.subject, t.record, {columns} FROM ({known}) AS t"


def _linked(item: _Item, told: str) -> Iterator[str]:
    """This will join rows that name a code to its subject, and those an official linked to theirs."""
    columns = _columns("t", item.spec)
    by_hand = f"{item.sealed(item.spec.linked)} AS l ON l.record = t.record" if item.spec.linked else ""
    if item.spec.identities:
        yield (
            f"SELECT i.subject, t.record, {columns} FROM ({told}) AS t "
            f"JOIN {item.sealed(item.spec.identities)} AS i ON i.scheme = t.scheme AND i.code = t.code"
            f"{f' ANTI JOIN {by_hand}' if by_hand else ''}"
        )
    if by_hand:
        yield f"SELECT l.subject, t.record, {columns} FROM ({told}) AS t JOIN {by_hand}"


def _columns(table: str, spec: ItemSpec) -> str:
    """This will list an item view's columns after subject and record."""
    names = ["told", "agency", "region", *(each for each in spec.columns if each not in EVERY_ITEM)]
    return ", ".join(f"{table}.{duck.name(each)}" for each in names)


def _told(item: _Item, source: str, *, given_by: str, first: str = "") -> str:
    """This will select an item's rows from files; a column the files do not have yet is null.

    ``given_by`` is the table that has told, agency and region: the batch's, or the row itself.
    """
    found = {row[0] for row in item.connection.execute(f"DESCRIBE FROM {source}").fetchall()}
    shown = [first] if first else []
    shown += [f"row_of.{each}" for each in ("record", "scheme", "code")]
    own_region = "region" in item.spec.columns and "region" in found and given_by == "batch"
    region = "coalesce(row_of.region, batch.region)" if own_region else f"{given_by}.region"
    shown += [f"{given_by}.told", f"{given_by}.agency", f"{region} AS region"]
    for name, kind in item.spec.columns.items():
        if name not in EVERY_ITEM:
            value = f"row_of.{duck.name(name)}" if name in found else "NULL"
            shown.append(f"{value}::{kind} AS {duck.name(name)}")
    return f"SELECT {', '.join(shown)} FROM {source} AS row_of"


def _nothing(spec: ItemSpec) -> str:
    kinds = {**EVERY_ITEM, **{k: v for k, v in spec.columns.items() if k not in EVERY_ITEM}}
    return ", ".join(f"NULL::{kind} AS {duck.name(name)}" for name, kind in kinds.items())


def _install_batches(item: _Item) -> None:
    """This will make the small table of what each sheet says once for all its rows."""
    sheets = item.spec.sheets
    _install(
        item,
        "batch",
        {
            "sheet": pyarrow.array([sheet.id for sheet in sheets], pyarrow.int64()),
            "told": pyarrow.array([sheet.told_on for sheet in sheets], pyarrow.date32()),
            "agency": pyarrow.array([sheet.agency for sheet in sheets], pyarrow.string()),
            "region": pyarrow.array([sheet.region for sheet in sheets], pyarrow.string()),
        },
    )


def _install_merged(item: _Item, merged: Mapping[int, int]) -> None:
    columns = {"gone": list(merged), "subject": list(merged.values())}
    _install(item, "merged", {name: pyarrow.array(each, pyarrow.int64()) for name, each in columns.items()})


def _install(item: _Item, what: str, columns: Mapping[str, pyarrow.Array[Any]]) -> None:
    item.connection.register("given_rows", pyarrow.table(dict(columns)))
    item.connection.execute(f"CREATE TEMP TABLE {item.own(what)} AS SELECT * FROM given_rows")
    item.connection.unregister("given_rows")


def _parquet(files: list[Path]) -> str:
    return f"read_parquet({duck.paths(files)}, union_by_name = true)"
