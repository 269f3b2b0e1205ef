"""What a run is given: the case file is asked once, and what it says is sealed before anything runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow

from chengxin.engine import duck
from chengxin.engine.run import ItemInput, ItemSpec, PolicyValue, item_spec
from chengxin.engine.store import Store
from chengxin.engine.verify import verify_file
from chengxin.policy.house import House
from chengxin.records import asof
from chengxin.subjects.linkage import links
from chengxin.subjects.models import Identifier, Linkage
from chengxin.subjects.resolution import identities

Bearers = tuple[str | None, str | None]
"""The sealed codes and hand-made links of an item's rows."""

_bearers: dict[tuple[object, ...], Bearers] = {}
"""Per process: what was sealed for the same sheets while the registry stood as it does now."""
_KEPT = 256


def item_of(name: str, as_of: date, *, store: Store, house: House) -> ItemSpec:
    """This will give an item's input as of a day, with the codes and the hand-made links its rows mention."""
    item = house.items[name]
    given = asof.inputs(name, as_of, store=store, house=house)
    for sheet in given.sheets:
        verify_file(store, "sheet", sheet.sha256)
    schemes = frozenset(scheme for scheme, _ in item.identifies)
    key = (store.home, as_of, schemes, tuple(given.sheets), given.hot, *_registry())
    if key not in _bearers:
        if len(_bearers) >= _KEPT:
            _bearers.clear()
        known = _mentioned(identities(as_of, schemes=schemes), given, store) if schemes else None
        _bearers[key] = known, _linked(links(as_of), given, store)
    known, by_hand = _bearers[key]
    return item_spec(given, item.sql_types(), identities=known, linked=by_hand)


def _registry() -> tuple[int, int, int]:
    """This will count what only grows: codes, linkage rows, and those that ended."""
    ended = Linkage.objects.exclude(until=None)
    return Identifier.objects.count(), Linkage.objects.count(), ended.count()


def policy_of(house: House, program: str, as_of: date) -> tuple[PolicyValue, ...]:
    """This will give the rows of the table ``policy``: every value that has begun by the day."""
    return tuple(
        PolicyValue(
            name=f"{row.table}.{row.name}",
            region=row.region,
            since=row.since,
            until=row.until,
            value=row.value_int,
            text=row.value_text,
            unit=row.unit,
            basis=row.basis,
            status=row.status,
        )
        for row in house.policy_rows(program, as_of)
    )


def _mentioned(known: pyarrow.Table, given: ItemInput, store: Store) -> str | None:
    """This will seal the codes that the item's rows name, in order; a code of nobody here is left out.

    So the run of an item does not change when a firm it never mentions is registered.
    """
    files = _files(given, store)
    if not files or known.num_rows == 0:
        return None
    rows = f"SELECT scheme, code FROM read_parquet({duck.paths(files)}, union_by_name = true)"
    wanted = f"SELECT k.scheme, k.code, k.subject FROM known AS k SEMI JOIN ({rows}) AS r"
    return _sealed(
        store,
        {"known": known},
        f"{wanted} ON r.scheme = k.scheme AND r.code = k.code ORDER BY k.scheme, k.code",
    )


def _linked(by_hand: pyarrow.Table, given: ItemInput, store: Store) -> str | None:
    """This will seal the links officials made for records of this item."""
    if by_hand.num_rows == 0:
        return None
    sheets = pyarrow.table({"sheet": pyarrow.array([sheet.id for sheet in given.sheets], pyarrow.int64())})
    mine = "l.record >> 32 IN (SELECT sheet FROM sheets)"
    if given.hot:
        mine += f" OR l.record IN (SELECT record FROM read_parquet({duck.literal(str(given.hot))}))"
    return _sealed(
        store,
        {"by_hand": by_hand, "sheets": sheets},
        f"SELECT l.record, l.subject FROM by_hand AS l WHERE {mine} ORDER BY l.record",
    )


def _files(given: ItemInput, store: Store) -> list[Path]:
    files = [store.sheet(sheet.sha256) for sheet in given.sheets]
    return [*files, given.hot] if given.hot else files


def _sealed(store: Store, tables: dict[str, pyarrow.Table], sql: str) -> str | None:
    """This will seal what a query gives as a run's input; None where it gives nothing."""
    path = store.temp(".parquet")
    connection = duck.connect(temp=path.parent, keep_order=True)
    try:
        for name, table in tables.items():
            connection.register(name, table)
        ((rows,),) = connection.execute(
            f"COPY ({sql}) TO {duck.literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchall()
    finally:
        connection.close()
    if not rows:
        path.unlink()
        return None
    return store.seal_file(path, "input")
