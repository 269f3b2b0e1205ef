"""A place adopts a bundle by a decision, from a day; what was decided before keeps the one it names."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest
from levy import Desk, article, at, house

from chengxin.cases.adoption import adopt_proposal, current_bundle, open_bundle
from chengxin.cases.models import Act, Adoption
from chengxin.core.errors import ConflictError, HouseFault, MissingError
from chengxin.ledger.models import Entry

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
FIRST = house()
SECOND = dataclasses.replace(FIRST, articles={**FIRST.articles, "new-2016#1": article("new-2016#1")})


def adopt(desk: Desk, store: Any, what: Any, since: date) -> Any:
    head = desk.who("adopt", "nj-credit")
    return adopt_proposal(
        what, official=head, agency=head.agency, since=since, on=desk.on, at=at(desk.on), store=store
    )


def test_the_bundle_of_a_day_is_the_newest_whose_day_has_come(desk: Desk, store: Any) -> None:
    first = adopt(desk, store, FIRST, date(2016, 1, 1))
    second = adopt(desk, store, SECOND, date(2016, 12, 1))
    assert current_bundle(date(2016, 11, 30), store).sha256 == first.sha256
    assert current_bundle(date(2016, 12, 1), store).sha256 == second.sha256
    sha256, opened = current_bundle(date(2016, 12, 1), store)
    assert (sha256, opened) == (second.sha256, SECOND)
    assert [act.detail["since"] for act in Act.objects.filter(kind="adopt")] == ["2016-01-01", "2016-12-01"]
    assert Entry.objects.filter(kind="adoption").count() == 2


def test_adopting_what_is_in_force_changes_nothing(desk: Desk, store: Any) -> None:
    adopt(desk, store, FIRST, date(2016, 1, 1))
    adopt(desk, store, FIRST, desk.on)
    assert Adoption.objects.count() == 1


def test_only_the_first_bundle_may_reach_back(desk: Desk, store: Any) -> None:
    adopt(desk, store, FIRST, date(2010, 1, 1))
    with pytest.raises(ConflictError) as refused:
        adopt(desk, store, SECOND, date(2016, 10, 7))
    assert refused.value.id == "adoption.backwards"


def test_before_the_first_adoption_there_is_no_bundle(store: Any, db_both: None) -> None:
    with pytest.raises(MissingError):
        current_bundle(date(2016, 1, 1), store)


def test_a_bundle_that_was_altered_is_not_read(desk: Desk, store: Any) -> None:
    sha256 = adopt(desk, store, FIRST, date(2016, 1, 1)).sha256
    other = type(store)(store.home.parent / "other")
    with pytest.raises(HouseFault):
        open_bundle(sha256, other)
    path = other.bundle(sha256)
    path.parent.mkdir(parents=True)
    path.write_bytes(store.bundle(sha256).read_bytes() + b" ")
    with pytest.raises(HouseFault) as altered:
        open_bundle(sha256, other)
    assert altered.value.id == "adoption.bundle_altered"


def test_an_operator_may_extend_the_working_days(desk: Desk, store: Any) -> None:
    sha256 = adopt(desk, store, FIRST, date(2016, 1, 1)).sha256
    day = date(2099, 3, 2)
    with pytest.raises(MissingError):
        open_bundle(sha256, store).workdays.is_workday(day)
    (store.home / "workdays.yml").write_text("2099:\n  off: [03-02]\n  on: []\n")
    assert not open_bundle(sha256, store).workdays.is_workday(day)
