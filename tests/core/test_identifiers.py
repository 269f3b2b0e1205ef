from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from chengxin.core.identifiers import (
    ALPHABET,
    SCHEMES,
    classify,
    id_number_check,
    is_valid,
    mask,
    normalise,
    orgcode_check,
    regno_check,
    sql_normalise,
    sql_scheme,
    sql_valid,
    uscc_check,
)

CONNECTION = duckdb.connect()


def in_sql(expression: str, texts: Iterable[str]) -> list[object]:
    rows = CONNECTION.execute(f"select {expression} from unnest($1::varchar[]) as given(code)", [list(texts)])
    return [row[0] for row in rows.fetchall()]


digits = st.text("0123456789", min_size=1)
uscc_bodies = st.from_regex(rf"[1-9AN][1-9][1-6][0-9]{{5}}[{ALPHABET}]{{9}}", fullmatch=True)
id_bodies = st.builds(
    lambda place, day, order: f"{place}{day:%Y%m%d}{order:03d}",
    st.sampled_from(["320106", "110101", "440305", "360426"]),
    st.dates(min_value=date(1930, 1, 1), max_value=date(2019, 12, 31)),
    st.integers(0, 999),
)
valid = {
    "uscc": uscc_bodies.map(lambda body: body + uscc_check(body)),
    "orgcode": st.from_regex(r"[0-9A-Z]{8}", fullmatch=True).map(lambda body: body + orgcode_check(body)),
    "regno": st.from_regex(r"[0-9]{14}", fullmatch=True).map(lambda body: body + regno_check(body)),
    "id_number": id_bodies.map(lambda body: body + id_number_check(body)),
}
valid["permit"] = valid["uscc"].map(lambda code: f"{code}001P")


@st.composite
def near_misses(draw: st.DrawFn) -> str:
    """A valid code, or one with a character changed, dropped, added or swapped: what typing does."""
    code = draw(draw(st.sampled_from(list(valid.values()))))
    at = draw(st.integers(0, len(code) - 2))
    other = draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ中 -"))
    spoiled = [
        code,
        code[:at] + other + code[at + 1 :],
        code[:at] + code[at + 1 :],
        code[:at] + other + code[at:],
        code[:at] + code[at + 1] + code[at] + code[at + 2 :],
    ]
    return draw(st.sampled_from(spoiled))


@pytest.mark.parametrize("scheme", SCHEMES)
@settings(deadline=None)
@given(texts=st.lists(near_misses() | st.text(max_size=24), min_size=1, max_size=40))
def test_python_and_sql_judge_alike(scheme: str, texts: list[str]) -> None:
    assert in_sql(sql_valid(scheme, "code"), texts) == [is_valid(scheme, text) for text in texts]


@settings(deadline=None)
@given(texts=st.lists(near_misses() | st.text(), min_size=1, max_size=30))
def test_python_and_sql_normalise_alike(texts: list[str]) -> None:
    texts = [text.replace("\0", "") for text in texts]
    assert in_sql(sql_normalise("code"), texts) == [normalise(text) for text in texts]


@given(near_misses())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("scheme", list(valid))
@given(data=st.data())
def test_what_the_check_character_makes_is_valid(scheme: str, data: st.DataObject) -> None:
    assert is_valid(scheme, data.draw(valid[scheme]))


@given(near_misses())
def test_a_second_opinion_on_credit_codes(text: str) -> None:
    """python-stdnum knows only codes that begin with two digits; ours also knows A1, N2 and the like."""
    if text[:1].isdecimal() and normalise(text) == text:
        assert is_valid("uscc", text) == stdnum_uscc.is_valid(text)


@given(near_misses())
def test_a_second_opinion_on_citizen_numbers(text: str) -> None:
    """python-stdnum also knows which counties there were, so it may refuse what we take."""
    if ric.is_valid(text) and ric.compact(text) == text:
        assert is_valid("id_number", text)
    if is_valid("id_number", text):
        assert ric.calc_check_digit(text) == text[17]


def test_the_published_vectors(real: Callable[[str], Path]) -> None:
    with real("vectors/uscc.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert is_valid("uscc", normalise(row["number"])) == row["expected"].startswith("valid"), row
    with real("vectors/gb11643_ric.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["call"] == "validate" and row["expected"].startswith("'"):
                code = normalise(row["number"])
                assert is_valid("id_number", code)
                assert code == row["expected"].strip("'")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("91110000600037341L", ("uscc", "91110000600037341L")),
        (" 91 110000 600037341l　", ("uscc", "91110000600037341L")),
        ("９１１１００００６０００３７３４１Ｌ", ("uscc", "91110000600037341L")),
        ("'121200004013590816", ("uscc", "121200004013590816")),
        ("91110000600037341L001P", ("permit", "91110000600037341L001P")),
        ("71093123-8", None),
        ("13830295-X", ("orgcode", "13830295X")),
        ("13830295－x", ("orgcode", "13830295X")),
        ("3209231100626", ("regno", "3209231100626")),
        ("320404000009558", ("regno", "320404000009558")),
        ("320404000009559", None),
        ("320321NA000205X", ("regno", "320321NA000205X")),
        ("企合苏总字第000063", ("regno", "企合苏总字第000063")),
        ("44011320141005001x", ("id_number", "44011320141005001X")),
        ("44011320141305001X", None),
        ("9.164E+17", None),
        ("", None),
    ],
)
def test_codes_as_they_come(text: str, expected: tuple[str, str] | None) -> None:
    assert classify(text) == expected


def test_the_first_scheme_that_holds_is_named_in_sql() -> None:
    schemes = ["uscc", "regno", "orgcode"]
    codes = ["91110000600037341L", "320404000009558", "13830295X", "none"]
    assert in_sql(sql_scheme(schemes, "code"), codes) == ["uscc", "regno", "orgcode", None]


def test_null_is_not_valid_and_stays_null() -> None:
    found = CONNECTION.execute(
        f"select {sql_valid('uscc', 'c')}, {sql_normalise('c')} from (select null::text as c)"
    )
    assert found.fetchone() == (False, None)


def test_persons_are_masked_and_bodies_are_not() -> None:
    assert mask("id_number", "44011320141005001X") == "440***********001X"
    assert mask("uscc", "91110000600037341L") == "91110000600037341L"
    assert mask("water_account", "88112233") == "88****33"
    assert mask("water_account", "12") == "**"


def test_every_real_code_is_judged_alike(real: Callable[[str], Path]) -> None:
    path = real("enterprises_jiangsu.parquet")
    named = sql_scheme(["uscc", "regno", "orgcode"], "code")
    rows = CONNECTION.execute(
        f"select code, {named} from (select {sql_normalise('code')} as code from read_parquet('{path}'))"
    ).fetchall()
    assert len(rows) == 145_005
    assert sum(scheme == "uscc" for _, scheme in rows) == 137_194
    assert all(scheme for _, scheme in rows)
    assert all(is_valid(scheme, code) for code, scheme in rows[::97])


def test_a_million_codes_pass_in_a_breath() -> None:
    check = f"'{ALPHABET}'[1 + i % 31]"
    CONNECTION.execute(
        "create or replace table many as select '91320' || lpad((i % 1000)::text, 3, '0') || "
        f"lpad((i * 7919 % 1000000000)::text, 9, '0') || {check} as code from range(1000000) r(i)"
    )
    started = time.process_time()
    found = CONNECTION.execute(
        f"select count(*) filter (where {sql_valid('uscc', 'code')}) from many"
    ).fetchone()
    assert time.process_time() - started < 4
    assert found is not None
    assert 30_000 < found[0] < 35_000
