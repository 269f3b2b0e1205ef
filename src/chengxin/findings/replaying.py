"""Any past day replays to the same result; what was lawfully removed since is named, never passed over.

A redaction rewrote a sheet: the run.json still cites the old one by its hash. Replay reads the rewritten
sheet in its place and says so, so that a difference has a name, an article and a day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from chengxin.core.clock import day_of
from chengxin.engine import run as engine_run
from chengxin.engine.run import Dependency, ItemSpec, RunSpec, SheetRef
from chengxin.engine.store import Store
from chengxin.findings.models import Run
from chengxin.records.models import Redaction


@dataclass(frozen=True, slots=True, order=True)
class Scar:
    """A lawful removal from a sheet the run was made from."""

    sheet: int
    old_sha256: str
    new_sha256: str
    article: str
    on: date


@dataclass(frozen=True, slots=True)
class Replay:
    """A run executed again from its sealed run.json."""

    was: str
    sha256: str
    rows: int
    seconds: float
    scars: tuple[Scar, ...] = ()

    @property
    def same(self) -> bool:
        """This will say whether the day replays to the same result (house law 9)."""
        return self.was == self.sha256


def replay(run: Run, *, store: Store) -> Replay:
    """This will execute the run's sealed run.json again, from the sheets alone, and say whether it agrees.

    Raises ``HouseFault`` where a file is missing or changed and no redaction says why.
    """
    spec, scars = _mended(engine_run.load(run.run_sha256, store), store)
    result = engine_run.execute(spec, store, run.engine)
    return Replay(run.result_sha256, result.sha256, result.rows, result.seconds, tuple(sorted(scars)))


def restore(run: Run, store: Store) -> None:
    """This will make the rows of a run again if they were thrown away."""
    if not store.result(run.result_sha256).exists():
        engine_run.replay(run.run_sha256, store, run.engine)


def _mended(spec: RunSpec, store: Store) -> tuple[RunSpec, set[Scar]]:
    """This will put rewritten sheets, and findings made from them again, in the place of those cited."""
    scars: set[Scar] = set()
    items = {name: _item(item, store, scars) for name, item in spec.items.items()}
    findings = {name: _finding(each, store, scars) for name, each in spec.findings.items()}
    return replace(spec, items=items, findings=findings), scars


def _item(item: ItemSpec, store: Store, scars: set[Scar]) -> ItemSpec:
    return replace(item, sheets=tuple(_sheet(sheet, store, scars) for sheet in item.sheets))


def _sheet(sheet: SheetRef, store: Store, scars: set[Scar]) -> SheetRef:
    while not store.sheet(sheet.sha256).exists():
        removal = Redaction.objects.filter(sheet_id=sheet.id, old_sha256=sheet.sha256).first()
        if removal is None:
            return sheet  # missing without a reason: the engine says so
        scars.add(Scar(sheet.id, removal.old_sha256, removal.new_sha256, removal.article, day_of(removal.at)))
        sheet = replace(sheet, sha256=removal.new_sha256)
    return sheet


def _finding(cited: Dependency, store: Store, scars: set[Scar]) -> Dependency:
    spec, found = _mended(engine_run.load(cited.run, store), store)
    if not found:
        return cited
    scars |= found
    return replace(cited, rows=engine_run.execute(spec, store).sha256)
