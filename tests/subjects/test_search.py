"""Whatever part of a name is typed finds it, and only what may be seen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengxin.ledger.scope import Scope
from chengxin.subjects import registry, segments
from chengxin.subjects.names import initials, normal
from chengxin.subjects.search import REASONS, SCORES, candidates, index_names, reindex, said, search

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
Enter = Callable[..., list[int]]
PUBLIC = Scope.public()
FIRMS = (
    "苏州拟华瑞科技有限公司",
    "苏州拟华瑞（中国）机械有限公司",
    "南京拟ＴＣＬ电子集团有限公司",
    "无锡拟金玉贸易有限责任公司",
    "蘇州擬東方紡織廠",
    "苏州市拟一诺环保专业合作社",
    "拟厂",
    "重庆拟长江银行股份有限公司",
)


def numbers(store: Any, text: str, **how: Any) -> list[int]:
    return [hit.subject for hit in search(store, text, PUBLIC, **how)]


def only(store: Any, text: str) -> tuple[int, tuple[str, ...]]:
    (hit,) = search(store, text, PUBLIC)
    return hit.subject, hit.reasons


@pytest.fixture
def firms(enter: Enter, store: Any) -> dict[str, int]:
    found = dict(zip(FIRMS, enter(*FIRMS), strict=True))
    assert index_names(store) == len(FIRMS)
    return found


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_part_of_a_name_finds_it(store: Any, firms: dict[str, int], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FIRMS))
    start = data.draw(st.integers(0, len(name) - 2))
    part = name[start : data.draw(st.integers(start + 2, len(name)))]
    assert firms[name] in numbers(store, part)
    assert firms[name] in numbers(store, normal(part))


@pytest.mark.parametrize("text", ["苏州", "公司", "华瑞", "苏", "厂"])
def test_two_characters_and_one_find_all_that_bear_them(store: Any, firms: dict[str, int], text: str) -> None:
    assert set(numbers(store, text)) == {number for name, number in firms.items() if text in normal(name)}


@pytest.mark.parametrize(
    "text", ["蘇州擬華瑞", "苏州 拟华瑞", "ｔｃｌ电子", "苏州擬東方", "华瑞(中国)", "華瑞（中國）"]
)
def test_every_way_of_writing_finds_the_name(store: Any, firms: dict[str, int], text: str) -> None:
    found = numbers(store, text)
    words = [normal(word) for word in text.split()]
    assert set(found) == {
        number for name, number in firms.items() if all(word in normal(name) for word in words)
    }
    assert found


def test_initials_find_from_the_beginning_and_from_within(store: Any, firms: dict[str, int]) -> None:
    whole = {name: initials(name) for name in FIRMS}
    for name in FIRMS[:6]:
        for letters in (whole[name][:2], whole[name][:5], whole[name][2:6]):
            assert firms[name] in numbers(store, letters), (name, letters)
    assert only(store, "cqncj") == (firms[FIRMS[7]], ("initials",))


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("苏州拟华瑞科技有限公司", 0, "exact"),
        ("苏州拟华瑞科", 0, "begins"),
        ("华瑞科技", 0, "contains"),
        ("科技 苏州", 0, "contains"),
        ("苏州拟华瑞科技有限责任公司", 0, "form"),
        ("无锡拟金玉贸易有限公司", 3, "form"),
        ("苏州拟华端科技", 0, "typo"),
        ("苏州拟华瑞瑞科技", 0, "typo"),
        ("苏州拟华科技", 0, "typo"),
    ],
)
def test_a_hit_says_why(store: Any, firms: dict[str, int], text: str, name: int, reason: str) -> None:
    hits = search(store, text, PUBLIC)
    assert (hits[0].subject, hits[0].reasons, hits[0].score) == (
        firms[FIRMS[name]],
        (reason,),
        SCORES[reason],
    )


@pytest.mark.parametrize(
    "text", ["", " ", "（）", "%", "'", '"', "*", "AND", "苏州 OR 南京", "ＮＯＴ", "\x00", "不存在的名称"]
)
def test_nothing_that_is_typed_breaks_the_search(store: Any, firms: dict[str, int], text: str) -> None:
    assert isinstance(search(store, text, PUBLIC), list)


def test_the_very_name_stands_before_the_more_prominent(enter: Enter, store: Any) -> None:
    small, large, larger = enter("拟华瑞", "拟华瑞集团", "苏州拟华瑞", prominence=[0, 500, 900])
    index_names(store)
    assert numbers(store, "拟华瑞") == [small, large, larger]


def test_the_more_prominent_stand_first_over_all_segments(enter: Enter, store: Any) -> None:
    found = {}
    for turn, prominence in enumerate([300, 100, 500, 200, 400]):
        (found[prominence],) = enter(f"苏州拟{turn}厂", prominence=[prominence])
        index_names(store)
    assert numbers(store, "拟") == [found[each] for each in (500, 400, 300, 200, 100)]
    assert numbers(store, "苏州", limit=2) == [found[500], found[400]]


def test_many_small_segments_become_few_and_answer_alike(enter: Enter, store: Any) -> None:
    enter(*(f"苏州拟{turn}厂" for turn in range(50)))
    index_names(store)
    for turn in range(50, 62):
        enter(f"苏州拟{turn}厂", prominence=[turn % 5])
        index_names(store)
    held = segments.manifest(store.search())
    assert len(held.organisation) <= 5
    assert {path.name for path in store.search().glob("*.sqlite3")} == held.files
    before = {text: search(store, text, PUBLIC, limit=100) for text in ("苏州", "拟5", "szn", "1厂")}
    assert len(before["苏州"]) == 62
    assert reindex(store) == 62
    assert len(segments.manifest(store.search()).organisation) == 1
    assert {text: search(store, text, PUBLIC, limit=100) for text in before} == before


def test_a_former_name_finds_the_firm_under_its_name_of_today(
    store: Any, enter: Enter, now: datetime
) -> None:
    (firm,) = enter("苏州拟旧名纺织厂", codes=["A" * 18])
    index_names(store)
    enter("苏州拟新名服饰有限公司", codes=["A" * 18], at=now + timedelta(days=1))
    for refresh in (index_names, reindex):
        refresh(store)
        (hit,) = search(store, "旧名", PUBLIC)
        assert (hit.subject, hit.name, hit.matched) == (firm, "苏州拟新名服饰有限公司", "苏州拟旧名纺织厂")
        assert (hit.reasons, hit.score) == (("contains", "former"), SCORES["contains"] - 5)
        assert only(store, "新名") == (firm, ("contains",))


def test_a_merged_subject_is_shown_as_the_one_it_is_read_under(
    store: Any, enter: Enter, now: datetime
) -> None:
    gone, kept = enter("苏州拟甲厂", "南京拟乙厂")
    index_names(store)
    registry.merge(gone, kept, official=1, reason="换照", now=now)
    (hit,) = search(store, "拟甲", PUBLIC)
    assert (hit.subject, hit.name, hit.reasons) == (kept, "南京拟乙厂", ("contains", "merged"))
    registry.unmerge(gone, official=1, reason="误并", now=now)
    assert only(store, "拟甲") == (gone, ("contains",))


def test_codes_find_whole_and_by_their_beginning(store: Any, enter: Enter) -> None:
    one, two = enter("拟甲厂", "拟乙厂", codes=["91320500MA00000010", "91320500MA0000002X"])
    index_names(store)
    assert only(store, "91320500ma00000010 ") == (one, ("code",))
    assert only(store, "MA000000-2") == (two, ("code",))
    assert [(hit.subject, hit.reasons) for hit in search(store, "９１３２０５００", PUBLIC)] == [
        (one, ("code_begins",)),
        (two, ("code_begins",)),
    ]


def test_persons_and_sites_are_found_only_by_who_may_see_them(store: Any, enter: Enter) -> None:
    (firm,) = enter("拟甲厂")
    (site,) = enter("拟甲一车间", kind="site", region="320102")
    (person,) = enter("拟甲某", kind="person", region="320102", codes=["9" * 18])
    index_names(store)
    assert (
        numbers(store, "拟甲") == numbers(store, "拟甲", kinds={"organisation", "person", "site"}) == [firm]
    )
    assert numbers(store, "9" * 18) == []
    nanjing = Scope.of(regions=["320100"], classes=["public", "government"])
    elsewhere = Scope.of(regions=["320600"], classes=["public", "government"])
    own_body = Scope.of(regions=["320100"], classes=["public", "government"], agencies=["nj-price"])
    kinds = {"organisation", "person", "site"}
    assert {hit.subject for hit in search(store, "拟甲", nanjing, kinds=kinds)} == {firm, site, person}
    assert [hit.subject for hit in search(store, "拟甲", nanjing, kinds={"person"})] == [person]
    assert [hit.subject for hit in search(store, "拟甲某", nanjing, kinds={"person"})] == [person]
    assert [hit.subject for hit in search(store, "拟甲某", elsewhere, kinds={"person"})] == []
    assert [hit.subject for hit in search(store, "拟甲", elsewhere, kinds=kinds)] == [firm]
    assert [hit.subject for hit in search(store, "拟甲", own_body, kinds=kinds)] == [firm]
    assert search(store, "拟甲", Scope.nothing(), kinds=kinds) == []


def test_a_search_takes_a_fixed_number_of_questions(store: Any, enter: Enter) -> None:
    enter(*(f"苏州拟{turn}厂" for turn in range(60)))
    index_names(store)
    with CaptureQueriesContext(connection) as captured:
        assert len(numbers(store, "苏州", limit=50)) == 50
    assert len(captured) == 4


def test_names_are_visible_from_their_indexing_on(store: Any, enter: Enter) -> None:
    assert (index_names(store), numbers(store, "拟甲")) == (0, [])
    enter("拟甲厂")
    assert numbers(store, "拟甲") == []
    assert (index_names(store), index_names(store)) == (1, 0)
    assert len(numbers(store, "拟甲")) == 1


def test_a_common_word_beside_a_rare_one_still_finds_it(store: Any, enter: Enter) -> None:
    enter(*(f"苏州拟{turn}科技有限公司" for turn in range(400)))
    (rare,) = enter("苏州拟稀有科技有限公司")
    index_names(store)
    for text in ("稀有 有限公司", "有限公司 稀有", "苏州拟稀有科技有限公司", "稀有科技有限"):
        assert numbers(store, text)[0] == rare


def test_every_reason_can_be_said_in_both_languages() -> None:
    assert set(SCORES) <= set(REASONS)
    assert (said("alike:83"), said("former", "en")) == ("名称相近 83%", "a former name")


# Guesses.


def test_guesses_are_graded_and_say_what_agrees(store: Any, enter: Enter) -> None:
    here, there, other = enter("苏州拟华瑞科技有限公司", "南京拟华瑞科技有限公司", "苏州拟金玉贸易有限公司")
    index_names(store)
    guesses = candidates(store, "苏州市拟华瑞科技有限责任公司", "320500")
    assert [guess.subject for guess in guesses][:1] == [here]
    assert there not in [guess.subject for guess in guesses if guess.score >= guesses[0].score]
    assert other not in [guess.subject for guess in guesses]
    assert all(guess.score < 100 for guess in guesses)
    assert {"form", "county"} <= set(guesses[0].reasons)


def test_the_same_name_in_the_same_county_is_the_best_guess_and_no_more(store: Any, enter: Enter) -> None:
    (firm,) = enter("苏州拟华瑞科技有限公司")
    index_names(store)
    (guess,) = candidates(store, "蘇州擬華瑞科技有限公司", "320500")
    assert (guess.subject, guess.score, guess.reasons) == (firm, 100, ("exact", "county"))
    assert registry.resolve([("uscc", "unknown")]) == {}


def test_an_unlike_name_is_not_guessed_at(store: Any, firms: dict[str, int]) -> None:
    assert candidates(store, "徐州拟完全不同的单位", "320300") == []
    assert candidates(store, "", "") == []


def test_prominence_is_capital_and_age() -> None:
    from datetime import date

    from chengxin.subjects.prominence import prominence

    fen = pa.array([None, 100, 100_000_000_00, 10_000_000_00, 0], pa.int64())
    founded = pa.array(
        [None, date(2016, 3, 1), date(1900, 1, 1), date(2026, 3, 2), date(2030, 1, 1)], pa.date32()
    )
    assert prominence(fen, founded, date(2026, 3, 1)).to_pylist() == [0, 90, 1200, 700, 0]
