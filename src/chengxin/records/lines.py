"""A line of the timeline as SQL over a shelf: the item's own words for one record."""

from __future__ import annotations

from string import Formatter

from chengxin.engine import duck
from chengxin.policy.items import Column, Item

_SAID = 'SELECT sheet AS "of sheet", told AS "told on", agency AS "told by", region AS "told in" FROM batch'
"""Named as no column of a catalogue can be."""


def line_sql(item: Item, source: str) -> str:
    """This will select the lines of a shelf, in the shelf's order and in the timeline's columns.

    Reads the table ``batch (sheet, told, agency, region)`` beside it.
    """
    own = [f"r.{duck.name(each)}" for each in (item.region_column, "region") if each in item.columns]
    region = ", ".join([*own, '"told in"'])
    begins = item.valid_from or (item.proves.decided_on if item.proves else "")
    ends = item.valid_to or (item.proves.ends_on if item.proves else "")
    return (
        "SELECT subject, scheme, code, record, NULL::bigint AS by_record, record >> 32 AS sheet, "
        f"""{duck.literal(item.name)} AS item, "told by" AS agency, coalesce({region}) AS region, """
        f"{duck.literal(item.disclosure)} AS class, {day_sql(item, begins)} AS valid_from, "
        f"""{day_sql(item, ends, last=True)} AS valid_to, "told on" AS told, {title_sql(item)} AS title """
        f"""FROM {source} AS r JOIN ({_SAID}) AS b ON b."of sheet" = r.record >> 32"""
    )


def replaced_sql(item: Item) -> str:
    """This will select from the table ``replaced`` what was replaced, in the timeline's columns."""
    return (
        "SELECT i.subject, r.scheme, r.code, r.record, r.by_record, r.sheet, "
        f"{duck.literal(item.name)} AS item, NULL::varchar AS agency, NULL::varchar AS region, "
        "NULL::varchar AS class, NULL::date AS valid_from, NULL::date AS valid_to, r.told, "
        "NULL::varchar AS title FROM replaced AS r "
        "LEFT JOIN borne AS i ON i.scheme = r.scheme AND i.code = r.code"
    )


def title_sql(item: Item) -> str:
    """This will write the item's title template as SQL: choices in their Chinese words, nulls as nothing."""
    parts = []
    for text, name, _, _ in Formatter().parse(item.title_template or item.title):
        if text:
            parts.append(duck.literal(text))
        if name:
            parts.append(_word(item.columns[name]))
    return f"concat({', '.join(parts)})"


def _word(column: Column) -> str:
    value = duck.name(column.name)
    if column.type == "bool":
        return f"CASE {value} WHEN true THEN 'True' WHEN false THEN 'False' END"
    known = " ".join(
        f"WHEN {duck.literal(code)} THEN {duck.literal(choice.zh)}" for code, choice in column.allowed.items()
    )
    return f"CASE {value}::varchar {known} ELSE {value}::varchar END" if known else f"{value}::varchar"


def day_sql(item: Item, name: str, *, last: bool = False) -> str:
    """This will read a column as a day; a month or a year begins on its first and ends before the next."""
    column = item.columns.get(name)
    if column is None:
        return "NULL::date"
    value = duck.name(name)
    if column.type not in ("month", "year"):
        return f"try_cast({value} AS date)"
    first = f"try_cast({value}::varchar || '{'-01' if column.type == 'month' else '-01-01'}' AS date)"
    return f"({first} + INTERVAL 1 {column.type.upper()})::date" if last else first
