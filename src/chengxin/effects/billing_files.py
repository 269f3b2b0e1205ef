"""Bill lines as the water company reads them: CSV as issued, and a workbook. Same lines, same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pyarrow

from chengxin.core.money import format_micro
from chengxin.subjects.registry import cards

Form = Literal["text", "day", "fen", "micro", "milli", "whole", "flag"]
_UNIT = {"fen": 100, "micro": 1_000_000, "milli": 1000}


@dataclass(frozen=True, slots=True)
class BillColumn:
    """One column: which value, what it is called, and how the integer is written."""

    name: str
    title: str
    form: Form = "text"
    width: int = 12


COLUMNS: tuple[BillColumn, ...] = (
    BillColumn("account", "户号", width=14),
    BillColumn("name", "企业名称", width=32),
    BillColumn("code", "统一社会信用代码", width=22),
    BillColumn("plant_code", "厂区"),
    BillColumn("from_on", "抄表起", "day"),
    BillColumn("to_on", "抄表止", "day"),
    BillColumn("volume", "水量（立方米）", "milli"),
    BillColumn("base", "基本标准（元/立方米）", "micro"),
    BillColumn("base_fen", "基本费（元）", "fen"),
    BillColumn("surcharged_days", "加收天数", "whole"),
    BillColumn("surcharged_volume", "加收水量（立方米）", "milli"),
    BillColumn("surcharge", "加收标准（元/立方米）", "micro"),
    BillColumn("fen_before", "调整前金额（元）", "fen"),
    BillColumn("fen", "金额（元）", "fen"),
)
"""What a water bill shows, in this order; columns the lines do not have are left out."""


def csv_of(lines: pyarrow.Table, columns: Sequence[BillColumn] = COLUMNS) -> bytes:
    """This will write the lines as CSV (UTF-8 with the mark that Excel needs), amounts in yuan."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    shown = _shown(lines, columns)
    writer.writerow(column.title for column in shown)
    for row in _rows(lines):
        writer.writerow(_written(row.get(column.name), column.form) for column in shown)
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(
    lines: pyarrow.Table, *, title: str, made_at: datetime, columns: Sequence[BillColumn] = COLUMNS
) -> bytes:
    """This will write the lines as a workbook with numbers as numbers and a total that adds up by itself."""
    import xlsxwriter

    out = io.BytesIO()
    shown, rows = _shown(lines, columns), list(_rows(lines))
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
        sheet = book.add_worksheet("账单")
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        forms = {"fen": book.add_format({"num_format": "#,##0.00"}),
                 "micro": book.add_format({"num_format": "0.00####"}),
                 "milli": book.add_format({"num_format": "#,##0.###"})}  # fmt: skip
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(shown):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, head)
            for line, row in enumerate(rows, 1):
                value = row.get(column.name)
                if column.form in _UNIT and value is not None:
                    sheet.write_number(line, place, value / _UNIT[column.form], forms[column.form])
                else:
                    sheet.write_string(line, place, _written(value, column.form))
            if column.name == "fen":
                ends = f"{chr(65 + place)}2:{chr(65 + place)}{len(rows) + 1}"
                sum_fen = sum(row["fen"] for row in rows)
                sheet.write_formula(len(rows) + 1, place, f"=SUM({ends})", forms["fen"], sum_fen / 100)
        sheet.write_string(len(rows) + 1, 0, "合计", head)
    return out.getvalue()


def _shown(lines: pyarrow.Table, columns: Sequence[BillColumn]) -> list[BillColumn]:
    there = {*lines.column_names, "name", "code"}
    return [column for column in columns if column.name in there]


def _rows(lines: pyarrow.Table) -> Iterator[dict[str, Any]]:
    rows = lines.to_pylist()
    known = cards(row["subject"] for row in rows)
    for row in rows:
        card = known.get(row["subject"])
        yield {"name": card.name if card else "", "code": card.code if card else "", **row}


def _written(value: Any, form: Form) -> str:
    if value is None:
        return ""
    if form in _UNIT:
        return format_micro(int(value) * (1_000_000 // _UNIT[form]))
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
