"""Writing what was judged: the taken rows as a sheet, the refused rows with their reasons, the superseded pairs."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from chengxin.core.errors import sentences
from chengxin.engine.duck import DuckDBPyConnection, literal, name

from .landing import Landed
from .quality import Quality

GROUP = 122_880
"""Rows of a Parquet row group."""


def write_sheet(connection: DuckDBPyConnection, quality: Quality, sheet: int, target: Path) -> int:
    """This will write the taken rows in the sender's order: record, row, scheme, code, columns, digests."""
    scheme, code = quality.chosen()
    stored = ", ".join(f"{value} as {name(each)}" for each, value in quality.kept().items())
    sql = f"""
        select ({sheet}::bigint << 32) | t.position as record, t.row, {scheme} as scheme, {code} as code,
               {stored}, j.d1 as digest_1, j.d2 as digest_2
        from ({quality.typed()}) as t join judged as j using (position)
        where not j.bad and t.position not in (select position from left_out)"""
    return _written(connection, sql, target)


def write_in_order(connection: DuckDBPyConnection, quality: Quality, sheet: int, target: Path) -> int:
    """This will write the taken rows by their subjects, nobody's last: subject, and then as ``write_sheet`` does.

    A subject is who was registered with the row's code. What follows from a row's other columns is added after
    the sort, which then moves less. Reads the table ``met``.
    """
    kept = quality.kept()
    inside = ", ".join(f"{value} as {name('v_' + each)}" for each, value in kept.items())
    again = ", ".join(f"{name('v_' + each)} as {name(each)}" for each in kept)
    rows = f"""
        select coalesce(j.bearer, m.bearer) as subject, t.position, t.row, j.way, j.d1, j.d2, {inside}
        from ({quality.typed()}) as t join judged as j using (position) left join met as m using (position)
        where not j.bad and t.position not in (select position from left_out)"""
    scheme, code = quality.chosen(digested=True)
    coded = f"select *, {scheme} as scheme, {code} as code"
    body = f"{coded} from ({rows} and coalesce(j.bearer, m.bearer) is not null order by subject, position)"
    if _loose(connection):
        nobody = f"{coded} from ({rows} and coalesce(j.bearer, m.bearer) is null)"
        body = f"({body}) union all (select * from ({nobody}) order by code, position)"
    sql = f"""
        select subject, ({sheet}::bigint << 32) | position as record, row, scheme, code, {again},
               d1 as digest_1, d2 as digest_2
        from ({body})"""
    return _written(connection, sql, target)


def _loose(connection: DuckDBPyConnection) -> bool:
    """This will say whether any row to be taken is about nobody yet."""
    found = connection.execute("""
        select 1 from judged as j left join met as m using (position)
        where not j.bad and coalesce(j.bearer, m.bearer) is null
              and position not in (select position from left_out) limit 1""").fetchall()
    return bool(found)


def write_refused(connection: DuckDBPyConnection, quality: Quality, target: Path) -> int:
    """This will write the rows that go back: the sender's row number, what is wrong, how to mend it, the texts."""
    quality = quality.spelled_out()
    connection.register("sentences_of_rows", _sentences(quality))
    landed = quality.landed
    texts = "".join(f", f.{name(column)} as {name(sent(column))}" for column in landed.columns)
    nothing = "".join(f", null as {name(column)}" for column in landed.columns)
    rejects = ""
    if landed.rejects:
        reason = "[{'reason': 'broken_line', 'column': '', 'value': value}]"
        rejects = f"union all select null, row, {reason}{nothing} from {literal(str(landed.rejects))}"
    sql = f"""
        with rows as ({quality.explained()} {rejects}),
             first as (select *, coalesce(reasons[1], {{'reason': 'other_body', 'column': '', 'value': null}})
                                 as one from rows)
        select f.row, f.position, one.reason as reason, one.column as "column", one.value as value,
               s.zh, s.en, s.hint_zh as remedy_zh, s.hint_en as remedy_en,
               array_to_string(list_transform(reasons[2:], lambda each: each.reason || ':' || each.column), '; ')
                   as also
               {texts}
        from first f left join sentences_of_rows s on s.reason = one.reason and s.column = one.column
        order by f.row, f.position"""
    try:
        return _written(connection, sql, target)
    finally:
        connection.unregister("sentences_of_rows")


def sent(column: str) -> str:
    """This will name the column of a sheet of refused rows that holds the sender's text of a catalogue column."""
    return f"sent {column}"


def write_superseded(connection: DuckDBPyConnection, target: Path) -> int:
    """This will write what the batch supersedes: (record, by_record)."""
    return _written(connection, "select record, by_record from supersedes order by record, by_record", target)


def by_reason(connection: DuckDBPyConnection, refused: Path | None, landed: Landed) -> dict[str, int]:
    """This will count refused rows by reason, and the remarks a mapping made on the rows it could save."""
    counts: dict[str, int] = {}
    if refused is not None:
        counts.update(
            connection.execute(
                f"select reason, count(*) from {literal(str(refused))} group by reason order by reason"
            ).fetchall()
        )
    if "_note" in landed.special:
        counts.update(
            connection.execute(f"""
                select t._note, count(*) from ({landed.relation()}) t join judged j using (position)
                where t._note is not null and not j.bad and position not in (select position from left_out)
                group by t._note order by t._note""").fetchall()
        )
    return counts


def _written(connection: DuckDBPyConnection, sql: str, target: Path) -> int:
    form = f"format parquet, compression snappy, row_group_size {GROUP}, dictionary_size_limit 10000"
    body = f"copy ({sql}) to {literal(str(target))} ({form})"
    ((rows,),) = connection.execute(body).fetchall()
    return int(rows)


def _sentences(quality: Quality) -> pa.Table:
    """This will say every reason this file may meet, in both languages, with the column's own words."""
    pairs = {(check.reason, check.column) for check in quality.checks if check.names} | {
        ("broken_line", ""),
        ("other_body", ""),
    }
    rows = []
    for reason, place in sorted(pairs):
        texts = sentences()[f"row.{reason}"]
        words = _words(quality, place)
        rows.append({"reason": reason, "column": place, **{k: texts[k].format(**words) for k in texts}})
    return pa.Table.from_pylist(rows)


def _words(quality: Quality, place: str) -> dict[str, str]:
    columns = quality.item.columns
    named = [columns[each] for each in place.split("/") if each in columns]
    first = named[0] if named else None
    allowed = list(first.allowed.values()) if first else []
    return {
        "column": "、".join(each.title for each in named),
        "column_en": " / ".join(each.title_en for each in named),
        "allowed": "、".join(each.zh for each in allowed),
        "allowed_en": ", ".join(each.en for each in allowed),
        "longest": str((first.max_length if first else None) or ""),
        "example": first.example if first else "",
        "unit": first.unit if first else "",
    }
