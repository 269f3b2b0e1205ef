"""Whom the rows are about: the codes the registry knows, and the subjects a file brings with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from chengxin.core import identifiers
from chengxin.core.clock import day_of
from chengxin.engine.duck import DuckDBPyConnection, name
from chengxin.policy.items import Item
from chengxin.subjects import learning
from chengxin.subjects.bulk import pc
from chengxin.subjects.prominence import prominence
from chengxin.subjects.registry import register
from chengxin.subjects.resolution import NOBODY, bearers, few, one_by_one, with_bearers

from .quality import Quality, borne

FEW = 2_000
"""Rows up to which the registry is asked for their codes one by one rather than read whole."""
PROVEN = ("uscc", "id_number")
"""Schemes whose check character is proof enough to open a subject; others link only to one that is known."""

Registry = pa.Table
"""Whom codes stand for: ``(scheme, code, subject, bearer)``."""


def registry(item: Item) -> Registry:
    """This will read every code of the kinds by which an item's rows may name their subject."""
    return with_bearers({borne(scheme) for scheme, _ in item.identifies})


def know(connection: DuckDBPyConnection, quality: Quality, read: Registry | None) -> None:
    """This will put the table ``identities (scheme, code, subject, bearer)`` before the file: what the registry
    knows, as it was ``read`` already or as it is asked now. Of a short file nobody asks for ``bearer``, whom a
    code was registered for before any merge."""
    table = read if read is not None else _now(connection, quality)
    connection.execute("drop table if exists identities")
    connection.register("identities_now", table)
    connection.execute(
        "create temp table identities as select scheme, code, subject, bearer from identities_now"
    )
    connection.unregister("identities_now")


def _now(connection: DuckDBPyConnection, quality: Quality) -> Registry:
    few_rows = f"select count(*) <= {FEW} from ({quality.landed.relation()})"
    ((small,),) = connection.execute(few_rows).fetchall()
    return _asked(connection, quality) if small else with_bearers({borne(each) for each, _ in quality.ways})


def _asked(connection: DuckDBPyConnection, quality: Quality) -> pa.Table:
    asked: dict[str, set[str]] = {}
    for scheme, column in quality.ways:
        sql = f"select distinct {quality.code(scheme, column)} as code from ({quality.typed()}) t"
        asked.setdefault(borne(scheme), set()).update(
            code for (code,) in connection.execute(sql).fetchall() if code
        )
    parts = [NOBODY]
    for scheme, codes in asked.items():
        found = few(scheme, sorted(codes))
        parts.append(
            pa.table(
                {
                    "scheme": pa.array([scheme] * len(found), pa.string()),
                    "code": pa.array(list(found), pa.string()),
                    "subject": pa.array(list(found.values()), pa.int64()),
                }
            )
        )
    asked_for = pa.concat_tables(parts)
    return asked_for.append_column("bearer", pa.nulls(asked_for.num_rows, pa.int64()))


@dataclass(frozen=True)
class Newcomers:
    """Whom a judged file brings: nothing is written yet, and nothing more is asked of the file."""

    table: pa.Table
    """Proven codes nobody bore; of a registry every row, with its name."""
    unlinked: int
    """Rows to be taken that are about nobody yet: no code, or one that proves nothing by itself."""
    told_late: dict[str, list[str]]
    """By scheme, the codes of a file told for a day that is past."""


def newcomers(connection: DuckDBPyConnection, quality: Quality, *, now: datetime, on: date) -> Newcomers:
    """This will gather whom the rows to be taken are about and nobody knew."""
    _gather(connection, quality)
    known = "true" if quality.item.registers else "subject is null"
    table = connection.sql(_NEW.format(known=known)).to_arrow_table()
    ((unlinked,),) = connection.execute(
        "select count(*) from whom where not creates and subject is null"
    ).fetchall()
    connection.execute("drop table asked")
    late = _told_late(connection, quality) if on < day_of(now) else {}
    return Newcomers(table, int(unlinked), late)


def bring(new: Newcomers, item: Item, *, now: datetime, on: date) -> None:
    """This will open a subject for each proven code nobody bore, and hang names on those a registry tells of.

    Codes of a file told late are known from the day it was told.
    """
    if new.table.num_rows:
        columns = dict(zip(new.table.column_names, new.table.columns, strict=True))
        given: dict[str, Any] = {k: columns[k] for k in ("scheme", "code", "name", "region", "named_from")}
        if item.registers:
            given["prominence"] = prominence(columns["capital"], columns["named_from"], on)
        register(pa.table(given), item.about, now)
    for scheme, codes in new.told_late.items():
        learning.told_on(scheme, codes, on)


def meet(connection: DuckDBPyConnection, new: Newcomers) -> None:
    """This will put the table ``met (position, bearer)`` before the file: whom it brought, by row."""
    parts = [NOBODY]
    for scheme in pc.unique(new.table["scheme"]).to_pylist():
        codes = new.table.filter(pc.equal(new.table["scheme"], scheme))["code"].to_pylist()
        parts.append(bearers(scheme, [str(code) for code in codes] if one_by_one(len(codes)) else None))
    connection.register("brought", pa.concat_tables(parts))
    connection.execute("""
        create or replace temp table met as
        select w.position, b.subject as bearer from whom w join brought b on b.scheme = w.scheme and b.code = w.code
        where w.subject is null""")
    connection.unregister("brought")


def _told_late(connection: DuckDBPyConnection, quality: Quality) -> dict[str, list[str]]:
    scheme, code = quality.chosen()
    told = connection.execute(f"""
        select distinct {scheme} as scheme, {code} as code
        from ({quality.typed()}) t join judged j using (position)
        where not j.bad and j.way is not null and position not in (select position from left_out)
        order by all""")
    codes: dict[str, list[str]] = {}
    for each, its in told.fetchall():
        codes.setdefault(each, []).append(its)
    return codes


_NEW = """
select scheme, code, arg_max(name, position) as name, arg_max(region, position) as region,
       max(named_from) as named_from, max(capital) as capital
from whom where creates and {known} group by scheme, code order by min(position)"""


def _gather(connection: DuckDBPyConnection, quality: Quality) -> None:
    """This will make the table ``whom``: of every row to be taken its code, name, region, day and capital.

    Where the item is no registry only the rows whose code nobody bears are asked; they are few.
    """
    item, columns = quality.item, quality.item.columns
    asked = "true" if item.registers else "subject is null"
    connection.execute(f"""
        create or replace temp table asked as
        select position, way, subject from judged
        where not bad and {asked} and position not in (select position from left_out)""")
    scheme, code = quality.chosen()
    capital = next((c.name for c in columns.values() if c.scheme == "capital"), "")
    words = ", ".join(
        f"{_value(quality, column)}::{kind} as {alias}"
        for alias, column, kind in (
            ("name", item.name_column, "varchar"),
            ("region", item.region_column, "varchar"),
            ("named_from", item.valid_from if item.registers else "", "date"),
            ("capital", capital, "bigint"),
        )
    )
    own = ", ".join(f"'{each}'" for each in _creating(quality))
    connection.execute(f"""
        create or replace temp table whom as
        select position, subject, scheme, code, name, region, named_from, capital,
               coalesce(scheme in ({own or "''"}), false) as creates
        from (select position, j.subject, {scheme} as scheme, {code} as code, {words}
              from ({quality.typed("position in (select position from asked)")}) t
              join asked j using (position))""")


def _creating(quality: Quality) -> list[str]:
    """This will name the schemes that may open a subject for this item: a place's own codes, and proven ones."""
    schemes = [borne(scheme) for scheme, _ in quality.ways]
    if quality.item.registers:
        return schemes
    return [scheme for scheme in schemes if scheme in PROVEN or scheme not in identifiers.SCHEMES]


def _value(quality: Quality, column: str) -> str:
    return name(f"v_{column}") if column in quality.landed.columns else "null"
