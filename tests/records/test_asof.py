"""As of a day: what was known by its end, whatever came later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chengxin.core.errors import MissingError
from chengxin.engine.store import Store
from chengxin.records import asof
from chengxin.records.correction import withdraw
from tests.records.shelf_room import Room, at, penalty, record, room_of

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
DAY = date(2026, 1, 5)
LATER = DAY + timedelta(days=30)


@pytest.fixture
def room(store: Store, official: Callable[..., Any]) -> Room:
    return room_of(store, official)


def back(room: Room, batch: Any, on: date, single: int | None = None) -> None:
    withdraw(batch, records=[single] if single else (), reason="报错了", official=room.official, now=at(on))


def day(n: int) -> date:
    return DAY + timedelta(days=n)


STEP = st.tuples(
    st.integers(0, 2),  # days since the step before
    st.sampled_from(["N1", "N2", "N3"]),
    st.integers(1, 3),
    st.booleans(),  # takes its batch back the day after
)


@settings(
    max_examples=8, deadline=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(steps=st.lists(STEP, min_size=2, max_size=6))
def test_a_past_day_stays_as_it_was(room: Room, steps: list[Any]) -> None:
    """Asked at its end and asked at the very end: the same input, by its hashes."""
    with room.afresh() as here:
        on, owed, seen = 0, list[tuple[int, Any]](), dict[int, Any]()

        def live(until: int) -> None:
            nonlocal on, owed
            while on < until:
                seen[on] = here.inputs(day(on)), here.counting(day(on))
                on += 1
                for _, batch in [each for each in owed if each[0] == on]:
                    back(here, batch, day(on))
                owed = [each for each in owed if each[0] > on]

        for pause, number, amount, taken_back in steps:
            live(on + pause)
            batch = here.take([penalty(number, amount=amount)], day(on))
            if taken_back and batch.taken:
                owed.append((on + 1, batch))
        live(on + 3)
        for past, (inputs, counting) in seen.items():
            assert here.inputs(day(past)) == inputs
            assert here.counting(day(past)) == counting


def test_a_sheet_told_late_enters_the_day_it_was_told(room: Room) -> None:
    room.take([penalty("N1")], day(5))
    before = room.counting(day(3))
    room.take([penalty("N2")], day(3), now=at(day(9)))
    assert (before, room.counting(day(3)), room.counting(day(2))) == ([], ["N2=100"], [])


def test_a_later_content_replaces_the_earlier(room: Room) -> None:
    room.take([penalty("N1", amount=1)], day(0))
    room.take([penalty("N1", amount=2)], day(1))
    assert room.counting(day(0)) == ["N1=1"]
    assert room.counting(day(1)) == ["N1=2"]


def test_a_correction_taken_back_lets_the_first_count_again(room: Room) -> None:
    room.take([penalty("N1", amount=1)], day(0))
    wrong = room.take([penalty("N1", amount=2)], day(1))
    back(room, wrong, day(2))
    assert [room.counting(day(n)) for n in range(3)] == [["N1=1"], ["N1=2"], ["N1=1"]]


def test_a_correction_taken_back_is_looked_through(room: Room) -> None:
    """What replaced the withdrawn correction still stands against the first."""
    room.take([penalty("N1", amount=1)], day(0))
    wrong = room.take([penalty("N1", amount=2)], day(1))
    last = room.take([penalty("N1", amount=3)], day(2))
    back(room, wrong, day(3))
    assert room.counting(day(3)) == ["N1=3"]
    back(room, last, day(4))
    assert room.counting(day(4)) == ["N1=1"]


def test_single_records_are_taken_back(room: Room) -> None:
    batch = room.take([penalty("N1"), penalty("N2")], day(0))
    back(room, batch, day(1), record(batch, 1))
    assert room.counting(day(0)) == ["N1=100", "N2=100"]
    assert room.counting(day(1)) == ["N2=100"]


def test_nothing_gone_needs_no_input(room: Room) -> None:
    room.take([penalty("N1")], day(0))
    assert room.inputs(day(0)).gone is None


def test_an_item_outside_the_catalogue_is_refused(room: Room) -> None:
    with pytest.raises(MissingError):
        asof.inputs("no_such_item", DAY, store=room.store, house=room.house)
