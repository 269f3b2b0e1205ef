"""What a rule sees: a view per catalogue item, the table ``policy``, the findings it reads.

An item's rows are its sheets (or the shelves that cover them) and hot rows, joined to their subjects through
the links of the day, less what is gone. A row nobody could link is not seen: silence about a subject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow

from chengxin.engine import duck
from chengxin.engine.spec import ItemSpec, Links, PolicyValue, RunSpec, Shelf
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
class _Day:
    """Where views are made, and which link tables the day has."""

    connection: duck.DuckDBPyConnection
    store: Store
    links: frozenset[str]


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
    day = _Day(connection, store, _install_links(connection, spec.links, store))
    only = f" WHERE subject = {int(subject)}" if subject is not None else ""
    for name, item in spec.items.items():
        body = _item(day, name, item, shelves.get(name))
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


def _install_links(connection: duck.DuckDBPyConnection, links: Links, store: Store) -> frozenset[str]:
    """This will make the link tables, merges already followed, and say which of them have rows."""
    here = frozenset(each for each in ("identities", "linked", "merged") if getattr(links, each))
    if links.merged:
        connection.execute(
            f"CREATE TEMP TABLE link_merged AS SELECT gone, subject FROM {_sealed(store, links.merged)}"
        )
    for each, columns in (("identities", "scheme, code"), ("linked", "record")):
        sha256 = getattr(links, each)
        if sha256:
            kept = _followed(_sealed(store, sha256), columns, merged="merged" in here)
            connection.execute(f"CREATE TEMP TABLE link_{each} AS {kept}")
    return here


def _followed(source: str, columns: str, *, merged: bool) -> str:
    if not merged:
        return f"SELECT {columns}, subject FROM {source}"
    return (
        f"SELECT {columns}, coalesce(link_merged.subject, raw.subject) AS subject "
        f"FROM {source} AS raw LEFT JOIN link_merged ON link_merged.gone = raw.subject"
    )


def _sealed(store: Store, sha256: str) -> str:
    return f"read_parquet({duck.literal(str(store.input(sha256)))})"


def _item(day: _Day, name: str, item: ItemSpec, shelf: Shelf | None) -> str:
    """This will write an item's rows as of the day: union of its parts, less what is gone."""
    parts = list(_parts(day, name, item, shelf))
    if not parts:
        return f"SELECT {_nothing(item)} WHERE false"
    body = "\nUNION ALL\n".join(parts)
    if item.gone is None:
        return body
    return (
        f"SELECT k.* FROM ({body}) AS k ANTI JOIN {_sealed(day.store, item.gone)} AS g ON g.record = k.record"
    )


def _parts(day: _Day, name: str, item: ItemSpec, shelf: Shelf | None) -> Iterator[str]:
    covered = _covered(item, shelf)
    if shelf is not None and covered:
        yield from _shelved(day, item, shelf, covered)
    loose = [day.store.sheet(sheet.sha256) for sheet in item.sheets if sheet.id not in covered]
    if loose:
        batch = f"batch_{name}"
        _install_batches(day.connection, batch, item)
        told = _told(day, _parquet(loose), item, given_by="batch")
        yield from _linked(
            f"{told} JOIN {duck.name(batch)} AS batch ON batch.sheet = row_of.record >> 32", item, day
        )
    if item.hot:
        yield from _linked(_told(day, _sealed(day.store, item.hot), item, given_by="row_of"), item, day)


def _covered(item: ItemSpec, shelf: Shelf | None) -> frozenset[int]:
    if shelf is None:
        return frozenset()
    return frozenset(sheet.id for sheet in item.sheets if shelf.sheets.get(sheet.id) == sheet.sha256)


def _shelved(day: _Day, item: ItemSpec, shelf: Shelf, covered: frozenset[int]) -> Iterator[str]:
    """This will write the shelf's rows: those linked when shelved, and the others linked as of the day."""
    told = _told(day, _parquet(shelf.files), item, given_by="row_of", first="row_of.subject")
    if covered != frozenset(shelf.sheets):
        told += f" JOIN (SELECT unnest([{', '.join(map(str, sorted(covered)))}]) AS sheet) AS kept"
        told += " ON kept.sheet = row_of.record >> 32"
    loose, known = f"{told} WHERE row_of.subject IS NULL", f"{told} WHERE row_of.subject IS NOT NULL"
    if "linked" in day.links:
        loose = f"{told} LEFT JOIN link_linked AS l ON l.record = row_of.record"
        loose += " WHERE row_of.subject IS NULL OR l.record IS NOT NULL"
        known = (
            f"{told} ANTI JOIN link_linked AS l ON l.record = row_of.record WHERE row_of.subject IS NOT NULL"
        )
    yield from _linked(loose, item, day)
    columns = _columns("t", item)
    if "merged" in day.links:
        yield (
            f"SELECT coalesce(m.subject, t.subject) AS subject, t.record, {columns} FROM ({known}) AS t "
            "LEFT JOIN link_merged AS m ON m.gone = t.subject"
        )
    else:
        yield f"SELECT t.subject, t.record, {columns} FROM ({known}) AS t"


def _linked(told: str, item: ItemSpec, day: _Day) -> Iterator[str]:
    """This will join rows that name a code to its subject, and those an official linked to theirs."""
    columns = _columns("t", item)
    others = " ANTI JOIN link_linked AS l ON l.record = t.record"
    if "identities" in day.links:
        yield (
            f"SELECT i.subject, t.record, {columns} FROM ({told}) AS t "
            "JOIN link_identities AS i ON i.scheme = t.scheme AND i.code = t.code"
            f"{others if 'linked' in day.links else ''}"
        )
    if "linked" in day.links:
        yield (
            f"SELECT l.subject, t.record, {columns} FROM ({told}) AS t "
            "JOIN link_linked AS l ON l.record = t.record"
        )


def _columns(table: str, item: ItemSpec) -> str:
    """This will list an item view's columns after subject and record."""
    names = ["told", "agency", "region", *(each for each in item.columns if each not in EVERY_ITEM)]
    return ", ".join(f"{table}.{duck.name(each)}" for each in names)


def _told(day: _Day, source: str, item: ItemSpec, *, given_by: str, first: str = "") -> str:
    """This will select an item's rows from files; a column the files do not have yet is null.

    ``given_by`` is the table that has told, agency and region: the batch's, or the row itself.
    """
    found = {row[0] for row in day.connection.execute(f"DESCRIBE FROM {source}").fetchall()}
    shown = [first] if first else []
    shown += [f"row_of.{each}" for each in ("record", "scheme", "code")]
    own_region = "region" in item.columns and "region" in found and given_by == "batch"
    region = "coalesce(row_of.region, batch.region)" if own_region else f"{given_by}.region"
    shown += [f"{given_by}.told", f"{given_by}.agency", f"{region} AS region"]
    for name, kind in item.columns.items():
        if name not in EVERY_ITEM:
            value = f"row_of.{duck.name(name)}" if name in found else "NULL"
            shown.append(f"{value}::{kind} AS {duck.name(name)}")
    return f"SELECT {', '.join(shown)} FROM {source} AS row_of"


def _nothing(item: ItemSpec) -> str:
    kinds = {**EVERY_ITEM, **{k: v for k, v in item.columns.items() if k not in EVERY_ITEM}}
    return ", ".join(f"NULL::{kind} AS {duck.name(name)}" for name, kind in kinds.items())


def _install_batches(connection: duck.DuckDBPyConnection, table: str, item: ItemSpec) -> None:
    """This will make the small table of what each sheet says once for all its rows."""
    rows = pyarrow.table(
        {
            "sheet": pyarrow.array([sheet.id for sheet in item.sheets], pyarrow.int64()),
            "told": pyarrow.array([sheet.told_on for sheet in item.sheets], pyarrow.date32()),
            "agency": pyarrow.array([sheet.agency for sheet in item.sheets], pyarrow.string()),
            "region": pyarrow.array([sheet.region for sheet in item.sheets], pyarrow.string()),
        }
    )
    connection.register("batch_rows", rows)
    connection.execute(f"CREATE TEMP TABLE {duck.name(table)} AS SELECT * FROM batch_rows")
    connection.unregister("batch_rows")


def _parquet(files: list[Path]) -> str:
    return f"read_parquet({duck.paths(files)}, union_by_name = true)"
