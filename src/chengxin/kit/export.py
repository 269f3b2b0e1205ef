"""What a table shows, as a file: CSV that Excel opens rightly, or XLSX. Never a formula in it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import FileResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from chengxin.core.errors import InputError
from chengxin.kit import badges

if TYPE_CHECKING:
    from chengxin.kit.pages import Visit
    from chengxin.kit.tables import Column, Table

SLICE = 5_000
XLSX_ROWS = 1_048_575
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def answer(table: Table, visit: Visit) -> FileResponse:
    """This will write every row the filters show; each slice's look is logged before it is written."""
    kind = visit.asked.get("export", "")
    if kind not in TYPES:
        raise InputError("table.export_kind", kind=kind)
    if kind == "xlsx" and table.total > XLSX_ROWS:
        raise InputError("table.too_many_rows", rows=table.total, limit=XLSX_ROWS)
    heads = [_(column.title) for column in table.columns]
    rows = _rows(table, visit)
    file = _xlsx(heads, rows) if kind == "xlsx" else _csv(heads, rows)
    return attachment(file, f"{table.name}-{visit.today:%Y%m%d}.{kind}", TYPES[kind])


def attachment(content: Any, name: str, media_type: str) -> FileResponse:
    """This will answer with a file to keep, bytes or opened, under a name that may be Chinese."""
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    response = FileResponse(file, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _rows(table: Table, visit: Visit) -> Iterator[list[Any]]:
    for start in range(0, table.total, SLICE):
        for row in table.fetch(visit, start, min(start + SLICE, table.total)):
            yield [plain(column, column.of(row)) for column in table.columns]


def plain(column: Column, value: Any) -> Any:
    """This will write a cell for a file: money in yuan with two decimals, grades as words, days as days."""
    if value is None:
        return ""
    if column.kind == "money":
        sign, fen = ("-" if value < 0 else ""), abs(int(value))
        return f"{sign}{fen // 100}.{fen % 100:02d}"
    if column.kind == "grade":
        return _(badges.GRADES[value].word) if value in badges.GRADES else value
    if column.kind == "state":
        return badges.state_word(value)
    return _dated(value)


def _dated(value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def disarmed(value: Any) -> Any:
    """This will keep a spreadsheet from reading a text as a formula."""
    if not isinstance(value, str) or value[:1] not in {"=", "+", "-", "@", "\t", "\r"}:
        return value
    return value if value[1:].replace(".", "", 1).isdigit() and value[0] == "-" else f"'{value}"


def _csv(heads: list[str], rows: Iterator[list[Any]]) -> Any:
    file = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115 -- FileResponse closes it
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows([disarmed(value) for value in row] for row in rows)
    text.flush()
    text.detach()
    file.seek(0)
    return file


def _xlsx(heads: list[str], rows: Iterator[list[Any]]) -> Any:
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 -- FileResponse closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(heads) - 1), 18)
        sheet.write_row(0, 0, heads, bold)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
    file.seek(0)
    return file
