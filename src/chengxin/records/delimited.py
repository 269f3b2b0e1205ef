"""Texts with delimiters: comma, tab, semicolon or bar; UTF-8, UTF-16 or GB18030; quoted or not; any title above."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chengxin.core.errors import FileRefused
from chengxin.engine.duck import DuckDBPyConnection, literal, name

from . import headings, sniffing
from .headings import OVERFLOW, SENDER_ROW, Header
from .landing import Landed

if TYPE_CHECKING:
    from chengxin.policy.items import Item

DELIMITERS = (",", "\t", ";", "|")
LONGEST_LINE = 1 << 20
"""Bytes a line may have. A cell of 10 MB is no cell of a table."""
_SPARE = 3
"""Cells beyond the header that are read, so that a shifted row is told from one that cannot be read."""
_PATIENCE = 0.2
"""Share of lines that may be unreadable before the file itself is."""
_REWRITABLE = 256 << 20


def land(path: Path, item: Item, connection: DuckDBPyConnection, work: Path, line_ends: int) -> Landed:
    """This will read the text file into a Parquet of texts. Raises ``FileRefused``.

    Where there are more line ends than rows, blank lines may stand between them: they are then filled with
    empty cells and read again, so that the rows below keep the numbers the sender sees.
    """
    text = _as_utf8(path, work)
    delimiter, header, lines = _header(text, item)
    target = work / "landed.parquet"
    try:
        landed, rows = _copy(text, target, connection, delimiter, header, lines)
    except UnicodeFault:
        again = work / "text.again.csv"
        sniffing.transcode(path, again, "gb18030")
        return _copy(again, target, connection, delimiter, header, lines)[0]
    if line_ends > rows + lines and text.stat().st_size <= _REWRITABLE and sniffing.has_blank_lines(text):
        text = _fill_blank_lines(text, work, delimiter, len(header.cells))
        landed, _ = _copy(text, target, connection, delimiter, header, lines)
    return landed


class UnicodeFault(Exception):
    """Bytes that are not UTF-8 were met beyond the samples."""


def _as_utf8(path: Path, work: Path) -> Path:
    encoding = sniffing.encoding_of(path)
    if encoding == "utf-8":
        return path
    text = work / "text.csv"
    sniffing.transcode(path, text, encoding)
    return text


def _header(text: Path, item: Item) -> tuple[str, Header, int]:
    """This will find the delimiter and the header, and how many physical lines stand up to its end."""
    best: tuple[int, str, list[list[str]], list[int]] | None = None
    words = headings.Vocabulary.of(item)
    for delimiter in DELIMITERS:
        rows, ends = _first_rows(text, delimiter)
        named = max((sum(headings.plain(c) in words.known for c in row) for row in rows), default=0)
        if best is None or named > best[0]:
            best = (named, delimiter, rows, ends)
    assert best is not None
    _, delimiter, rows, ends = best
    header = headings.find(rows, item)
    return delimiter, header, ends[header.row - 1]


def _first_rows(text: Path, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """This will read the first rows, with the number of the line each ends on."""
    rows: list[list[str]] = []
    ends: list[int] = []
    with text.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            for row in reader:
                rows.append([cell[:200] for cell in row])
                ends.append(reader.line_num)
                if len(rows) >= headings.DEPTH:
                    break
        except csv.Error:
            pass  # a cell past csv's own bound: what came before it is enough to find the header
    return rows, ends


def _fill_blank_lines(text: Path, work: Path, delimiter: str, width: int) -> Path:
    """This will write empty cells into blank lines, so that the rows below them keep their numbers."""
    filled = work / "text.filled.csv"
    empty = delimiter * (width - 1)
    inside = False
    with text.open(encoding="utf-8", errors="surrogateescape", newline="\n") as read, filled.open(
        "w", encoding="utf-8", errors="surrogateescape", newline=""
    ) as out:
        for line in read:
            bare = line.strip("\r\n")
            out.write(line if bare or inside else empty + line)
            inside ^= bare.count('"') % 2 == 1
    return filled


def _copy(
    text: Path, target: Path, connection: DuckDBPyConnection, delimiter: str, header: Header, lines: int
) -> tuple[Landed, int]:
    reader = _reader(text, delimiter, len(header.cells), lines)
    known = header.places
    over = " || ".join(f"coalesce(trim(o{i}), '')" for i in range(_SPARE))
    picked = [f"c{place} as {name(column)}" for column, place in known.items()]
    picked.append(f"nullif({over}, '') as {name(OVERFLOW)}")
    rejects = work_rejects(target)
    for table in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {table}")
    body = f"copy (select {', '.join(picked)} from {{reader}}) to {literal(str(target))} (format parquet, compression lz4_raw)"
    rows = _run(connection, body, reader)
    special = {OVERFLOW, *({SENDER_ROW} & set(known))}
    columns = tuple(column for column in known if column != SENDER_ROW)
    landed = Landed(target, columns, offset=header.row, special=frozenset(special))
    broken = _keep_rejects(connection, rejects, header.row - lines)
    if broken == 0:
        return landed, rows
    if broken > 20 and broken > _PATIENCE * (rows + broken):
        raise FileRefused("file.unreadable_lines", lines=broken, of=rows + broken)
    return _renumber(connection, landed, rejects, broken), rows + broken


def work_rejects(target: Path) -> Path:
    """This will give where lines that are no rows are kept, beside what was landed."""
    return target.with_name("rejects.parquet")


def _reader(text: Path, delimiter: str, width: int, lines: int) -> str:
    columns = ", ".join(f"'{n}': 'VARCHAR'" for n in [f"c{i}" for i in range(width)] + [f"o{i}" for i in range(_SPARE)])
    return (
        f"read_csv({literal(str(text))}, auto_detect=false, header=false, skip={lines}, delim={literal(delimiter)}, "
        f"quote='\"', escape='\"', columns={{{columns}}}, null_padding=true, nullstr='\x01', strict_mode=true, "
        f"ignore_errors=true, store_rejects=true, max_line_size={LONGEST_LINE}{{more}})"
    )


def _run(connection: DuckDBPyConnection, body: str, reader: str) -> int:
    """This will read in parallel, and again in one stream where quoted cells hold line ends."""
    import duckdb

    plain = reader.replace("{more}", "")
    try:
        return _count(connection, body.replace("{reader}", plain))
    except duckdb.Error as met:
        if "nicode" in str(met) or "utf-8" in str(met).lower():
            raise UnicodeFault from met
        if "parallel" not in str(met) and "state machine" not in str(met):
            raise
        mode = "false" if "parallel" in str(met) else "true"
        calm = reader.replace("strict_mode=true", f"strict_mode={'true' if mode == 'false' else 'false'}")
        for table in ("reject_errors", "reject_scans"):
            connection.execute(f"drop table if exists {table}")
        return _count(connection, body.replace("{reader}", calm.replace("{more}", ", parallel=false")))


def _count(connection: DuckDBPyConnection, sql: str) -> int:
    ((rows,),) = connection.execute(sql).fetchall()
    return int(rows)


def _keep_rejects(connection: DuckDBPyConnection, rejects: Path, shift: int) -> int:
    """This will keep the lines that are no rows: the sender's row number, why, and how the line begins."""
    kinds = "any_value(error_type)::varchar"
    connection.execute(f"""
        copy (select (line + {shift})::bigint as row, {kinds} as why, left(any_value(csv_line), 200) as value
              from reject_errors group by line order by line) to {literal(str(rejects))} (format parquet)""")
    ((count, unicode),) = connection.execute(
        f"select count(*), count(*) filter (why = 'INVALID ENCODING') from {literal(str(rejects))}"
    ).fetchall()
    if unicode and unicode > 20:
        raise UnicodeFault
    return int(count)


def _renumber(connection: DuckDBPyConnection, landed: Landed, rejects: Path, broken: int) -> Landed:
    """This will give the rows below unreadable lines the numbers the sender sees."""
    target = landed.path.with_name("renumbered.parquet")
    columns = ", ".join(name(c) for c in (*landed.columns, *sorted(landed.special - {SENDER_ROW})))
    own = f"try_cast({name(SENDER_ROW)} as bigint)" if SENDER_ROW in landed.special else "null::bigint"
    connection.execute(f"""
        copy (with gaps as (select row - {landed.offset} - row_number() over (order by row) as after,
                                   row_number() over (order by row) as gap from {literal(str(rejects))}),
                   rows as (select *, file_row_number + 1 as position
                            from read_parquet({literal(str(landed.path))}, file_row_number = true)),
                   told as (select rows.*, coalesce(max(gap) over (), 0) as most, g.gap
                            from rows asof left join (select after, max(gap) as gap from gaps group by after) g
                              on rows.position > g.after)
              select {columns}, (coalesce({own}, position + {landed.offset} + coalesce(gap, 0)))::varchar
                     as {name(SENDER_ROW)}
              from told order by position) to {literal(str(target))} (format parquet)""")
    return replace(
        landed, path=target, special=landed.special | {SENDER_ROW}, broken=broken, rejects=rejects
    )


def as_it_is(path: Path, connection: DuckDBPyConnection, work: Path) -> str:
    """This will give the SQL of a text file under its own headings, every cell a text, with ``_row``."""
    text = _as_utf8(path, work)
    delimiter = max(DELIMITERS, key=lambda each: len((_first_rows(text, each)[0] or [[]])[0]))
    rows, ends = _first_rows(text, delimiter)
    if not rows:
        raise FileRefused("file.empty")
    target = work / "source.parquet"
    picked = ", ".join(f"c{place} as {name(cell.strip())}" for place, cell in enumerate(rows[0]) if cell.strip())
    body = f"copy (select {picked} from {{reader}}) to {literal(str(target))} (format parquet)"
    for table in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {table}")
    if _run(connection, body, _reader(text, delimiter, len(rows[0]), ends[0])) == 0:
        raise FileRefused("file.no_rows")
    return f"select *, file_row_number + 2 as _row from read_parquet({literal(str(target))}, file_row_number = true)"
