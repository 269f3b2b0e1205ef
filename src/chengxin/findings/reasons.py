"""Why a finding says what it says of one subject: the rule, its values, and the records it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow

from chengxin.core.errors import MissingError
from chengxin.engine import duck, warm
from chengxin.engine import run as engine_run
from chengxin.engine.run import ItemSpec, PolicyValue, RunSpec
from chengxin.engine.store import Store
from chengxin.findings.models import Run
from chengxin.findings.reckon import latest, rows_of


@dataclass(frozen=True, slots=True)
class Ground:
    """A record a finding rests on, and where it stands: a sealed sheet, or a hot row in no sheet yet."""

    record: int
    item: str
    sheet: str | None
    told_on: date | None
    agency: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The rows a run found of one subject, with all they stand on."""

    finding: str
    as_of: date
    run: str
    bundle: str
    sql: str
    rows: list[dict[str, Any]]
    grounds: list[Ground]
    values: list[PolicyValue]
    """Every policy value the rule could read; each names its article and says whether it is a proposal."""
    same: bool | None
    """Whether the very SQL that ran gave the same rows when it was run again; not asked: ``None``."""


def explain(
    program: str, finding: str, subject: int, *, store: Store, as_of: date | None = None, again: bool = False
) -> Explanation:
    """This will explain a finding about a subject, from its newest run (as of ``as_of``, if given).

    ``again`` derives it a second time, from the sheets, and says whether it is the same. Raises
    ``MissingError`` where the finding was not reckoned yet.
    """
    run = latest(program, finding, as_of)
    if run is None:
        raise MissingError("finding.not_reckoned", finding=f"{program}.{finding}", as_of=as_of or "—")
    return explain_run(run, subject, store=store, again=again)


def explain_run(run: Run, subject: int, *, store: Store, again: bool = False) -> Explanation:
    """This will explain one run's rows about a subject."""
    spec = engine_run.load(run.run_sha256, store)
    found = rows_of(run, subject, store=store)
    return Explanation(
        finding=run.finding,
        as_of=spec.as_of,
        run=run.run_sha256,
        bundle=spec.bundle,
        sql=spec.sql,
        rows=found.to_pylist(),
        grounds=list(_grounds(spec, store, found)),
        values=list(spec.policy),
        same=bool(engine_run.trace(spec, store, subject).equals(found)) if again else None,
    )


def _grounds(spec: RunSpec, store: Store, found: pyarrow.Table) -> Iterator[Ground]:
    records = sorted({record for row in found["because"].to_pylist() for record in row or ()})
    items = dict(_items(spec, store))
    sheets = {sheet.id: (name, sheet) for name, item in items.items() for sheet in item.sheets}
    hot: dict[int, Ground] = {}
    loose = [record for record in records if record >> 32 not in sheets]
    for name, item in items.items():
        if item.hot and loose:
            hot.update((ground.record, ground) for ground in _hot(name, item.hot, loose, store))
    for record in records:
        if record >> 32 in sheets:
            name, sheet = sheets[record >> 32]
            yield Ground(record, name, sheet.sha256, sheet.told_on, sheet.agency)
        elif record in hot:
            yield hot[record]


def _items(spec: RunSpec, store: Store) -> Iterator[tuple[str, ItemSpec]]:
    """This will give the items of a run and of the findings it read."""
    for before in spec.findings.values():
        yield from _items(engine_run.load(before.run, store), store)
    yield from spec.items.items()


def _hot(name: str, sha256: str, records: Iterable[int], store: Store) -> Iterator[Ground]:
    wanted = ", ".join(str(int(record)) for record in records)
    source = f"read_parquet({duck.literal(str(store.input(sha256)))})"
    with warm.lent(store, locked=True) as connection:
        told = connection.execute(
            f"SELECT record, told, agency FROM {source} WHERE record IN ({wanted})"
        ).fetchall()
    for record, told_on, agency in told:
        yield Ground(record, name, None, told_on, agency)
