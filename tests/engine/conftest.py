"""A bench for runs: rows given in the test become sealed sheets, codes and shelves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chengxin.engine.run import ItemSpec, PolicyValue, RunSpec, SheetRef, Shelf
from chengxin.engine.store import Store

COLUMNS = {"kind": "VARCHAR", "amount": "BIGINT", "decided_on": "DATE", "grave": "BOOLEAN"}
ARROW = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "DATE": pa.date32(), "BOOLEAN": pa.bool_()}

HEAVY = """-- heavy 重罚: who was fined heavily, and by which records.
-- grain: subject
with fined as (
  select subject, count(*)::bigint as times, sum(amount)::bigint as total, max(decided_on) as newest,
         list(record) as because
  from penalty
  where decided_on <= $as_of
  group by subject
)
select fined.subject, case when fined.total >= limits.value then 'heavy' else 'light' end as tier,
       fined.times, fined.total, fined.newest, fined.because
from fined
cross join policy as limits
where limits.name = 'limits.heavy'
"""
LIMIT = PolicyValue("limits.heavy", "", date(2015, 1, 1), None, 1000, None, "分", "law#1", "adopted")


@dataclass
class Bench:
    """Rows are ``(code, kind, amount, decided_on, grave)``; ``codes`` says whose each code is."""

    store: Store
    codes: dict[str, int] = field(default_factory=dict)
    refs: list[SheetRef] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def sheet(self, number: int, rows: Iterable[Sequence[Any]], told: date = date(2020, 1, 1)) -> SheetRef:
        table = [
            {"record": number << 32 | place, "row": place, "scheme": "uscc", "code": code}
            | dict(zip(COLUMNS, values, strict=True))
            for place, (code, *values) in enumerate(rows)
        ]
        sha256 = self.seal(table, {"row": "BIGINT", **COLUMNS}, "sheet")
        ref = SheetRef(number, sha256, len(table), told, f"agency{number}", "320500")
        self.refs.append(ref)
        self.rows += [row | {"told": told, "agency": ref.agency, "region": ref.region} for row in table]
        return ref

    def seal(self, rows: list[dict[str, Any]], columns: dict[str, str], kind: Any) -> str:
        fixed = [("record", pa.int64()), ("scheme", pa.string()), ("code", pa.string())]
        schema = pa.schema(fixed + [(name, ARROW[type_]) for name, type_ in columns.items()])
        return self.seal_table(pa.Table.from_pylist(rows, schema=schema), kind)

    def seal_table(self, table: pa.Table, kind: Any = "input") -> str:
        path = self.store.temp(".parquet")
        pq.write_table(table, path)
        return self.store.seal_file(path, kind)

    def records(self, numbers: Iterable[int]) -> str | None:
        wanted = list(numbers)
        return self.seal_table(pa.table({"record": pa.array(wanted, pa.int64())})) if wanted else None

    def linked(self, pairs: dict[int, int]) -> str | None:
        if not pairs:
            return None
        columns = {"record": list(pairs), "subject": list(pairs.values())}
        return self.seal_table(pa.table({name: pa.array(each, pa.int64()) for name, each in columns.items()}))

    def identities(self) -> str | None:
        if not self.codes:
            return None
        rows = [{"scheme": "uscc", "code": code, "subject": subject} for code, subject in self.codes.items()]
        schema = pa.schema([("scheme", pa.string()), ("code", pa.string()), ("subject", pa.int64())])
        return self.seal_table(pa.Table.from_pylist(rows, schema=schema))

    def spec(
        self, sql: str = HEAVY, *, gone: Iterable[int] = (), linked: dict[int, int] | None = None, **more: Any
    ) -> RunSpec:
        item = ItemSpec(
            COLUMNS,
            tuple(sorted(self.refs)),
            gone=self.records(gone),
            hot=more.pop("hot", None),
            identities=self.identities(),
            linked=self.linked(linked or {}),
        )
        asked = {"as_of": date(2024, 1, 1), "grain": "subject", "policy": (LIMIT,)} | more
        return RunSpec("credit", "heavy", sql=sql, bundle="0" * 64, items={"penalty": item}, **asked)

    def shelf(self, sheets: Iterable[int] | None = None, merged: dict[int, int] | None = None) -> Shelf:
        """As the records room shelves: every row of the sheets with the subject it had then, sorted."""
        covered = [ref for ref in self.refs if sheets is None or ref.id in set(sheets)]
        numbers = {ref.id for ref in covered}
        was = {kept: gone for gone, kept in (merged or {}).items()}
        rows = [
            {**row, "subject": was.get(self.codes.get(row["code"], 0), self.codes.get(row["code"]))}
            for row in self.rows
            if row["record"] >> 32 in numbers
        ]
        rows.sort(key=lambda row: (row["subject"] is None, row["subject"] or 0, row["record"]))
        fixed = [("subject", pa.int64()), ("scheme", pa.string()), ("code", pa.string())]
        fixed += [
            ("record", pa.int64()),
            ("told", pa.date32()),
            ("agency", pa.string()),
            ("region", pa.string()),
        ]
        schema = pa.schema(fixed + [(name, ARROW[type_]) for name, type_ in COLUMNS.items()])
        path = self.store.shelves("penalty") / f"{len(list(self.store.shelves('penalty').iterdir()))}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
        return Shelf([path], {ref.id: ref.sha256 for ref in covered}, merged or {})


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(Store(tmp_path / "home"))
