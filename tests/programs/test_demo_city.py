"""The demo city: the same bytes every time, visibly invented, and true to the rules it is governed by."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chengxin.core.identifiers import is_valid
from chengxin.places.demo import city, files, truth

from .stage import Stage, policy_values

PROGRAM = "sewage_tariff"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("city")
    files.write_city(folder, "small")
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_bytes_every_time(written: Path, tmp_path: Path) -> None:
    files.write_city(tmp_path, "small")
    assert digests(tmp_path) == digests(written)


def test_every_form_an_office_hands_in_is_there(written: Path) -> None:
    suffixes = {path.suffix for path in written.iterdir()}
    assert {".xlsx", ".csv", ".jsonl", ".parquet"} <= suffixes
    gbk = [path for path in written.glob("*.csv") if not _is_utf8(path)]
    assert gbk


def _is_utf8(path: Path) -> bool:
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def test_truth_accounts_for_every_row(written: Path) -> None:
    told = json.loads((written / "truth.json").read_text("utf-8"))
    for file in told["files"]:
        tally = file["tally"]
        assert tally["read"] == tally["taken"] + tally["held"] + tally["quarantined"], file["path"]
    planted = {error for file in told["files"] for error in file["tally"]["by_error"]}
    assert len(planted) == 9
    assert len(told["refused"]) == 5
    assert told["levies"]
    assert told["exits"]


def test_firms_are_visibly_invented_and_their_codes_hold() -> None:
    firms = list(city.firms("small"))
    assert len({firm.uscc for firm in firms}) == len({firm.name for firm in firms}) == len(firms) == 2_000
    assert all("演示" in firm.name and firm.name.startswith("云泽") for firm in firms)
    assert all(is_valid("uscc", firm.uscc) for firm in firms)


def test_the_facts_come_to_the_published_colours(store: Any, house: Any) -> None:
    """The 12-point model, run on the last day of the year, gives every plant the colour that was published."""
    stage = Stage(store, house)
    firms = list(city.rated_firms("small"))
    grades = [g for firm in firms for g in city.ratings(firm, 2025)]
    stage.put("environment_grade", [grade_row(g, date(2025, 5, 20)) for g in grades], date(2025, 5, 25))
    facts = [f for firm in firms for f in city.facts(firm, 2025)]
    stage.put("environment_fact", [fact_row(f) for f in facts], date(2026, 1, 6))
    on = date(2025, 12, 31)
    rows = stage.run(PROGRAM, "colour_12", on, policy_values(house, PROGRAM, on))
    found = {(stage.name(row["subject"]), row["plant_code"]): row["colour"] for row in rows}
    assert found == {(g.firm.uscc, g.plant): g.colour for g in grades}


def test_the_levy_list_is_the_truth(store: Any, house: Any) -> None:
    stage = Stage(store, house)
    told = truth.Told()
    rows = []
    for firm in city.rated_firms("small"):
        for grade in (g for year in city.YEARS for g in city.ratings(firm, year)):
            told.grade(grade)
            rows.append(grade_row(grade, grade.published_on))
        for grade in city.repairs(firm):
            told.grade(grade)
            rows.append(grade_row(grade, grade.published_on))
    stage.put("environment_grade", rows, date(2026, 10, 30))
    found = {
        (stage.name(row["subject"]), row["plant_code"]): (row["tier"], row["until_on"])
        for row in stage.run(PROGRAM, "surcharge", city.TODAY, policy_values(house, PROGRAM, city.TODAY))
    }
    expected = {
        (each["uscc"], each["plant"]): (
            each["tier"],
            date.fromisoformat(each["until"]) if each["until"] else None,
        )
        for each in truth.levies(told, city.TODAY)
    }
    not_yet = {firm.uscc for firm in city.rated_firms("small") if firm.region == city.NOT_YET}
    assert {key: row for key, row in found.items() if key[0] not in not_yet} == expected


def grade_row(grade: city.Grade, published_on: date) -> dict[str, Any]:
    return {
        "subject": grade.firm.uscc,
        "name": grade.firm.name,
        "plant_code": grade.plant,
        "division": grade.firm.region,
        "period": grade.period,
        "colour": grade.colour,
        "kind": grade.kind,
        "published_on": published_on,
    }


def fact_row(fact: city.Fact) -> dict[str, Any]:
    return {
        "subject": fact.firm.uscc,
        "plant_code": fact.plant,
        "conduct": fact.conduct,
        "occurred_on": fact.occurred_on,
        "valid_until": fact.valid_until,
        "document_number": fact.document,
    }


def test_every_header_is_one_the_catalogue_knows(house: Any) -> None:
    for plan in files.plans("small"):
        item = house.items[plan.item]
        strangers = [head for head in plan.header if head not in item.headers() and head not in item.ignores]
        assert strangers == [], plan.name
        told = {item.headers()[head] for head in plan.header if head in item.headers()}
        assert {name for name, column in item.columns.items() if column.required} <= told, plan.name
