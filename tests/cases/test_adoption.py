"""A place adopts a bundle by a decision, from a day; what was decided before keeps the one it names."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from levy import Desk, article, at, house

from chengxin.cases import assent
from chengxin.cases.adoption import confirm, current_bundle, found, open_bundle, propose
from chengxin.cases.models import Act, Adoption
from chengxin.core.errors import ConflictError, DeniedError, HouseFault, MissingError, RefusedByLaw
from chengxin.ledger.models import Entry
from tests.hands import adopt_by_two

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
FIRST = house()
SECOND = dataclasses.replace(FIRST, articles={**FIRST.articles, "new-2016#1": article("new-2016#1")})


def adopt(desk: Desk, store: Any, what: Any, since: date) -> Any:
    return adopt_by_two(what, since=since, on=desk.on, at=at(desk.on), store=store, agency="nj-credit")


def proposed(desk: Desk, store: Any, what: Any, since: date, who: Any = None) -> Act:
    legal = who or desk.who("propose_adoption", "nj-credit")
    return propose(what, official=legal, since=since, on=desk.on, at=at(desk.on), store=store)


def confirmed(desk: Desk, store: Any, asked: Act, who: Any = None) -> Adoption:
    head = who or desk.who("adopt", "nj-credit")
    return confirm(asked, official=head, on=desk.on, at=at(desk.on), store=store)


def test_one_proposes_and_another_confirms_from_that_day_on(desk: Desk, store: Any) -> None:
    first = adopt(desk, store, FIRST, date(2016, 1, 1))
    asked = proposed(desk, store, SECOND, desk.on)
    assert [one.pk for one in assent.pending()] == [asked.pk]
    assert current_bundle(desk.on, store).sha256 == first.sha256, "a proposal changes nothing"
    desk.wait(3)
    adoption = confirmed(desk, store, asked)
    assert adoption.since == desk.on, "not before it was confirmed"
    assert adoption.act.detail["proposal"] == asked.pk
    assert {adoption.act.official, asked.official} == {
        desk.who("adopt", "nj-credit").pk, desk.who("propose_adoption", "nj-credit").pk
    }  # fmt: skip
    assert assent.pending() == []
    assert current_bundle(desk.on - timedelta(days=1), store).sha256 == first.sha256
    assert current_bundle(desk.on, store).house == SECOND


def test_the_same_hand_does_not_confirm(desk: Desk, store: Any) -> None:
    adopt(desk, store, FIRST, date(2016, 1, 1))
    head = desk.who("adopt", "nj-credit")
    asked = proposed(desk, store, SECOND, desk.on, who=head)
    with pytest.raises(RefusedByLaw) as refused:
        confirmed(desk, store, asked, who=head)
    assert refused.value.id == "adoption.same_hand"
    with pytest.raises(DeniedError):
        confirmed(desk, store, asked, who=desk.who("propose_adoption", "nj-credit"))
    with pytest.raises(DeniedError):
        confirmed(desk, store, asked, who=desk.who("adopt", "nj-price"))
    assert Adoption.objects.count() == 1
    confirmed(desk, store, asked, who=desk.official("head", agency="nj-credit", username="second-head"))


def test_what_was_adopted_for_a_later_day_is_not_overtaken_by_an_earlier_one(desk: Desk, store: Any) -> None:
    adopt(desk, store, FIRST, date(2016, 12, 1))
    with pytest.raises(ConflictError) as refused:
        adopt(desk, store, SECOND, date(2016, 11, 1))
    assert refused.value.id == "adoption.backwards"
    assert "2016-12-01" in refused.value.sentence("zh"), "else the first would come back on its day"


def test_nobody_adopts_alone_and_the_platform_only_the_first(desk: Desk, store: Any) -> None:
    words = {"since": date(2010, 1, 1), "on": desk.on, "at": at(desk.on), "store": store}
    with pytest.raises(RefusedByLaw) as alone:
        found(FIRST, official=desk.who("adopt", "nj-credit"), **words)
    assert alone.value.id == "adoption.needs_two"
    system = desk.official("system", agency="nj-platform")
    found(FIRST, official=system, **words)
    last = assent.newest()
    assert last is not None and not assent.is_by_two(last)
    with pytest.raises(RefusedByLaw):
        found(SECOND, official=system, **words)
    adopt(desk, store, FIRST, desk.on)
    last = assent.newest()
    assert last is not None and assent.is_by_two(last), "two adopt in their own name what the platform put in"


def test_a_proposal_that_another_adoption_overtook_is_made_anew(desk: Desk, store: Any) -> None:
    adopt(desk, store, FIRST, date(2016, 1, 1))
    third = dataclasses.replace(FIRST, articles={**FIRST.articles, "new-2016#2": article("new-2016#2")})
    asked = proposed(desk, store, third, desk.on)
    adopt(desk, store, SECOND, desk.on)
    with pytest.raises(ConflictError) as refused:
        confirmed(desk, store, asked)
    assert refused.value.id == "adoption.overtaken"
    assert current_bundle(desk.on, store).house == SECOND


def test_an_adoption_names_what_was_proposed(desk: Desk, store: Any) -> None:
    """Whoever writes the act by hand cannot put another bundle, or an earlier day, under a colleague's proposal."""
    asked = proposed(desk, store, SECOND, desk.on)
    head, told = desk.who("adopt", "nj-credit"), {"proposal": asked.pk, **asked.detail}
    for changed in ({"bundle": "0" * 64}, {"since": "2016-01-01"}, {"proposal": asked.pk + 1}):
        with pytest.raises(RefusedByLaw) as refused:
            desk.do(asked.case, "adopt", told | changed, official=head, agency="nj-credit")
        assert refused.value.id == "adoption.not_proposed"
    for kind in ("adopt", "propose_adoption"):
        with pytest.raises(RefusedByLaw) as elsewhere:
            desk.do(desk.case("plain"), kind, dict(asked.detail))
        assert elsewhere.value.id == "adoption.another_book"


def test_the_bundle_of_a_day_is_the_newest_whose_day_has_come(desk: Desk, store: Any) -> None:
    first = adopt(desk, store, FIRST, date(2016, 1, 1))
    second = adopt(desk, store, SECOND, date(2016, 12, 1))
    assert current_bundle(date(2016, 11, 30), store).sha256 == first.sha256
    assert current_bundle(date(2016, 12, 1), store).sha256 == second.sha256
    sha256, opened = current_bundle(date(2016, 12, 1), store)
    assert (sha256, opened) == (second.sha256, SECOND)
    assert [act.detail["since"] for act in Act.objects.filter(kind="adopt")] == ["2016-01-01", "2016-12-01"]
    assert Entry.objects.filter(kind="adoption").count() == 2


def test_what_two_adopted_is_not_proposed_again(desk: Desk, store: Any) -> None:
    adopt(desk, store, FIRST, date(2016, 1, 1))
    with pytest.raises(ConflictError) as refused:
        proposed(desk, store, FIRST, desk.on)
    assert refused.value.id == "adoption.in_force"
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
