"""What stands on whom because a decision is in force: written with the act, rebuilt from acts alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from levy import Desk, at, mass, on_all, rows

from chengxin.cases import follow
from chengxin.cases.models import Act
from chengxin.core.errors import ChengxinError
from chengxin.effects import standing
from chengxin.effects.models import Standing
from chengxin.effects.tariff import month_after, tariff_on, tariffs
from chengxin.subjects.models import Subject

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


@pytest.fixture(autouse=True)
def following(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(follow, "_followers", [])
    follow.register(standing.follow)
    follow.register(standing.follow)
    assert follow.followers() == (standing.follow,)
    yield


def levied(desk: Desk, store: Any, *lines: tuple[int, str, str, int]) -> Any:
    case, schedule = mass(desk, store, rows(*lines))
    for kind in ("notify", "serve", "waive"):
        on_all(desk, store, schedule, kind)
    desk.do(case, "decide", {"from": "2016-11-01"}, schedule=schedule)
    on_all(desk, store, schedule, "serve_decision")
    return case, schedule


def same_after_rebuild() -> None:
    before = standing.lines()
    standing.rebuild(at(date(2030, 1, 1)))
    assert standing.lines() == before


def test_a_decision_not_yet_served_has_no_effect(desk: Desk) -> None:
    case = desk.case("plain")
    for kind in ("propose", "notify", "serve", "waive"):
        desk.do(case, kind)
    desk.do(case, "decide")
    assert not Standing.objects.exists()
    desk.do(case, "serve_decision")
    line = Standing.objects.get()
    assert (line.subject, line.kind, line.effect, line.adverse) == (7, "tariff", "sewage_surcharge", True)
    same_after_rebuild()


def test_a_favourable_decision_takes_effect_at_once(desk: Desk) -> None:
    case = desk.case("honour")
    desk.do(case, "propose")
    desk.do(case, "decide", {"until": "2017-12-31"})
    line = Standing.objects.get()
    assert (line.since, line.until) == (date(2016, 10, 8), date(2017, 12, 31))
    same_after_rebuild()


def test_each_plant_of_a_firm_has_its_price_and_its_own_exit(desk: Desk, store: Any) -> None:
    case, schedule = levied(desk, store, (3, "P1", "red", 600000), (3, "P2", "black", 1000000))
    november = date(2016, 11, 5)
    assert tariff_on(date(2016, 10, 31), 3, "P1") is None
    assert tariff_on(november, 3, "P1").body["surcharge"] == 600000  # type: ignore[union-attr]
    assert tariff_on(november, 3, "P2").body["tier"] == "black"  # type: ignore[union-attr]
    assert tariff_on(november, 3, "P3") is None
    ends_on = month_after(date(2016, 12, 20)).isoformat()
    desk.do(case, "repair", {"part": "P1", "ends_on": ends_on}, schedule=schedule, subject=3)
    assert tariff_on(date(2016, 12, 31), 3, "P1") is not None, "it is paid to the end of the month"
    assert tariff_on(date(2017, 1, 1), 3, "P1") is None
    assert tariff_on(date(2017, 1, 1), 3, "P2") is not None
    held = tariffs(date(2016, 12, 1), date(2017, 2, 1), program="levies")
    assert [(one.part, one.days(date(2016, 12, 1), date(2017, 2, 1))) for one in held] == [
        ("P1", 31),
        ("P2", 62),
    ]
    same_after_rebuild()


def test_what_was_revoked_from_its_beginning_never_held(desk: Desk, store: Any) -> None:
    case, schedule = levied(desk, store, (3, "", "red", 600000), (4, "", "red", 600000))
    desk.on = date(2017, 2, 1)
    desk.do(case, "revoke", {"ends_on": "2016-11-01"}, schedule=schedule, subject=3)
    assert [one.subject for one in tariffs(date(2016, 1, 1), date(2018, 1, 1))] == [4]
    desk.do(case, "revoke", schedule=schedule)
    assert not standing.in_force(date(2017, 2, 1)).exists()
    same_after_rebuild()


def test_an_objection_marks_or_freezes_and_the_answer_takes_it_off(desk: Desk) -> None:
    marked, frozen = desk.bind("plain", 7), desk.bind("freezing", 8)
    objected = {case.pk: desk.do(case, "object").pk for case in (marked, frozen)}
    assert Standing.objects.get(subject=7).marked
    assert [line.subject for line in standing.in_force(desk.on)] == [7], "the frozen one is not carried out"
    same_after_rebuild()
    for case in (marked, frozen):
        desk.do(case, "answer_objection", {"objection": objected[case.pk], "outcome": "kept"})
    assert standing.in_force(desk.on).filter(marked=False).count() == 2
    same_after_rebuild()


def test_an_objection_made_before_the_decision_stands_beside_its_effect(desk: Desk) -> None:
    case = desk.case("plain")
    for kind in ("propose", "notify", "serve", "waive", "object", "decide", "serve_decision"):
        desk.do(case, kind)
    assert Standing.objects.get().marked
    same_after_rebuild()


def test_the_one_who_answers_for_a_site_bears_its_price(desk: Desk, store: Any) -> None:
    Subject.objects.create(pk=50, kind="organisation")
    Subject.objects.create(pk=51, kind="site", answers_for=50)
    case, schedule = levied(desk, store, (51, "", "red", 600000))
    line = Standing.objects.get()
    assert (line.subject, line.row, line.site) == (50, 51, 51)
    desk.do(case, "repair", {"ends_on": "2016-12-01"}, schedule=schedule, subject=51)
    assert Standing.objects.get().until == date(2016, 12, 1)
    same_after_rebuild()


WALK = st.lists(
    st.tuples(
        st.sampled_from(
            ["object", "answer_objection", "repair", "revoke", "review", "lapse", "serve_decision"]
        ),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, "P1", "P2"]),
        st.integers(0, 40),
    ),
    max_size=14,
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(WALK, st.sampled_from(["plain", "freezing"]), st.booleans())
def test_rebuilt_from_acts_it_is_the_same_whatever_was_done(
    desk: Desk, store: Any, walk: list[Any], procedure: str, ends: bool
) -> None:
    desk.on = date(2016, 10, 8)
    lines = rows((1, "P1", "red", 1), (1, "P2", "red", 1), (2, "", "red", 1))
    case, schedule = mass(desk, store, lines, procedure)
    for kind in ("notify", "serve", "waive"):
        on_all(desk, store, schedule, kind)
    desk.do(case, "decide", {"until": "2016-12-01"} if ends else {}, schedule=schedule)
    for kind, subject, part, days in walk:
        desk.wait(days)
        detail: dict[str, Any] = {}
        if kind == "answer_objection":
            found = Act.objects.filter(case=case, kind="object", subject=subject)
            detail["objection"] = found.values_list("pk", flat=True).last()
        if kind == "review":
            detail["review_on"] = "2018-10-01"
        if part and kind in {"repair", "revoke"}:
            detail["part"] = part
        try:
            if kind == "serve_decision":
                on_all(desk, store, schedule, kind, [subject] if subject else None)
            else:
                desk.do(case, kind, detail, schedule=schedule, subject=subject)
        except ChengxinError:
            continue
    same_after_rebuild()
