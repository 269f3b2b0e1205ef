"""A small stage for findings: rows become sealed sheets, and the real engine runs the real SQL over them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.engine.run import ItemSpec, PolicyValue, RunSpec, SheetRef, execute
from chengxin.engine.store import Store
from chengxin.policy.house import load

ARROW = {
    "BIGINT": pa.int64(),
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "BOOLEAN": pa.bool_(),
}
SCALE = {"立方米": 1_000, "微元/立方米": 1_000_000}
"""How many of what a sheet keeps make one of the unit people write."""


def cell(text: Any, kind: str, unit: str = "") -> Any:
    """A text as the typed cell a sheet holds."""
    if text in ("", None):
        return None
    if not isinstance(text, str):
        return text
    if kind == "DATE":
        return date.fromisoformat(text)
    if kind == "BOOLEAN":
        return text == "true"
    if kind == "BIGINT":
        return int(Decimal(text) * SCALE[unit]) if "." in text else int(text)
    return text


def policy_values(house: Any, program: str, on: date) -> tuple[PolicyValue, ...]:
    """The table ``policy`` as a run of that day carries it."""
    return tuple(
        PolicyValue(f"{table}.{name}", region, since, until, number, text, unit, basis, status)
        for table, name, region, since, until, number, text, unit, basis, status in house.policy_rows(
            program, on
        )
    )


@cache
def shipped() -> Any:
    """The house as the repository proposes it, without a place's overlays; read once."""
    return load(overlay_paths=[])


def overlaid(program: str, overlays: list[dict[str, Any]], folder: Path) -> Any:
    """The shipped house with an example's overlays in the place of the demo city's."""
    if not overlays:
        return shipped()
    for number, overlay in enumerate(overlays):
        region = {"basis": overlay["basis"], "values": overlay["values"]}
        body = {"program": program, "policy": overlay["policy"], "regions": {overlay["region"]: region}}
        (folder / f"{number}.yml").write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    return load(overlay_paths=[folder])


@dataclass
class Stage:
    """Subjects by a name, sheets by item, and the runs over them."""

    store: Store
    house: Any
    subjects: dict[str, int] = field(default_factory=dict)
    items: dict[str, ItemSpec] = field(default_factory=dict)
    sheets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def subject(self, name: str) -> int:
        return self.subjects.setdefault(name, 1001 + len(self.subjects))

    def name(self, subject: int) -> str:
        return next(name for name, number in self.subjects.items() if number == subject)

    def put(self, item: str, rows: Iterable[Mapping[str, Any]], told: date) -> None:
        """One sheet of an item; each row names its ``subject`` and gives columns as text or typed."""
        declared = self.house.items[item]
        kinds = declared.sql_types()
        number = len(self.items) + 1
        typed: list[dict[str, Any]] = []
        for place, row in enumerate(rows):
            name = str(row["subject"])
            self.subject(name)
            values = {
                each: cell(row.get(each), kind, declared.columns[each].unit or "")
                for each, kind in kinds.items()
                if each != "code"  # a sheet keeps the code that identifies, under that one name
            }
            typed.append(
                {"record": number << 32 | place, "row": place, "scheme": "test", "code": name, **values}
            )
        schema = pa.schema(
            [("record", pa.int64()), ("row", pa.int64()), ("scheme", pa.string()), ("code", pa.string())]
            + [(each, ARROW[kind]) for each, kind in kinds.items() if each != "code"]
        )
        sha256 = self._seal(pa.Table.from_pylist(typed, schema=schema), "sheet")
        sheet = SheetRef(number, sha256, len(typed), told, "yz-environment", "320600")
        self.items[item] = ItemSpec(kinds, (sheet,) if typed else ())
        self.sheets[item] = typed

    def run(
        self, program: str, finding: str, on: date, policy: tuple[PolicyValue, ...]
    ) -> list[dict[str, Any]]:
        """The finding's rows, by the very SQL of the program."""
        declared = self.house.programs[program]
        rule = self.house.finding(program, finding)
        identities = self._seal(
            pa.Table.from_pylist(
                [{"scheme": "test", "code": name, "subject": of} for name, of in self.subjects.items()],
                schema=pa.schema([("scheme", pa.string()), ("code", pa.string()), ("subject", pa.int64())]),
            ),
            "input",
        )
        items = {
            each: replace(self.items[each], identities=identities)
            if each in self.items
            else ItemSpec(self.house.items[each].sql_types(), ())
            for each in declared.reads
        }
        spec = RunSpec(
            program=program,
            finding=finding,
            as_of=on,
            grain=rule.grain,
            sql=rule.sql,
            bundle="0" * 64,
            items=items,
            policy=policy,
        )
        rows: list[dict[str, Any]] = pq.read_table(execute(spec, self.store).path).to_pylist()
        return rows

    def _seal(self, table: pa.Table, kind: Any) -> str:
        path: Path = self.store.temp(".parquet")
        pq.write_table(table, path)
        return self.store.seal_file(path, kind)
