from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from chengxin.core.errors import DeclarationError, HouseFault, MissingError
from chengxin.engine import run as engine_run
from chengxin.engine.run import SheetRef
from chengxin.engine.store import Store
from chengxin.findings.models import Run
from chengxin.findings.reckon import latest, reckon, replay, rows, rows_of
from chengxin.policy.house import House
from chengxin.records.models import Batch, Redaction, Sheet

from .conftest import HEAVY, Records, house_of, join, know

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
BUNDLE = "b" * 64


@pytest.fixture
def at(store: Store, house: House, now: datetime) -> Any:
    """``at(finding)``: that finding, reckoned."""

    def reckoned(finding: str = "heavy", as_of: date = DAY, **more: Any) -> Run:
        given = {"store": store, "house": house, "bundle": BUNDLE, "now": now} | more
        return reckon("credit", finding, as_of, **given)

    return reckoned


def test_a_finding_says_who_and_why(at: Any, records: Records, store: Store) -> None:
    know("A", 11)
    know("B", 12)
    records.sheet([("A", 60), ("A", 150), ("B", 99), ("C", 999)])
    run = at()
    assert rows(run, store=store).to_pylist() == [{"subject": 11, "total": 150, "because": [1 << 32 | 1]}]
    assert (run.finding, run.as_of, run.bundle, run.rows) == ("credit.heavy", DAY, BUNDLE, 1)
    assert rows_of(run, 11, store=store).num_rows == 1
    assert rows_of(run, 12, store=store).num_rows == 0
    assert latest("credit", "heavy") == run == latest("credit", "heavy", DAY)
    assert latest("credit", "heavy", date(2026, 3, 1)) is None


def test_the_same_day_gives_the_same_run(at: Any, records: Records) -> None:
    know("A", 11)
    records.sheet([("A", 150)])
    first = at()
    assert at() == first
    third = at(again=True)
    assert third != first
    assert (third.run_sha256, third.result_sha256) == (first.run_sha256, first.result_sha256)


def test_what_is_read_is_reckoned_before(at: Any, records: Records, store: Store) -> None:
    know("A", 11)
    know("B", 12)
    records.sheet([("A", 150), ("B", 200)])
    run = at("listed")
    found = rows(run, store=store).to_pylist()
    assert [(row["subject"], row["place"]) for row in found] == [(11, 2), (12, 1)]
    before = Run.objects.get(finding="credit.heavy")
    cited = engine_run.load(run.run_sha256, store).findings["heavy"]
    assert (cited.run, cited.rows) == (before.run_sha256, before.result_sha256)


def test_a_firm_the_records_never_mention_changes_nothing(at: Any, records: Records) -> None:
    know("A", 11)
    records.sheet([("A", 150), ("B", 150)])
    first = at()
    know("Z", 99)
    assert at() == first
    know("B", 12)
    assert at().run_sha256 != first.run_sha256


def test_a_code_learned_later_is_not_known_before(at: Any, records: Records) -> None:
    records.sheet([("A", 150)])
    know("A", 11, since=datetime(2026, 2, 10, tzinfo=UTC))
    assert at(as_of=date(2026, 2, 9)).rows == 0
    assert at(as_of=date(2026, 2, 10)).rows == 1


def test_a_merge_leaves_the_days_before_it_as_they_were(at: Any, records: Records, store: Store) -> None:
    know("A", 11)
    know("B", 12)
    records.sheet([("A", 150), ("B", 150)])
    early = at(as_of=date(2026, 2, 1))
    join(12, datetime(2026, 2, 10, tzinfo=UTC), gone=11)
    assert at(as_of=date(2026, 2, 1)) == early
    merged = rows(at(), store=store).to_pylist()
    assert [(row["subject"], row["total"]) for row in merged] == [(12, 300)]
    assert replay(early, store=store).same


def test_a_record_linked_by_hand_counts_from_that_day(at: Any, records: Records, store: Store) -> None:
    records.sheet([("ruined", 150)])
    join(77, datetime(2026, 2, 10, tzinfo=UTC), record=1 << 32)
    assert at(as_of=date(2026, 2, 1)).rows == 0
    assert rows(at(), store=store)["subject"].to_pylist() == [77]


def test_what_is_gone_is_gone_and_what_is_hot_is_there(at: Any, records: Records, store: Store) -> None:
    know("A", 11)
    records.sheet([("A", 150), ("A", 200)])
    records.gone(1 << 32)
    records.hot(7 << 32, "A", 1000)
    (row,) = rows(at(), store=store).to_pylist()
    assert (row["total"], row["because"]) == (1200, [1 << 32 | 1, 7 << 32])


def test_no_records_is_no_finding(at: Any, records: Records) -> None:
    assert at().rows == 0


def test_a_run_replays_and_restores_rows_that_were_thrown_away(
    at: Any, records: Records, store: Store
) -> None:
    know("A", 11)
    records.sheet([("A", 150)])
    run = at()
    store.result(run.result_sha256).unlink()
    assert rows(run, store=store).num_rows == 1
    again = replay(run, store=store)
    assert (again.same, again.sha256, again.rows) == (True, run.result_sha256, 1)


def test_a_changed_sheet_stops_the_replay(at: Any, records: Records, store: Store) -> None:
    know("A", 11)
    records.sheet([("A", 150)])
    run = at()
    path = store.sheet(records.given.sheets[0].sha256)
    path.chmod(0o640)
    path.write_bytes(b"PAR1 something else PAR1")
    with pytest.raises(HouseFault, match="not what its hash says"):
        replay(run, store=store)


def test_an_unfit_rule_does_not_run(at: Any, records: Records) -> None:
    with pytest.raises(DeclarationError, match="whole number"):
        at(house=house_of(heavy=HEAVY.replace("sum(penalty.amount)::bigint", "avg(penalty.amount)")))
    assert not Run.objects.exists()


def test_rules_that_read_each_other_are_refused(at: Any, records: Records) -> None:
    one = "-- grain: subject\nselect subject, because from two"
    two = "-- grain: subject\nselect subject, because from one"
    with pytest.raises(DeclarationError, match="circle"):
        at("one", house=house_of(one=one, two=two))


def test_an_unknown_finding_says_which_there_are(at: Any, records: Records) -> None:
    with pytest.raises(MissingError) as error:
        at("guilty")
    assert "credit.heavy" in error.value.hint("en")


def test_what_was_lawfully_removed_is_a_named_scar(
    at: Any, records: Records, store: Store, now: datetime
) -> None:
    know("A", 11)
    know("B", 12)
    records.sheet([("A", 150), ("B", 300)])
    run, listed = at(), at("listed")
    (old,) = records.given.sheets
    removed = removal(old, records, now)
    again = replay(run, store=store)
    assert (again.same, again.rows) == (False, 1)
    assert [(scar.sheet, scar.article, scar.old_sha256) for scar in again.scars] == [
        (1, "pipl#47", old.sha256)
    ]
    deeper = replay(listed, store=store)
    assert (deeper.rows, deeper.scars) == (1, again.scars)
    assert removed.new_sha256 == again.scars[0].new_sha256


def removal(old: SheetRef, records: Records, now: datetime) -> Redaction:
    """The records room rewrites a sheet without its second row, and the old one is destroyed."""
    records.given.sheets.clear()
    records.sheet([("A", 150)])
    (new,) = records.given.sheets
    batch = Batch.objects.create(
        item="penalty", agency="x", door="cli", received_at=now, told_on=DAY, bundle=BUNDLE
    )
    sheet = Sheet.objects.create(id=1, batch=batch, item="penalty", sha256=new.sha256, rows=1, size=1)
    records.store.sheet(old.sha256).unlink()
    return Redaction.objects.create(
        sheet=sheet, old_sha256=old.sha256, new_sha256=new.sha256, rows=[1], article="pipl#47", at=now
    )
