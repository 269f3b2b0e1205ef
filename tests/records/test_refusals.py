"""A file that cannot be taken: one clear sentence in each language, how to mend it, and nothing changed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from chengxin.core.errors import FileRefused
from chengxin.engine import duck
from chengxin.policy.house import load
from chengxin.records import files, mapping, sniffing
from tests.records.installed import Ending, Installed, fresh
from tests.records.old_excel import write_locked_xlsx, write_xls

HEAD = ["企业名称", "统一社会信用代码", "成立日期"]
ROW = ["示范科技有限公司", "91320600MA0DEM0A15", "2016-03-01"]
TEN_MB = 10 << 20
Maker = Callable[[Path], Any]


def text(*lines: list[str], encoding: str = "utf-8") -> bytes:
    return "".join(",".join(line) + "\r\n" for line in lines).encode(encoding)


def workbook(*rows: list[str], hidden: bool = False) -> bytes:
    body = io.BytesIO()
    book = xlsxwriter.Workbook(body, {"in_memory": True})
    if hidden:
        book.add_worksheet("说明").hide()
    sheet = book.add_worksheet("报送")
    if hidden:
        sheet.hide()
    for line, row in enumerate(rows):
        sheet.write_row(line, 0, row)
    book.close()
    return body.getvalue()


def bomb(path: Path) -> None:
    """Sixty megabytes of nothing in sixty kilobytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (60 << 20))


def far_corner(path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.write(1_048_575, 16_383, "x")
    book.close()


def two_encodings() -> bytes:
    return text(["name", "code"], [ROW[0], ROW[1]]) + text(["东海纺织印染总厂", "x"], encoding="gb18030")


def parquet(path: Path, rows: int) -> None:
    pq.write_table(pa.table({"name": pa.array([ROW[0]] * rows, pa.string()), "code": [ROW[1]] * rows}), path)


def cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def cut_parquet(path: Path) -> None:
    parquet(path, 10)
    path.write_bytes(path.read_bytes()[:-20])


def long_cell(path: Path) -> None:
    """Excel itself keeps no more than 32,767 characters; other programs write what they like."""
    plain = workbook(HEAD, ["LONG", *ROW[1:]])
    with zipfile.ZipFile(io.BytesIO(plain)) as read, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for part in read.infolist():
            body = read.read(part)
            out.writestr(part, body.replace(b"LONG", b"x" * TEN_MB) if b"LONG" in body else body)


def other_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("报送.csv", text(HEAD, ROW))


def all_hidden(path: Path) -> None:
    """Excel refuses to hide the last sheet, other programs do not."""
    plain = workbook(HEAD, ROW)
    with zipfile.ZipFile(io.BytesIO(plain)) as read, zipfile.ZipFile(path, "w") as out:
        for part in read.infolist():
            out.writestr(part, read.read(part).replace(b"<sheet name=", b'<sheet state="hidden" name='))


BYTES: dict[str, tuple[str, bytes]] = {
    "a truncated workbook": ("file.truncated", cut(workbook(HEAD, *[ROW] * 50))),
    "a truncated old workbook": ("file.truncated", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000),
    "an archive that is no workbook": ("file.strange_kind", b""),
    "a workbook with a header only": ("file.no_rows", workbook(HEAD)),
    "a workbook with a header and blanks": ("file.no_rows", workbook(HEAD, ["", " ", "\u3000"])),
    "a workbook without a visible sheet": ("file.no_visible_sheet", b""),
    "a text with a header only": ("file.no_rows", text(HEAD)),
    "a text with a header and empty cells": ("file.no_rows", text(HEAD, ["", "", ""], [" ", "", ""])),
    "nothing": ("file.empty", b""),
    "a byte-order mark and blank lines": ("file.empty", b"\xef\xbb\xbf\r\n\r\n  \r\n"),
    "no header at all": ("file.header_missing", text(ROW, ROW)),
    "a required column is missing": ("file.column_missing", text(["企业名称", "成立日期"], ["甲厂", "2016-01-01"])),
    "a heading nobody knows": ("file.column_unknown", text([*HEAD, "注册资夲"], [*ROW, "500"])),
    "a heading twice": ("file.heading_twice", text([*HEAD, "单位名称"], [*ROW, "甲"])),
    "bytes of no encoding": ("file.encoding_unknown", b"name,code\n\x81\x20\xff\xff,\x80\x81\x82\n"),
    "half UTF-8, half GBK": ("file.encoding_mixed", two_encodings()),
    "a cell of ten megabytes": ("file.cell_too_long", text(HEAD, ROW, ["甲" * TEN_MB, "x", ""], ROW)),
    "a quote that never closes": ("file.quote_open", text(HEAD, ['"甲厂', "x", ""], *[ROW] * 4_000)),
    "a quote open over a megabyte": ("file.quote_open", text(HEAD, ['"甲厂', "x", ""], *[ROW] * 40_000)),
    "a quote in the midst of a cell": ("file.quote_open", text(HEAD, ROW, ['甲"厂', '"x"y', '"'], *[ROW] * 400)),
    "a PDF by another name": ("file.strange_kind", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
    "a page by another name": ("file.strange_kind", b"\xef\xbb\xbf<!DOCTYPE html><table><tr><td>1</td></tr></table>"),
    "a picture by another name": ("file.strange_kind", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "a program": ("file.binary", b"MZ\x90\0\x03\0\0\0" + b"\0" * 200),
    "lines of broken JSON": ("file.json_broken", b'{"name": \n{"code" "x"}\n{{{\n'),
    "an array of JSON cut short": ("file.json_broken", b'[{"name": "x", "code": "y"}, {"name"'),
    "JSON of other things": ("file.header_missing", b'{"temperature": 3}\n{"temperature": 4}\n'),
    "JSON with a cell of ten megabytes": (
        "file.cell_too_long",
        json.dumps({"name": "x" * TEN_MB, "code": ROW[1]}).encode() + b"\n",
    ),
    "half the lines unreadable": ("file.unreadable_lines", text(HEAD, *[ROW, ['"甲"乙"', "x", "2016"]] * 40)),
}  # fmt: skip
WRITTEN: dict[str, tuple[str, Maker]] = {
    "a bomb": ("file.bomb", bomb),
    "a cell in the far corner": ("file.too_wide", far_corner),
    "a workbook with a cell of ten megabytes": ("file.cell_too_long", long_cell),
    "a workbook behind a password": ("file.locked", write_locked_xlsx),
    "an old workbook behind a password": ("file.locked", lambda path: write_xls(path, [HEAD, ROW], locked=True)),
    "a Parquet without rows": ("file.no_rows", lambda path: parquet(path, 0)),
    "a Parquet cut short": ("file.truncated", cut_parquet),
    "an archive that is no workbook": ("file.strange_kind", other_archive),
    "a workbook without a visible sheet": ("file.no_visible_sheet", all_hidden),
}  # fmt: skip


CASES = {name: id_ for name, (id_, _) in (BYTES | WRITTEN).items()}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every file, under a name that says nothing true about it."""
    folder: Path = tmp_path_factory.mktemp("refused")
    made = {}
    for number, name in enumerate(CASES):
        made[name] = folder / f"{number}.csv"
        if name in WRITTEN:
            WRITTEN[name][1](made[name])
        else:
            made[name].write_bytes(BYTES[name][1])
    return made


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return fresh(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("name", CASES)
def test_opening_it_says_why(name: str, refused: dict[str, Path], tmp_path: Path) -> None:
    path = refused[name]
    connection = duck.connect(temp=tmp_path)
    with pytest.raises(FileRefused) as told:
        files.land(path, load().items["organisation"], connection, tmp_path, sniffing.fingerprint(path))
    assert told.value.id == CASES[name]


@pytest.fixture(scope="module")
def endings(
    installed: Installed, refused: dict[str, Path]
) -> tuple[dict[str, Ending], dict[str, int], dict[str, int]]:
    """Every file handed in at the command line, and what the home held before and after."""
    before = installed.counts()
    ended = installed.several([["load", "organisation", str(path), "--json"] for path in refused.values()])
    return dict(zip(refused, ended, strict=True)), before, installed.counts()


@pytest.mark.parametrize("name", CASES)
def test_the_command_says_it_in_both_languages(
    name: str, endings: tuple[dict[str, Ending], dict[str, int], dict[str, int]]
) -> None:
    ended = endings[0][name]
    assert ended.status == 1, ended.err
    told = ended.json()["error"]
    assert told["id"] == CASES[name]
    assert all(told[field].strip() for field in ("zh", "en", "hint_zh", "hint_en"))
    assert all(len(told[field]) < 600 for field in ("zh", "en", "hint_zh", "hint_en"))
    assert told["zh"] in ended.err
    assert "Traceback" not in ended.err and "Error:" not in ended.err


def test_nothing_of_them_changed_the_home(
    installed: Installed, endings: tuple[dict[str, Ending], dict[str, int], dict[str, int]]
) -> None:
    _, before, after = endings
    assert after == before
    assert before["records_batch"] == 0
    assert not list((installed.home / "tmp").glob("*")), "a refused file leaves nothing behind"


def test_a_missing_column_is_named_with_what_came_nearest(
    endings: tuple[dict[str, Ending], dict[str, int], dict[str, int]],
) -> None:
    told = endings[0]["a required column is missing"].json()["error"]
    assert "统一社会信用代码" in told["zh"]
    told = endings[0]["a heading nobody knows"].json()["error"]
    assert "注册资夲（注册资本？）" in told["zh"]


def test_a_header_under_title_rows_is_found(installed: Installed, tmp_path: Path) -> None:
    path = tmp_path / "报送.csv"
    path.write_bytes(text(["示范市企业登记情况表"], ["填报单位：示范局", "2016年3月"], HEAD, ROW))
    receipt = installed.load("organisation", path)
    assert (receipt["read"], receipt["taken"], receipt["quarantined"]) == (1, 1, 0)


def test_one_process_of_its_own_ends_with_status_one(installed: Installed, refused: dict[str, Path]) -> None:
    ended = installed.run("load", "organisation", refused["a truncated workbook"])
    assert ended.status == 1
    assert ended.out == ""
    assert "不完整" in ended.err and "→" in ended.err
    missing = installed.run("load", "organisation", "/nowhere/at.all.csv")
    assert missing.status == 1 and "→" in missing.err


def mapped(
    path: Path, tmp_path: Path, name: str = "env_credit_ningxia", item: str = "environment_grade"
) -> str:
    connection = duck.connect(temp=tmp_path)
    with pytest.raises(FileRefused) as told:
        mapping.land(name, path, load().items[item], connection, tmp_path)
    for language in ("zh", "en"):
        assert told.value.sentence(language) and told.value.hint(language)  # type: ignore[arg-type]
    return told.value.id


SOURCE = "id,name,city,uscc,permission,env_credit_2016,env_credit_2017,env_credit_2018,env_credit_2019\n"


@pytest.mark.parametrize(
    ("body", "words", "expected"),
    [
        (SOURCE + "1,甲厂,银川,x,,1,1,1,1\n", {"name": "nothing_like_it"}, "file.mapping_unknown"),
        (SOURCE + "1,甲厂,银川,x,,1,1,1,1\n", {"item": "organisation"}, "file.mapping_item"),
        ("id,name,uscc\n1,甲厂,x\n", {}, "file.mapping_misfit"),
        ('{"id": 1}\n', {}, "file.mapping_kind"),
        (SOURCE, {}, "file.no_rows"),
        (SOURCE + "1,甲厂,银川,x,,,,,\n", {}, "file.no_rows"),
        (SOURCE + '1,"甲"厂",银川,x,,1,1,1,1\n', {}, "file.unreadable_lines"),
        (SOURCE + "1,甲厂,东,银川,x,,1,1,1,1\n", {}, "file.unreadable_lines"),
    ],
)
def test_a_file_that_does_not_fit_its_mapping(
    body: str, words: dict[str, str], expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "source.csv"
    path.write_text(body, "utf-8")
    assert mapped(path, tmp_path, **words) == expected
