"""Bill files never change; what changed since is an adjustment; and all of it adds up to the fen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from levy import RUN, Desk, at
from python_calamine import CalamineWorkbook

from chengxin.cases.models import Act
from chengxin.core.errors import ConflictError, InputError
from chengxin.effects import bills
from chengxin.effects.billing_files import csv_of, xlsx_of
from chengxin.effects.bills import Hand, adjust, issue, lines_of, total, verify
from chengxin.effects.models import BillFile
from chengxin.effects.reconciliation import Difference, Returned, reconcile, record_return
from chengxin.ledger.content import open_exhibit

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def water(*lines: tuple[str, int, str, int]) -> pa.Table:
    """(account, subject, plant, fen)"""
    return pa.Table.from_pylist(
        [
            {"account": a, "subject": s, "plant_code": p, "from_on": date(2016, 11, 1),
             "to_on": date(2016, 12, 1), "volume": 1250500,
             "base": 1200000, "surcharge": 600000, "fen": fen, "because": [1, 2]}
            for a, s, p, fen in lines
        ]
    )  # fmt: skip


@pytest.fixture
def hand(desk: Desk, store: Any, secret: str) -> Hand:
    desk.on = date(2016, 12, 5)
    biller = desk.who("issue_bill", "nj-water-company")
    return Hand(biller, "nj-water-company", desk.on, at(desk.on), desk.bundle, store, secret)


def issued(hand: Hand, table: pa.Table) -> BillFile:
    return issue(
        table, program="levies", company="nj-water-company", period="2016-11", run_sha256=RUN, hand=hand
    )


def test_a_bill_file_is_sealed_signed_for_and_issued_once(hand: Hand) -> None:
    bill = issued(hand, water(("A2", 7, "P1", 12345), ("A1", 7, "P2", 55)))
    assert (bill.lines, bill.fen, total(bill)) == (2, 12400, 12400)
    assert verify(bill, hand.store)
    act = Act.objects.get(pk=bill.act)
    assert act.kind == "issue_bill"
    assert act.cites == {"exhibits": [bill.exhibit], "runs": [RUN], "sheets": [bill.lines_sha256]}
    assert lines_of(bill, hand.store, subject=7).num_rows == 2
    with pytest.raises(ConflictError):
        issued(hand, water(("A1", 7, "P2", 55)))


@pytest.mark.parametrize("period", ["2016-12", "2017-01", "2999-12"])
def test_a_month_is_billed_when_it_is_over(hand: Hand, period: str) -> None:
    with pytest.raises(ConflictError, match="ends on") as refused:
        issue(water(("A1", 7, "", 1)), program="p", company="c", period=period, run_sha256=RUN, hand=hand)
    assert not BillFile.objects.exists()
    if period == "2016-12":
        assert "2016-12-31 才结束" in refused.value.sentence("zh")
        assert "从 2017-01-01 起" in refused.value.hint("zh")
        later = replace(hand, on=date(2017, 1, 1), at=at(date(2017, 1, 1)))
        lines = water(("A1", 7, "", 1))
        assert issue(lines, program="p", company="c", period=period, run_sha256=RUN, hand=later).pk


@pytest.mark.parametrize("period", ["", "2016", "2016-13", "2016-1", "0000-12", "9999-12", "2016-12-01"])
def test_what_is_no_month_is_not_billed(hand: Hand, period: str) -> None:
    with pytest.raises(InputError, match="is not a month"):
        issue(water(("A1", 7, "", 1)), program="p", company="c", period=period, run_sha256=RUN, hand=hand)


def test_the_company_gets_a_csv_in_yuan(hand: Hand) -> None:
    bill = issued(hand, water(("A1", 7, "P2", 12345)))
    text = open_exhibit(bill.exhibit, hand.store, hand.secret).decode("utf-8-sig")
    head, line = text.splitlines()
    assert head.startswith("户号,企业名称,统一社会信用代码,厂区,抄表起,抄表止,水量（立方米）")
    assert line == "A1,,,P2,2016-11-01,2016-12-01,1250.50,1.20,0.60,123.45"
    assert csv_of(lines_of(bill, hand.store)) == csv_of(lines_of(bill, hand.store))


def test_the_workbook_has_numbers_and_a_total(hand: Hand, tmp_path: Any) -> None:
    bill = issued(hand, water(("A1", 7, "P1", 12345), ("A2", 7, "P2", 55)))
    made = xlsx_of(lines_of(bill, hand.store), title="账单", made_at=hand.at)
    assert made == xlsx_of(lines_of(bill, hand.store), title="账单", made_at=hand.at)
    (tmp_path / "bill.xlsx").write_bytes(made)
    sheet = CalamineWorkbook.from_path(tmp_path / "bill.xlsx").get_sheet_by_index(0).to_python()
    assert sheet[1][0] == "A1"
    assert sheet[1][-1] == 123.45
    assert sheet[3][0] == "合计"
    assert sheet[3][-1] == 124.00


def test_a_correction_is_a_file_of_differences(hand: Hand) -> None:
    first = issued(hand, water(("A1", 7, "P1", 100), ("A2", 8, "P1", 200)))
    sealed = first.lines_sha256
    second = adjust(first, water(("A1", 7, "P1", 100), ("A3", 9, "", 50)), run_sha256=RUN, hand=hand)
    assert second is not None
    assert second.adjusts == first
    told = lines_of(second, hand.store).select(["account", "fen", "fen_before"]).to_pylist()
    assert told == [
        {"account": "A2", "fen": -200, "fen_before": 200},
        {"account": "A3", "fen": 50, "fen_before": 0},
    ]
    assert total(first) == 150
    assert BillFile.objects.get(pk=first.pk).lines_sha256 == sealed
    assert adjust(first, water(("A1", 7, "P1", 100), ("A3", 9, "", 50)), run_sha256=RUN, hand=hand) is None


AMOUNTS = st.dictionaries(st.sampled_from(["A1", "A2", "A3", "A4"]), st.integers(0, 10**9), min_size=1)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(AMOUNTS, min_size=2, max_size=5), st.integers(0, 10**6))
def test_issued_and_adjusted_are_always_what_was_recomputed(
    hand: Hand, versions: list[dict[str, int]], unique: int
) -> None:
    tables = [water(*[(account, 7, "", fen) for account, fen in one.items()]) for one in versions]
    bill = issue(
        tables[0],
        program="levies",
        company="c",
        period=f"{1000 + BillFile.objects.count()}-12",
        run_sha256=RUN,
        hand=hand,
    )
    for one, table in zip(versions[1:], tables[1:], strict=True):
        adjust(bill, table, run_sha256=RUN, hand=hand)
        assert total(bill) == sum(one.values())
        by_account: dict[str, int] = {}
        for file in bills.files(bill):
            assert verify(file, hand.store)
            for line in lines_of(file, hand.store).to_pylist():
                by_account[line["account"]] = by_account.get(line["account"], 0) + line["fen"]
        assert {account: fen for account, fen in by_account.items() if fen} == {
            account: fen for account, fen in one.items() if fen
        }


def test_lines_that_lack_columns_or_repeat_are_refused(hand: Hand) -> None:
    with pytest.raises(InputError):
        issued(hand, pa.table({"subject": [1]}))
    with pytest.raises(InputError):
        issued(hand, water(("A1", 7, "", 1)).slice(0, 0))
    with pytest.raises(ConflictError):
        issued(hand, water(("A1", 7, "", 1), ("A1", 7, "", 2)))
    assert not BillFile.objects.exists()


def test_what_the_company_returns_is_held_against_what_was_issued(hand: Hand) -> None:
    bill = issued(hand, water(("A1", 7, "", 100), ("A2", 8, "", 200), ("A3", 9, "", 300)))
    adjust(bill, water(("A1", 7, "", 150), ("A2", 8, "", 200), ("A3", 9, "", 300)), run_sha256=RUN, hand=hand)
    agreed = reconcile(
        bill,
        [Returned("A1", 150, 150, 0), Returned("A2", 200, 100, 100), Returned("A3", 300, 0, 300)],
        store=hand.store,
    )
    assert agreed.agrees
    assert (agreed.issued, agreed.adjusted, agreed.billed, agreed.collected, agreed.owed) == (
        600,
        50,
        650,
        250,
        400,
    )
    off = reconcile(
        bill,
        [Returned("A1", 149, 149, 0), Returned("A2", 200, 100, 99), Returned("A9", 5, 5, 0)],
        store=hand.store,
    )
    assert off.differences == (
        Difference("A1", "billed", 150, 149),
        Difference("A2", "owed", 200, 199),
        Difference("A3", "not_returned", 300, 0),
        Difference("A9", "not_issued", 0, 5),
    )
    act = record_return(bill, agreed, [5, 4], hand=hand)
    assert act.detail["collected"] == 250
    assert act.cites["records"] == [4, 5]
