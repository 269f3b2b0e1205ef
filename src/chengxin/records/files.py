"""Opening what a department sent: whatever it is, it becomes a Parquet of texts under the catalogue's names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from chengxin.core.errors import FileRefused
from chengxin.engine.duck import DuckDBPyConnection, literal

from . import delimited, sniffing, tables, workbook
from .landing import Landed
from .sniffing import Fingerprint

if TYPE_CHECKING:
    from chengxin.policy.items import Item


def land(
    path: Path, item: Item, connection: DuckDBPyConnection, work: Path, print_: Fingerprint | None
) -> Landed:
    """This will read the file by what it contains, never by its name. Raises ``FileRefused``; changes nothing.

    ``print_`` may be wanting of a long file, whose line ends nobody counted.
    """
    kind = sniffing.kind_of(path)
    if kind == "parquet":
        landed = tables.land_parquet(path, item, connection, work)
    elif kind in ("xlsx", "xls"):
        landed = workbook.land(path, item, work)
    elif kind == "jsonlines":
        landed = tables.land_json(path, item, connection, work)
    else:
        landed = delimited.land(path, item, connection, work, print_.lines if print_ else 0)
    if landed.broken == 0 and not _has_rows(landed, connection):
        raise FileRefused("file.no_rows")
    return landed


def _has_rows(landed: Landed, connection: DuckDBPyConnection) -> bool:
    """This will say whether there is one row with anything in it."""
    cells = " or ".join(f"trim(\"{column}\"::varchar) <> ''" for column in landed.columns)
    found = connection.execute(
        f"select 1 from ({landed.relation()}) where {cells or 'false'} limit 1"
    ).fetchall()
    return bool(found)


def source(path: Path, connection: DuckDBPyConnection, work: Path) -> str:
    """This will give the SQL of the file as it is, for a declared mapping: every column a text, and ``_row``.

    The first row is the header. Raises ``FileRefused``.
    """
    kind = sniffing.kind_of(path)
    if kind == "delimited":
        return delimited.as_it_is(path, connection, work)
    if kind == "parquet":
        names = tables.parquet_columns(path)
        cells = ", ".join(f'"{column}"::varchar as "{column}"' for column in names)
        rows = f"read_parquet({literal(str(path))}, file_row_number = true)"
        return f"select {cells}, file_row_number + 1 as _row from {rows}"
    raise FileRefused("file.mapping_kind", kind=kind)
