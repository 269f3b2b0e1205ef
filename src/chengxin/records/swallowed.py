"""Lines that a quote swallowed: a text in which one opens and never closes must not pass for a few long rows."""

from __future__ import annotations

from pathlib import Path

from chengxin.core.errors import FileRefused
from chengxin.engine.duck import DuckDBPyConnection, name

from .landing import Landed

MOST_LINES = 100
"""Line ends a cell may hold."""


def in_cells(landed: Landed, connection: DuckDBPyConnection) -> None:
    """This will refuse a text of which one cell is many rows."""
    cells = " or ".join(f"{_ends(name(column))} > {MOST_LINES}" for column in landed.columns)
    found = connection.execute(f"select row from ({landed.relation()}) where {cells} order by row limit 1")
    for (row,) in found.fetchall():
        raise FileRefused("file.quote_open", line=row)


def in_rejects(connection: DuckDBPyConnection, shift: int) -> None:
    """This will refuse a text of which one broken line is several, so that nobody knows how many rows it holds.

    ``shift`` turns lines into the sender's rows.
    """
    ends = _ends("trim(csv_line, chr(13) || chr(10))")
    found = connection.execute(f"select min(line) + {shift} from reject_errors where {ends} > 0")
    for (line,) in found.fetchall():
        if line is not None:
            raise FileRefused("file.quote_open", line=line)


def by_reader(connection: DuckDBPyConnection, reader: str, text: Path, skipped: int) -> None:
    """This will refuse a text of which there are lines neither read nor rejected.

    The reader of one stream that meets a quote it cannot pair may stop without a word, and give what came before.
    """
    ((told,),) = connection.execute(
        f"select count(*) + coalesce(sum({_ends('line')}), 0) from (select concat(*columns(*)) as line from {reader})"
    ).fetchall()
    ((rejected,),) = connection.execute("select count(distinct line) from reject_errors").fetchall()
    with text.open("rb") as file:
        there = sum(1 for place, line in enumerate(file) if place >= skipped and line.strip())
    if told + rejected < there:
        raise FileRefused("file.quote_open", line=skipped + told + 1)


def _ends(text: str) -> str:
    return f"(strlen({text}) - strlen(replace({text}, chr(10), '')))"
