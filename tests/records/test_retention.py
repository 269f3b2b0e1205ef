"""Retention as a job: what is over goes with a scar, what is held stays, and a restored backup changes nothing."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.city.built import City
from tests.faces.conftest import coded

HEAD = ["社会信用代码", "企业名称", "行政区划", "记分行为", "认定日期", "失效日期", "文书号"]
CODE = coded("91320612MA0DEM00")
TODAY = date.today()  # noqa: DTZ011 - the command asks the same clock


def years_ago(years: int, days: int = 0) -> str:
    return (TODAY.replace(year=TODAY.year - years, day=min(TODAY.day, 28)) - timedelta(days=days)).isoformat()


def hand_in(city: City, folder: Path, rows: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """Facts of one firm: ``(document, determined on, counts until)``."""
    path = folder / "facts.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for document, since, until in rows:
            writer.writerow([CODE, "拟示例有限公司", "320612", "warning", since, until, document])
    told: dict[str, Any] = city.json("load", "environment_fact", str(path), "--agency", "yz-environment")
    return told


def facts(city: City) -> set[str]:
    """The documents of the facts that lie in sealed sheets today."""
    import pyarrow.parquet as pq

    found: set[str] = set()
    for (sha256,) in city.rows("select sha256 from records_sheet where item = 'environment_fact'"):
        sheet = city.home / "sheets" / sha256[:2] / f"{sha256}.parquet"
        found |= set(pq.read_table(sheet, columns=["document_number"])["document_number"].to_pylist())
    return found


def held_anywhere(home: Path, text: str) -> list[str]:
    """The files of a home in which a document's number still stands, as bytes or as a Parquet column."""
    import pyarrow.parquet as pq

    found = []
    for path in home.rglob("*.parquet"):
        if "refused" in path.parts:
            continue
        table = pq.read_table(path)
        if any(text in map(str, column.to_pylist()) for column in table.columns):
            found.append(str(path.relative_to(home)))
    return found


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("retention")
    (folder / "home").mkdir()
    built = City(folder / "home")
    rows = [
        ("OVER", years_ago(8), years_ago(5, 40)),
        ("NOT YET", years_ago(8), years_ago(4, 300)),
        ("WITHOUT END", years_ago(9), ""),
    ]
    assert hand_in(built, folder, rows)["taken"] == 3
    return built


def test_what_is_over_goes_with_its_scar_once_and_again_after_a_restore(city: City, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(city.home, backup)
    (removed,) = city.json("retain")
    assert removed == {
        "item": "environment_fact", "article": "js-env-credit-2019#2", "retention": "5 y", "records": 1,
        "sheets": 1, "kept": 0,
    }  # fmt: skip
    assert facts(city) == {"NOT YET", "WITHOUT END"}
    assert held_anywhere(city.home, "OVER") == []
    assert city.rows("select article from records_redaction") == [("js-env-credit-2019#2",)]
    assert city.rows("select count(*) from ledger_entry where kind = 'redact'") == [(1,)]
    assert city.json("retain") == [], "a second round finds nothing"
    assert city.json("verify")["broken"] == []

    restored = City(tmp_path / "restored")
    shutil.copytree(backup, restored.home)
    assert "OVER" in facts(restored)
    told = restored.json("tick")
    assert told["retain"] == {"environment_fact": 1}
    assert facts(restored) == {"NOT YET", "WITHOUT END"}
    assert held_anywhere(restored.home, "OVER") == []
    assert restored.json("tick")["retain"] == "–"


HOLD = """
import json, sys
from pathlib import Path
from chengxin.faces import boot
boot.setup_django(Path(sys.argv[1])); boot.ready(quiet=True)
from chengxin.effects.models import Standing
from chengxin.records.models import Sheet
record = Sheet.objects.get(item="environment_fact").pk << 32
from datetime import date
import pyarrow.parquet as pq
from chengxin.faces.premises import premises
sheet = Sheet.objects.get(item="environment_fact")
rows = pq.read_table(premises().store.sheet(sheet.sha256), columns=["record", "document_number"]).to_pylist()
(record,) = [row["record"] for row in rows if row["document_number"] == "OVER"]
Standing.objects.create(subject=1, kind="publication", program="p", effect="e", title="t", adverse=True,
                        article="a", agency="x", since=date(2020, 1, 1), record=record)
print(json.dumps(record))
"""


def test_what_an_effect_in_force_rests_on_is_kept_until_it_ends(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    mine = City(tmp_path / "home")
    assert hand_in(mine, tmp_path, [("OVER", years_ago(8), years_ago(5, 40))])["taken"] == 1
    mine.python(HOLD, str(mine.home))
    (kept,) = mine.json("retain")
    assert (kept["records"], kept["kept"]) == (0, 1)
    assert facts(mine) == {"OVER"}
