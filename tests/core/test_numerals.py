"""Whole numbers in an address: what somebody wrote there is never our fault."""

from __future__ import annotations

import pytest

from chengxin.core.numerals import LARGEST, whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("0012", 12),
        ("9" * 18, LARGEST),
        ("9" * 19, None),
        ("9" * 5000, None),
        ("²", None),
        ("٣", None),
    ]
    + [(text, None) for text in ("", "-1", "+1", "1.0", " 1", "1\n", "十")],
)
def test_a_number_is_plain_digits_that_a_column_holds(text: str, number: int | None) -> None:
    assert whole(text) == number
