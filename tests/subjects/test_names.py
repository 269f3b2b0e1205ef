"""Folding, trunk and initials: one name and a column give the same."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.subjects.names import all_initials, initials, normal, normals, trunk

TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=30)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("蘇州擬華瑞科技有限公司", "苏州拟华瑞科技有限公司"),
        ("苏州拟华瑞（中国）科技有限公司", "苏州拟华瑞中国科技有限公司"),
        ("苏州拟华瑞(中国) 科技有限公司 ", "苏州拟华瑞中国科技有限公司"),
        ("ＡＢＣ拟１２３Ｃo．，Ltd", "abc拟123coltd"),
        ("拟\u3000瑞【一】·厂", "拟瑞一厂"),
        ("（ ）", ""),
    ],
)
def test_equal_names_fold_to_one(written: str, folded: str) -> None:
    assert normal(written) == folded


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=8))
def test_a_column_folds_as_its_names_do(texts: list[str]) -> None:
    assert normals(texts) == [normal(text) for text in texts]


@settings(deadline=None)
@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@settings(deadline=None)
@given(st.lists(TEXTS.map(normal), max_size=8))
def test_a_column_has_the_initials_of_its_names(folded: list[str]) -> None:
    assert all_initials(folded) == [initials(text) for text in folded]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("苏州拟瑞科技", "sznrkj"),
        ("重庆拟音乐厂", "cqnyyc"),
        ("厦门拟长江银行", "xmncjyh"),
        ("拟ＴＣＬ三厂", "ntclsc"),
        ("蘇州", "sz"),
    ],
)
def test_initials_are_as_typed(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("苏州拟瑞科技有限公司", "苏州拟瑞科技有限责任公司"),
        ("苏州拟瑞科技股份有限公司", "苏州拟瑞科技集团有限公司"),
        ("苏州拟瑞投资合伙企业（有限合伙）", "苏州拟瑞投资合伙企业"),
    ],
)
def test_legal_forms_leave_one_trunk(one: str, other: str) -> None:
    assert trunk(normal(one)) == trunk(normal(other))


def test_a_name_that_is_all_form_keeps_itself() -> None:
    assert trunk("有限公司") == "有限公司"
