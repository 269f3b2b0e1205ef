"""Four years of real grades, told side by side, become ratings of the right firms and a levy list.

Everything is reckoned a second time here in plain Python: the file by ``csv``, the sheets by ``pyarrow``, and
the rule as its README tells it, without a line of the product's SQL.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from stdnum.cn import uscc as second_opinion

from tests.records.installed import Installed, fresh

pytestmark = pytest.mark.real
YEARS = ("2016", "2017", "2018", "2019")
COLOURS = {"1": "green", "2": "blue", "3": "yellow", "4": "red"}
WHOLE = re.compile("[0-9A-Z]{18}")
RUINED = re.compile(r"[0-9.]+E\+[0-9]+")
Rating = tuple[str, str, str, str]
"""(code, the line of the file, year, colour)"""


def plain(cell: str) -> str:
    return re.sub(r"[\s\u200b`']", "", cell).upper()


def whole(code: str) -> bool:
    return bool(WHOLE.fullmatch(code)) and second_opinion.is_valid(code)


def bearer(row: dict[str, str]) -> tuple[str | None, bool]:
    """Whose line it is, and whether the permit number had to say so."""
    code, permit = plain(row["uscc"]), plain(row["permission"])
    if whole(code):
        return code, False
    return (permit[:18], True) if whole(permit[:18]) else (None, False)


def lines(path: Path) -> list[dict[str, str]]:
    """The file's lines with the number a person sees beside each."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{**row, "line": str(number)} for number, row in enumerate(csv.DictReader(file), start=2)]


def ratings(rows: Iterable[dict[str, str]]) -> set[Rating]:
    return {
        (code, row["line"], year, COLOURS[row[f"env_credit_{year}"]])
        for row in rows
        if (code := bearer(row)[0])
        for year in YEARS
        if row[f"env_credit_{year}"]
    }


def told_until(path: Path, year: str, folder: Path) -> Path:
    """The sheet as it stood when that year had been rated: later columns are still blank."""
    target = folder / f"until_{year}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    later = [
        place for place, head in enumerate(rows[0]) if head.startswith("env_credit_") and head[-4:] > year
    ]
    for row in rows[1:]:
        for place in later:
            row[place] = ""
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return target


def sheets(installed: Installed) -> list[dict[str, Any]]:
    """Every record of every sheet of the item, read without the product."""
    found: list[dict[str, Any]] = []
    for (sha256,) in installed.rows(
        "select sha256 from records_sheet where item = 'environment_grade' order by id"
    ):
        found += pq.read_table(installed.home / "sheets" / sha256[:2] / f"{sha256}.parquet").to_pylist()
    return found


def load(installed: Installed, path: Path, told_on: str) -> dict[str, Any]:
    return installed.load("environment_grade", path, "--mapping", "env_credit_ningxia", "--told-on", told_on)


@pytest.fixture(scope="module")
def path(real: Callable[[str], Path]) -> Path:
    return real("env_credit_ningxia.csv")


@pytest.fixture(scope="module")
def as_it_is(path: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Installed, dict[str, Any]]:
    """The whole file, handed in once, with its receipt."""
    installed = fresh(tmp_path_factory.mktemp("whole"))
    return installed, load(installed, path, "2020-06-01")


def test_the_grades_are_on_the_right_firms(path: Path, as_it_is: tuple[Installed, dict[str, Any]]) -> None:
    installed, receipt = as_it_is
    wanted = ratings(lines(path))
    found = sheets(installed)
    assert {(row["code"], str(row["row"]), row["period"], row["colour"]) for row in found} == wanted
    assert len(found) == len(wanted) == receipt["taken"]
    names = {row["line"]: row["name"] for row in lines(path)}
    assert all(row["name"] == names[str(row["row"])] for row in found)
    assert {(row["kind"], row["document_number"]) for row in found} == {("rating", None)}
    assert receipt["unlinked"] == 0
    bearers = installed.rows("select code from subjects_identifier where scheme = 'uscc'")
    assert {code for (code,) in bearers} == {code for code, *_ in wanted}


def test_ruined_codes_are_recovered_or_sent_back_and_counted(
    path: Path, as_it_is: tuple[Installed, dict[str, Any]]
) -> None:
    receipt = as_it_is[1]
    rows = lines(path)
    given = {row["line"]: sum(bool(row[f"env_credit_{year}"]) for year in YEARS) for row in rows}
    recovered = sum(given[row["line"]] for row in rows if bearer(row)[1])
    lost = [row for row in rows if bearer(row)[0] is None]
    assert receipt["read"] == sum(given.values()) == receipt["taken"] + receipt["quarantined"]
    assert receipt["by_reason"]["recovered_from_permit"] == recovered > 0
    assert receipt["quarantined"] == sum(given[row["line"]] for row in lost) > 0
    reasons: Counter[str] = Counter()
    for row in lost:
        code, permit = plain(row["uscc"]), plain(row["permission"])
        if RUINED.fullmatch(code):
            reason = "ruined_code"
        elif code in ("", "-") and permit in ("", "-"):
            reason = "none_of"
        else:
            odd = permit if code in ("", "-") else code
            reason = (
                "code_check" if len(odd) in (18, 22) and odd.isalnum() and odd.isascii() else "code_shape"
            )
        reasons[reason] += given[row["line"]]
    assert {name: count for name, count in receipt["by_reason"].items() if name in reasons} == reasons
    assert sum(reasons.values()) == receipt["quarantined"]


def test_what_goes_back_says_how_to_mend_it(as_it_is: tuple[Installed, dict[str, Any]]) -> None:
    installed, receipt = as_it_is
    ((sha256,),) = installed.rows("select refused_sha256 from records_batch where item = 'environment_grade'")
    refused = pq.read_table(installed.home / "refused" / sha256[:2] / f"{sha256}.parquet").to_pylist()
    assert len(refused) == receipt["quarantined"]
    assert all(
        row["zh"] and row["en"] and row["remedy_zh"] and row["remedy_en"] and row["row"] >= 2
        for row in refused
    )


def test_sent_again_it_takes_nothing(path: Path, as_it_is: tuple[Installed, dict[str, Any]]) -> None:
    installed, first = as_it_is
    again = load(installed, path, "2020-06-02")
    assert (again["taken"], again["held"]) == (0, first["taken"])


def levy(rows: Iterable[dict[str, Any]], on: date) -> dict[tuple[str, str], tuple[str, int]]:
    """(code, plant) → (tier, micro-yuan a cubic metre), as the README tells the rule.

    Red in the newest published rating pays 0.60, red in it and in the one before 1.00; anybody else nothing.
    """
    by_plant: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in rows:
        if row["published_on"] <= on:
            by_plant[row["code"], row["plant_code"] or ""][row["period"]] = row["colour"]
    found = {}
    for plant, periods in by_plant.items():
        *before, last = [periods[year] for year in sorted(periods)]
        if last == "red":
            found[plant] = ("red_again", 1_000_000) if before[-1:] == ["red"] else ("red", 600_000)
    return found


TOLD = {"2016": "2017-03-01", "2017": "2018-03-01", "2018": "2019-03-01", "2019": "2020-03-01"}
DAYS = ("2016-12-31", "2017-02-28", "2017-03-01", "2017-12-31", "2018-06-30", "2019-06-30", "2020-06-30")


@pytest.fixture(scope="module")
def year_by_year(path: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The sheet as it was told each spring: each telling repeats the years before."""
    installed = fresh(tmp_path_factory.mktemp("years"))
    folder: Path = tmp_path_factory.mktemp("told")
    held = 0
    for year, told_on in TOLD.items():
        receipt = load(installed, told_until(path, year, folder), told_on)
        assert receipt["held"] == held, "what was told before is known"
        held += receipt["taken"]
    return installed


def reckoned(installed: Installed, day: str) -> dict[tuple[str, str], tuple[str, int]]:
    ended = installed.run("reckon", "sewage_tariff.surcharge", "--as-of", day, "--json")
    assert ended.status == 0, ended.err
    (told,) = ended.json()
    sha256 = told["sha256"]
    rows = pq.read_table(installed.home / "results" / sha256[:2] / f"{sha256}.parquet").to_pylist()
    assert len(rows) == told["rows"]
    codes = dict(installed.rows("select subject, code from subjects_identifier where scheme = 'uscc'"))
    by_record = {row["record"]: row for row in sheets(installed)}
    for row in rows:
        assert row["because"], "a levy that rests on nothing"
        assert all(by_record[record]["code"] == codes[row["subject"]] for record in row["because"])
        assert all(by_record[record]["colour"] == "red" for record in row["because"])
        assert len(row["because"]) == (2 if row["tier"] == "red_again" else 1)
    return {(codes[row["subject"]], row["plant_code"]): (row["tier"], row["surcharge"]) for row in rows}


@pytest.mark.parametrize("day", DAYS)
def test_the_levy_list_of_a_day_is_what_plain_python_makes_of_the_sheets(
    year_by_year: Installed, day: str
) -> None:
    on = date.fromisoformat(day)
    told = {
        number
        for number, told_on in year_by_year.rows(
            "select s.id, b.told_on from records_sheet s join records_batch b on b.id = s.batch_id"
        )
        if date.fromisoformat(str(told_on)) <= on
    }
    wanted = levy((row for row in sheets(year_by_year) if row["record"] >> 32 in told), on)
    assert reckoned(year_by_year, day) == wanted
    assert bool(wanted) == (day >= "2017-03-01"), "nobody pays before the first rating is told"


def test_the_levy_list_agrees_with_the_file_itself(path: Path, year_by_year: Installed) -> None:
    """Straight from the file: how many sites are red in 2019, and how many of them were in 2018."""
    rows = [row for row in lines(path) if bearer(row)[0]]
    red = [row for row in rows if row["env_credit_2019"] == "4"]
    again = [row for row in red if row["env_credit_2018"] == "4"]
    found = Counter(tier for tier, _ in reckoned(year_by_year, "2020-06-30").values())
    assert found == {"red": len(red) - len(again), "red_again": len(again)}
    assert {code for code, _ in reckoned(year_by_year, "2020-06-30")} == {bearer(row)[0] for row in red}
