"""What the clock does for the procedures that remind: it lists, makes, serves and recalls, each once.

One list for each procedure, body and day, under a number of its own, so that a second round, or one that runs
beside it, finds it and goes on where the first was cut off. A missed day is made up by the next: what is to be
said is what the finding says today and nobody was told. It is served at once, by the door my, on whoever agreed to
electronic service by that body; the others wait on its worklist for a letter, until the last working day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import pyarrow as pa

from chengxin.cases.adopted import Adopted
from chengxin.cases.edges import State
from chengxin.cases.lapsing import in_office, take_over
from chengxin.cases.models import Case, Schedule, Standpoint
from chengxin.cases.opening import open_book
from chengxin.cases.reminders import name_of, reminded
from chengxin.cases.schedules import act_on_all, enlist, rows
from chengxin.cases.service import E_SERVICE
from chengxin.core.clock import day_of
from chengxin.engine.store import Store
from chengxin.findings import reckon
from chengxin.ledger.agencies import competent
from chengxin.ledger.models import Agency
from chengxin.policy.procedures import Procedure

Row = dict[str, Any]


@dataclass(frozen=True)
class _Round:
    """One round of the clock."""

    bundle: Adopted
    store: Store
    at: datetime

    @property
    def on(self) -> date:
        return day_of(self.at)

    @property
    def words(self) -> dict[str, Any]:
        return {"on": self.on, "at": self.at, "bundle": self.bundle, "store": self.store}


def remind(*, bundle: Adopted, store: Store, at: datetime) -> dict[str, int]:
    """This will do what is to do today for every procedure that reminds: ``{made, served, recalled}``."""
    here, done = _Round(bundle, store, at), Counter[str]()
    for declared in bundle.house.procedures.values():
        if declared.reminds is not None:
            done += _remind(here, declared)
    return {name: done[name] for name in ("made", "served", "recalled")}


def _remind(here: _Round, declared: Procedure) -> Counter[str]:
    run, found = _found(here, declared)
    done = Counter(recalled=_recall(here, declared, found))
    for body, due in _by_body(here, declared, found):
        _list(here, declared, body, due, run)
    done["made"] = _make(here, declared, found)
    done["served"] = _serve(here, declared)
    return done


def _found(here: _Round, declared: Procedure) -> tuple[str, list[Row]]:
    """The rows of the finding today, each once, its window as ``part`` and its end as ``until``."""
    run = reckon.reckon(
        declared.program, declared.finding, here.on, store=here.store, house=here.bundle.house,
        bundle=here.bundle.sha256, now=here.at,
    )  # fmt: skip
    told: dict[tuple[int, str], Row] = {}
    for row in reckon.rows(run, store=here.store).to_pylist():
        window, left = row[declared.reminds.window], row[declared.reminds.days_left]  # type: ignore[union-attr]
        if row["subject"] is not None and window and left is not None and left >= 0:
            until = here.on + timedelta(days=left + 1)
            told.setdefault((row["subject"], window), {**row, "part": window, "until": until})
    return run.run_sha256, list(told.values())


def _by_body(here: _Round, declared: Procedure, found: list[Row]) -> Iterator[tuple[Agency, list[Row]]]:
    """What nobody was told yet, by the body that bears the duty where the party is."""
    known = reminded(declared.program, declared.name, {row["subject"] for row in found})
    due = [row for row in found if (row["subject"], name_of(row["part"])) not in known and row["division"]]
    bodies = {
        place: competent(declared.decides_by, place, here.on) for place in {row["division"] for row in due}
    }
    own = sorted(
        (row for row in due if bodies[row["division"]] is not None), key=lambda row: _code(bodies, row)
    )
    for _body, some in groupby(own, key=lambda row: _code(bodies, row)):
        listed = list(some)
        body = bodies[listed[0]["division"]]
        if body is not None:
            yield body, listed


def _code(bodies: Mapping[str, Agency | None], row: Row) -> str:
    body = bodies[row["division"]]
    return body.pk if body else ""


def _list(here: _Round, declared: Procedure, body: Agency, due: list[Row], run: str) -> None:
    """This will open the list of a body and a day; where it is open already the rest waits for tomorrow's."""
    case = open_book(
        program=declared.program, procedure=declared.name, agency=body.pk, region=body.region_id,
        title=declared.title, number=f"{body.name}〔{here.on.year}〕{here.on:%m%d}{declared.title}"[:80], on=here.on,
    )  # fmt: skip
    if not case.schedules.exists():
        enlist(
            case, "list_reminders", pa.Table.from_pylist(due), run_sha256=run, official=None, agency=body.pk,
            **here.words,
        )  # fmt: skip


def _make(here: _Round, declared: Procedure, found: list[Row]) -> int:
    """This will make each reminder of today's lists that is not made yet, if what it says is still so."""
    held = Schedule.objects.filter(
        case__program=declared.program, case__procedure=declared.name, case__opened_on=here.on
    )
    still = {(row["subject"], row["part"]) for row in found}
    made = 0
    for schedule in held.select_related("case").order_by("pk"):
        own: dict[int, dict[str, Any]] = {}
        for row in rows(schedule, here.store).to_pylist():
            if (row["subject"], row["part"]) in still:
                ends = row["until"].isoformat()
                said = own.setdefault(row["subject"], {"windows": [], "until": ends})
                said["windows"].append(name_of(row["part"]))
                said["until"] = min(said["until"], ends)
        made += act_on_all(
            schedule, "remind", official=None, agency=in_office(schedule.case, here.on).pk, own=own,
            subjects=list(own), **here.words,
        ).taken  # fmt: skip
    return made


def _serve(here: _Round, declared: Procedure) -> int:
    """This will serve, by the door my, whatever waits for a party that agreed to be served so."""
    served = 0
    for case, points in _waiting(declared):
        served += act_on_all(
            case.schedules.get(), "serve_decision", official=None, agency=in_office(case, here.on).pk,
            subjects=[one.subject for one in points], detail={"means": E_SERVICE}, **here.words,
        ).taken  # fmt: skip
    return served


def _recall(here: _Round, declared: Procedure, found: list[Row]) -> int:
    """This will recall what waits and of which nothing is so any more: put right, over, or changed again."""
    still = {(row["subject"], row["part"]) for row in found}
    recalled = 0
    for case, points in _waiting(declared):
        waiting = [one.subject for one in points]
        listed = rows(case.schedules.get(), here.store, waiting).to_pylist()
        fell = {row["subject"] for row in listed if (row["subject"], row["part"]) not in still}
        gone: list[int | None] = [subject for subject in waiting if subject in fell]
        if gone:
            recalled += take_over(case, "recall", gone, official=None, bundle=here.bundle, at=here.at)
    return recalled


def _waiting(declared: Procedure) -> Iterator[tuple[Case, list[Standpoint]]]:
    """The rows that were made and are not served, by their lists."""
    held = Standpoint.objects.filter(
        case__program=declared.program, case__procedure=declared.name, state=State.DECIDED, subject__gt=0
    )
    ordered = list(held.select_related("case").order_by("case_id", "subject"))
    for _number, points in groupby(ordered, key=lambda one: one.case_id):
        listed = list(points)
        yield listed[0].case, listed
