"""What the city's bodies did with what they were told: two rounds of levies and a third one under way.

Every step goes through ``cases`` as an official's would, on its own working day, so that the demo city shows
every state a levy can be in: proposed, heard, decided, objected to, repaired, corrected, at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from chengxin.cases import schedules
from chengxin.cases.edges import State
from chengxin.cases.models import Case, Schedule
from chengxin.cases.opening import next_number, open_case
from chengxin.cases.point import Point
from chengxin.cases.routing import maker_of
from chengxin.cases.standpoints import points_of_rows
from chengxin.ledger.content import store_text
from chengxin.places.demo import accounts
from chengxin.places.demo.city import CITY_CODE
from chengxin.places.demo.teller import COSIGNERS, PRICE, PROGRAM, Teller, at
from chengxin.programs.sewage_tariff.levy import schedule_of

Progress = Callable[[str, int, int], None]
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


def propose(teller: Teller, plan: Round, chosen: Callable[[dict[str, Any]], bool]) -> Schedule | None:
    """This will reckon the levy list of a day and propose the rows that are chosen, if there are any."""
    run, table = teller.found("surcharge", plan.as_of)
    rows = [row for row in table.to_pylist() if row["repaired_on"] is None and chosen(row)]
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


def tell(teller: Teller, progress: Progress) -> None:
    """This will tell the whole story once; where a chapter's case is there already it is left alone."""
    chapters: tuple[tuple[str, Callable[[Teller], None]], ...] = (
        ("第一轮加收 · the first levy", first_round),
        ("第一轮退出 · its exits", first_exits),
        ("第二轮加收 · the second levy", second_round),
        ("更正、修复和异议 · corrections, repairs, objections", second_exits),
        ("第三轮，尚未决定 · a third under way", third_round),
        ("账单、调整和回报 · bills, adjustments, returns", accounts.tell),
    )
    for number, (title, chapter) in enumerate(chapters):
        progress(title, number, len(chapters))
        chapter(teller)


def first_round(teller: Teller) -> None:
    """This will levy what the ratings of 2024 come to, from July 2025 for a year."""
    if _told(FIRST):
        return
    schedule = propose(teller, FIRST, lambda row: True)
    if schedule is not None:
        subjects = schedules.one_by_one(schedule, teller.store)
        hear(teller, schedule, FIRST, states=subjects[:3])
        cosign(teller, schedule, FIRST)
        decide(teller, schedule, FIRST)
    teller.snapshot(FIRST.begins)


def first_exits(teller: Teller) -> None:
    """This will end what was repaired or better rated, and let the rest lapse after its year."""
    for on in (date(2025, 11, 3), date(2026, 5, 6), date(2026, 5, 29)):
        exits(teller, on)
    for schedule in Schedule.objects.filter(case__title=FIRST.title):
        left = [each for each, point in _points(teller, schedule).items() if point.state is State.IN_FORCE]
        teller.rows(schedule, "lapse", FIRST.ends, left)
    teller.snapshot(FIRST.ends)


def second_round(teller: Teller) -> None:
    """This will levy the ratings of 2025, but for the firms the third round takes up."""
    if _told(SECOND):
        return
    schedule = propose(teller, SECOND, lambda row: row["subject"] % 6 != 0)
    if schedule is not None:
        subjects = schedules.one_by_one(schedule, teller.store)
        hear(teller, schedule, SECOND, states=subjects[:4])
        cosign(teller, schedule, SECOND)
        decide(teller, schedule, SECOND)
    teller.snapshot(SECOND.begins)


def second_exits(teller: Teller) -> None:
    """This will revoke what rested on a corrected colour, end what was repaired, and take down objections."""
    for on in (date(2026, 9, 17), date(2026, 9, 22), date(2026, 11, 2)):
        exits(teller, on)
    for schedule in Schedule.objects.filter(case__title=SECOND.title):
        bound = [each for each, point in _points(teller, schedule).items() if point.state is State.IN_FORCE]
        for place, subject in enumerate(bound[:4]):
            _object(teller, schedule, subject, answered=place == 0, routed=place < 3)


def third_round(teller: Teller) -> None:
    """This will propose the firms left over, hear most of them, and stop before the decision."""
    if _told(THIRD):
        return
    schedule = propose(teller, THIRD, lambda row: row["subject"] % 6 == 0 and row["subject"] % 12 != 0)
    if schedule is None:
        return
    teller.rows(schedule, "notify", THIRD.notified)
    subjects = schedules.one_by_one(schedule, teller.store)
    teller.rows(schedule, "serve", THIRD.served, subjects[1:])
    if len(subjects) > 2:
        teller.step(
            schedule.case, "state", "price-officer", THIRD.answered, subject=subjects[1], schedule=schedule
        )
    cosign(teller, schedule, THIRD, several=2)


def exits(teller: Teller, on: date) -> None:
    """This will end, on a day, every surcharge that has lost its ground."""
    run, table = teller.found("exit", on)
    for row in table.to_pylist():
        schedule = Schedule.objects.select_related("case").get(case__number=row["case_number"])
        if _points(teller, schedule)[row["subject"]].state is not State.IN_FORCE:
            continue
        kind, who = ("revoke", "price-head") if row["why"] == "corrected" else ("repair", "price-officer")
        teller.step(
            schedule.case, kind, who, on,
            subject=row["subject"], schedule=schedule,
            detail={"part": row["plant_code"], "ends_on": row["ends_on"].isoformat()},
            cites={"records": row["because"], "runs": [run.run_sha256]},
        )  # fmt: skip
    teller.snapshot(on)


def _object(teller: Teller, schedule: Schedule, subject: int, *, answered: bool, routed: bool) -> None:
    case = schedule.case
    if case.acts.filter(subject=subject, kind="object").exists():
        return
    objection = teller.step(case, "object", "", date(2026, 10, 19), subject=subject, schedule=schedule)
    named = {"objection": objection.pk}
    to = maker_of(case, subject, teller.store)
    if routed:
        teller.step(
            case,
            "route",
            "price-officer",
            date(2026, 10, 20),
            subject=subject,
            schedule=schedule,
            detail={**named, "to": to},
        )
    if answered:
        teller.step(
            case, "answer_objection", "environment-officer", date(2026, 10, 27), subject=subject,
            schedule=schedule, detail={**named, "outcome": "kept"}, cites={"exhibits": [_reply(teller)]},
        )  # fmt: skip


def _reply(teller: Teller) -> int:
    """The maker's answer in writing."""
    text = "经核查，该年度评价依据的监测和处罚记录无误，评价结果维持。"
    return store_text(teller.store, text, "异议答复", at(date(2026, 10, 27)), teller.secret).pk


def _told(plan: Round) -> bool:
    return Case.objects.filter(program=PROGRAM, title=plan.title).exists()


def _points(teller: Teller, schedule: Schedule) -> dict[int, Point]:
    return points_of_rows(schedule.case, schedules.one_by_one(schedule, teller.store))
