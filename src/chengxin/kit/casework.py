"""What a program's page may find, propose and step in; who, when and by which rules come from the visit.

::

    found = found_last(visit, "sewage_tariff", "surcharge")      # Found(run, rows), or None
    listed = propose_list(visit, "sewage_tariff", "levy", table, run=found.run_sha256, title="…")
    step(visit, listed.case, "cosign", schedule=listed)
    step_rows(visit, listed, "serve", subjects)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from chengxin.cases import documents, opening, schedules
from chengxin.cases.acts import act as take
from chengxin.cases.adopted import open_bundle
from chengxin.cases.models import Act, Case, Schedule, Standpoint
from chengxin.cases.schedules import Tally
from chengxin.cases.standpoints import point_of
from chengxin.cases.tracing import trace_of
from chengxin.findings import reckon
from chengxin.findings.models import Run
from chengxin.kit.pages import Visit

DocumentTable = documents.Table


@dataclass(frozen=True, slots=True)
class Found:
    """What a finding gave on a day."""

    run: Run
    rows: pa.Table

    @property
    def run_sha256(self) -> str:
        return self.run.run_sha256

    @property
    def as_of(self) -> date:
        return self.run.as_of


def found_last(visit: Visit, program: str, finding: str) -> Found | None:
    """This will give the newest run of a finding, if it was ever reckoned."""
    run = reckon.latest(program, finding)
    return None if run is None else Found(run, reckon.rows(run, store=visit.store))


def find_now(visit: Visit, program: str, finding: str, as_of: date) -> Found:
    """This will reckon a finding as of a day, under the rules in force today, and wait for it."""
    run = reckon.reckon(
        program, finding, as_of, store=visit.store, house=visit.house, bundle=visit.bundle, now=visit.now,
        engine="duckdb",
    )  # fmt: skip
    return Found(run, reckon.rows(run, store=visit.store))


def propose_list(
    visit: Visit, program: str, procedure: str, table: pa.Table, *, run: str, title: str
) -> Schedule:
    """This will open a case of the official's body and propose the rows as its schedule."""
    agency = visit.who.agency
    case = opening.open_case(
        program=program, procedure=procedure, agency=agency.pk, region=agency.region_id, title=title,
        on=visit.today,
    )  # fmt: skip
    return schedules.propose(
        case, table, run_sha256=run, official=visit.who, agency=agency.pk, on=visit.today, at=visit.now,
        bundle=visit.adopted, store=visit.store,
    )  # fmt: skip


def step(
    visit: Visit,
    case: Case,
    kind: str,
    *,
    subject: int | None = None,
    schedule: Schedule | None = None,
    detail: Mapping[str, Any] | None = None,
    cites: Mapping[str, Any] | None = None,
) -> Act:
    """This will take one step in a matter, or in one row of its schedule, as the official who visits."""
    return take(
        case, kind, official=visit.who, agency=visit.who.agency_id, on=visit.today, at=visit.now,
        bundle=visit.adopted, subject=subject, schedule=schedule, detail=detail, cites=cites,
    )  # fmt: skip


def step_rows(visit: Visit, schedule: Schedule, kind: str, subjects: Sequence[int] | None = None) -> Tally:
    """This will take one step in every row that stands where it may be taken, or in some of them."""
    return schedules.act_on_all(
        schedule, kind, official=visit.who, agency=visit.who.agency_id, on=visit.today, at=visit.now,
        bundle=visit.adopted, store=visit.store, subjects=subjects,
    )  # fmt: skip


def lists_of(program: str, procedure: str) -> list[Schedule]:
    """This will give the lists proposed under a procedure, the newest first."""
    held = Schedule.objects.filter(case__program=program, case__procedure=procedure)
    return list(held.select_related("case").order_by("-id"))


def list_rows(visit: Visit, schedule: Schedule) -> list[dict[str, Any]]:
    """This will give a list's rows, each with its ``state``, ``marked``, ``due_on`` and ``ends_on``."""
    whole = stands(schedule.case)
    points = {each.subject: each for each in Standpoint.objects.filter(case=schedule.case, subject__gt=0)}
    rows: list[dict[str, Any]] = schedules.rows(schedule, visit.store).to_pylist()
    for row in rows:
        point = points.get(row["subject"])
        row["state"] = point.state if point else whole
        row["marked"] = bool(point and point.marked)
        row["due_on"] = point.due_on if point else None
        row["ends_on"] = point.ends_on if point else None
    return rows


def stands(case: Case) -> str:
    """This will say where a case stands as a whole."""
    return str(point_of(case).state)


def signatures(case: Case) -> dict[str, Act]:
    """This will give who co-signed, by duty."""
    return {act.detail["duty"]: act for act in case.acts.filter(kind="cosign").order_by("id")}


def next_number(visit: Visit, word: str) -> str:
    """This will spend the next document number of the official's body: 决, 执, 退 …"""
    return opening.next_number(visit.who.agency_id, word, visit.today)


def document(visit: Visit, act: Act, **paragraphs: Any) -> bytes:
    """This will set an act as an official document, a PDF; ``paragraphs`` replace or add fields of its trace."""
    url = visit.request.build_absolute_uri(f"/check?d={act.digest}")
    trace = trace_of(
        act, bundle=open_bundle(act.bundle, visit.store), store=visit.store, check_url=url, **paragraphs
    )
    return documents.render(trace)
