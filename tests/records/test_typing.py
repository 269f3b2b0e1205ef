"""Every notation a department writes, read by the engine as a person would read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.core.money import format_fen, parse_yuan
from chengxin.engine import duck
from chengxin.policy.items import Choice, Column
from chengxin.records import typing_sql

DAYS = [
    "2016-01-02", "2016-1-2", "2016/01/02", "2016/1/2", "2016.1.2", "20160102", "2016年1月2日", "2016年01月02日",
    " 2016 年 1 月 2 日 ", "２０１６－０１－０２", "2016年1月2号", "2016-01-02 00:00:00", "2016/1/2 13:45", "42371",
    "42371.0", "2016-01-02T10:00:00", "\u30002016-01-02\u3000", "2016。1。2",
]  # fmt: skip
NO_DAYS = ["2019-02-30", "2016-13-01", "昨天", "2016", "20161301", "1/2", "abc", "9.1E+17", "7"]


def column(kind: Any, **more: Any) -> Column:
    return Column("x", "x", "x", kind, "law#1", "public", **more)


def read(kind: Column, texts: Sequence[str | None], *, epoch_1904: bool = False) -> list[Any]:
    """Reads texts the way intake does: cleaned, the usual notation, then whatever is left."""
    connection = duck.connect(temp=Path("/tmp"), keep_order=True)
    connection.execute("create temp table given (place integer, raw varchar)")
    connection.execute(
        "insert into given select generate_subscripts($1::varchar[], 1), unnest($1::varchar[])", [list(texts)]
    )
    rest = typing_sql.rest(kind, "c") or "null"
    value = typing_sql.value(kind, "c", "r", epoch_1904=epoch_1904)
    cleaned = typing_sql.cleaned(kind, "raw")
    source = f"(select *, {rest} as r from (select place, {cleaned} as c from given))"
    rows = connection.execute(f"select {value} from {source} order by place").fetchall()
    connection.close()
    return [row[0] for row in rows]


def test_a_day_in_every_notation() -> None:
    assert read(column("date"), DAYS) == [date(2016, 1, 2)] * len(DAYS)


def test_what_is_no_day() -> None:
    assert read(column("date"), NO_DAYS) == [None] * len(NO_DAYS)


def test_the_macintosh_counts_from_1904() -> None:
    assert read(column("date"), ["40909"], epoch_1904=True) == [date(2016, 1, 2)]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.dates(date(1900, 3, 1), date(2100, 1, 1)), min_size=1, max_size=40))
def test_days_survive_every_notation(days: list[date]) -> None:
    serial = [str((day - date(1899, 12, 30)) // timedelta(days=1)) for day in days]
    kept = [(day, text) for day, text in zip(days, serial, strict=True) if len(text) == 5]
    assert read(column("date"), [text for _, text in kept]) == [day for day, _ in kept]
    written = [f"{day.year}年{day.month}月{day.day}日" for day in days]
    assert read(column("date"), written) == days
    assert read(column("date"), [f"{day:%Y%m%d}" for day in days]) == days


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [
        ("0.60", "元", 60),
        ("1,234.5", "元", 123_450),
        ("￥１，２３４．５０", "元", 123_450),
        ("¥100元", "元", 10_000),
        ("人民币100元整", "元", 10_000),
        ("12.345678", "万元", 12_345_678),
        ("12.345678万元", "元", 12_345_678),
        ("5万", "元", 5_000_000),
        ("3元", "万元", 300),
        ("0.001亿元", "元", 10_000_000),
        ("-5", "元", -500),
        ("1.230000", "元", 123),
        ("0.0000010", "万元", 1),
        ("0.005", "元", None),
        ("0.0000001", "万元", None),
        ("五万", "元", None),
        ("1.2.3", "元", None),
        ("100美元", "元", None),
    ],
)
def test_money(text: str, unit: str, fen: int | None) -> None:
    assert read(column("money", unit=unit), [text]) == [fen]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=30))
def test_money_is_exact_and_agrees_with_the_scalar(amounts: list[int]) -> None:
    texts = [format_fen(fen) for fen in amounts] + [str(Decimal(fen) / 1_000_000) for fen in amounts]
    found = read(column("money", unit="元"), texts[: len(amounts)])
    assert found == amounts == [parse_yuan(text) for text in texts[: len(amounts)]]
    plain = [f"{Decimal(fen) / 1_000_000:f}" for fen in amounts]
    assert read(column("money", unit="万元"), plain) == amounts


def test_capital_comes_in_twenty_notations() -> None:
    texts = ["500万人民币", "1,166(万元人民币)", "3.4000(万美元)", "２００万", "50(万元(人民币))"]
    assert read(column("money", scheme="capital", unit="万元"), texts) == [
        500_000_000, 1_166_000_000, 3_400_000, 200_000_000, 50_000_000,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "texts", "values"),
    [
        ("quantity", ["12.5", "1,000", "０．００１", "0.0001", "吨"], [12_500, 1_000_000, 1, None, None]),
        ("int", ["1,234", "5.0", "5.5", "-3", "１２", "x"], [1234, 5, None, -3, 12, None]),
        ("year", ["2016", "2016年", "2016年度", "２０１６", "2016.0", "16"], [2016, 2016, 2016, 2016, 2016, None]),
        ("month", ["2016-04", "2016年4月", "201604", "2016/4", "2016-04-01", "2016-13", "2016年4月份"],
         ["2016-04", "2016-04", "2016-04", "2016-04", "2016-04", None, "2016-04"]),
        ("bool", ["是", "否", "Y", "no", "1", "０", "TRUE", "也许"],
         [True, False, True, False, True, False, True, None]),
        ("region", ["320100", "320102001", "320102001001", "３２０１００", "3201", "江苏"],
         ["320100", "320102", "320102", "320100", None, None]),
        ("code", ["air_over_limit_fine", " 2016Ｈ1 ", "'00123", "A 1\t2", "甲-1", ""],
         ["air_over_limit_fine", "2016H1", "00123", "A12", "甲-1", None]),
        ("text", ["  甲厂　", "", "　", "a b", "-"], ["甲厂", None, None, "a b", "-"]),
    ],
)  # fmt: skip
def test_other_types(kind: str, texts: list[str], values: list[Any]) -> None:
    assert read(column(kind), texts) == values


def test_a_choice_by_code_label_and_alias() -> None:
    kind = column("choice", allowed={"red": Choice("红色", "Red", ("红", "3", "（红）"))})
    assert read(kind, ["red", "RED", "红色", "红", "3", "３", "(红)", "（红）", "黑"]) == ["red"] * 8 + [None]


@pytest.mark.parametrize("nothing", ["-", "--", "—", "/", "无", "NULL", "null", "N/A", "#N/A", " - ", ""])
def test_what_stands_for_nothing(nothing: str) -> None:
    for kind in ("date", "money", "int", "identifier", "region"):
        assert read(column(kind, unit="元" if kind == "money" else ""), [nothing]) == [None]


def test_identifiers_are_lifted() -> None:
    texts = [
        "91320691ma0demo00x",
        "９１３２０６９１ＭＡ０ＤＥＭＯ００Ｘ",
        "'91320691MA0DEMO00X",
        " 91320691 MA0DEMO00X",
    ]
    assert read(column("identifier", scheme="uscc"), texts) == ["91320691MA0DEMO00X"] * 4


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=30))
def test_no_text_breaks_any_type(texts: list[str]) -> None:
    """Whatever is typed, each type gives a value or nothing: never an error that would stop a whole file."""
    plain = [text.replace("\x00", "") for text in texts]
    for kind in ("text", "code", "date", "month", "year", "int", "quantity", "bool", "region", "identifier"):
        assert len(read(column(kind), plain)) == len(plain)
    for unit in ("元", "万元"):
        read(column("money", unit=unit), plain)
    read(column("money", scheme="capital"), plain)
