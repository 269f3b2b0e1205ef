from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.policy.values import Values, upward
from policy.conftest import Small

TABLE, VALUES = "sewage.surcharge", "programs/sewage/policy/surcharge.yml"


def surcharge(small: Small) -> Values:
    declared = small.read()
    assert declared.problems == []
    return declared.house.values[TABLE]


def test_a_value_holds_from_its_day_until_the_next(small: Small) -> None:
    table = surcharge(small)
    assert table.on(date(2015, 12, 31)) == {}
    assert table.on(date(2016, 1, 1)) == {"red": 600_000, "black": 1_000_000}
    assert table.on(date(2017, 12, 31))["red"] == 600_000
    assert table.on(date(2018, 1, 1))["red"] == 800_000
    assert "red" not in table.on(date(2020, 1, 1)), "null ends it"


def test_a_county_has_its_own_value_else_its_city_s_else_the_nation_s(small: Small) -> None:
    table, day = surcharge(small), date(2019, 1, 1)
    assert table.on(day, "320106")["red"] == 900_000, "a county without a word of its own: the city's"
    assert table.on(day, "320104")["red"] == "not_yet", "the county's overlay"
    assert table.on(day, "320500")["red"] == 800_000
    assert table.on(day, "320104")["black"] == 1_000_000
    assert table.on(date(2016, 6, 1), "320104")["red"] == 600_000, "before the overlay's day"


def test_a_cell_knows_what_it_stands_on(small: Small) -> None:
    cells = surcharge(small).cells_on(date(2019, 1, 1), "320104")
    assert (cells["red"].basis, cells["black"].basis) == ("nj-2017#1", "price-2016#3")


def test_values_end_with_their_article(small: Small) -> None:
    assert surcharge(small).cells_on(date(2030, 12, 31))["black"].until == date(2031, 1, 1)
    assert surcharge(small).on(date(2031, 1, 1)) == {}


def test_a_value_before_its_article_is_refused(small: Small) -> None:
    small.change(VALUES, "2017-01-01: 0.90", "2016-06-01: 0.90")
    assert small.said() == [("basis.not_in_force", "surcharge.yml:9")]


def test_rows_for_the_engine(small: Small) -> None:
    house = small.read().house
    rows = house.policy_rows("sewage", date(2018, 6, 1))
    assert [(r.name, r.region, r.since, r.until, r.value_int, r.value_text) for r in rows] == [
        ("black", "", date(2016, 1, 1), date(2031, 1, 1), 1_000_000, None),
        ("red", "", date(2016, 1, 1), date(2018, 1, 1), 600_000, None),
        ("red", "", date(2018, 1, 1), date(2020, 1, 1), 800_000, None),
        ("red", "320100", date(2017, 1, 1), None, 900_000, None),
        ("red", "320104", date(2017, 1, 1), None, None, "not_yet"),
    ]
    assert {row.table for row in rows} == {"surcharge"}
    assert house.policy_rows("sewage", date(2015, 1, 1)) == []
    assert house.policy_rows("other", date(2018, 1, 1)) == []


@pytest.mark.parametrize(
    ("unit", "written", "kept"),
    [
        ("元/吨", "0.6", 600_000),
        ("元", "12.50", 1_250),
        ("万元", "12.345678", 12_345_678),
        ("分", "-3", -3),
        ("%", "12.5", 1_250),
        ("权重", "0.125", 125_000),
        ("期限", "5wd", "5 wd"),
        ("日", "not_yet", "not_yet"),
    ],
)
def test_a_unit_types_its_values(small: Small, unit: str, written: str, kept: int | str) -> None:
    small.write(
        "programs/sewage/policy/other.yml",
        f'title: 甲\ntitle_en: A\nunit: "{unit}"\nbasis: nj-2017#1\nvalues: {{one: {{2017-01-01: {written}}}}}\n',
    )
    declared = small.read()
    assert declared.problems == []
    assert declared.house.values["sewage.other"].on(date(2017, 1, 1)) == {"one": kept}


def test_a_word_needs_no_unit_and_a_fraction_does(small: Small) -> None:
    text = "title: 甲\ntitle_en: A\nbasis: nj-2017#1\nvalues: {{one: {{2017-01-01: {value}}}}}\n"
    small.write("programs/sewage/policy/other.yml", text.format(value="red"))
    assert small.read().house.values["sewage.other"].on(date(2017, 1, 1)) == {"one": "red"}
    small.write("programs/sewage/policy/other.yml", text.format(value="0.5"))
    assert small.said() == [("policy.expected", "other.yml:4")]


def test_regions_lead_upward() -> None:
    assert upward("320104") == ("320104", "320100", "320000", "")
    assert upward("320100") == ("320100", "320000", "")
    assert upward("") == ("",)
    with pytest.raises(ValueError, match="six digits"):
        upward("3201")


@given(st.from_regex(r"[1-6][0-9]{5}", fullmatch=True))
def test_every_region_ends_at_the_nation(region: str) -> None:
    assert upward(region)[0] == region
    assert upward(region)[-1] == ""
