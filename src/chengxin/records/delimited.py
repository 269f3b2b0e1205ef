"""Texts with delimiters: comma, tab, semicolon or bar; UTF-8, UTF-16 or GB18030; quoted or not; any title above."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chengxin.core.errors import FileRefused
from chengxin.engine.duck import DuckDBPyConnection, EngineError, literal, name

from . import headings, sniffing, swallowed, typing_sql
from .headings import OVERFLOW, SENDER_ROW, Header
from .landing import RARE, Landed, listed, rare

if TYPE_CHECKING:
    from chengxin.policy.items import Item

DELIMITERS = (",", "\t", ";", "|")
LONGEST_LINE = 1 << 20
"""Bytes a line may have. A cell of 10 MB is no cell of a table."""
_SPARE = 3
"""Cells beyond the header that are read, so that a shifted row is told from one that cannot be read."""
_PATIENCE = 0.2
"""Share of lines that may be unreadable before the file itself is."""
_LONG = 16 << 20
_SAMPLE = 20_000
_REPEATS = 5
"""How often a text comes among those rows, on the average, in a column of few."""


def land(path: Path, item: Item, connection: DuckDBPyConnection, work: Path, line_ends: int) -> Landed:
    """This will read the text file into a Parquet of texts. Raises ``FileRefused``.

    Where there are more line ends than rows, blank lines may stand between them: they are then filled with
    empty cells and read again, so that the rows below keep the numbers the sender sees.
    """
    utf8 = _as_utf8(path, work)
    text = _text(utf8, item)
    target = work / "landed.parquet"
    try:
        landed, rows = _copy(text, item, target, connection)
    except _NotUtf8Error:
        if not sniffing.begins_in_ascii(path):
            raise FileRefused("file.encoding_mixed") from None
        again = work / "text.again.csv"
        sniffing.transcode(path, again, "gb18030")
        return _copy(replace(text, path=again), item, target, connection)[0]
    if line_ends > rows + text.lines and sniffing.has_blank_lines(utf8):
        filled = _fill_blank_lines(utf8, work, text.delimiter, len(text.header.cells))
        landed, _ = _copy(replace(text, path=filled), item, target, connection)
    elif line_ends > rows + text.lines + swallowed.MOST_LINES:
        swallowed.in_cells(landed, connection)
    return landed


class _NotUtf8Error(Exception):
    """Bytes that are not UTF-8 were met beyond the samples."""


def _as_utf8(path: Path, work: Path) -> Path:
    encoding = sniffing.encoding_of(path)
    if encoding == "utf-8":
        return path
    text = work / "text.csv"
    sniffing.transcode(path, text, encoding)
    return text


def _text(text: Path, item: Item) -> _Text:
    """This will find the delimiter and the header, and how many physical lines stand up to its end."""
    words = headings.Vocabulary.of(item)
    read = {delimiter: _first_rows(text, delimiter) for delimiter in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda each: _most_known(read[each][0], words))
    rows, ends = read[delimiter]
    header = headings.find(rows, item)
    return _Text(text, delimiter, header, ends[header.row - 1])


def _most_known(rows: list[list[str]], words: headings.Vocabulary) -> int:
    return max((sum(headings.plain(cell) in words.known for cell in row) for row in rows), default=0)


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
    with (
        text.open(encoding="utf-8", errors="surrogateescape", newline="\n") as read,
        filled.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out,
    ):
        for line in read:
            bare = line.strip("\r\n")
            out.write(line if bare or inside else empty + line)
            inside ^= bare.count('"') % 2 == 1
    return filled


@dataclass(frozen=True)
class _Text:
    """A UTF-8 text, how its cells are told apart, where its header is and how many lines stand up to its end."""

    path: Path
    delimiter: str
    header: Header
    lines: int

    def reader(self) -> str:
        """This will give the SQL that reads it; ``{more}`` is left for what a second attempt adds."""
        return _reader(self.path, self.delimiter, len(self.header.cells), self.lines)


def _copy(text: _Text, item: Item, target: Path, connection: DuckDBPyConnection) -> tuple[Landed, int]:
    """This will write the text's cells under the catalogue's names, and tell how many rows there were."""
    header = text.header
    known = header.places
    clean, few = _kinds(text, item, connection)
    picked = []
    for column, place in known.items():
        cell = f"c{place}"
        if column in clean:
            cell = typing_sql.cleaned(item.columns[column], cell)
        if column in few:
            cell = f"e{place}"
        picked.append(f"{cell} as {name(column)}")
    over = ", ".join(f"o{place}" for place in range(_SPARE))
    picked.append(f"case when o0 is not null then nullif(trim(concat({over})), '') end as {name(OVERFLOW)}")
    source = "{reader}"
    if few:
        places = [known[column] for column in few]
        met = ", ".join(
            f"try_cast(c{each} as {listed(c)}) as e{each}" for c, each in zip(few, places, strict=True)
        )
        unmet = " or ".join(f"e{each} is null" for each in places)
        texts = ", ".join(f"case when e{each} is null then c{each} end" for each in places)
        picked.append(f"case when {unmet} then [{texts}] end as {name(RARE)}")
        source = f"(select *, {met} from {{reader}})"
    to = f"{literal(str(target))} (format parquet, compression lz4_raw, dictionary_size_limit 10000)"
    rows = _run(
        connection,
        f"copy (select {', '.join(picked)} from {source}) to {to}",
        text.reader(),
        text.path,
        text.lines,
    )
    special = {OVERFLOW, *({SENDER_ROW} & set(known))}
    columns = tuple(column for column in known if column != SENDER_ROW)
    landed = Landed(target, columns, offset=header.row, special=frozenset(special), clean=clean, few=few)
    landed = replace(landed, beside=_beside(landed, connection))
    rejects = work_rejects(target)
    broken = _keep_rejects(connection, rejects, header.row - text.lines)
    if broken == 0:
        return landed, rows
    if broken > 20 and broken > _PATIENCE * (rows + broken):
        raise FileRefused("file.unreadable_lines", lines=broken, of=rows + broken)
    return _renumber(connection, landed, rejects, broken), rows + broken


def _kinds(text: _Text, item: Item, connection: DuckDBPyConnection) -> tuple[frozenset[str], tuple[str, ...]]:
    """This will name, of a long file, the columns whose texts hardly repeat among its first rows, and those in
    which few do; for each of these it makes the list of its texts, as a type.
    """
    if text.path.stat().st_size < _LONG:
        return frozenset(), ()
    places = {column: place for column, place in text.header.places.items() if column in item.columns}
    reader = text.reader().replace("{more}", "")
    connection.execute(f"create or replace temp table sampled as select * from {reader} limit {_SAMPLE}")
    counts = ", ".join(f"count(distinct c{place})" for place in places.values())
    ((rows, *distinct),) = connection.execute(f"select count(*), {counts} from sampled").fetchall()
    counted = dict(zip(places, distinct, strict=True))
    varied = frozenset(column for column, found in counted.items() if found > rows // 2)
    few = tuple(column for column, found in counted.items() if 0 < found <= rows // _REPEATS)
    few = tuple(column for column in few if column not in varied)
    for column in few:
        cell = f"c{places[column]}"
        connection.execute(f"drop type if exists {listed(column)}")
        connection.execute(
            f"create type {listed(column)} as enum "
            f"(select distinct {cell} from sampled where {cell} is not null order by 1)"
        )
    connection.execute("drop table sampled")
    return varied, few


def _beside(landed: Landed, connection: DuckDBPyConnection) -> frozenset[str]:
    """This will name the columns of few texts that have others beside."""
    if not landed.few:
        return frozenset()
    any_ = ", ".join(f"bool_or({rare(landed.few, column)} is not null)" for column in landed.few)
    (found,) = connection.execute(f"select {any_} from read_parquet({literal(str(landed.path))})").fetchall()
    return frozenset(column for column, beside in zip(landed.few, found, strict=True) if beside)


def work_rejects(target: Path) -> Path:
    """This will give where lines that are no rows are kept, beside what was landed."""
    return target.with_name("rejects.parquet")


def _reader(text: Path, delimiter: str, width: int, lines: int) -> str:
    columns = ", ".join(
        f"'{n}': 'VARCHAR'" for n in [f"c{i}" for i in range(width)] + [f"o{i}" for i in range(_SPARE)]
    )
    return (
        f"read_csv({literal(str(text))}, auto_detect=false, header=false, skip={lines}, delim={literal(delimiter)}, "
        f"quote='\"', escape='\"', columns={{{columns}}}, null_padding=true, nullstr='\x01', strict_mode=true, "
        f"ignore_errors=true, store_rejects=true, max_line_size={LONGEST_LINE}{{more}})"
    )


def _run(connection: DuckDBPyConnection, body: str, reader: str, text: Path, skipped: int) -> int:
    """This will read in parallel, again in one stream where quoted cells hold line ends, and leniently where
    quotes stand within a cell."""
    plain = reader.replace("{more}", "")
    _forget_rejects(connection)
    try:
        return _count(connection, body.replace("{reader}", plain))
    except EngineError as met:
        if "nicode" in str(met) or "utf-8" in str(met).lower():
            raise _NotUtf8Error from met
        if "parallel" not in str(met) and "state machine" not in str(met):
            raise
        calm = reader.replace("{more}", ", parallel=false")
        if "parallel" not in str(met):
            calm = calm.replace("strict_mode=true", "strict_mode=false")
        _forget_rejects(connection)
        rows = _count(connection, body.replace("{reader}", calm))
        swallowed.by_reader(connection, calm, text, skipped)
        return rows


def _forget_rejects(connection: DuckDBPyConnection) -> None:
    for table in ("reject_errors", "reject_scans"):
        connection.execute(f"drop table if exists {table}")


def _count(connection: DuckDBPyConnection, sql: str) -> int:
    ((rows,),) = connection.execute(sql).fetchall()
    return int(rows)


def _keep_rejects(connection: DuckDBPyConnection, rejects: Path, shift: int) -> int:
    """This will keep the lines that are no rows: the sender's row number, why, and how the line begins."""
    kinds = "any_value(error_type)::varchar"
    connection.execute(f"""
        copy (select (line + {shift})::bigint as row, {kinds} as why, left(any_value(csv_line), 200) as value
              from reject_errors group by line order by line) to {literal(str(rejects))} (format parquet)""")
    ((count, unicode, long),) = connection.execute(f"""
        select count(*), count(*) filter (why = 'INVALID ENCODING'), min(row) filter (why = 'LINE SIZE OVER MAXIMUM')
        from {literal(str(rejects))}""").fetchall()
    if unicode and unicode > 20:
        raise _NotUtf8Error
    if long is not None:
        raise FileRefused("file.cell_too_long", row=long)
    swallowed.in_rejects(connection, shift)
    return int(count)


def _renumber(connection: DuckDBPyConnection, landed: Landed, rejects: Path, broken: int) -> Landed:
    """This will give the rows below unreadable lines the numbers the sender sees."""
    target = landed.path.with_name("renumbered.parquet")
    columns = ", ".join(name(c) for c in (*landed.stored, *sorted(landed.special - {SENDER_ROW})))
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
    return replace(landed, path=target, special=landed.special | {SENDER_ROW}, broken=broken, rejects=rejects)


def as_it_is(path: Path, connection: DuckDBPyConnection, work: Path) -> str:
    """This will give the SQL of a text file under its own headings, every cell a text, with ``_row``.

    A file with lines that are no rows, or with more cells than headings, is refused as a whole.
    """
    text = _as_utf8(path, work)
    delimiter = max(DELIMITERS, key=lambda each: len((_first_rows(text, each)[0] or [[]])[0]))
    rows, ends = _first_rows(text, delimiter)
    if not rows:
        raise FileRefused("file.empty")
    target = work / "source.parquet"
    picked = [f"c{place} as {name(cell.strip())}" for place, cell in enumerate(rows[0]) if cell.strip()]
    picked.append(f"concat({', '.join(f'trim(o{i})' for i in range(_SPARE))}) as {name(OVERFLOW)}")
    body = f"copy (select {', '.join(picked)} from {{reader}}) to {literal(str(target))} (format parquet)"
    try:
        read = _run(connection, body, _reader(text, delimiter, len(rows[0]), ends[0]), text, ends[0])
        broken = _keep_rejects(connection, work_rejects(target), 0)
    except _NotUtf8Error:
        raise FileRefused("file.encoding_mixed") from None
    source = f"read_parquet({literal(str(target))}, file_row_number = true)"
    over = connection.execute(f"select count(*) from {source} where {name(OVERFLOW)} <> ''").fetchall()[0][0]
    if broken + over:
        raise FileRefused("file.unreadable_lines", lines=broken + over, of=read + broken)
    if read == 0:
        raise FileRefused("file.no_rows")
    return f"select * exclude ({name(OVERFLOW)}), file_row_number + 2 as _row from {source}"
