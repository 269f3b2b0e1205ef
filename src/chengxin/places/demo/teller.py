"""Who tells the city's story: the store, the rules of the place, and its officials by log-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

import pyarrow as pa

from chengxin.cases import schedules
from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted
from chengxin.cases.models import Case, Schedule
from chengxin.cases.opening import open_case
from chengxin.core.clock import CHINA
from chengxin.effects.snapshot import snapshot
from chengxin.engine.store import Store
from chengxin.findings import reckon
from chengxin.findings.models import Run
from chengxin.ledger.models import Official
from chengxin.places.demo.city import CITY_CODE

PROGRAM: Final = "sewage_tariff"
PRICE: Final = "yz-price"
COSIGNERS: Final = (
    ("price-cosigner", "yz-price"),
    ("environment-cosigner", "yz-environment"),
    ("finance-cosigner", "yz-finance"),
    ("construction-cosigner", "yz-construction"),
    ("water-cosigner", "yz-water"),
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What a list is proposed as, and by whom."""

    program: str
    procedure: str
    who: str
    title: str


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells the story: the store, the rules of the place, and its officials by log-in."""

    store: Store
    bundle: Adopted
    officials: dict[str, Official]
    secret: str

    def step(self, case: Case, kind: str, who: str, on: date, **more: Any) -> Any:
        """This will take one step as an official of that log-in; an empty log-in is the party itself."""
        official = self.officials[who] if who else None
        agency = official.agency_id if official else PRICE
        return act(
            case, kind, official=official, agency=agency, on=on, at=at(on), bundle=self.bundle, **more
        )  # fmt: skip

    def rows(
        self,
        schedule: Schedule,
        kind: str,
        on: date,
        subjects: Sequence[int] | None = None,
        *,
        who: str = "price-officer",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """This will take one step in many rows as an official, the price officer unless said otherwise."""
        official = self.officials[who]
        schedules.act_on_all(
            schedule, kind, official=official, agency=str(official.agency_id), on=on, at=at(on),
            bundle=self.bundle, store=self.store, subjects=subjects, detail=detail,
        )  # fmt: skip

    def found(self, finding: str, on: date, program: str = PROGRAM) -> tuple[Run, pa.Table]:
        """This will reckon a finding as of a day, as if on that day, and give the run with its rows."""
        run = reckon.reckon(
            program, finding, on, store=self.store, house=self.bundle.house, bundle=self.bundle.sha256,
            now=at(on),
        )  # fmt: skip
        return run, reckon.rows(run, store=self.store)

    def propose(self, matter: Matter, table: pa.Table, run: Run, on: date) -> Schedule | None:
        """This will open a case of an official's body and propose some rows, unless it was told before."""
        if not table.num_rows or Case.objects.filter(program=matter.program, title=matter.title).exists():
            return None
        official = self.officials[matter.who]
        agency = str(official.agency_id)
        case = open_case(
            program=matter.program, procedure=matter.procedure, agency=agency, region=CITY_CODE,
            title=matter.title, on=on,
        )  # fmt: skip
        return schedules.propose(
            case, table, run_sha256=run.run_sha256, official=official, agency=agency, on=on, at=at(on),
            bundle=self.bundle, store=self.store,
        )  # fmt: skip

    def snapshot(self, on: date) -> None:
        """This will file what is in force on a day, as the platform does every night."""
        snapshot(official=self.officials["system"], bundle=self.bundle, store=self.store, now=at(on))


def at(on: date) -> datetime:
    """This will give ten o'clock of a day in China."""
    return datetime.combine(on, time(10), CHINA)
