from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from chengxin.core.errors import MissingError
from chengxin.engine.store import Store
from chengxin.findings.reasons import explain
from chengxin.findings.reckon import reckon, rows_of
from chengxin.policy.house import House

from .conftest import Records, know

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture
def reckoned(store: Store, house: House, now: datetime, records: Records) -> Any:
    know("A", 11)
    know("B", 12)
    records.sheet([("A", 150), ("B", 300)])
    records.hot(7 << 32, "A", 1000)
    return reckon("credit", "listed", DAY, store=store, house=house, bundle="b" * 64, now=now)


def test_one_subject_is_explained_by_the_sql_that_ran(reckoned: Any, store: Store) -> None:
    told = explain("credit", "listed", 11, store=store)
    assert told.rows == rows_of(reckoned, 11, store=store).to_pylist()
    assert told.same is None
    assert explain("credit", "listed", 11, store=store, again=True).same is True
    assert (told.run, told.as_of, told.bundle) == (reckoned.run_sha256, DAY, "b" * 64)


def test_each_record_is_shown_where_it_stands(reckoned: Any, records: Records, store: Store) -> None:
    sheet, hot = explain("credit", "listed", 11, store=store, as_of=DAY).grounds
    assert (sheet.record, sheet.item, sheet.sheet) == (1 << 32, "penalty", records.given.sheets[0].sha256)
    assert (sheet.told_on, sheet.agency) == (date(2026, 1, 5), "nj-environment")
    assert (hot.record, hot.sheet, hot.told_on, hot.agency) == (7 << 32, None, date(2026, 2, 1), "nj-water")


def test_the_values_name_their_article_and_whether_they_are_confirmed(reckoned: Any, store: Store) -> None:
    (value,) = explain("credit", "heavy", 11, store=store).values
    assert (value.name, value.value, value.basis, value.status) == ("limits.heavy", 100, "law#1", "proposal")


def test_a_subject_without_rows_has_none(reckoned: Any, store: Store) -> None:
    told = explain("credit", "heavy", 99, store=store)
    assert (told.rows, told.grounds) == ([], [])


def test_what_was_not_reckoned_cannot_be_explained(store: Store, db: None) -> None:
    with pytest.raises(MissingError, match="not reckoned"):
        explain("credit", "heavy", 11, store=store)
