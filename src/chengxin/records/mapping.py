"""A declared mapping: a file of another shape, turned into an item's rows by one SELECT over ``source``.

``catalogue/mappings/<name>.yml`` says which item it gives and why; ``<name>.sql`` is the SELECT. It reads the table
``source`` (every column a text, ``_row`` the sender's row number) and gives the item's columns, ``_row``, and, where
it could save a row, ``_note``: a reason that is counted in the receipt.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import chengxin.catalogue
from chengxin.core.errors import FileRefused
from chengxin.engine.duck import DuckDBPyConnection, literal

from . import files
from .headings import NOTE, SENDER_ROW
from .landing import Landed

if TYPE_CHECKING:
    from chengxin.policy.items import Item

FOLDER = Path(chengxin.catalogue.__path__[0]) / "mappings"


def names() -> list[str]:
    """This will name the declared mappings."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


def land(mapping: str, path: Path, item: Item, connection: DuckDBPyConnection, work: Path) -> Landed:
    """This will read the file through the mapping. Raises ``FileRefused``."""
    if mapping not in names():
        raise FileRefused("file.mapping_unknown", mapping=mapping, known="、".join(names()))
    target = work / "mapped.parquet"
    rows = files.source(path, connection, work)
    select = (FOLDER / f"{mapping}.sql").read_text("utf-8")
    connection.execute(f"create or replace temp view source as {rows}")
    connection.execute(f"copy ({select.rstrip().rstrip(';')}) to {literal(str(target))} (format parquet)")
    given = [row[0] for row in connection.execute(f"describe select * from {literal(str(target))}").fetchall()]
    stray = [column for column in given if column not in item.columns and column not in (SENDER_ROW, NOTE)]
    if stray:
        raise FileRefused("file.mapping_stray", mapping=mapping, columns="、".join(stray), item=item.title)
    special = frozenset({SENDER_ROW, NOTE} & set(given))
    return Landed(target, tuple(column for column in given if column not in special), special=special)
