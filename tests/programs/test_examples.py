"""Every example of every program, through the real engine, policy check and case file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from chengxin.core.errors import ChengxinError
from chengxin.policy.house import ROOT

from .stage import Stage, overlaid, policy_values

PRICES = {"surcharge": (1_000_000, 2), "base": (1_000_000, 2), "fen": (100, 2)}
VOLUMES = {"volume": (1_000, 3), "surcharged_volume": (1_000, 3)}
SHOWN = PRICES | VOLUMES
"""How a result's integers are written in an example: divisor and decimals."""


def examples(kind: str) -> Iterator[Any]:
    for path in sorted(ROOT.glob("programs/*/examples/*.yml")):
        sheet = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)
        for example in sheet["examples"]:
            if kind == (
                "procedure" if "procedure" in sheet else "refused" if "refused" in example else "finding"
            ):
                program = path.parents[1].name
                yield pytest.param(program, sheet, example, id=f"{program}/{path.stem}: {example['title']}")


@pytest.mark.parametrize(("program", "sheet", "example"), list(examples("finding")))
def test_finding(program: str, sheet: Any, example: Any, store: Any, tmp_path: Path) -> None:
    stage = Stage(store, overlaid(program, example.get("overlays", []), tmp_path))
    on = date.fromisoformat(example["on"])
    for item, rows in example["given"].items():
        stage.put(item, (given(sheet, item, row) for row in rows), date(2010, 1, 1))
    finding = example.get("finding") or sheet["finding"]
    rows = stage.run(program, finding, on, policy_values(stage.house, program, on))
    shown = [
        [written(stage, row, sheet["meaning"][head]) for head in sheet["columns"]["expect"]] for row in rows
    ]
    assert sorted(shown) == sorted(example["expect"])


@pytest.mark.parametrize(("program", "sheet", "example"), list(examples("refused")))
def test_refused(program: str, sheet: Any, example: Any, tmp_path: Path) -> None:
    with pytest.raises(ChengxinError) as refusal:
        overlaid(program, example["overlays"], tmp_path)
    assert example["refused"] in refusal.value.id


def given(sheet: Any, item: str, row: list[str]) -> dict[str, Any]:
    """A row of an example as the catalogue names its columns."""
    renamed = sheet.get("renamed", {}).get(item, {})
    named = {sheet["meaning"][head]: value for head, value in zip(sheet["columns"][item], row, strict=True)}
    told = {renamed.get(name, name): value for name, value in named.items()}
    return {**sheet["always"].get(item, {}), **told}


def written(stage: Stage, row: dict[str, Any], column: str) -> str:
    """A result's cell as an example writes it."""
    value = row[column]
    if column == "subject":
        return stage.name(value)
    if column in SHOWN:
        divisor, decimals = SHOWN[column]
        return f"{Decimal(value) / divisor:.{decimals}f}"
    return "" if value is None else str(value)


@pytest.mark.django_db(databases=["default", "looks"])
@pytest.mark.parametrize(("program", "sheet", "example"), list(examples("procedure")))
def test_procedure(program: str, sheet: Any, example: Any, road: Any) -> None:
    road.open(program, sheet["procedure"])
    if "refused" in example:
        *before, (on, kind, duty) = example["acts"]
        road.walk(before)
        with pytest.raises(ChengxinError) as refusal:
            road.take(date.fromisoformat(on), kind, duty)
        assert example["refused"] in refusal.value.id
        return
    road.walk(example["acts"])
    stands = road.stands()
    assert {name: stands[name] for name in example["expect"]} == example["expect"]
