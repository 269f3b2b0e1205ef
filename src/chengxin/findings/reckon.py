"""Reckoning: what the records of a day amount to under a bundle. A finding says why, and binds nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pyarrow

from chengxin.core.clock import day_of
from chengxin.engine import run as engine_run
from chengxin.engine.run import Dependency, ItemSpec, RunResult, RunSpec, Shelf
from chengxin.engine.store import Store
from chengxin.findings.inputs import item_of, policy_of
from chengxin.findings.models import Run
from chengxin.findings.replaying import Replay, replay, restore
from chengxin.findings.rules import in_order, reads, refuse_unfit, rule_of
from chengxin.policy.house import House
from chengxin.records import shelves

__all__ = ["Replay", "latest", "reckon", "replay", "rows", "rows_of"]


def reckon(
    program: str,
    finding: str,
    as_of: date,
    *,
    store: Store,
    house: House,
    bundle: str,
    now: datetime,
    engine: str = "duckdb",
    again: bool = False,
) -> Run:
    """This will reckon a finding as of a day, with the findings it reads before it.

    Same day, same records, same bundle: same run.json and same rows. A run already made is given back
    rather than made again, unless ``again`` asks for it. Raises ``DeclarationError`` for a rule that is not
    fit to run, ``HouseFault`` where a file is not what its hash says.
    """
    in_order(house, program)
    here = _Reckoning(
        store=store, house=house, bundle=bundle, as_of=as_of, now=now, engine=engine, again=again
    )
    return here.run(program, finding)


def rows(run: Run, *, store: Store) -> pyarrow.Table:
    """This will give a run's rows in canonical order; rows thrown away since are reckoned again."""
    restore(run, store)
    return engine_run.read_result(run.result_sha256, store)


def rows_of(run: Run, subject: int, *, store: Store) -> pyarrow.Table:
    """This will give the rows of one subject."""
    restore(run, store)
    return engine_run.read_result(run.result_sha256, store, subject)


def latest(program: str, finding: str, as_of: date | None = None) -> Run | None:
    """This will give the newest run of a finding, of those as of ``as_of`` if a day is given."""
    runs = Run.objects.filter(finding=f"{program}.{finding}")
    if as_of is not None:
        runs = runs.filter(as_of=as_of)
    return runs.order_by("-as_of", "-id").first()


@dataclass(slots=True)
class _Reckoning:
    """One day's work: each item is asked for once, each finding reckoned once."""

    store: Store
    house: House
    bundle: str
    as_of: date
    now: datetime
    engine: str
    again: bool
    items: dict[str, ItemSpec] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)

    def run(self, program: str, finding: str) -> Run:
        name = f"{program}.{finding}"
        if name not in self.runs:
            self.runs[name] = self._reckon(program, finding)
        return self.runs[name]

    def _reckon(self, program: str, finding: str) -> Run:
        spec = self._spec(program, finding)
        sha256 = engine_run.seal(spec, self.store)
        known = Run.objects.filter(run_sha256=sha256, engine=self.engine).order_by("-id").first()
        if known is not None and not self.again and self.store.result(known.result_sha256).exists():
            return known
        result = engine_run.execute(spec, self.store, self.engine, self._shelves(spec))
        return self._written(spec, sha256, result)

    def _spec(self, program: str, finding: str) -> RunSpec:
        rule = rule_of(self.house, program, finding)
        refuse_unfit(self.house, rule)
        items, findings = reads(self.house, rule)
        before = {name: self.run(program, name) for name in findings}
        return RunSpec(
            program=program,
            finding=finding,
            as_of=self.as_of,
            grain=rule.grain,
            sql=rule.sql,
            bundle=self.bundle,
            items={name: self._item(name) for name in items},
            policy=policy_of(self.house, program, self.as_of),
            findings={name: Dependency(run.run_sha256, run.result_sha256) for name, run in before.items()},
        )

    def _item(self, name: str) -> ItemSpec:
        if name not in self.items:
            self.items[name] = item_of(name, self.as_of, store=self.store, house=self.house)
        return self.items[name]

    def _shelves(self, spec: RunSpec) -> dict[str, Shelf]:
        """This will give the shelves of the items; none for a past day, when fewer codes were known."""
        if self.as_of < day_of(self.now):
            return {}
        found = {name: shelves.covering(name, self.as_of, store=self.store) for name in spec.items}
        return {name: shelf for name, shelf in found.items() if shelf is not None}

    def _written(self, spec: RunSpec, sha256: str, result: RunResult) -> Run:
        return Run.objects.create(
            finding=f"{spec.program}.{spec.finding}",
            as_of=spec.as_of,
            engine=self.engine,
            bundle=spec.bundle,
            run_sha256=sha256,
            rows=result.rows,
            result_sha256=result.sha256,
            finished_at=self.now + timedelta(seconds=result.seconds),
            seconds=result.seconds,
        )
