"""Taken back, corrected, confirmed, removed: each a row of its own, with its ledger entry, or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from chengxin.core.errors import ConflictError, DeniedError, InputError, MissingError, RefusedByLaw
from chengxin.engine.store import Store
from chengxin.ledger.models import Entry
from chengxin.policy.articles import Article
from chengxin.records import shelves
from chengxin.records.correction import confirm_issued_so, correct, redact, withdraw
from chengxin.records.hot import take_row
from chengxin.records.models import Batch, Confirmation, Redaction, Sheet, Withdrawal
from chengxin.records.pieces import Folder
from chengxin.records.reading import read_records
from chengxin.records.redaction import scars_of, spans
from tests.records.shelf_room import HOUSE, Room, at, penalty, record, room_of

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
DAY = date(2026, 1, 5)
ODD = "913206910000000001"
ARTICLE = Article(
    id="pipl-2021#47", instrument="pipl-2021", instrument_title="个人信息保护法", number="47", title="删除",
    title_en="Erasure", gist="删除", gist_en="erasure", level="law", duties=(), valid_from=date(2021, 11, 1),
    valid_to=None, source="", status="confirmed",
)  # fmt: skip


@pytest.fixture
def room(store: Store, official: Callable[..., Any]) -> Room:
    room = room_of(store, official)
    room.house = replace(HOUSE, articles={ARTICLE.id: ARTICLE})
    return room


def day(n: int) -> date:
    return DAY + timedelta(days=n)


def entries(kind: str) -> list[str]:
    return list(Entry.objects.filter(kind=kind).order_by("id").values_list("ref", flat=True))


def test_a_withdrawal_says_why_and_stands_in_the_ledger(room: Room) -> None:
    batch = room.take([penalty("N1")])
    withdraw(batch, reason="报错了", official=room.official, now=at(day(1)))
    assert entries("withdrawal") == [f"records_batch:{batch.pk}"]
    with pytest.raises(ConflictError, match="withdrawn already"):
        withdraw(batch, reason="再撤一次", official=room.official, now=at(day(1)))


def test_a_withdrawal_is_the_senders_and_has_a_reason(room: Room, official: Callable[..., Any]) -> None:
    batch = room.take([penalty("N1")])
    other = official("steward", agency="nj-price")
    with pytest.raises(DeniedError):
        withdraw(batch, reason="不是我们报的", official=other, now=at(day(1)))
    with pytest.raises(InputError):
        withdraw(batch, reason="  ", official=room.official, now=at(day(1)))
    with pytest.raises(MissingError):
        withdraw(batch, records=[99 << 32 | 1], reason="无此行", official=room.official, now=at(day(1)))
    assert not Withdrawal.objects.exists()
    assert entries("withdrawal") == []


def mend(room: Room, batch: Batch, *rows: dict[str, Any], on: date) -> Batch:
    path = room.store.temp(".jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return correct(
        batch, path, reason="金额写错", official=room.official, now=at(on), told_on=on, store=room.store,
        house=room.house, bundle="0" * 64, door="desk", attest=room.attest,
    ).batch  # fmt: skip


def test_a_correction_stands_in_the_place_of_the_batch_it_names(room: Room) -> None:
    batch = room.take([penalty("N1", amount=1), penalty("N2"), penalty("N3")])
    mended = mend(room, batch, penalty("N1", amount=9), penalty("N2"), on=day(1))
    assert (mended.corrects, mended.taken) == (batch, 2)
    assert room.attested[-1] == mended.pk
    assert room.counting(day(1)) == ["N1=9", "N2=100"]
    assert room.counting(day(0)) == ["N1=1", "N2=100", "N3=100"]


def test_a_correction_replaces_what_the_wrong_batch_had_replaced(room: Room) -> None:
    """Else the first would count again beside it."""
    (subject,) = room.know("P1")
    room.take([penalty("N1", amount=1), penalty("N2", amount=1)], day(0))
    wrong = room.take([penalty("N1", amount=2), penalty("N2", amount=2)], day(1))
    mended = mend(room, wrong, penalty("N1", amount=3), on=day(2))
    assert room.counting(day(2)) == ["N1=3", "N2=1"]
    assert room.numbers(subject) == ["N1", "N2"]
    withdraw(mended, reason="也不对", official=room.official, now=at(day(3)))
    assert room.counting(day(3)) == ["N1=1", "N2=1"]


@pytest.mark.parametrize("shelved", [True, False])
def test_what_is_known_is_held_with_or_without_its_shelf(room: Room, shelved: bool) -> None:
    room.take([penalty("N1"), penalty("N2")], day(0))
    if not shelved:
        Folder(room.store.shelves("penalty")).clear()
    again = room.take([penalty("N1"), penalty("N2", amount=7), penalty("N3")], day(1))
    assert (again.held, again.taken) == (1, 2)
    assert room.counting(day(1)) == ["N1=100", "N2=7", "N3=100"]


def test_what_was_taken_back_may_be_told_again(room: Room) -> None:
    room.take([penalty("N1", amount=1)], day(0))
    batch = room.take([penalty("N1", amount=2)], day(1))
    withdraw(batch, reason="报错了", official=room.official, now=at(day(2)))
    assert room.take([penalty("N1", amount=2)], day(3)).taken == 1
    assert room.counting(day(3)) == ["N1=2"]


def confirm(room: Room, batch: Batch, row: int, **words: Any) -> Any:
    given = {"reason": "与登记机关核对", "official": room.official, "now": at(day(2)), "attest": room.attest}
    given |= {"store": room.store, "house": room.house, "bundle": "0" * 64}
    return confirm_issued_so(batch, row, **{**given, **words})


def test_a_code_issued_so_is_taken_on_the_day_it_is_confirmed(room: Room) -> None:
    batch = room.take([penalty("N0"), penalty("N1", None, uscc=ODD)])
    assert (batch.taken, batch.by_reason) == (1, {"code_check": 1})
    receipt = confirm(room, batch, 2)
    assert (receipt.batch.taken, receipt.batch.told_on) == (1, day(2))
    assert entries("confirmation") == [f"records_batch:{batch.pk}"]
    assert room.counting(day(0)) == ["N0=100"]
    assert room.counting(day(2)) == ["N0=100", "N1=100"]
    (values,) = read_records([record(receipt.batch)], store=room.store).values()
    assert (values["scheme"], values["code"], values["row"]) == ("uscc", ODD, 2)


def test_a_confirmation_made_twice_is_made_once(room: Room) -> None:
    batch = room.take([penalty("N1", None, uscc=ODD)])
    confirm(room, batch, 1)
    with pytest.raises(ConflictError):
        confirm(room, batch, 1)
    assert Confirmation.objects.count() == 1


def test_only_a_check_character_is_confirmed_away(room: Room) -> None:
    batch = room.take(
        [penalty("N1", None, uscc=ODD, kind="没有的种类"), penalty("N2", None, uscc="12345"), penalty("N3")]
    )
    for row in (1, 2, 3, 50):
        with pytest.raises(InputError):
            confirm(room, batch, row)
    assert not Confirmation.objects.exists()


def cut(room: Room, *records: int, article: str = ARTICLE.id) -> list[Redaction]:
    return redact(
        records, article=article, reason="本人要求删除", official=room.official, now=at(day(3)),
        store=room.store, house=room.house,
    )  # fmt: skip


def texts(home: Path) -> set[Path]:
    """Every Parquet under the home that still says N1."""
    import pyarrow.parquet as pq

    return {
        path
        for path in home.rglob("*.parquet")
        if any("N1" in str(value) for column in pq.read_table(path).columns for value in column.to_pylist())
    }


def test_a_redaction_leaves_the_scar_and_nothing_else(
    room: Room, django_capture_on_commit_callbacks: Any
) -> None:
    (subject,) = room.know("P1")
    batch = room.take([penalty("N1"), penalty("N2"), penalty("N3")])
    shelves.merge(room.store, room.house)
    before = Sheet.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        (scar,) = cut(room, record(batch, 1))
    after = Sheet.objects.get()
    assert (scar.old_sha256, scar.new_sha256, scar.rows) == (before.sha256, after.sha256, [[1, 1]])
    assert (after.rows, after.id) == (2, before.id)
    assert texts(room.store.home) == set()
    assert room.numbers(subject) == ["N2", "N3"]
    assert room.counting(day(3)) == ["N2=100", "N3=100"]
    assert entries("redact") == [f"records_redaction:{scar.pk}"]
    assert scars_of([before.sha256]) == [scar]
    shelf = shelves.covering("penalty", day(3), store=room.store)
    assert shelf is not None
    assert shelf.sheets == {after.id: after.sha256}


def test_a_removed_record_stays_replaced_what_it_replaced(
    room: Room, django_capture_on_commit_callbacks: Any
) -> None:
    """Removing the newer record does not bring the older back: nobody withdrew it."""
    (subject,) = room.know("P1")
    room.take([penalty("N1", amount=1)], day(0))
    newer = room.take([penalty("N1", amount=2)], day(1))
    with django_capture_on_commit_callbacks(execute=True):
        cut(room, record(newer))
    assert room.counting(day(3)) == []
    assert room.numbers(subject) == []


def test_before_the_shelf_is_written_again_the_record_is_hidden(room: Room) -> None:
    (subject,) = room.know("P1")
    batch = room.take([penalty("N1"), penalty("N2")])
    cut(room, record(batch, 1))
    assert room.numbers(subject) == ["N2"]


def test_a_removal_needs_an_article_in_force_and_rows_that_are_there(room: Room) -> None:
    batch = room.take([penalty("N1")])
    with pytest.raises(RefusedByLaw):
        cut(room, record(batch), article="no#1")
    with pytest.raises(MissingError):
        cut(room, record(batch, 9))
    with pytest.raises(MissingError):
        cut(room, 99 << 32 | 1)
    assert not Redaction.objects.exists()


def test_rows_are_written_as_spans() -> None:
    assert spans([1, 2, 3, 7, 9, 10]) == [[1, 3], [7, 7], [9, 10]]
    assert spans([]) == []


def test_a_single_record_is_visible_at_once(room: Room) -> None:
    (subject,) = room.know("P1")
    receipt = take_row(
        HOUSE.items["penalty"], penalty("N1", decided_on=date(2025, 12, 30)), store=room.store,
        house=room.house, bundle="0" * 64, agency="nj-environment", official=room.official, door="form",
        now=at(DAY), told_on=DAY, attest=room.attest,
    )  # fmt: skip
    assert (receipt.batch.taken, receipt.batch.door) == (1, "form")
    assert room.numbers(subject) == ["N1"]
    with pytest.raises(InputError):
        take_row(HOUSE.items["penalty"], {"number": ""}, store=room.store, house=room.house, bundle="0" * 64,
                 agency="nj-environment", official=room.official, door="form", now=at(DAY), told_on=DAY,
                 attest=room.attest)  # fmt: skip
