"""A subject's timeline: what counts about it, within a scope, as of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from chengxin.engine.store import Store
from chengxin.ledger.scope import Scope
from chengxin.records import shelves
from chengxin.records.correction import withdraw
from chengxin.records.reading import read_records
from chengxin.subjects.linkage import link, merge, unlink, unmerge
from tests.records.shelf_room import EVERYTHING, Room, at, length, penalty, record, room_of

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
DAY = date(2026, 1, 5)


@pytest.fixture(params=["short", "long"])
def room(
    request: pytest.FixtureRequest,
    store: Store,
    official: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Room:
    if request.param == "long":
        length(monkeypatch)
    return room_of(store, official)


def day(n: int) -> date:
    return DAY + timedelta(days=n)


def test_a_line_says_what_the_item_says(room: Room) -> None:
    (subject,) = room.know("P1")
    batch = room.take(
        [penalty("N1", division="320102", decided_on="2025-12-30", ends_on="2026-12-30")], day(0)
    )
    (line,) = room.lines(subject)
    assert line == (
        "penalty", record(batch), "nj-environment", "320102", "public",
        date(2025, 12, 30), date(2026, 12, 30), day(0), "处罚 N1：罚款",
    )  # fmt: skip


def test_what_a_row_leaves_empty_is_left_out_of_its_title(room: Room) -> None:
    (subject,) = room.know("P1")
    room.take([{"number": "N1", "plant": "P1"}], day(0))
    (line,) = room.lines(subject)
    assert (line.title, line.valid_from, line.region) == ("处罚 N1：", None, "320100")


def test_newest_first_and_only_the_subjects_own(room: Room) -> None:
    one, two = room.know("P1", "P2")
    for place, plant in enumerate(["P1", "P2", "P1"]):
        room.take([penalty(f"N{place}", plant)], day(place))
    assert [line.title for line in room.lines(one)] == ["处罚 N2：罚款", "处罚 N0：罚款"]
    assert room.numbers(two) == ["N1"]
    assert room.lines(999_999) == []


def test_superseded_and_withdrawn_lines_are_gone_and_return(room: Room) -> None:
    (subject,) = room.know("P1")
    first = room.take([penalty("N1", amount=1), penalty("N2")], day(0))
    second = room.take([penalty("N1", amount=2)], day(1))
    third = room.take([penalty("N1", amount=3)], day(2))

    def shown(on: int | None = None) -> set[int]:
        return {line.record for line in room.lines(subject, day(on) if on is not None else None)}

    assert shown(0) == {record(first, 1), record(first, 2)}
    assert shown(1) == {record(second), record(first, 2)}
    assert shown() == {record(third), record(first, 2)}
    withdraw(second, reason="报错了", official=room.official, now=at(day(3)))
    assert shown() == {record(third), record(first, 2)}
    withdraw(third, reason="报错了", official=room.official, now=at(day(4)))
    assert shown() == {record(first, 1), record(first, 2)}
    withdraw(first, records=[record(first, 2)], reason="报错了", official=room.official, now=at(day(5)))
    assert shown() == {record(first, 1)}
    assert [shown(n) for n in (0, 3)] == [
        {record(first, 1), record(first, 2)},
        {record(third), record(first, 2)},
    ]


def test_a_correction_that_names_another_subject_leaves_the_first(room: Room) -> None:
    one, two = room.know("P1", "P2")
    room.take([penalty("N1", "P1")], day(0))
    room.take([penalty("N1", "P2")], day(1))
    assert (room.numbers(one), room.numbers(two)) == ([], ["N1"])
    assert room.numbers(one, day(0)) == ["N1"]


def test_a_merged_subject_is_read_as_the_other_with_both_files(room: Room) -> None:
    one, two = room.know("P1", "P2")
    room.take([penalty("N1", "P1"), penalty("N2", "P2")], day(0))
    merge(two, one, official=1, reason="同一家", now=at(day(1)))
    assert room.numbers(one) == room.numbers(two) == ["N1", "N2"]
    assert room.numbers(one, day(0)) == ["N1"]
    unmerge(two, official=1, reason="不是同一家", now=at(day(2)))
    assert (room.numbers(one), room.numbers(two)) == (["N1"], ["N2"])
    assert room.numbers(one, day(1)) == ["N1", "N2"]


def test_a_link_by_hand_shows_at_once_and_ends_at_once(room: Room) -> None:
    one, two = room.know("P1", "P2")
    batch = room.take([penalty("N1", None), penalty("N2", "P1")], day(0))
    assert room.numbers(two) == []
    for position in (1, 2):
        link(record(batch, position), two, official=1, reason="核实", now=at(day(1)))
    assert (room.numbers(one), room.numbers(two)) == ([], ["N1", "N2"])
    assert (room.numbers(one, day(0)), room.numbers(two, day(0))) == (["N2"], [])
    unlink(record(batch, 2), official=1, reason="核实有误", now=at(day(2)))
    assert (room.numbers(one), room.numbers(two)) == (["N2"], ["N1"])


def test_a_code_learned_later_counts_from_then(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shelved before or after the code was known: the same answer, for each day."""
    monkeypatch.setattr("chengxin.records.intake.whom.bring", lambda *_, **__: 1)
    room.take([penalty("N1", "P7")], day(0))
    (subject,) = room.know("P7", since=at(day(3)))
    for _ in range(2):
        assert room.numbers(subject) == room.numbers(subject, day(3)) == ["N1"]
        assert room.numbers(subject, day(2)) == []
        shelves.reshelve(room.store, room.house, now=at(day(4)))


def test_the_scope_bounds_every_line(room: Room) -> None:
    (subject,) = room.know("P1")
    room.take([penalty("N1", division="320102"), penalty("N2", division="320104")], day(0))

    def seen(scope: Scope) -> int:
        return len(room.lines(subject, scope=scope))

    assert seen(Scope.public()) == seen(EVERYTHING) == 2
    assert seen(Scope.of(regions=["320102"], classes=("shared",))) == 0
    assert seen(Scope.nothing()) == 0


def test_records_are_read_by_their_numbers(room: Room) -> None:
    first = room.take([penalty("N1", decided_on="2025-12-30"), penalty("N2", None)], day(0))
    second = room.take([penalty("N3")], day(1))
    wanted = [record(first, 2), record(second), record(first, 1), 77 << 32 | 1]
    found = read_records(wanted, store=room.store)
    assert set(found) == set(wanted[:3])
    one = found[record(first, 1)]
    assert (one["number"], one["decided_on"], one["item"], one["batch"]) == (
        "N1",
        date(2025, 12, 30),
        "penalty",
        first.pk,
    )
    assert one["amount"] == 10_000
    assert "digest_1" not in one
    assert read_records([], store=room.store) == {}
