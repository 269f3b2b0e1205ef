from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.core.clock import day_of
from chengxin.core.errors import HouseFault, MissingError
from chengxin.core.hashing import verify_inclusion
from chengxin.ledger import append_only, sealing
from chengxin.ledger.models import DayRoot, Entry, Seal

pytestmark = pytest.mark.django_db


def entered(count: int, at: datetime, start: int | None = None) -> list[Entry]:
    return Entry.objects.bulk_create(
        Entry(at=at, kind="act", ref=f"cases_act:{n}", digest=f"{n:064d}",
              **({"id": start + n} if start else {}))
        for n in range(count)
    )  # fmt: skip


def test_numbers_follow_without_a_gap_and_sealing_again_adds_nothing(now: datetime) -> None:
    entered(5, now)
    assert sealing.seal(now) == 5
    assert sealing.seal(now) == 0
    entered(3, now)
    assert sealing.seal(now + timedelta(minutes=1)) == 3
    assert list(Seal.objects.values_list("number", flat=True).order_by("number")) == list(range(1, 9))
    assert [n for n, _ in sealing.entries_after(5)] == [6, 7, 8]
    assert [e.ref for _, e in sealing.entries_after(0, limit=2)] == ["cases_act:0", "cases_act:1"]


def test_more_than_a_slice(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SLICE", 10)
    entered(35, now)
    assert sealing.seal(now) == 35
    assert Seal.objects.order_by("-number").values_list("number", flat=True)[0] == 35


def test_a_late_commit_with_a_low_id_comes_after_what_was_sealed(now: datetime) -> None:
    entered(3, now, start=1000)
    sealing.seal(now)
    entered(1, now, start=500)
    sealing.seal(now)
    assert [e.pk for _, e in sealing.entries_after(0)] == [1000, 1001, 1002, 500]


def test_a_straggler_far_below_is_found_when_the_day_closes(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "STRAGGLERS", 10)
    entered(1, now, start=1000)
    sealing.seal(now)
    entered(1, now, start=500)
    assert sealing.seal(now) == 0
    tomorrow = now + timedelta(days=1)
    assert sealing.seal(tomorrow) == 1
    assert sealing.seal(tomorrow + timedelta(days=1)) == 0
    assert sealing.verify_all() == 2


def test_a_day_is_closed_when_it_is_over_and_can_be_proved(now: datetime) -> None:
    entries = entered(7, now)
    sealing.seal(now)
    with pytest.raises(MissingError, match="not closed"):
        sealing.verify_day(day_of(now))
    with pytest.raises(MissingError, match="not closed"):
        sealing.inclusion(entries[0])
    sealing.seal(now + timedelta(days=1))
    assert sealing.verify_day(day_of(now)) == 7
    for entry in entries:
        proved = sealing.inclusion(entry)
        assert verify_inclusion(proved.leaf, proved.index, proved.size, proved.proof, proved.root)
        assert entry.digest.encode() in proved.leaf
    (fresh,) = entered(1, now)
    with pytest.raises(MissingError, match="not been sealed"):
        sealing.inclusion(fresh)


def test_a_clock_set_back_seals_under_the_last_day(now: datetime) -> None:
    entered(1, now)
    sealing.seal(now)
    sealing.seal(now + timedelta(days=1))
    entered(1, now)
    sealing.seal(now + timedelta(days=1))
    entered(1, now)
    sealing.seal(now)
    assert set(Seal.objects.filter(number__gt=1).values_list("day", flat=True)) == {
        day_of(now + timedelta(days=1))
    }


def test_a_clock_set_back_never_seals_under_a_closed_day(now: datetime) -> None:
    entered(1, now)
    sealing.seal(now)
    sealing.seal(now + timedelta(days=1))  # closes the first day and seals nothing under the second
    entered(1, now)
    assert sealing.seal(now) == 1
    assert Seal.objects.get(number=2).day == day_of(now + timedelta(days=1))
    assert sealing.verify_all() == 1


def test_what_is_added_while_a_tree_is_built_goes_into_it(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another sealer, whose clock has not yet passed midnight, adds to the day that is being closed."""
    entered(2, now)
    sealing.seal(now)
    built = sealing._leaves
    late = [1]

    def leaves(day: date) -> list[bytes]:
        told = built(day)
        if late:
            late.pop()
            entered(1, now)
            sealing._number_all(now, whole=False)
        return told

    monkeypatch.setattr(sealing, "_leaves", leaves)
    sealing.seal(now + timedelta(days=1))
    assert sealing.verify_day(day_of(now)) == 3


@pytest.mark.parametrize("statement", [
    "update ledger_entry set digest = 'forged' where id = (select min(id) from ledger_entry)",
    "delete from ledger_seal where number = 3",
])  # fmt: skip
def test_whoever_gets_past_the_triggers_is_found_out(now: datetime, statement: str) -> None:
    entered(5, now)
    sealing.seal(now)
    sealing.seal(now + timedelta(days=1))
    assert sealing.verify_all() == 5
    default = connections["default"]
    with default.cursor() as cursor:
        if default.vendor == "postgresql":
            cursor.execute("set constraints all immediate")
        for name, table in [(n, t) for n, t in append_only.names(default) if t.startswith("ledger_")]:
            where = f" on {table}" if default.vendor == "postgresql" else ""
            cursor.execute(f"drop trigger {name}{where}")
        cursor.execute(statement)
    with pytest.raises(HouseFault, match="differs from what was sealed"):
        sealing.verify_all()
    append_only.install(default)


@pytest.mark.django_db(transaction=True)
def test_two_sealers_never_number_an_entry_twice(now: datetime) -> None:
    """On PostgreSQL the second waits for the first; on SQLite two writers cannot even begin."""
    from threading import Thread

    if connection.vendor == "sqlite":
        pytest.skip("threads would share one in-memory database; test_races has processes on a file")
    entered(3000, now)

    def run() -> None:
        sealing.seal(now)
        connection.close()

    threads = [Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Seal.objects.values_list("number", flat=True)) == list(range(1, 3001))


def test_any_history_of_days_verifies(now: datetime) -> None:
    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=6))
    def history(steps: list[tuple[int, int]]) -> None:
        with transaction.atomic():
            moment = now
            for count, days in steps:
                entered(count, moment)
                moment += timedelta(days=days)
                sealing.seal(moment)
            sealing.seal(moment + timedelta(days=1))
            assert sealing.verify_all() == sum(count for count, _ in steps)
            days: list[date] = list(DayRoot.objects.values_list("day", flat=True))
            assert len(days) == len(set(days))
            transaction.set_rollback(True)

    history()
