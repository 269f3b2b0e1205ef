"""Excel, old and new: bounded before it is opened, read sheet by sheet, written out as texts."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.core.errors import FileRefused

from . import headings
from .headings import OVERFLOW, SENDER_ROW, Header
from .landing import Landed

if TYPE_CHECKING:
    from chengxin.policy.items import Item

LARGEST = 2 << 30
"""Bytes a workbook may inflate to."""
RATIO = 250
"""Times a part may inflate, once it is larger than ``_SMALL``."""
_SMALL = 20 << 20
MOST_CELLS = 60_000_000
LONGEST_CELL = 32_767
"""Characters Excel itself allows in a cell."""
_SLICE = 20_000
_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
_EXACT = float(1 << 53)
_OLD_BOOK, _OLDER_BOOK = b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00"
"""How the globals of a workbook of Excel 97 and of Excel 95 begin."""
_EPOCH, _SHEETS_FOLLOW = 0x0022, (0x0085, 0x000A)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream in which Excel keeps an XLSX behind a password."""


def land(path: Path, item: Item, work: Path) -> Landed:
    """This will read the first visible sheet that has the item's header. Raises ``FileRefused``."""
    if zipfile.is_zipfile(path) or _head(path) == b"PK\x03\x04":
        bound(path)
    workbook = _open(path, work)
    refusal: FileRefused | None = None
    for title in _visible(workbook):
        sheet = workbook.get_sheet_by_name(title)
        first = [[_text(cell) for cell in row] for row in _head_rows(sheet)]
        try:
            header = headings.find(first, item)
        except FileRefused as refused:
            refusal = _telling(refusal, refused)
            continue
        return _write(sheet, header, work / "landed.parquet", epoch_1904(path))
    raise refusal or FileRefused("file.no_visible_sheet")


def _telling(earlier: FileRefused | None, later: FileRefused) -> FileRefused:
    """This will keep the refusal that says most: a column at fault before no header at all."""
    if earlier is None or (earlier.id == "file.header_missing" and later.id != "file.header_missing"):
        return later
    return earlier


def bound(path: Path) -> None:
    """This will refuse a broken archive and a bomb, from the archive's directory, before anything inflates.

    Then each sheet is inflated once in small blocks, to check its bytes and how far its cells reach: one cell
    at the far corner would make a reader of dense tables ask for more memory than there is.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            total = sum(part.file_size for part in parts)
            worst = max(
                (p.file_size // max(p.compress_size, 1) for p in parts if p.file_size > _SMALL), default=0
            )
            if total > LARGEST or worst > RATIO or len(parts) > 10_000:
                raise FileRefused(
                    "file.bomb", size=total >> 20, ratio=max(worst, total // max(path.stat().st_size, 1))
                )
            if not any(part.filename == "[Content_Types].xml" for part in parts):
                raise FileRefused("file.strange_kind", what="ZIP")
            for part in parts:
                if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                    _bound_sheet(archive, part)
    except (zipfile.BadZipFile, EOFError, OSError, struct.error, NotImplementedError) as broken:
        raise FileRefused("file.truncated") from broken


def epoch_1904(path: Path) -> bool:
    """This will say whether day numbers without a date format count from 1904, as old Macintoshes did."""
    if not zipfile.is_zipfile(path):
        return _old_epoch_1904(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        body = archive.read("xl/workbook.xml") if "xl/workbook.xml" in names else b""
    return bool(re.search(rb'date1904="(1|true)"', body))


def _old_epoch_1904(book: bytes) -> bool:
    """This will look through the records with which an old workbook begins for the one that says so."""
    at = max(book.find(_OLD_BOOK), book.find(_OLDER_BOOK))
    while 0 <= at < len(book) - 6:
        kind, length, first = struct.unpack_from("<HHH", book, at)
        if kind == _EPOCH:
            return bool(first == 1)
        if kind in _SHEETS_FOLLOW:
            break
        at += 4 + length
    return False


def _bound_sheet(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    last_row, last_column, tail = 1, 1, b""
    with archive.open(part) as file:
        while block := file.read(1 << 20):
            for letters, digits in _CELL.findall(tail + block):
                last_row = max(last_row, int(digits))
                last_column = max(last_column, _column(letters))
            tail = block[-24:]
            if last_row * last_column > MOST_CELLS:
                raise FileRefused("file.too_wide", rows=last_row, columns=last_column)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _open(path: Path, work: Path) -> Any:
    """This will open a workbook by what it is: the reader goes by the name, so it is given a true one."""
    import python_calamine

    zipped = _head(path) == b"PK\x03\x04"
    if not zipped and _ENCRYPTED in path.read_bytes():
        raise FileRefused("file.locked")
    named = work / ("book.xlsx" if zipped else "book.xls")
    named.unlink(missing_ok=True)
    named.symlink_to(path.resolve())
    try:
        return python_calamine.load_workbook(named)
    except python_calamine.PasswordError as locked:
        raise FileRefused("file.locked") from locked
    except (python_calamine.CalamineError, OSError, ValueError) as broken:
        raise FileRefused("file.truncated") from broken


def _visible(workbook: Any) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]


def _head_rows(sheet: Any) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for row in sheet.iter_rows():
        rows.append(row)
        if len(rows) >= headings.DEPTH:
            break
    return rows


def _write(sheet: Any, header: Header, target: Path, epoch: bool) -> Landed:
    places = header.places
    schema = pa.schema([(column, pa.string()) for column in (*places, OVERFLOW)])
    with pq.ParquetWriter(target, schema, compression="lz4") as writer:
        first = header.row + 1
        for rows in _slices(sheet.iter_rows(), header.row):
            texts: dict[str, list[str | None]] = {
                column: [_text(row[place]) for row in rows] for column, place in places.items()
            }
            _refuse_long(texts, first)
            first += len(rows)
            texts[OVERFLOW] = [_overflow(row, len(header.cells)) for row in rows]
            writer.write_table(pa.Table.from_pydict(texts, schema=schema))
    special = {OVERFLOW, *({SENDER_ROW} & set(places))}
    columns = tuple(column for column in places if column != SENDER_ROW)
    return Landed(target, columns, offset=header.row, special=frozenset(special), epoch_1904=epoch)


def _refuse_long(texts: dict[str, list[str | None]], first: int) -> None:
    """This will refuse a cell that Excel itself could not keep; ``first`` is the number of the first row."""
    for column in texts.values():
        lengths = [len(text or "") for text in column]
        if max(lengths) > LONGEST_CELL:
            raise FileRefused("file.cell_too_long", row=first + lengths.index(max(lengths)))


def _slices(rows: Iterator[Sequence[Any]], skipped: int) -> Iterator[list[Sequence[Any]]]:
    held: list[Sequence[Any]] = []
    for place, row in enumerate(rows):
        if place < skipped:
            continue
        held.append(row)
        if len(held) == _SLICE:
            yield held
            held = []
    if held:
        yield held


def _overflow(row: Sequence[Any], width: int) -> str | None:
    over = "".join(_text(cell) for cell in row[width:]).strip()
    return over[:200] or None


def _text(cell: Any) -> str:
    """This will write a cell as the person sees it, and a number past 15 digits as the ruin that it is."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell).upper()
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return "" if cell is None else str(cell)
