"""Writing a table as an office would: xlsx under two title rows, GBK or UTF-8 csv, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Literal

from chengxin.places.demo.dirt import Cell

Form = Literal["xlsx", "gbk", "csv", "bom", "jsonl", "parquet"]
SUFFIX: dict[Form, str] = {
    "xlsx": ".xlsx", "gbk": ".csv", "csv": ".csv", "bom": ".csv", "jsonl": ".jsonl", "parquet": ".parquet"
}  # fmt: skip
_ENCODING = {"gbk": "gb18030", "csv": "utf-8", "bom": "utf-8-sig"}
_BLOCK = 50_000


def write(path: Path, form: Form, title: str, header: list[str], rows: Iterable[list[Cell]]) -> Path:
    """This will write the table and give its path; the same rows give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "xlsx":
        _xlsx(path, title, header, rows)
    elif form == "jsonl":
        _jsonl(path, header, rows)
    elif form == "parquet":
        _parquet(path, header, rows)
    else:
        with path.open("w", encoding=_ENCODING[form], newline="") as file:
            csv.writer(file).writerows([header])
            csv.writer(file).writerows(rows)
    return path


def as_bytes(form: Literal["gbk", "csv", "bom"], header: list[str], rows: Iterable[list[Cell]]) -> bytes:
    """This will give a small csv as bytes."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(_ENCODING[form])


def _xlsx(path: Path, title: str, header: list[str], rows: Iterable[list[Cell]]) -> None:
    from xlsxwriter import Workbook

    book = Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    book.set_properties({"title": title, "created": datetime(2026, 1, 1)})  # noqa: DTZ001  a fixed stamp
    sheet = book.add_worksheet("Sheet1")
    sheet.write_string(0, 0, title)
    sheet.write_string(1, 0, "填报单位（盖章）：                    演示数据")
    sheet.write_row(2, 0, header)
    for number, row in enumerate(rows, start=3):
        sheet.write_row(number, 0, row)
    book.close()


def _jsonl(path: Path, header: list[str], rows: Iterable[list[Cell]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) + "\n")


def _parquet(path: Path, header: list[str], rows: Iterable[list[Cell]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in header])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for block in _blocks(rows):
            columns = [[str(cell) for cell in column] for column in zip(*block, strict=True)]
            writer.write_table(pa.table([pa.array(column, pa.string()) for column in columns], schema=schema))


def _blocks(rows: Iterable[list[Cell]]) -> Iterator[list[list[Cell]]]:
    each = iter(rows)
    while block := list(islice(each, _BLOCK)):
        yield block
