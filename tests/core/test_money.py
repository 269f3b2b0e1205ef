from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.core.errors import InputError
from chengxin.core.money import (
    format_fen,
    format_micro,
    micro_yuan,
    milli,
    parse_capital,
    parse_yuan,
    sql_capital,
    times,
)

CONNECTION = duckdb.connect()


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("1234.5", 123450),
        ("1,234.50元", 123450),
        ("¥1,234.50", 123450),
        ("￥１，２３４．５０", 123450),
        (" 人民币 12 元整 ", 1200),
        ("12.345678万元", 12345678),
        ("0.000001万元", 1),
        ("3亿元", 30_000_000_000),
        ("-0.01", -1),
        ("1.100", 110),
    ],
)
def test_amounts_as_they_are_written(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "元", "1.234", "12.3456789万元", "1,23", "一百", "1e5", "5美元", "1.2.3", "NaN"]
)
def test_what_is_not_an_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_yuan(text)


def test_a_bare_number_counts_in_the_unit_of_its_column() -> None:
    assert parse_yuan("12.5", unit="万元") == 12_500_000
    assert parse_yuan("12.5元", unit="万元") == 1_250


@given(st.integers(-(10**15), 10**15))
def test_money_reads_as_it_is_written(fen: int) -> None:
    assert parse_yuan(format_fen(fen)) == fen
    assert parse_yuan(format_fen(fen, "en")) == fen


def test_money_is_written_for_both_languages() -> None:
    assert format_fen(123450) == "1,234.50元"
    assert format_fen(-5, "en") == "-¥0.05"
    assert format_micro(600_000) == "0.60"
    assert format_micro(1_234_560) == "1.23456"


def test_prices_and_quantities_are_integers() -> None:
    assert micro_yuan("0.60") == 600_000
    assert milli("1250.5") == 1_250_500
    for refused in ("0.0000001", "0.6元"):
        with pytest.raises(InputError):
            micro_yuan(refused)


@given(st.integers(0, 10**8), st.integers(-(10**10), 10**10))
def test_a_product_is_rounded_half_up_once(price: int, quantity: int) -> None:
    exact = Decimal(price) * Decimal(abs(quantity)) / Decimal(10**7)
    rounded = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert times(price, quantity) == (rounded if quantity >= 0 else -rounded)
    assert times(price, quantity) + times(price, -quantity) == 0


CAPITAL = [
    ("500万人民币", 500_000_000, "CNY"),
    ("3.4000(万元人民币)", 3_400_000, "CNY"),
    ("1,166(万元人民币)", 1_166_000_000, "CNY"),
    ("1,000.5(万美元)", 1_000_500_000, "USD"),
    ("20万美元", 20_000_000, "USD"),
    ("30(万元美元)", 30_000_000, "USD"),
    ("2,000(万日元)", 2_000_000_000, "JPY"),
    ("50(万欧元)", 50_000_000, "EUR"),
    ("8,000(万香港元)", 8_000_000_000, "HKD"),
    ("12(万港元)", 12_000_000, "HKD"),
    ("6(万新加坡元)", 6_000_000, "SGD"),
    ("3(万德国马克)", 3_000_000, "DEM"),
    ("1,500(万丹麦克郎)", 1_500_000_000, "DKK"),
    ("2.5(万瑞士法郎)", 2_500_000, "CHF"),
    ("9(万澳大利亚元)", 9_000_000, "AUD"),
    ("50(万元(人民币))", 50_000_000, "CNY"),
    ("9(元/万元)", 9_000_000, "CNY"),
    ("5万", 5_000_000, "CNY"),
    ("7(万)", 7_000_000, "CNY"),
    ("100万人民币元", 100_000_000, "CNY"),
    ("５００万元", 500_000_000, "CNY"),
    ("1,234,567.8(万元人民币)", 1_234_567_800_000, "CNY"),
    ("300元", 30_000, "CNY"),
    ("0.5亿元", 5_000_000_000, "CNY"),
    ("注册资本 200 万元", 200_000_000, "CNY"),
    ("80", 80_000_000, "CNY"),
]


@pytest.mark.parametrize(("text", "hundredths", "currency"), CAPITAL)
def test_capital_is_read_however_it_is_written(text: str, hundredths: int, currency: str) -> None:
    assert parse_capital(text) == (hundredths, currency)


def in_sql(texts: list[str]) -> list[tuple[int, str] | None]:
    rows = CONNECTION.execute(
        f"select {sql_capital('given.t')} from unnest($1::varchar[]) as given(t)", [texts]
    ).fetchall()
    return [(row[0]["fen"], row[0]["currency"]) if row[0]["fen"] is not None else None for row in rows]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([text for text, _, _ in CAPITAL])
        | st.from_regex(
            r"[0-9]{1,4}(,[0-9]{3})*(\.[0-9]{1,8})?[(（]?[万亿千]?(元|美元|日元)?[)）]?", fullmatch=True
        )
        | st.text("0123456789.,万亿元()（） 美", max_size=14),
        min_size=1,
        max_size=25,
    )
)
def test_python_and_sql_read_capital_alike(texts: list[str]) -> None:
    assert in_sql(texts) == [parse_capital(text) for text in texts]


def test_a_bare_number_may_mean_yuan() -> None:
    assert parse_capital("80", bare="元") == (8_000, "CNY")
    assert parse_capital("无") is None


def test_every_real_capital_is_read_alike(real: Callable[[str], Path]) -> None:
    path = real("enterprises_jiangsu.parquet")
    rows = CONNECTION.execute(
        f"select capital_raw, c.fen, c.currency from "
        f"(select capital_raw, {sql_capital('capital_raw')} as c from read_parquet('{path}'))"
    ).fetchall()
    told = [row for row in rows if row[0] is not None]
    assert len(told) == 140_718
    assert all(fen is not None for _, fen, _ in told)
    assert all(parse_capital(text) == (fen, currency) for text, fen, currency in told)
    assert {currency for _, _, currency in told} >= {"CNY", "USD", "JPY", "EUR", "HKD", "SGD", "DEM", "CHF"}
