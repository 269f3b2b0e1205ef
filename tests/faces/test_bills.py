"""Issuing a month's bill at the desk: only a month that is over is offered, and none is taken before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module

import pyarrow as pa
import pytest
from django.test import Client

from chengxin.effects.models import BillFile
from chengxin.findings.models import Run
from chengxin.kit import Found

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
COMPANY = "yz-water-company"
ISSUE = "/desk/sewage_tariff/bills/issue"


@pytest.fixture
def months(today: date) -> tuple[str, str]:
    """The month before this one, and this one."""
    before = today.replace(day=1) - timedelta(days=1)
    return f"{before:%Y-%m}", f"{today:%Y-%m}"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``read("2026-10", …)``: the finding has one line of the company in each of these months."""

    def find(*periods: str) -> None:
        rows = pa.Table.from_pylist(
            [
                {"subject": 7, "account": "A1", "company": COMPANY, "month": int(period.replace("-", "")),
                 "fen": 12345, "because": [1]}
                for period in periods
            ]
        )  # fmt: skip
        found = Found(Run(run_sha256="0" * 64), rows)
        page = import_module("chengxin.programs.sewage_tariff.pages.bills")
        monkeypatch.setattr(page, "find_now", lambda *_, **__: found)

    return find


@pytest.fixture
def biller(at_desk: Callable[..., Client]) -> Client:
    return at_desk("biller", COMPANY)


def test_a_month_under_way_is_not_offered_and_it_says_until_when(
    biller: Client, read: Callable[..., None], months: tuple[str, str]
) -> None:
    over, under_way = months
    read(*months)
    shown = biller.get(ISSUE).content.decode()
    assert f'value="{over}"' in shown
    assert f'value="{under_way}"' not in shown
    assert f"{under_way} 已有 1 行，但这个月到" in shown
    assert "才结束" in shown


def test_with_nothing_else_to_issue_the_list_says_so(
    biller: Client, read: Callable[..., None], months: tuple[str, str]
) -> None:
    read(months[1])
    shown = biller.get(ISSUE, follow=True).content.decode()
    assert f"{months[1]} 已有 1 行，但这个月到" in shown
    assert "各月都已发出" not in shown


@pytest.mark.parametrize("ahead", [0, 40])
def test_a_month_that_is_not_over_is_refused_at_the_door(
    biller: Client, read: Callable[..., None], today: date, ahead: int
) -> None:
    period = f"{today + timedelta(days=ahead):%Y-%m}"
    read(period)
    refused = biller.post(ISSUE, {"period": period, "confirmed": "1"})
    shown = refused.content.decode()
    assert refused.status_code == 409
    assert f"{period} 这个月到" in shown
    assert "起发出" in shown
    biller.post("/language", {"language": "en", "next": "/"})
    assert f"the month {period} ends on" in biller.post(ISSUE, {"period": period}).content.decode()
    assert not BillFile.objects.exists()


def test_a_month_is_issued_once_and_the_second_time_refused_in_words(
    biller: Client, read: Callable[..., None], months: tuple[str, str]
) -> None:
    read(months[0])
    said = {"period": months[0], "confirmed": "1"}
    assert biller.post(ISSUE, said).status_code == 302
    again = biller.post(ISSUE, said)
    assert (again.status_code, "已经发出" in again.content.decode()) == (409, True)
    assert BillFile.objects.count() == 1


def test_a_month_without_lines_says_why(
    biller: Client, read: Callable[..., None], months: tuple[str, str]
) -> None:
    read(months[0])
    shown = biller.post(ISSUE, {"period": "2009-12", "confirmed": "1"}).content.decode()
    assert "没有抄表水量，或者当月没有收费标准" in shown
    assert biller.post(ISSUE, {"period": "去年"}).status_code == 400
    assert not BillFile.objects.exists()
