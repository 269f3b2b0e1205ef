"""The provincial picture of 2016 and a city's two years of water: found by rule, counted again by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from . import by_hand
from .stage import Stage, policy_values

PROVINCE = {"green": 414, "blue": 498, "yellow": 94, "red": 40, "black": 18}
IMPROVED = 40
PUBLISHED = date(2017, 5, 20)
REPAIRED = date(2017, 9, 15)
PROGRAM = "sewage_tariff"


def province() -> list[dict[str, Any]]:
    colours = [colour for colour, count in PROVINCE.items() for _ in range(count)]
    return [
        {
            "subject": f"厂{number:04d}",
            "name": f"演示{number:04d}",
            "division": "320612",
            "period": "2016",
            "colour": colour,
            "kind": "rating",
            "published_on": PUBLISHED,
            "document_number": "演示〔2017〕1号",
        }
        for number, colour in enumerate(colours)
    ]


def repairs(grades: list[dict[str, Any]]) -> list[dict[str, Any]]:
    bad = [row for row in grades if row["colour"] in ("red", "black")]
    return [{**row, "colour": "yellow", "kind": "repair", "published_on": REPAIRED} for row in bad[:IMPROVED]]


@pytest.fixture
def stage(store: Any, house: Any) -> Stage:
    return Stage(store, house)


def test_the_province_of_2016_gives_58_levies(stage: Stage) -> None:
    grades = province()
    assert len(grades) == 1_064
    stage.put("environment_grade", grades, PUBLISHED)
    on = date(2017, 6, 1)
    rows = stage.run(PROGRAM, "surcharge", on, policy_values(stage.house, PROGRAM, on))
    assert len(rows) == 58
    tiers = [row["tier"] for row in rows]
    assert (tiers.count("red"), tiers.count("black"), tiers.count("red_again")) == (40, 18, 0)
    found = {(stage.name(row["subject"]), row["plant_code"]): (row["tier"], row["until_on"]) for row in rows}
    assert found == by_hand.levies(stage.sheets["environment_grade"], on)


def test_forty_firms_that_improve_show_their_exits(stage: Stage) -> None:
    grades = province()
    stage.put("environment_grade", [*grades, *repairs(grades)], REPAIRED)
    bad = [row for row in grades if row["colour"] in ("red", "black")]
    stage.put("tariff_in_force", [in_force(row) for row in bad], date(2017, 7, 1))
    september, october = date(2017, 9, 30), date(2017, 10, 1)
    rows = stage.run(PROGRAM, "exit", september, policy_values(stage.house, PROGRAM, september))
    assert len(rows) == IMPROVED
    assert {(row["why"], row["ends_on"]) for row in rows} == {("repaired", october)}
    still = stage.run(PROGRAM, "surcharge", september, policy_values(stage.house, PROGRAM, september))
    after = stage.run(PROGRAM, "surcharge", october, policy_values(stage.house, PROGRAM, october))
    assert (len(still), len(after)) == (58, 18)
    for on, rows in ((september, still), (october, after)):
        found = {
            (stage.name(row["subject"]), row["plant_code"]): (row["tier"], row["until_on"]) for row in rows
        }
        assert found == by_hand.levies(stage.sheets["environment_grade"], on)


def in_force(grade: dict[str, Any], **more: Any) -> dict[str, Any]:
    tier = grade["colour"]
    return {
        **{each: grade[each] for each in ("subject", "name", "division")},
        "plant_code": grade.get("plant_code", ""),
        "tier": tier,
        "surcharge": 600_000 if tier == "red" else 1_000_000,
        "rating_period": "2016",
        "case_number": "演示案1号",
        "document_number": "演示执1号",
        "decided_on": date(2017, 6, 20),
        "from_on": date(2017, 7, 1),
        **more,
    }


def test_the_bills_of_a_city_agree_to_the_fen(stage: Stage) -> None:
    """Every account and reading of the small demo city, some tariffs that begin and end in mid-cycle."""
    from chengxin.places.demo import city

    firms = list(city.rated_firms("small"))[:400]
    accounts = [a for firm in firms for a in city.accounts(firm)]
    stage.put("water_account", [account_row(a) for a in accounts], city.FIRST_READING)
    meters = [a for a in accounts if a.firm == a.holder]
    readings = [reading_row(r) for a in meters for r in city.readings(a)]
    stage.put("water_reading", readings, city.TODAY)
    stage.put("tariff_in_force", list(tariffs(firms)), city.TODAY)
    rows = stage.run(PROGRAM, "bill", city.TODAY, policy_values(stage.house, PROGRAM, city.TODAY))
    found = {
        (row["account"], stage.name(row["subject"]), row["plant_code"], row["to_on"]): (
            row["volume"],
            row["surcharged_volume"],
            row["fen"],
        )
        for row in rows
    }
    told = stage.sheets
    expected = by_hand.bills(
        [{**row, "subject": stage.subjects[row["code"]]} for row in told["water_account"]],
        told["water_reading"],
        told["tariff_in_force"],
        base=lambda _: Fraction(12, 10),
    )
    assert len(rows) == len(found) > 4_000
    assert found == expected
    assert sum(fen for _, surcharged, fen in found.values() if surcharged) > 0


def account_row(account: Any) -> dict[str, Any]:
    return {
        "subject": account.firm.uscc,
        "account": account.number,
        "uscc": account.firm.uscc,
        "name": account.firm.name,
        "plant_code": account.plant,
        "division": "320612",
        "share": account.share,
        "own_well": account.own_well,
        "cycle": f"m{account.months}",
        "from_on": date(2024, 10, 1),
        "confirmed_on": date(2024, 10, 18) if account.confirmed else None,
    }


def reading_row(reading: Any) -> dict[str, Any]:
    return {
        "subject": reading.holder.uscc,
        "account": reading.account,
        "uscc": reading.holder.uscc,
        "name": reading.holder.name,
        "from_on": reading.from_on,
        "to_on": reading.to_on,
        "volume": reading.volume,
    }


def tariffs(firms: list[Any]) -> Any:
    for number, firm in enumerate(firms):
        if number % 5:
            continue
        grade = {"subject": firm.uscc, "name": firm.name, "division": "320612", "colour": "red"}
        first = in_force(grade, plant_code=firm.plants[0], from_on=date(2025, 7, 1))
        if number % 3 == 0:
            yield {**first, "to_on": date(2025, 12, 1)}
        else:
            yield first
            again = {"tier": "red_again", "surcharge": 1_000_000, "from_on": date(2026, 7, 1)}
            yield {**first, **again, "case_number": "演示案2号"}
