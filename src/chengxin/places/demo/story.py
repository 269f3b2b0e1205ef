"""What the city's bodies did with what they were told: two rounds of levies and a third one under way.

Every step goes through ``cases`` as an official's would, on its own working day, so that the demo city shows
every state a levy can be in: proposed, heard, decided, objected to, repaired, corrected, at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from chengxin.cases import schedules
from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted
from chengxin.cases.models import Case, Schedule
from chengxin.cases.opening import next_number, open_case
from chengxin.core.clock import CHINA
from chengxin.engine.store import Store
from chengxin.findings import reckon as findings
from chengxin.ledger.models import Official
from chengxin.places.demo.city import CITY_CODE
from chengxin.programs.sewage_tariff.levy import schedule_of

PROGRAM: Final = "sewage_tariff"
PRICE: Final = "yz-price"
COSIGNERS: Final = (
    ("price-cosigner", "yz-price"),
    ("environment-cosigner", "yz-environment"),
    ("finance-cosigner", "yz-finance"),
    ("construction-cosigner", "yz-construction"),
    ("water-cosigner", "yz-water"),
)
MOST: Final = 300
"""Rows driven through a case; a larger city leaves the others as findings to propose."""


@dataclass(frozen=True, slots=True)
class Round:
    """The working days of one levy."""

    title: str
    as_of: date
    proposed: date
    notified: date
    served: date
    answered: date
    cosigned: date
    decided: date
    decision_served: date
    begins: date
    ends: date


FIRST: Final = Round(
    "2024年度评价结果差别化污水处理费加收",
    date(2025, 5, 28), date(2025, 6, 3), date(2025, 6, 4), date(2025, 6, 5), date(2025, 6, 11),
    date(2025, 6, 16), date(2025, 6, 18), date(2025, 6, 20), date(2025, 7, 1), date(2026, 7, 1),
)  # fmt: skip
SECOND: Final = Round(
    "2025年度评价结果差别化污水处理费加收",
    date(2026, 5, 28), date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 3), date(2026, 6, 9),
    date(2026, 6, 12), date(2026, 6, 15), date(2026, 6, 17), date(2026, 7, 1), date(2027, 7, 1),
)  # fmt: skip
THIRD: Final = Round(
    "2025年度评价结果差别化污水处理费加收（第二批）",
    date(2026, 10, 12), date(2026, 10, 26), date(2026, 10, 27), date(2026, 10, 28), date(2026, 11, 2),
    date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 11), date(2026, 12, 1), date(2027, 7, 1),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells the story: the store, the rules of the place, and its officials by log-in."""

    store: Store
    bundle: Adopted
    officials: dict[str, Official]

    def step(self, case: Case, kind: str, who: str, on: date, **more: Any) -> Any:
        """This will take one step as an official of that log-in; an empty log-in is the party itself."""
        official = self.officials[who] if who else None
        agency = official.agency_id if official else PRICE
        return act(
            case, kind, official=official, agency=agency, on=on, at=at(on), bundle=self.bundle, **more
        )  # fmt: skip

    def rows(self, schedule: Schedule, kind: str, on: date, subjects: Sequence[int] | None = None) -> None:
        """This will take one step in many rows as the price officer."""
        schedules.act_on_all(
            schedule, kind, official=self.officials["price-officer"], agency=PRICE, on=on, at=at(on),
            bundle=self.bundle, store=self.store, subjects=subjects,
        )  # fmt: skip


def at(on: date) -> datetime:
    """This will give ten o'clock of a day in China."""
    return datetime.combine(on, time(10), CHINA)


def propose(teller: Teller, plan: Round, chosen: Callable[[dict[str, Any]], bool]) -> Schedule | None:
    """This will reckon the levy list of a day and propose the rows that are chosen, if there are any."""
    run = findings.reckon(
        PROGRAM, "surcharge", plan.as_of, store=teller.store, house=teller.bundle.house,
        bundle=teller.bundle.sha256, now=at(plan.proposed), engine="duckdb",
    )  # fmt: skip
    rows = [
        row
        for row in findings.rows(run, store=teller.store).to_pylist()
        if row["repaired_on"] is None and chosen(row)
    ]
    if not rows:
        return None
    case = open_case(
        program=PROGRAM, procedure="levy", agency=PRICE, region=CITY_CODE, title=plan.title, on=plan.proposed
    )  # fmt: skip
    return schedules.propose(
        case, schedule_of(rows[:MOST]), run_sha256=run.run_sha256, official=teller.officials["price-officer"],
        agency=PRICE, on=plan.proposed, at=at(plan.proposed), bundle=teller.bundle, store=teller.store,
    )  # fmt: skip


def hear(teller: Teller, schedule: Schedule, plan: Round, *, states: Sequence[int] = ()) -> None:
    """This will notify and serve every row, and take down and answer the statements of ``states``."""
    case = schedule.case
    teller.rows(schedule, "notify", plan.notified)
    teller.rows(schedule, "serve", plan.served)
    for subject in states:
        teller.step(case, "state", "price-officer", plan.answered, subject=subject, schedule=schedule)
        teller.step(case, "answer", "price-officer", plan.answered, subject=subject, schedule=schedule)


def cosign(teller: Teller, schedule: Schedule, plan: Round, several: int = len(COSIGNERS)) -> None:
    """This will let the first ``several`` of the five bodies sign."""
    for who, _ in COSIGNERS[:several]:
        teller.step(schedule.case, "cosign", who, plan.cosigned, schedule=schedule)


def decide(teller: Teller, schedule: Schedule, plan: Round) -> None:
    """This will decide the whole, serve each row, and send the execution document."""
    case = schedule.case
    number = next_number(PRICE, "决", plan.decided)
    detail = {"number": number, "from": plan.begins.isoformat(), "until": plan.ends.isoformat()}
    teller.step(case, "decide", "price-head", plan.decided, schedule=schedule, detail=detail)
    teller.rows(schedule, "serve_decision", plan.decision_served)
    executed = {"number": next_number(PRICE, "执", plan.decision_served)}
    teller.step(case, "execute", "price-officer", plan.decision_served, schedule=schedule, detail=executed)
