"""A list somebody hands over to be checked: pasted lines, or the right column of a small table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from chengxin.core.errors import FileRefused, InputError
from chengxin.records.sniffing import encoding_of, kind_of
from chengxin.records.workbook import bound
from chengxin.subjects.codes import compact

MOST: Final = 10_000
"""Names or codes of one list."""
LARGEST: Final = 8 << 20
"""Bytes a file of so many may have."""
_CODES: Final = ("统一社会信用代码", "信用代码", "代码", "证件号码", "身份证号", "code", "uscc")
_NAMES: Final = ("企业名称", "单位名称", "主体名称", "名称", "name")
_DEPTH: Final = 10
"""Rows in which a header is looked for."""


def of_text(text: str) -> list[str]:
    """This will read pasted lines, one name or code each; of several cells in a line the code."""
    rows = [line.replace("\t", ",").split(",") for line in text.splitlines()]
    return _bounded([_chosen(row) for row in rows])


def of_file(path: Path) -> list[str]:
    """This will read the first sheet of a workbook or a text table: the code of each row, else its name.

    Raises ``FileRefused`` for what is no table and ``InputError`` for more than ``MOST``.
    """
    kind = kind_of(path)
    if kind in ("xlsx", "xls"):
        rows = _workbook(path, zipped=kind == "xlsx")
    elif kind == "delimited":
        rows = _text(path)
    else:
        raise FileRefused("file.strange_kind", what=kind)
    places = _header(rows)
    if places is None:
        return _bounded([_chosen(row) for row in rows])
    at, columns = places
    return _bounded([_first(row, columns) for row in rows[at + 1 :]])


def _bounded(found: Sequence[str]) -> list[str]:
    kept = [each for each in found if each]
    if not kept:
        raise InputError("gate.empty_list")
    if len(kept) > MOST:
        raise InputError("gate.too_many", count=len(kept), most=MOST)
    return kept


def _header(rows: Sequence[Sequence[str]]) -> tuple[int, list[int]] | None:
    """Where the header stands, and the columns to read in their order: codes before names."""
    for at, row in enumerate(rows[:_DEPTH]):
        cells = [cell.strip().lower() for cell in row]
        columns = [cells.index(word) for word in (*_CODES, *_NAMES) if word in cells]
        if columns:
            return at, columns
    return None


def _first(row: Sequence[str], columns: Sequence[int]) -> str:
    return next((row[at].strip()[:200] for at in columns if at < len(row) and row[at].strip()), "")


def _chosen(row: Sequence[str]) -> str:
    cells = [cell.strip()[:200] for cell in row if cell.strip()]
    return next((cell for cell in cells if len(cell) >= 15 and compact(cell)), cells[0] if cells else "")


def _workbook(path: Path, *, zipped: bool) -> list[list[str]]:
    import python_calamine

    if zipped:
        bound(path)
    try:
        book = python_calamine.load_workbook(io.BytesIO(path.read_bytes()))
        return [[_cell(cell) for cell in row] for row in book.get_sheet_by_index(0).iter_rows()]
    except python_calamine.PasswordError as locked:
        raise FileRefused("file.locked") from locked
    except (python_calamine.CalamineError, OSError, ValueError) as broken:
        raise FileRefused("file.truncated") from broken


def _cell(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _text(path: Path) -> list[list[str]]:
    text = path.read_text(encoding_of(path), errors="replace").lstrip("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(",\t;|", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
