"""从旧兼从轻: a rule that grew milder ends sooner what runs under an article that says so; nothing grows longer."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest
from levy import Desk, at, house, mass, on_all, rows

from chengxin.cases import milder, standpoints
from chengxin.cases.adopted import Adopted
from chengxin.cases.edges import State
from chengxin.cases.lapsing import lapse_over, shorten_ordered, take_over
from chengxin.cases.models import Act
from chengxin.cases.standpoints import point_of
from chengxin.core.errors import DeniedError, RefusedByLaw
from chengxin.core.periods import Workdays
from chengxin.effects import standing
from chengxin.effects.models import Standing
from chengxin.policy.bundle import seal
from chengxin.policy.house import House
from chengxin.policy.procedures import Repair

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
BEFORE, SINCE = date(2026, 3, 31), date(2026, 4, 2)
"""Under the earlier rule what is general is published three years, by the later one a year."""


@pytest.fixture(autouse=True)
def following(monkeypatch: pytest.MonkeyPatch) -> None:
    from chengxin.cases import follow

    monkeypatch.setattr(follow, "_followers", [])
    follow.register(standing.follow)


def bound(desk: Desk, procedure: str, subject: int = 7) -> Any:
    desk.on = BEFORE
    return desk.bind(procedure, subject)


def changed(desk: Desk, name: str, repair: Repair) -> Adopted:
    """The same house with another repair in one procedure, adopted later."""
    declared: House = house()
    procedures = dict(declared.procedures)
    procedures[f"levies.{name}"] = dataclasses.replace(procedures[f"levies.{name}"], repair=repair)
    later = dataclasses.replace(declared, procedures=procedures)
    return Adopted(seal(later).sha256, later, Workdays.load())


def test_the_clock_ends_sooner_what_the_article_orders_once(desk: Desk) -> None:
    case, other = bound(desk, "ordered"), bound(desk, "general", 8)
    assert point_of(case).ends_on == date(2029, 3, 31)
    assert shorten_ordered(bundle=desk.bundle, at=at(BEFORE)) == 0, "the rule of its own day is no milder"
    assert shorten_ordered(bundle=desk.bundle, at=at(SINCE)) == 1
    assert shorten_ordered(bundle=desk.bundle, at=at(SINCE)) == 0
    done = Act.objects.get(kind="shorten")
    assert (done.official, done.detail["was"], done.detail["until"]) == (None, "2029-03-31", "2027-03-31")
    assert done.articles == [desk.bundle.house.procedures["levies.ordered"].milder.basis]  # type: ignore[union-attr]
    point = point_of(case)
    assert point.ends_on == date(2027, 3, 31)
    assert point.repairable is not None and point.repairable.until == date(2027, 3, 31)
    assert Standing.objects.get(case=case.pk).until == date(2027, 3, 31)
    assert point_of(other).ends_on == date(2029, 3, 31), "no article says so of this one"
    held = standing.lines()
    standing.rebuild(at(SINCE))
    assert standing.lines() == held
    cached = standpoints.cached()
    standpoints.rebuild()
    assert standpoints.cached() == cached


def test_what_would_have_ended_already_ends_today_and_lapses(desk: Desk) -> None:
    case = bound(desk, "ordered")
    late = date(2027, 6, 1)
    assert shorten_ordered(bundle=desk.bundle, at=at(late)) == 1
    assert point_of(case).ends_on == late
    assert lapse_over(bundle=desk.bundle, at=at(late)) == 1
    assert point_of(case).state is State.LAPSED


def test_the_head_decides_where_no_article_orders_it(desk: Desk) -> None:
    case = bound(desk, "proposed")
    desk.on = SINCE
    assert shorten_ordered(bundle=desk.bundle, at=at(SINCE)) == 0
    (found,) = milder.sooner(bundle=desk.bundle, on=SINCE)
    assert (found.case, found.was, found.until) == (case, date(2029, 3, 31), date(2027, 3, 31))
    with pytest.raises(DeniedError) as refused:
        take_over(case, "shorten", [None], official=None, bundle=desk.bundle, at=at(SINCE))
    assert refused.value.id == "milder.head_decides"
    head = desk.who("shorten", "nj-price")
    assert take_over(case, "shorten", [None], official=head, bundle=desk.bundle, at=at(SINCE)) == 1
    assert list(milder.sooner(bundle=desk.bundle, on=SINCE)) == []


def test_nothing_grows_longer(desk: Desk) -> None:
    desk.on = date(2026, 4, 10)
    case = desk.bind("ordered", until="2026-08-10")
    longer = changed(desk, "ordered", Repair("serious", "js-sewage-fee-2016#3"))
    assert shorten_ordered(bundle=longer, at=at(SINCE.replace(month=5))) == 0
    desk.on = date(2026, 5, 6)
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "shorten", {"until": "2026-05-07"})
    assert refused.value.id == "milder.not_sooner"
    assert point_of(case).ends_on == date(2026, 8, 10)


def test_a_bundle_that_shortens_the_term_reaches_what_runs(desk: Desk) -> None:
    desk.on = date(2026, 4, 10)
    case = desk.bind("ordered")
    shorter = changed(desk, "ordered", Repair("general", "js-sewage-fee-2016#3", maximum="6 m"))
    assert shorten_ordered(bundle=shorter, at=at(date(2026, 5, 6))) == 1
    assert point_of(case).ends_on == date(2026, 10, 10)
    before = case.acts.get(kind="decide")
    assert before.bundle == desk.bundle.sha256, "what was decided keeps the bundle it names"


def test_a_list_is_shortened_row_by_row(desk: Desk, store: Any) -> None:
    desk.on = BEFORE
    case, schedule = mass(
        desk, store, rows((1, "", "red", 1), (2, "", "red", 1), (3, "", "red", 1)), "ordered"
    )
    for kind in ("notify", "serve", "waive"):
        on_all(desk, store, schedule, kind)
    desk.do(case, "decide", schedule=schedule)
    on_all(desk, store, schedule, "serve_decision", [1, 2])
    assert shorten_ordered(bundle=desk.bundle, at=at(SINCE)) == 2
    assert {point_of(case, row).ends_on for row in (1, 2)} == {date(2027, 3, 31)}
    desk.on = SINCE
    on_all(desk, store, schedule, "serve_decision", [3])
    assert shorten_ordered(bundle=desk.bundle, at=at(SINCE)) == 1, "one served later is reached as well"
    assert set(Standing.objects.values_list("until", flat=True)) == {date(2027, 3, 31)}
