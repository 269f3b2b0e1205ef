"""Any past day replays to the same result; what was lawfully removed since is named, never passed over.

A redaction rewrote a sheet: the run.json still cites the old one by its hash. Replay reads the rewritten
sheet in its place and says so, so that a difference has a name, an article and a day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
    mending = _Mending(store, run.engine)
    result = engine_run.execute(mending.mended(engine_run.load(run.run_sha256, store)), store, run.engine)
    return Replay(run.result_sha256, result.sha256, result.rows, result.seconds, tuple(sorted(mending.scars)))


def restore(run: Run, store: Store) -> None:
    """This will make the rows of a run again if they were thrown away."""
    if not store.result(run.result_sha256).exists():
        engine_run.replay(run.run_sha256, store, run.engine)


@dataclass(slots=True)
class _Mending:
    """One run while what was lawfully removed is taken out of what it cites; ``scars`` are those met."""

    store: Store
    engine: str
    removals: dict[tuple[int, str], Redaction] = field(
        default_factory=lambda: {(each.sheet_id, each.old_sha256): each for each in Redaction.objects.all()}
    )
    scars: set[Scar] = field(default_factory=set)

    def mended(self, spec: RunSpec) -> RunSpec:
        """This will put rewritten sheets, and findings made from them again, in the place of those cited."""
        items = {name: self._item(item) for name, item in spec.items.items()}
        findings = {name: self._finding(each) for name, each in spec.findings.items()}
        return replace(spec, items=items, findings=findings)

    def _item(self, item: ItemSpec) -> ItemSpec:
        return replace(item, sheets=tuple(self._sheet(sheet) for sheet in item.sheets))

    def _sheet(self, sheet: SheetRef) -> SheetRef:
        """The scar decides, not the file: an old sheet that a backup brought back is not read again."""
        while removal := self.removals.get((sheet.id, sheet.sha256)):
            self.scars.add(
                Scar(sheet.id, sheet.sha256, removal.new_sha256, removal.article, day_of(removal.at))
            )
            sheet = replace(sheet, sha256=removal.new_sha256)
        return sheet

    def _finding(self, cited: Dependency) -> Dependency:
        below = _Mending(self.store, self.engine, self.removals)
        spec = below.mended(engine_run.load(cited.run, self.store))
        if not below.scars:
            return cited
        self.scars |= below.scars
        return replace(cited, rows=engine_run.execute(spec, self.store, self.engine).sha256)
