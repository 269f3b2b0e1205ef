from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.core.canonical import canonical_json, digest

NUMBERS = [  # RFC 8785, appendix B, and the edges of ECMAScript's notation
    (0.0, "0"),
    (-0.0, "0"),
    (5e-324, "5e-324"),
    (-5e-324, "-5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"),
    (9007199254740992.0, "9007199254740992"),
    (295147905179352830000.0, "295147905179352830000"),
    (9.999999999999997e22, "9.999999999999997e+22"),
    (1e23, "1e+23"),
    (1.0000000000000001e23, "1.0000000000000001e+23"),
    (999999999999999700000.0, "999999999999999700000"),
    (1e21, "1e+21"),
    (1e20, "100000000000000000000"),
    (9.999999999999997e-7, "9.999999999999997e-7"),
    (0.000001, "0.000001"),
    (333333333.3333332, "333333333.3333332"),
    (4.50, "4.5"),
    (2e-3, "0.002"),
    (1424953923781206.2, "1424953923781206.2"),
]


@pytest.mark.parametrize(("number", "written"), NUMBERS)
def test_numbers_are_written_as_ecmascript_writes_them(number: float, written: str) -> None:
    assert canonical_json(number).decode() == written


def test_keys_stand_in_order_of_utf16_code_units() -> None:
    told = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical_json(told))) == [
        "\r",
        "1",
        "\u0080",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


def test_texts_are_escaped_only_where_they_must_be() -> None:
    assert canonical_json("\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u007f诚") == (
        '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"\u007f诚"'.encode()
    )


def test_the_vectors_of_the_rfc(real: Callable[[str], Path]) -> None:
    for vector in json.loads(real("vectors/rfc8785_jcs.json").read_text("utf-8")):
        written = canonical_json(json.loads(vector["input"]))
        assert written == bytes.fromhex(vector["outhex"].replace(" ", "")), vector["name"]


def test_record_numbers_keep_every_digit() -> None:
    assert canonical_json([(3_000_000 << 32) | 7]) == b"[12884901888000007]"


@pytest.mark.parametrize("value", [math.nan, math.inf, "\ud800", {"\udfff": 1}])
def test_what_json_cannot_say_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_json(value)


@pytest.mark.parametrize("value", [date(2026, 1, 1), {1: 2}, {1, 2}, b"x"])
def test_what_is_no_json_type_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(trees)
def test_what_was_written_reads_as_it_was(tree: Any) -> None:
    written = canonical_json(tree)
    again = json.loads(written)
    assert again == tree
    assert canonical_json(again) == written


def test_one_value_has_one_digest() -> None:
    assert digest({"b": 1, "a": [True, None]}) == digest({"a": (True, None), "b": 1})
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
