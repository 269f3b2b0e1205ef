"""An article is over: what stands on it is found, what runs is suspended by the head, or by the clock where void."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest
from levy import ARTICLE, Desk, article, at, house, mass, on_all, rows

from chengxin.cases import repealed, standpoints
from chengxin.cases.adopted import Adopted
from chengxin.cases.edges import State
from chengxin.cases.lapsing import lapse_over, suspend_void, take_over
from chengxin.cases.models import Act
from chengxin.cases.standpoints import point_of
from chengxin.core.errors import DeniedError, RefusedByLaw
from chengxin.core.periods import Workdays
from chengxin.effects import standing
from chengxin.effects.models import Standing
from chengxin.policy.bundle import seal

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
ENDED = date(2016, 11, 1)


@pytest.fixture(autouse=True)
def following(monkeypatch: pytest.MonkeyPatch) -> None:
    from chengxin.cases import follow

    monkeypatch.setattr(follow, "_followers", [])
    follow.register(standing.follow)


def later(*, void: bool = False) -> Adopted:
    """The bundle in which the article of everything is over since November."""
    fallen = dataclasses.replace(article(ARTICLE, ENDED), on_end="void" if void else "stands")
    declared = house()
    declared = dataclasses.replace(declared, articles={**declared.articles, ARTICLE: fallen})
    return Adopted(seal(declared).sha256, declared, Workdays.load())


def test_declarations_that_stand_on_it_are_named(desk: Desk) -> None:
    assert repealed.declared(desk.bundle.house, ENDED) == []
    found = repealed.declared(later().house, ENDED)
    assert {"effect/levies.shown/basis", "procedure/levies.plain/basis"} <= {one.address for one in found}
    assert {(one.article, one.ended_on) for one in found} == {(ARTICLE, ENDED)}
    assert repealed.declared(later().house, date(2016, 10, 31)) == []


def moved_on(*, void: bool = False) -> Adopted:
    """The bundle of the day after: the old article is over, and the program stands on another."""
    fallen, new = later(void=void).house, article("js-sewage-fee-2026#1")
    stands_on = {"basis": new.id}
    program = fallen.programs["levies"]
    effects = {name: dataclasses.replace(one, **stands_on) for name, one in program.effects.items()}
    procedures = {
        name: dataclasses.replace(
            one, **stands_on, steps=tuple(dataclasses.replace(step, **stands_on) for step in one.steps)
        )
        for name, one in fallen.procedures.items()
    }
    declared = dataclasses.replace(
        fallen, articles={**fallen.articles, new.id: new}, procedures=procedures,
        programs={"levies": dataclasses.replace(program, effects=effects)},
    )  # fmt: skip
    return Adopted(seal(declared).sha256, declared, Workdays.load())


def test_what_was_decided_is_found_though_its_program_moved_to_another_article(
    desk: Desk, store: Any
) -> None:
    """The list reads what the acts cite: the decision and its service, of a case and of a row alike."""
    single = desk.bind("plain", until="2016-12-01")
    listed, schedule = mass(desk, store, rows((8, "", "red", 6), (9, "", "red", 6)))
    for kind in ("notify", "serve"):
        on_all(desk, store, schedule, kind)
    desk.wait(10)
    desk.do(listed, "decide", {"until": "2017-10-01"})
    on_all(desk, store, schedule, "serve_decision", [8])
    bundle = moved_on()
    assert {(one.case, one.row) for one in repealed.running(bundle=bundle, on=ENDED)} == {
        (single, None),
        (listed, 8),
    }
    head = desk.who("suspend", "nj-price")
    take_over(listed, "suspend", [8], official=head, bundle=bundle, at=at(ENDED), detail={"article": ARTICLE})
    assert suspend_void(bundle=bundle, at=at(ENDED)) == 0
    assert suspend_void(bundle=moved_on(void=True), at=at(ENDED)) == 1
    assert point_of(single).state is State.FROZEN

    desk.on, desk.bundle = ENDED, bundle
    new = desk.bind("plain", 10)
    assert new not in {one.case for one in repealed.running(bundle=bundle, on=desk.on)}


def test_the_head_suspends_what_runs_and_it_lapses_all_the_same(desk: Desk) -> None:
    case = desk.bind("plain", until="2016-12-01")
    bundle = later()
    (found,) = repealed.running(bundle=bundle, on=ENDED)
    assert (found.case, found.article, found.void, found.suspended) == (case, ARTICLE, False, False)
    assert suspend_void(bundle=bundle, at=at(ENDED)) == 0, "a repeal does not undo what was decided"
    with pytest.raises(DeniedError) as refused:
        take_over(
            case, "suspend", [None], official=None, bundle=bundle, at=at(ENDED), detail={"article": ARTICLE}
        )
    assert refused.value.id == "suspension.head_decides"
    head = desk.who("suspend", "nj-price")
    take_over(
        case, "suspend", [None], official=head, bundle=bundle, at=at(ENDED), detail={"article": ARTICLE}
    )
    assert point_of(case).state is State.FROZEN
    assert Standing.objects.get(case=case.pk).frozen
    (found,) = repealed.running(bundle=bundle, on=ENDED)
    assert found.suspended
    with pytest.raises(RefusedByLaw) as again:
        take_over(
            case, "suspend", [None], official=head, bundle=bundle, at=at(ENDED), detail={"article": ARTICLE}
        )
    assert again.value.id == "suspension.already"
    cached = standpoints.cached()
    standpoints.rebuild()
    assert standpoints.cached() == cached
    assert lapse_over(bundle=bundle, at=at(date(2016, 12, 1))) == 1
    lapsed = Act.objects.get(kind="lapse")
    assert ARTICLE not in lapsed.articles, (
        "an end stands on the kernel's article where the decision's is over"
    )


def test_what_stands_on_a_void_article_is_suspended_by_the_clock_once(desk: Desk) -> None:
    case = desk.bind("plain")
    bundle = later(void=True)
    assert suspend_void(bundle=bundle, at=at(ENDED)) == 1
    assert suspend_void(bundle=bundle, at=at(ENDED)) == 0
    assert Act.objects.get(kind="suspend").official is None
    assert point_of(case).state is State.FROZEN


@pytest.mark.parametrize("named", ["", ARTICLE, "gone-2016#1"])
def test_only_its_own_article_that_is_over_suspends(desk: Desk, named: str) -> None:
    """One in force suspends nothing, and one that is over but has nothing to do with it neither."""
    case = desk.bind("plain")
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "suspend", {"article": named})
    assert refused.value.id == "suspension.article_stands"


def test_it_goes_on_under_an_article_in_force(desk: Desk) -> None:
    case, head = desk.bind("plain"), desk.who("suspend", "nj-price")
    take_over(
        case, "suspend", [None], official=head, bundle=later(), at=at(ENDED), detail={"article": ARTICLE}
    )
    desk.on, desk.bundle = ENDED, later()
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "resume", {"article": ARTICLE})
    assert refused.value.id == "suspension.no_new_article"
    desk.do(case, "resume", {"article": "apl-2021#75"})
    assert point_of(case).state is State.IN_FORCE
    assert not Standing.objects.get(case=case.pk).frozen


def test_nothing_new_is_decided_on_it(desk: Desk) -> None:
    case = desk.case("plain")
    desk.on, desk.bundle = ENDED, later()
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "propose")
    assert refused.value.id == "act.article_not_in_force"


def test_an_objection_is_taken_and_answered_though_the_article_is_over(desk: Desk) -> None:
    case: Any = desk.bind("plain")
    desk.on, desk.bundle = ENDED, later()
    objected = desk.do(case, "object")
    desk.do(case, "answer_objection", {"objection": objected.pk, "outcome": "deleted"})
    desk.do(case, "revoke")
    assert point_of(case).state is State.REVOKED
