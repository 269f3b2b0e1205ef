"""A house of two rules, and a records room whose sheets are given by the test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chengxin.engine.run import ItemInput, SheetRef
from chengxin.engine.store import Store
from chengxin.policy.house import House
from chengxin.policy.items import Column, Item
from chengxin.policy.programs import Finding, Program
from chengxin.policy.values import Cell, Values
from chengxin.subjects.models import Identifier, Linkage

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

HEAVY = """-- heavy 重罚: who was fined heavily.
-- grain: subject
select penalty.subject, sum(penalty.amount)::bigint as total, list(penalty.record) as because
from penalty
cross join policy
where policy.name = 'limits.heavy' and penalty.amount >= policy.value
group by penalty.subject
"""
LISTED = """-- listed 名单: who stands first among those fined heavily.
-- grain: population
select subject, rank() over (order by total desc) as place, because
from heavy
"""


def column(name: str, kind: Any, **more: Any) -> Column:
    return Column(name, name, name, kind, "law#1", "public", **more)


PENALTY = Item(
    name="penalty",
    title="处罚",
    title_en="Penalty",
    about="organisation",
    basis="law#1",
    reporters=("environment",),
    disclosure="public",
    retention="5 y",
    frequency="monthly",
    columns={"uscc": column("uscc", "identifier", scheme="uscc"), "amount": column("amount", "money")},
    identifies=(("uscc", "uscc"),),
)
LIMITS = Values(
    program="credit",
    name="limits",
    title="界限",
    title_en="Limits",
    unit="分",
    basis="law#1",
    cells={"heavy": {"": (Cell(date(2015, 1, 1), None, 100, "law#1", "proposal", ""),)}},
)


def house_of(**rules: str) -> House:
    """A house whose one program has these rules; their grain is what their header says."""
    findings = {
        f"credit.{name}": Finding(
            "credit", name, name, "", "population" if "population" in sql else "subject", sql
        )
        for name, sql in rules.items()
    }
    program = Program(
        name="credit",
        title="信用",
        title_en="Credit",
        about="organisation",
        reads=("penalty",),
        finds=tuple(rules),
        decides=(),
        effects={},
        pages=(),
    )
    return House({}, {}, {"penalty": PENALTY}, {"credit": program}, {"credit.limits": LIMITS}, {}, findings)


@pytest.fixture
def house() -> House:
    return house_of(listed=LISTED, heavy=HEAVY)


@dataclass
class Records:
    """What ``records.asof`` would answer: sheets as the test hands them in."""

    store: Store
    given: ItemInput = field(default_factory=lambda: ItemInput([]))

    def inputs(self, item: str, as_of: date, *, store: Store, house: House) -> ItemInput:
        told = [sheet for sheet in self.given.sheets if sheet.told_on <= as_of]
        return replace(self.given, sheets=told)

    def sheet(self, rows: Iterable[Sequence[Any]], told: date = date(2026, 1, 5)) -> None:
        """Rows are ``(uscc, amount)``; the sheet's number is its place."""
        number = len(self.given.sheets) + 1
        table = self._table([(number << 32 | place, *row) for place, row in enumerate(rows)])
        path = self.store.temp(".parquet")
        pq.write_table(table, path)
        sha256 = self.store.seal_file(path, "sheet")
        self.given.sheets.append(SheetRef(number, sha256, table.num_rows, told, "nj-environment", "320100"))

    def hot(self, record: int, uscc: str, amount: int) -> None:
        table = self._table([(record, uscc, amount)])
        for name, value in (("told", date(2026, 2, 1)), ("agency", "nj-water"), ("region", "320100")):
            table = table.append_column(name, pa.array([value]))
        self.given = replace(self.given, hot=self._input(table))

    def gone(self, *records: int) -> None:
        self.given = replace(
            self.given, gone=self._input(pa.table({"record": pa.array(records, pa.int64())}))
        )

    def _input(self, table: pa.Table) -> Any:
        path = self.store.temp(".parquet")
        pq.write_table(table, path)
        return self.store.input(self.store.seal_file(path, "input"))

    @staticmethod
    def _table(rows: list[tuple[Any, ...]]) -> pa.Table:
        kept = [
            {"record": record, "row": place, "scheme": "uscc", "code": uscc, "uscc": uscc, "amount": amount}
            for place, (record, uscc, amount) in enumerate(rows)
        ]
        kinds = [pa.int64(), pa.int64(), pa.string(), pa.string(), pa.string(), pa.int64()]
        names = ["record", "row", "scheme", "code", "uscc", "amount"]
        return pa.Table.from_pylist(kept, schema=pa.schema(list(zip(names, kinds, strict=True))))


@pytest.fixture
def records(store: Store, monkeypatch: pytest.MonkeyPatch) -> Records:
    room = Records(store)
    monkeypatch.setattr("chengxin.records.asof.inputs", room.inputs)
    monkeypatch.setattr("chengxin.records.shelves.covering", lambda *_, **__: None)
    return room


def know(code: str, subject: int, since: datetime = LONG_AGO) -> None:
    """The registry learns a code."""
    Identifier.objects.create(subject=subject, scheme="uscc", code=code, since=since)


def join(subject: int, since: datetime, *, gone: int | None = None, record: int | None = None) -> None:
    """Two subjects become one, or an official says whose a record is."""
    Linkage.objects.create(gone=gone, record=record, subject=subject, since=since, official=1, reason="核实")
