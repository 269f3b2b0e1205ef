"""Excel sheets for departments: the one to fill in, and the refused rows to mend and send again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter

from chengxin.engine.store import Store
from chengxin.policy.items import Column, Item

from .models import Batch
from .sheets import sent

RETURNED = ("原行号", "退回代码", "退回原因", "修改建议", "问题列", "问题值")
"""What stands in front of a refused row; ``headings`` reads the first again and ignores the others."""
FILLED = 2_000
"""Rows of a template that carry drop-downs."""
_KINDS = {
    "text": "文字",
    "code": "编号",
    "date": "日期，如 2016-03-31",
    "month": "月份，如 2016-03",
    "year": "年份，如 2016",
    "int": "整数",
    "money": "金额（元）",
    "quantity": "数量",
    "bool": "是 / 否",
    "region": "六位行政区划代码",
    "choice": "从下拉中选",
    "identifier": "代码",
}


def workbook(item: Item) -> bytes:
    """This will write the sheet a department fills in: headings with notes, drop-downs, and a page that explains.

    Codes are text cells, so that a spreadsheet cannot ruin them.
    """
    body = BytesIO()
    book = xlsxwriter.Workbook(body, {"in_memory": True})
    sheet = book.add_worksheet(item.title[:31])
    columns = list(item.columns.values())
    _headings(book, sheet, columns, at=0)
    for place, column in enumerate(columns):
        choices = [choice.zh for choice in column.allowed.values()]
        if choices and sum(map(len, choices)) + len(choices) <= 255:
            sheet.data_validation(1, place, FILLED, place, {"validate": "list", "source": choices})
    _explain(book, item)
    book.close()
    return body.getvalue()


def refused_workbook(batch: Batch, item: Item, store: Store) -> bytes:
    """This will write the refused rows of a batch as they came, each with its reason, its remedy and the
    sender's own row number. Mended, the same sheet can be handed in again."""
    body = BytesIO()
    book = xlsxwriter.Workbook(body, {"constant_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet("退回待改")
    columns = list(item.columns.values())
    red = book.add_format({"font_color": "#a6402f"})
    _headings(book, sheet, columns, at=len(RETURNED), before=RETURNED)
    for line, (told, texts) in enumerate(_refused(batch, columns, store), start=1):
        for place, value in enumerate(told):
            sheet.write(line, place, value, red if place == 2 else None)
        for place, text in enumerate(texts, start=len(RETURNED)):
            if text is not None:
                sheet.write_string(line, place, text)
    book.close()
    return body.getvalue()


def _refused(
    batch: Batch, columns: Sequence[Column], store: Store
) -> Iterator[tuple[tuple[Any, ...], list[str | None]]]:
    if not batch.refused_sha256:
        return
    titles = {column.name: column.title for column in columns}
    with pq.ParquetFile(store.refused(batch.refused_sha256)) as file:
        for part in file.iter_batches(batch_size=4096):
            for row in part.to_pylist():
                place = "、".join(titles.get(each, each) for each in (row["column"] or "").split("/"))
                told = (row["row"], row["reason"], row["zh"], row["remedy_zh"], place, row["value"])
                yield told, [row.get(sent(column.name)) for column in columns]


def _headings(
    book: Any, sheet: Any, columns: Sequence[Column], *, at: int, before: Sequence[str] = ()
) -> None:
    plain = book.add_format({"bold": True, "bg_color": "#e7eeec", "border": 1, "text_wrap": True})
    must = book.add_format({"bold": True, "bg_color": "#cfe3df", "border": 1, "text_wrap": True})
    text = book.add_format({"num_format": "@"})
    for place, title in enumerate(before):
        sheet.write(0, place, title, plain)
        sheet.set_column(place, place, 24 if place in (2, 3) else 11)
    for place, column in enumerate(columns, start=at):
        sheet.write(0, place, column.title, must if column.required else plain)
        sheet.write_comment(0, place, _note(column))
        sheet.set_column(place, place, max(12, min(2 * len(column.title) + 4, 40)), text)
    sheet.freeze_panes(1, 0)


def _note(column: Column) -> str:
    lines = [("必填。" if column.required else "") + _KINDS.get(column.type, "")]
    if column.unit:
        lines.append(f"单位：{column.unit}")
    if column.example:
        lines.append(f"例：{column.example}")
    lines.append(f"依据：{column.basis}")
    return "\n".join(lines)


def _explain(book: Any, item: Item) -> None:
    sheet = book.add_worksheet("填表说明")
    bold = book.add_format({"bold": True, "bg_color": "#e7eeec", "border": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write(0, 0, f"{item.title}　{item.title_en}", book.add_format({"bold": True, "font_size": 14}))
    sheet.write(1, 0, f"依据 {item.basis}；标＊的深色列必填；“至少填一项”见下。")
    groups = "；".join(
        "、".join(item.columns[name].title for name in group) for group in item.required_one_of
    )
    sheet.write(2, 0, f"至少填一项：{groups}" if groups else "")
    for place, title in enumerate(("列", "英文", "必填", "填法", "可填的值", "例", "依据", "公开方式")):
        sheet.write(4, place, title, bold)
        sheet.set_column(place, place, (22, 26, 6, 20, 40, 24, 26, 12)[place])
    for line, column in enumerate(item.columns.values(), start=5):
        allowed = "、".join(choice.zh for choice in column.allowed.values())
        kind = _KINDS.get(column.type, "") + (f"（{column.unit}）" if column.unit else "")
        told = (column.title, column.title_en, "是" if column.required else "", kind, allowed)
        for place, value in enumerate((*told, column.example, column.basis, column.disclosure)):
            sheet.write(line, place, value, wrap)
