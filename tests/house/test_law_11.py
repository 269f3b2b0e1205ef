"""House law 11: nothing outlives its end, and where the clock is late what is adverse goes dark at every door."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.city.built import City
from tests.house import oracle
from tests.house.doors import bound, look_at

TODAY = "2026-11-10"
DARK = "到期检查已超过 26 小时"
PERMIT, HONOUR, PENALTY = "云泽许可〔2026〕7号", "云泽表彰〔2026〕3号", "云泽环罚〔2026〕99号"


@pytest.fixture(scope="module")
def told(city_copy: City, tmp_path_factory: pytest.TempPathFactory) -> tuple[City, str]:
    """A firm that bears a surcharge was also given a permit, an honour and a penalty."""
    code = bound(city_copy, TODAY, 1)[0]
    ((name,),) = city_copy.rows(
        f"select n.text from subjects_name n join subjects_identifier i using (subject) where i.code = '{code}' limit 1"
    )
    folder = tmp_path_factory.mktemp("told")
    given = (
        ("administrative_permit", PERMIT, {
            "party_name": name, "uscc": code, "document_name": "排水许可", "document_number": PERMIT,
            "permit_number": "7", "decided_on": "2026-05-06", "valid_since": "2026-05-06",
            "valid_until": "2031-05-06", "decided_by": "云泽市市场监督管理局"}),
        ("honour", HONOUR, {
            "name": name, "code": code, "honour": "质量奖", "level": "city", "document_number": HONOUR,
            "awarded_on": "2026-05-06", "awarded_by": "云泽市市场监督管理局"}),
        ("administrative_penalty", PENALTY, {
            "party_name": name, "uscc": code, "document_number": PENALTY, "violation": "违规排放", "facts": "示例",
            "penalty_basis": "示例", "penalty_kind": "罚款", "content": "罚款一万元", "fine": "1",
            "decided_on": "2026-05-06", "publicity_ends_on": "2027-05-06", "decided_by": "云泽市市场监督管理局"}),
    )  # fmt: skip
    for item, _number, row in given:
        receipt = city_copy.json(
            "load",
            item,
            str(_csv(folder / f"{item}.csv", [row])),
            "--as",
            "market-steward",
            "--told-on",
            TODAY,
        )
        assert (receipt["taken"], receipt["unlinked"]) == (1, 0), receipt
    return city_copy, code


def _csv(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    lines = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


def _shown(page: dict[str, Any]) -> tuple[set[str], set[str], set[str]]:
    """What one look gave: items of records, kinds in the chain, and which titles of effects it holds."""
    public = page["api"]["public"]
    chain = {link["kind"] for link in page["why"]["chain"]}
    return {one["item"] for one in public["records"]}, chain, {one["title"] for one in public["in_force"]}


@pytest.mark.parametrize("age", [1.0, 25.9])
def test_while_the_clock_goes_everything_is_shown(told: tuple[City, str], age: float) -> None:
    city, code = told
    (page,) = look_at(city, TODAY, [code], tick_age_hours=age)
    items, chain, effects = _shown(page)
    assert {"administrative_permit", "honour", "administrative_penalty", "environment_grade"} <= items
    assert {"effect", "decision", "bill", "record"} <= chain
    assert effects == {"加收污水处理费"}
    assert "加收污水处理费" in page["html"]
    assert DARK not in page["html"]
    assert not page["api"]["public"]["dark"]


@pytest.mark.parametrize("age", [26.1, 24.0 * 30, None])
def test_where_the_clock_is_late_what_is_adverse_goes_dark(told: tuple[City, str], age: float | None) -> None:
    city, code = told
    (page,) = look_at(city, TODAY, [code], tick_age_hours=age)
    items, chain, effects = _shown(page)
    assert {"administrative_permit", "honour", "organisation"} <= items, "permits, honours and news stay"
    assert not items & {"administrative_penalty", "environment_grade", "tariff_in_force"}
    assert not chain & {"effect", "decision", "bill"}
    assert effects == set()
    assert page["api"]["public"]["dark"]
    for door in ("html", "why_html"):
        assert DARK in page[door], "it says why, and not that there is nothing"
        for word in ("加收污水处理费", PENALTY, "没有任何决定", "没有对它生效的决定"):
            assert word not in page[door], (door, word)
    assert "排水许可" in page["html"]
    assert "质量奖" in page["html"]


def test_what_is_over_is_shown_at_no_door_though_no_tick_has_run_since(told: tuple[City, str]) -> None:
    """The day before its end it is there; on the day itself gone, while the cached state still says in force."""
    city, code = told
    ((subject,),) = city.rows(f"select subject from subjects_identifier where code = '{code}'")
    ends = max(one["until"] for one in oracle.standing(city.rows) if one["subject"] == subject)
    before = (date.fromisoformat(ends) - timedelta(days=1)).isoformat()
    (last,), (gone,) = (look_at(city, day, [code], tick_age_hours=1) for day in (before, ends))
    assert _shown(last)[2] == {"加收污水处理费"}
    assert _shown(gone)[2] == set()
    assert "effect" not in _shown(gone)[1]
    assert "加收污水处理费" not in gone["html"]
    states = city.rows(f"select state from cases_standpoint where subject = {subject} order by case_id desc")
    assert states[0] == ("in_force",), "nobody wrote its end down yet"


def test_what_was_ended_today_is_gone_before_the_night_files_it(told: tuple[City, str]) -> None:
    """The platform's own list of prices is as old as last night: no door shows it beside the live ones."""
    city, code = told
    (page,) = look_at(city, TODAY, [code], tick_age_hours=1)
    assert not [one for one in page["api"]["public"]["records"] if one["item"] == "tariff_in_force"]
