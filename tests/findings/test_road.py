"""The whole road of a finding, through the real rooms: a file, its sheet and shelf, the rule, and again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chengxin.engine.store import Store
from chengxin.findings.models import Run
from chengxin.findings.reckon import reckon, replay, rows
from chengxin.policy.house import House, load
from chengxin.records.intake import take
from chengxin.records.shelves import covering
from chengxin.subjects.models import Identifier

from .conftest import LONG_AGO, house_of

pytestmark = pytest.mark.django_db(databases=["default", "looks"])

HEAD = "统一社会信用代码,企业名称,评价周期,评价等级,结果类别,发布日期,文号,行政区划"
FIRMS = {"91320102MA1XK1KE21": 101, "91320102MA1XK2F17K": 102}
BUNDLE = "b" * 64
GRADED = """-- graded 评级: each firm's newest colour, and every record of its colours.
-- grain: subject
with newest as (
  select subject, colour, region, told,
         row_number() over (partition by subject order by published_on desc, record desc) as nth
  from environment_grade
),
every as (select subject, list(record) as because from environment_grade group by subject)
select newest.subject, newest.colour, newest.region, newest.told, every.because
from newest join every on every.subject = newest.subject
where newest.nth = 1
"""


@pytest.fixture
def hand_in(store: Store, official: Any, now: datetime, tmp_path: Path) -> Callable[..., House]:
    """Hands in a file of colours, as the environment bureau does; gives the house it was taken under."""
    house = replace(house_of(graded=GRADED), items=load().items)
    program = replace(house.programs["credit"], reads=("environment_grade",))
    house = replace(house, programs={"credit": program})
    someone = official("steward", agency="nj-environment", region="320100")

    def handed(*lines: str, told: date) -> House:
        path = tmp_path / f"{told}.csv"
        path.write_text("\n".join([HEAD, *lines]) + "\n", "utf-8")
        take(
            house.items["environment_grade"],
            path,
            attest=lambda batch: None,
            store=store,
            house=house,
            bundle=BUNDLE,
            agency="nj-environment",
            official=someone,
            door="cli",
            now=now,
            told_on=told,
        )
        return house

    for code, subject in FIRMS.items():
        Identifier.objects.create(subject=subject, scheme="uscc", code=code, since=LONG_AGO)
    return handed


def coloured(firm: int, period: str, colour: str) -> str:
    code = list(FIRMS)[firm]
    return (
        f"{code},甲{firm}厂,{period},{colour},评价,{int(period) + 1}-02-01,宁环评〔{period}〕{firm}号,320102"
    )


def test_shelves_sheets_and_replay_give_the_same_rows(
    hand_in: Callable[..., House], store: Store, now: datetime, today: date
) -> None:
    month_ago = today - timedelta(days=30)
    hand_in(coloured(0, "2023", "绿色"), coloured(1, "2023", "黑色"), told=month_ago)
    house = hand_in(coloured(0, "2024", "红色"), told=today)
    assert covering("environment_grade", today, store=store) is not None

    def run(on: date = today, **more: Any) -> Run:
        given = {"store": store, "house": house, "bundle": BUNDLE, "now": now} | more
        return reckon("credit", "graded", on, **given)

    first = run()
    found = rows(first, store=store).to_pylist()
    assert [(row["subject"], row["colour"], len(row["because"])) for row in found] == [
        (101, "red", 2),
        (102, "black", 1),
    ]
    assert [(row["region"], row["told"]) for row in found] == [("320100", today), ("320100", month_ago)]
    assert replay(first, store=store).same
    shutil.rmtree(store.shelves("environment_grade"))
    again = run(again=True)
    assert (again.run_sha256, again.result_sha256) == (first.run_sha256, first.result_sha256)
    yesterday = rows(run(today - timedelta(days=1)), store=store)
    assert yesterday["colour"].to_pylist() == ["green", "black"]
