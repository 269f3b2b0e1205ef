"""Files that are tables already: Parquet, read where it lies, and JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.core.errors import FileRefused
from chengxin.engine.duck import DuckDBPyConnection, EngineError, literal, name

from . import headings
from .headings import OVERFLOW, SENDER_ROW
from .landing import MANY, Landed

if TYPE_CHECKING:
    from chengxin.policy.items import Item

LONGEST_OBJECT = 8 << 20
SHARE = 81_920
"""Rows of a row group beyond which it is cut: an engine reads a group with one core."""


def parquet_columns(path: Path) -> list[str]:
    """This will name the columns of a Parquet file. Raises ``FileRefused`` where it cannot be read."""
    try:
        return [str(column) for column in pq.read_schema(path).names]
    except (pa.ArrowInvalid, OSError) as broken:
        raise FileRefused("file.truncated") from broken


def land_parquet(path: Path, item: Item, connection: DuckDBPyConnection, work: Path) -> Landed:
    """This will take a Parquet file as it lies; one long row group is cut, so that every core has its share."""
    landed = _as_it_lies(path, item)
    metadata = pq.read_metadata(path)
    if metadata.num_rows < MANY or metadata.num_row_groups * SHARE >= metadata.num_rows:
        return landed
    target = work / "landed.parquet"
    columns = [*landed.columns, *sorted(landed.special)]
    heads = dict(landed.headings)
    picked = ", ".join(f"{name(heads[each])}::varchar as {name(each)}" for each in columns)
    connection.execute(
        f"copy (select {picked} from read_parquet({literal(str(path))})) to {literal(str(target))} "
        f"(format parquet, compression lz4_raw, row_group_size {SHARE // 4}, dictionary_size_limit 10000)"
    )
    return replace(landed, path=target, direct=False, headings=())


def _as_it_lies(path: Path, item: Item) -> Landed:
    names = parquet_columns(path)
    header = headings.find([names], item)
    places = header.places
    found = tuple((column, names[place]) for column, place in places.items())
    special = frozenset({SENDER_ROW} & set(places))
    columns = tuple(column for column in places if column not in special)
    return Landed(path, columns, special=special, direct=True, headings=found)


def land_json(path: Path, item: Item, connection: DuckDBPyConnection, work: Path) -> Landed:
    """This will read JSON objects, one a line or in one array, into a Parquet of texts.

    A line that is no object becomes a row whose only cell is one too many, so that it is refused as such.
    """
    objects = json_objects(path, connection, work)
    keys = json_keys(objects, connection)
    if not keys:
        raise FileRefused("file.json_broken", why=_first_line(path))
    header = headings.find([keys], item)
    places = header.places
    picked = [f"{_extract(keys[place])} as {name(column)}" for column, place in places.items()]
    picked.append(
        f"case when json is null or json_type(json) <> 'OBJECT' then '{{}}' end as {name(OVERFLOW)}"
    )
    target = work / "landed.parquet"
    connection.execute(
        f"copy (select {', '.join(picked)} from read_parquet({literal(str(objects))})) "
        f"to {literal(str(target))} (format parquet, compression lz4_raw)"
    )
    special = {OVERFLOW, *({SENDER_ROW} & set(places))}
    return Landed(target, tuple(c for c in places if c != SENDER_ROW), special=frozenset(special))


def json_objects(path: Path, connection: DuckDBPyConnection, work: Path) -> Path:
    """This will write the file's objects, in order, as a Parquet with one column ``json``."""
    target = work / "objects.parquet"
    with path.open("rb") as file:
        array = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    kind = "array" if array else "newline_delimited"
    lenient = "false" if array else "true"
    try:
        connection.execute(
            f"copy (select json from read_json_objects({literal(str(path))}, format='{kind}', ignore_errors={lenient}, "
            f"maximum_object_size={LONGEST_OBJECT})) to {literal(str(target))} (format parquet)"
        )
    except EngineError as broken:
        why = str(broken).split("\n", 1)[0].rpartition("Error: ")[2].replace(f' in file "{path}"', "")
        raise FileRefused("file.json_broken", why=why[:200]) from broken
    _refuse_long(target, connection)
    return target


def _refuse_long(objects: Path, connection: DuckDBPyConnection) -> None:
    """This will refuse an object that is no row of a table any more."""
    found = connection.execute(f"""
        select min(file_row_number) + 1 from read_parquet({literal(str(objects))}, file_row_number = true)
        where strlen(json) > {LONGEST_OBJECT}""").fetchall()
    for (row,) in found:
        if row is not None:
            raise FileRefused("file.cell_too_long", row=row)


def _first_line(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline(80).strip()


def json_keys(objects: Path, connection: DuckDBPyConnection) -> list[str]:
    """This will name every key any object has, in the order of first sight."""
    rows: Sequence[tuple[str]] = connection.execute(f"""
        select key from (select unnest(json_keys(json)) as key, file_row_number as seen
                         from read_parquet({literal(str(objects))}, file_row_number = true)
                         where json is not null and json_type(json) = 'OBJECT')
        group by key order by min(seen), key limit 2000""").fetchall()
    return [key for (key,) in rows]


def _extract(key: str) -> str:
    pointer = key.replace("~", "~0").replace("/", "~1")
    return f"json_extract_string(json, {literal('/' + pointer)})"
