"""A real registry of 145,005 organisations goes in through the installed command, is found, and goes in once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from chengxin.core.identifiers import is_valid, normalise
from tests.records.installed import Installed, fresh

pytestmark = pytest.mark.real
Registry = tuple[Installed, dict[str, Any], Path]


@pytest.fixture(scope="module")
def registry(real: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Registry:
    path = real("enterprises_jiangsu.parquet")
    installed = fresh(tmp_path_factory.mktemp("registry"))
    return installed, installed.load("organisation", path), path


def test_every_row_is_accounted_for(registry: Registry, capsys: pytest.CaptureFixture[str]) -> None:
    installed, receipt, path = registry
    with capsys.disabled():
        sys.stdout.write(f"\n  {receipt['read']:,} organisations in {receipt['seconds']:.1f} s: {receipt}\n")
    assert receipt["read"] == pq.read_metadata(path).num_rows == 145_005
    assert receipt["read"] == receipt["taken"] + receipt["held"] + receipt["quarantined"]
    codes = pq.read_table(path, columns=["code"])["code"].to_pylist()
    assert receipt["unlinked"] == 0
    ((subjects,),) = installed.rows("select count(*) from subjects_subject")
    assert subjects == len({normalise(code) for code in codes}), "one subject a code"


def test_what_was_taken_is_what_the_file_says(registry: Registry) -> None:
    """Every code and name, read again without the product."""
    installed, receipt, path = registry
    ((sha256,),) = installed.rows("select sha256 from records_sheet where item = 'organisation'")
    taken = pq.read_table(
        installed.home / "sheets" / sha256[:2] / f"{sha256}.parquet",
        columns=["row", "scheme", "code", "name", "division", "registered_on"],
    ).to_pylist()
    given = pq.read_table(path, columns=["code", "name", "reg_division", "registered_on"]).to_pylist()
    assert len(taken) == receipt["taken"]
    for row in taken:
        source = given[row["row"] - 1]
        assert row["code"] == normalise(source["code"])
        assert row["name"] == source["name"].strip()
        assert is_valid(row["scheme"], row["code"])
        assert (row["division"] or "") == (source["reg_division"] or "")[:6]
        assert str(row["registered_on"] or "") == (source["registered_on"] or "")


def test_sent_again_it_takes_nothing(registry: Registry) -> None:
    installed, first, path = registry
    again = installed.load("organisation", path)
    assert (again["taken"], again["quarantined"]) == (0, first["quarantined"])
    assert again["held"] == first["taken"] + first["held"]
    assert installed.rows("select count(*) from subjects_subject") == [
        (len({normalise(code) for code in pq.read_table(path, columns=["code"])["code"].to_pylist()}),)
    ]


def test_organisations_are_found_by_name_and_by_code(registry: Registry) -> None:
    installed, _, path = registry
    given = pq.read_table(path, columns=["code", "name"]).to_pylist()
    wanted = [given[place] for place in (0, 777, 31_415, 99_999, 145_004)]
    asked = [row["name"] for row in wanted] + [row["code"] for row in wanted]
    answers = installed.several([["search", text, "--json"] for text in asked])
    for row, answer in zip([*wanted, *wanted], answers, strict=True):
        assert normalise(row["code"]) in [hit["code"] for hit in answer.json()], row


def test_bodies_of_other_kinds_go_in_beside_them(registry: Registry, real: Callable[[str], Path]) -> None:
    installed = registry[0]
    receipt = installed.load("organisation", real("nonprofit_and_public_bodies_cn.csv"))
    assert receipt["read"] == 241 == receipt["taken"] + receipt["held"] + receipt["quarantined"]
    assert receipt["quarantined"] == sum(
        count
        for reason, count in receipt["by_reason"].items()
        if reason.startswith(("code_", "ruined", "required"))
    )
    prefixes = installed.rows(
        "select distinct substr(code, 1, 2) from subjects_identifier where scheme = 'uscc' and code not like '9%'"
    )
    assert {"51", "52", "11", "12"} <= {prefix for (prefix,) in prefixes}
