"""Executing a run: its files checked, its views made, its rows written in canonical order and hashed.

The road from ``run.json`` to rows is one for the first run, the replay and the trace of one subject.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow

from chengxin.core.errors import HouseFault, InputError
from chengxin.core.hashing import hash_bytes
from chengxin.engine import duck, rows, views, warm
from chengxin.engine.spec import (
    Dependency,
    ItemInput,
    ItemSpec,
    PolicyValue,
    RunSpec,
    SheetRef,
    Shelf,
    item_spec,
)
from chengxin.engine.store import Store
from chengxin.engine.verify import note, verify, verify_file

__all__ = [
    "Dependency",
    "ItemInput",
    "ItemSpec",
    "PolicyValue",
    "RunResult",
    "RunSpec",
    "SheetRef",
    "Shelf",
    "execute",
    "item_spec",
    "load",
    "replay",
    "seal",
    "trace",
]

ENGINES = ("duckdb",)
_AS_OF = re.compile(r"\$as_of\b")


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run gave: its rows in a sealed Parquet, and their hash (``engine.rows`` says of what)."""

    rows: int
    sha256: str
    path: Path
    seconds: float


def seal(spec: RunSpec, store: Store) -> str:
    """This will seal the run.json and give its hash, the run's name."""
    return store.seal_bytes(spec.body(), "run")


def load(sha256: str, store: Store) -> RunSpec:
    """This will read a sealed run.json, refusing one whose bytes are not those of its name."""
    path = store.runs(sha256)
    if not path.exists():
        raise HouseFault("run.input_missing", kind="run", sha256=sha256)
    body = path.read_bytes()
    if hash_bytes(body) != sha256:
        raise HouseFault("run.input_differs", kind="run", sha256=sha256)
    return RunSpec.read(body)


def execute(
    spec: RunSpec,
    store: Store,
    engine: str = "duckdb",
    shelves: Mapping[str, Shelf] | None = None,
) -> RunResult:
    """This will check every input, run the SQL, seal the rows and give their hash.

    ``shelves`` by item only make it faster: rows and hash are the same without. What another finding gave
    and was thrown away since is reckoned again from its own run.json.
    """
    if engine not in ENGINES:
        raise InputError("run.engine_unknown", engine=engine, known=", ".join(ENGINES))
    started = time.perf_counter()
    _restore_findings(spec, store)
    verify(spec, store)
    with _opened(spec, store, shelves or {}) as connection:
        written = rows.write(
            connection,
            bound(spec.sql, spec.as_of),
            needs_reasons=spec.grain == "subject",
            path=store.temp(".parquet"),
        )
    path = store.seal_as(written.path, "result", written.sha256)
    note(store, "result", written.sha256)
    return RunResult(written.rows, written.sha256, path, time.perf_counter() - started)


def replay(sha256: str, store: Store, engine: str = "duckdb") -> RunResult:
    """This will execute a sealed run.json again, from its sheets and nothing else."""
    return execute(load(sha256, store), store, engine)


def trace(
    spec: RunSpec, store: Store, subject: int, *, shelves: Mapping[str, Shelf] | None = None
) -> pyarrow.Table:
    """This will derive the rows of one subject again by the very SQL that ran.

    A rule of grain ``subject`` reads that subject's records only; one of grain ``population`` reads all.
    """
    _restore_findings(spec, store)
    verify(spec, store)
    alone = subject if spec.grain == "subject" else None
    with _opened(spec, store, shelves or {}, subject=alone) as connection:
        sql = bound(spec.sql, spec.as_of)
        columns = rows.columns_of(connection, sql)
        found = f"SELECT * FROM ({rows.normal(sql, columns)}) AS all_found WHERE subject = {int(subject)}"
        return duck.table(connection, f"{found} ORDER BY subject, {rows.line(columns)}")


def bound(sql: str, as_of: date) -> str:
    """This will write the day in the place of ``$as_of``."""
    return _AS_OF.sub(f"DATE '{as_of.isoformat()}'", sql)


@contextmanager
def _opened(
    spec: RunSpec, store: Store, shelves: Mapping[str, Shelf], subject: int | None = None
) -> Iterator[duck.DuckDBPyConnection]:
    """This will open a DuckDB with the run's views, barred from every file that is not the house's."""
    if subject is not None:
        with warm.lent(store, locked=True) as connection:
            views.install(connection, spec, store, shelves=shelves, subject=subject)
            yield connection
        return
    with closing(duck.connect(temp=store.temp().parent)) as connection:
        views.install(connection, spec, store, shelves=shelves)
        duck.lock(connection, store.home)
        yield connection


def _restore_findings(spec: RunSpec, store: Store) -> None:
    for name, finding in spec.findings.items():
        if store.result(finding.rows).exists():
            continue
        again = replay(finding.run, store)
        if again.sha256 != finding.rows:
            raise HouseFault("run.replay_differs", finding=name, was=finding.rows, now=again.sha256)


def read_result(sha256: str, store: Store, subject: int | None = None) -> pyarrow.Table:
    """This will read the rows a run gave, or those of one subject, after checking their hash."""
    source = f"read_parquet({duck.literal(str(verify_file(store, 'result', sha256)))})"
    if subject is not None:
        with warm.lent(store, locked=True) as connection:
            return duck.table(connection, f"SELECT * FROM {source} WHERE subject = {int(subject)}")
    with closing(duck.connect(temp=store.temp().parent, keep_order=True)) as connection:
        return duck.table(connection, f"SELECT * FROM {source}")
