"""House law 9: any past day replays to the same result, and what was lawfully removed since is a named scar.

A redaction rewrites the sheet, its shelf and its lines of the timeline. What stays are the *results* of runs
made before it, the schedules and bill lines drawn from them, and the lists of codes sealed beside a run: they
hold numbers of subjects and records, and whatever texts a rule selects. The shipped rules select divisions,
tiers, colours, periods, plants and accounts, never a name or a document; codes of persons stand there as
keyed digests only. The sealed rows that went back to a sender hold what the sender wrote: a redaction takes
rows out of sheets, and does not reach those.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.city.built import City
from tests.house import later
from tests.house.later import copied

GRADED, BILLED = "2026-10-12", "2026-11-03"
"""A day on which surcharges were found, and one on which bills were reckoned."""
RUNS = "select finding, run_sha256, result_sha256 from findings_run where as_of = '{day}' order by id"
RANKED = {
    "ranked": "-- grain: population\nselect subject, rank() over (order by surcharge desc) as place, because"
    " from surcharge",
    "first": "-- grain: population\nselect subject, place, because from ranked where place = 1",
}
"""Findings that read findings: the sheet is three floors below."""


@pytest.fixture
def mine(city: City, tmp_path: Path) -> City:
    return copied(city, tmp_path)


def rows(city: City, finding: str, day: str) -> list[dict[str, Any]]:
    """The sealed rows of a run of the city, as they lie."""
    ((sha256,),) = city.rows(
        f"select result_sha256 from findings_run where finding = '{finding}' and as_of = '{day}'"
    )
    return pq.read_table(city.home / "results" / sha256[:2] / f"{sha256}.parquet").to_pylist()


def sheet(city: City, number: int) -> Path:
    ((sha256,),) = city.rows(f"select sha256 from records_sheet where id = {number}")
    return city.home / "sheets" / sha256[:2] / f"{sha256}.parquet"


def test_every_past_day_replays_to_the_same_result_from_the_sheets_alone(mine: City) -> None:
    """Every result, shelf and index is thrown away first."""
    for disposable in ("results", "shelves", "timeline", "search"):
        shutil.rmtree(mine.home / disposable)
    days = [day for (day,) in mine.rows("select distinct as_of from findings_run order by as_of")]
    assert len(days) >= 10
    for day in days:
        again = mine.json("replay", day)
        assert [row["finding"] for row in again] == [name for name, *_ in mine.rows(RUNS.format(day=day))]
        assert [(row["was"], row["scars"]) for row in again] == [
            (result, []) for _, _, result in mine.rows(RUNS.format(day=day))
        ]
        assert all(row["is"] == row["was"] for row in again), day


def test_a_day_nobody_reckoned_says_so(city: City) -> None:
    assert city.json("replay", "2019-01-01") == []
    assert "没有封存的研判" in city.run("replay", "2019-01-01")


def test_what_comes_later_leaves_earlier_days_as_they_were(mine: City) -> None:
    """A merge, a batch told later and dearer prices: neither the replay nor a new reckoning differs."""
    days = {"surcharge": GRADED, "bill": BILLED}
    before = {name: later.reckon(mine, name, day)["sha256"] for name, day in days.items()}
    now = later.reckon(mine, "surcharge", later.ON)
    owing = rows(mine, "sewage_tariff.surcharge", GRADED)
    one, other = sorted({row["subject"] for row in owing})[:2]
    ((code, name),) = mine.rows(
        "select i.code, n.text from subjects_identifier i join subjects_name n using (subject) "
        f"where i.subject = {other}"
    )
    said = {
        "uscc": code, "name": name, "period": "2025", "colour": "green", "kind": "rating",
        "published_on": later.ON, "document_number": "云泽环信评〔2026〕99号",
    }  # fmt: skip
    later.merge(mine, one, other)
    assert later.tell(mine, "environment_grade", [said], steward="environment-steward")["taken"] == 1
    bundle = later.adopt_dearer(mine)
    assert {name: later.reckon(mine, name, day)["sha256"] for name, day in days.items()} == before
    assert later.reckon(mine, "bill", BILLED)["bundle"] == bundle, "reckoned anew, under the new bundle"
    for day in days.values():
        assert all(row["is"] == row["was"] and not row["scars"] for row in mine.json("replay", day))
    assert later.reckon(mine, "surcharge", later.ON)["sha256"] != now["sha256"], "the day itself does change"


def test_a_lawful_removal_is_named_in_every_day_it_touches_and_in_no_other(mine: City) -> None:
    record = rows(mine, "sewage_tariff.surcharge", GRADED)[0]["because"][0]
    untouched = "2025-05-28"
    (scar,) = later.redact(mine, [record])
    for day in (GRADED, "2026-05-28"):
        (again,) = mine.json("replay", day)
        assert again["scars"] == [scar]
        assert again["is"] != again["was"]
        shown = mine.run("replay", day)
        for word in ("不同 DIFFERS", "依法删除", "lawfully removed", scar["article"], scar["on"],
                     f"第 {scar['sheet']} 号", f"sheet {scar['sheet']}", scar["old_sha256"][:16],
                     scar["new_sha256"][:16]):  # fmt: skip
            assert word in shown, word
    (again,) = mine.json("replay", untouched)
    assert (again["is"], again["scars"]) == (again["was"], [])
    assert not mine.json("verify")["broken"], "the house check knows the scar too"


def test_a_removal_that_changes_no_result_is_named_all_the_same(mine: City) -> None:
    cited = {record for row in rows(mine, "sewage_tariff.surcharge", GRADED) for record in row["because"]}
    path = sheet(mine, max(cited) >> 32)
    green = next(
        row["record"]
        for row in pq.read_table(path).to_pylist()
        if row["colour"] == "green" and row["record"] not in cited
    )
    (scar,) = later.redact(mine, [green])
    (again,) = mine.json("replay", GRADED)
    assert (again["is"], again["scars"]) == (again["was"], [scar])
    assert "相同 same" in mine.run("replay", GRADED)


def test_two_removals_from_one_sheet_are_two_scars_and_a_backup_undoes_neither(mine: City) -> None:
    first, second = (row["because"][0] for row in rows(mine, "sewage_tariff.surcharge", GRADED)[:2])
    assert first >> 32 == second >> 32
    old = sheet(mine, first >> 32)
    kept = old.read_bytes()
    scars = [*later.redact(mine, [first]), *later.redact(mine, [second], on="2026-12-02")]
    assert scars[0]["new_sha256"] == scars[1]["old_sha256"]
    (again,) = mine.json("replay", GRADED)
    assert sorted(again["scars"], key=scars.index) == scars
    old.write_bytes(kept)
    (restored,) = mine.json("replay", GRADED)
    assert restored == again, "what was removed is not read again because a backup brought the file back"


def test_a_finding_that_reads_findings_names_the_scar_of_the_sheet_below(mine: City) -> None:
    later.reckon(mine, "first", GRADED, rules=RANKED)
    runs = mine.json("replay", GRADED)
    assert [row["finding"] for row in runs][-2:] == ["sewage_tariff.ranked", "sewage_tariff.first"]
    assert all(row["is"] == row["was"] and not row["scars"] for row in runs)
    record = rows(mine, "sewage_tariff.first", GRADED)[0]["because"][0]
    (scar,) = later.redact(mine, [record])
    again = mine.json("replay", GRADED)
    assert all(row["is"] != row["was"] and row["scars"] == [scar] for row in again)


@pytest.mark.parametrize("kind", ["sheet", "input", "run"])
@pytest.mark.parametrize("how", ["missing", "differs"])
def test_a_file_gone_or_changed_without_a_scar_stops_the_replay(mine: City, kind: str, how: str) -> None:
    """Never a silent difference: no row is shown, the status is a fault, the sentence says which file."""
    ((_, run, _),) = mine.rows(RUNS.format(day=GRADED))
    path = mine.home / "runs" / run[:2] / f"{run}.json"
    if kind == "sheet":
        path = sheet(mine, rows(mine, "sewage_tariff.surcharge", GRADED)[0]["because"][0] >> 32)
    elif kind == "input":
        path = next(
            each for each in sorted(mine.home.glob("inputs/*/*.parquet")) if each.stem in path.read_text()
        )
    body = path.read_bytes()
    path.unlink()
    if how == "differs":
        path.write_bytes(body[:60] + bytes([body[60] ^ 1]) + body[61:])
    refused = mine.json("replay", GRADED, status=3)["error"]
    assert refused["id"] == f"run.input_{how}"
    for language in ("zh", "en", "hint_zh", "hint_en"):
        assert refused[language]
    assert path.stem in refused["zh"]
    said = spoken(mine, "replay", GRADED)
    assert path.stem in said
    assert "→" in said


def spoken(city: City, *words: str) -> str:
    """What a command that fails says to a person."""
    done = subprocess.run(
        [sys.executable, "-m", "chengxin.faces.cli", *words],
        env=city.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (3, "")
    return done.stderr


def test_a_result_that_no_longer_follows_is_a_failure_and_says_so(mine: City) -> None:
    """Somebody writes another result beside the run, where no removal explains it."""
    with sqlite3.connect(mine.home / "case.sqlite3") as connection:
        connection.execute(f"update findings_run set result_sha256 = '{'0' * 64}' where as_of = '{GRADED}'")
    (again,) = mine.json("replay", GRADED, status=1)
    assert (again["was"], again["scars"]) == ("0" * 64, [])
    assert "没有依法删除的痕迹" in mine.run("replay", GRADED, status=1)


def test_what_was_removed_stands_in_no_sheet_shelf_or_line_and_no_result_names_it(mine: City) -> None:
    """The truth of the docstring above, held against every sealed file."""
    record = rows(mine, "sewage_tariff.surcharge", GRADED)[0]["because"][0]
    (told,) = [row for row in pq.read_table(sheet(mine, record >> 32)).to_pylist() if row["record"] == record]
    later.redact(mine, [record])
    cited = {sha256 for (sha256,) in mine.rows("select sha256 from records_sheet")}
    for path in [*mine.home.glob("shelves/**/*.parquet"), *mine.home.glob("timeline/**/*.parquet"),
                 *(each for each in mine.home.glob("sheets/*/*.parquet") if each.stem in cited)]:  # fmt: skip
        assert record not in pq.read_table(path, columns=["record"])["record"].to_pylist(), path
    for path in [*mine.home.glob("results/*/*.parquet"), *mine.home.glob("sheets/*/*.parquet")]:
        if path.stem in cited:
            continue
        for name, column in pq.read_table(path).to_pydict().items():
            for text in (told["name"], told["uscc"], told["document_number"]):
                assert text not in column, (path, name)
