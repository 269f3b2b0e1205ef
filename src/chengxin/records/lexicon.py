"""Reading each distinct text of a column once: what value it means, its digest, whether it is bad.

A province's file names a hundred kinds of offence twelve million times. The texts of such columns are judged in
a table as long as they are many, and every row then looks its own up: the engine does so once for each
distinct text of a row group. What a lexicon says is what the same SQL says of a row; a test holds them together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chengxin.engine.duck import DuckDBPyConnection, name

from . import typing_sql
from .quality import Quality, known

if TYPE_CHECKING:
    from chengxin.policy.items import Column

MOST = 20_000
"""Distinct texts of a lexicon."""


def learn(connection: DuckDBPyConnection, quality: Quality) -> Quality:
    """This will give the same contract with a lexicon for each column that repeats itself enough."""
    learned = [
        name_
        for name_ in quality.landed.repeated
        if _suits(column := quality.item.columns[name_]) and _learned(connection, quality, column)
    ]
    return replace(quality, lexicon=frozenset(learned))


def _suits(column: Column) -> bool:
    """This will say whether a text alone decides: capital has a currency beside it, and persons a digest."""
    return column.scheme not in ("capital", "id_number")


def _learned(connection: DuckDBPyConnection, quality: Quality, column: Column) -> bool:
    cell = name(column.name)
    connection.execute(f"""
        create or replace temp table distinct_texts as
        select row_number() over () as position, 0 as row, {cell}
        from ({quality.landed.distinct(column.name)})""")
    filled = typing_sql.cleaned(column, cell)
    ((texts, codes),) = connection.execute(f"select count(*), count({filled}) from distinct_texts").fetchall()
    if not 0 < texts <= MOST or (column.type == "identifier" and codes):
        return False
    connection.execute(f"create or replace temp table meanings as {quality.learned(column)}")
    _enumerate(connection, known(column.name), "select text from meanings order by text")
    value = "value"
    if column.sql_type == "VARCHAR":
        value = f"value::{name(f'values of {column.name}')}"
        told = "select distinct value from meanings where value is not null order by value"
        _enumerate(connection, name(f"values of {column.name}"), told)
    for what, meaning in (("value", value), ("digest", "digest"), ("bad", "bad")):
        connection.execute(
            f"set variable {name(f'{what} {column.name}')} = "
            f"(select list({meaning} order by text) from meanings)"
        )
    connection.execute("drop table meanings")
    connection.execute("drop table distinct_texts")
    return True


def _enumerate(connection: DuckDBPyConnection, kind: str, texts: str) -> None:
    """This will make a type of some texts: a row then carries the place of its text, and not the text."""
    connection.execute(f"drop type if exists {kind}")
    connection.execute(f"create type {kind} as enum ({texts})")
