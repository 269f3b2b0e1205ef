"""A declared mapping: a file of another shape, turned into an item's rows by one SELECT over ``source``.

``catalogue/mappings/<name>.yml`` says which item it gives, which columns it reads, what it presumes and why;
``<name>.sql`` is the SELECT. It reads the table ``source`` (every column a text, ``_row`` the sender's row
number) and may ask ``normal_code(text)``, ``whole_uscc(code)`` and ``whole_permit(code)``. It gives the item's
columns, ``_row``, and, where it could save a row, ``_note``: a reason that is counted in the receipt. What it
cannot save it hands on as it stands, so that the item's own contract refuses it, with its remedy.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import chengxin.catalogue
from chengxin.core import identifiers
from chengxin.core.errors import FileRefused
from chengxin.engine.duck import DuckDBPyConnection, EngineError, literal
from chengxin.policy.marked import read_table
from chengxin.policy.page import Page
from chengxin.policy.problems import Complaints

from . import files
from .headings import NOTE, SENDER_ROW
from .landing import Landed

if TYPE_CHECKING:
    from chengxin.policy.items import Item

FOLDER = Path(chengxin.catalogue.__path__[0]) / "mappings"


@dataclass(frozen=True)
class Mapping:
    """What a mapping declares of itself. ``notes``: the remarks its SELECT may make, and what each means."""

    name: str
    title: str
    title_en: str
    item: str
    reads: tuple[str, ...]
    notes: dict[str, str]
    why: str
    select: str


def names() -> list[str]:
    """This will name the declared mappings."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def declared(name: str) -> Mapping:
    """This will read one mapping. Raises ``FileRefused`` for an unknown one, ``DeclarationError`` for a bad one."""
    if name not in names():
        raise FileRefused("file.mapping_unknown", name=name, known="、".join(names()) or "—")
    complaints = Complaints()
    table = read_table(FOLDER / f"{name}.yml", complaints)
    read = _read(name, Page(table, complaints)) if table is not None else None
    if read is None or len(complaints):
        raise complaints.in_order()[0].error()
    return read


def _read(name: str, page: Page) -> Mapping:
    notes = page.page("notes", required=False)
    read = Mapping(
        name=name,
        title=page.text("title"),
        title_en=page.text("title_en"),
        item=page.code("item"),
        reads=page.texts("reads"),
        notes={key: notes.text(key) for key, _, _ in notes.entries()} if notes else {},
        why=page.text("why"),
        select=(FOLDER / f"{name}.sql").read_text("utf-8").rstrip().rstrip(";"),
    )
    page.close()
    return read


def land(name: str, path: Path, item: Item, connection: DuckDBPyConnection, work: Path) -> Landed:
    """This will read the file through the mapping. Raises ``FileRefused``."""
    mapping = declared(name)
    if mapping.item != item.name:
        raise FileRefused("file.mapping_item", name=name, item=mapping.item, asked=item.name)
    rows = files.source(path, connection, work)
    connection.execute(f"create or replace temp view source as {rows}")
    _refuse_other_file(mapping, connection)
    target = work / "mapped.parquet"
    given = _select(mapping, connection, target)
    stray = [column for column in given if column not in item.columns and column not in (SENDER_ROW, NOTE)]
    if stray:
        raise FileRefused("file.mapping_misfit", name=name, why="、".join(stray))
    special = frozenset({SENDER_ROW, NOTE} & set(given))
    return Landed(target, tuple(column for column in given if column not in special), special=special)


def _refuse_other_file(mapping: Mapping, connection: DuckDBPyConnection) -> None:
    there = {row[0] for row in connection.execute("describe source").fetchall()}
    if missing := [column for column in mapping.reads if column not in there]:
        raise FileRefused("file.mapping_misfit", name=mapping.name, why="、".join(missing))


def _select(mapping: Mapping, connection: DuckDBPyConnection, target: Path) -> list[str]:
    """This will write the mapping's rows and name their columns."""
    for macro, body in _MACROS.items():
        connection.execute(f"create or replace temp macro {macro} as {body}")
    to = literal(str(target))
    try:
        ((rows,),) = connection.execute(f"copy ({mapping.select}) to {to} (format parquet)").fetchall()
    except EngineError as broken:
        why = str(broken).split("\n", 1)[0][:200]
        raise FileRefused("file.mapping_misfit", name=mapping.name, why=why) from broken
    if not rows:
        raise FileRefused("file.no_rows")
    return [row[0] for row in connection.execute(f"describe select * from {to}").fetchall()]


_MACROS = {
    "normal_code(code)": identifiers.sql_normalise("code"),
    "whole_uscc(code)": identifiers.sql_valid("uscc", "code"),
    "whole_permit(code)": identifiers.sql_valid("permit", "code"),
}
