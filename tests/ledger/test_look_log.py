from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from chengxin.core.errors import DeniedError, HouseFault
from chengxin.ledger.looks.log import Errand, LookSeen, look, looks_at
from chengxin.ledger.looks.models import Look

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
Make = Callable[..., Any]


def test_one_statement_for_many_and_one_row_for_each(official: Make, now: datetime) -> None:
    clerk = official("case_officer")
    with CaptureQueriesContext(connections["looks"]) as ran:
        count = look(clerk, [7, 8, 8, *range(100, 5000)], door="desk:firms", purpose="核查", now=now)
    assert count == Look.objects.count() == 4902
    assert len([q for q in ran.captured_queries if "insert into" in q["sql"].lower()]) == 1
    row = Look.objects.get(subject=7)
    assert (row.at, row.official, row.post, row.agency) == (now, clerk.pk, "科员", "nj-price")


def test_nothing_shown_is_nothing_logged(official: Make, now: datetime) -> None:
    assert look(official("case_officer"), [], door="d", purpose="", now=now) == 0


def test_without_a_purpose_nothing_is_shown(official: Make, now: datetime) -> None:
    with pytest.raises(DeniedError, match="without a purpose"):
        look(official("case_officer"), [1], door="desk:firm", purpose="  ", now=now)
    assert not Look.objects.exists()


def test_where_the_log_cannot_be_written_the_answer_is_refused(official: Make, now: datetime) -> None:
    clerk = official("case_officer")
    with connections["looks"].cursor() as cursor:
        cursor.execute("alter table looks_look rename to looks_gone")
    with pytest.raises(HouseFault, match="nothing is shown"):
        look(clerk, [1], door="desk:firm", purpose="核查", now=now)
    with connections["looks"].cursor() as cursor:
        cursor.execute("alter table looks_gone rename to looks_look")


def test_the_subject_reads_who_looked_but_not_the_officer(official: Make, now: datetime) -> None:
    errand = Errand(official("case_officer"), "desk:firm", "加收核查", "宁价〔2026〕1号", now)
    for hour in range(3):
        Errand(errand.official, "desk:firm", f"第{hour}次", "", now + timedelta(hours=hour)).look([7])
    errand.look([7, 9])
    seen = looks_at(7)
    assert [line.purpose for line in seen] == ["加收核查", "第2次", "第1次", "第0次"]
    assert (seen[0].agency, seen[0].post, seen[0].case_number) == ("nj-price", "科员", "宁价〔2026〕1号")
    assert "official" not in {field.name for field in fields(LookSeen)}
    assert [line.purpose for line in looks_at(7, limit=2, before=seen[0].number)] == ["第2次", "第1次"]
