"""Mass decisions: one decision with a schedule (附表), a sealed sheet cited by its hash.

Favourable and neutral rows take force with the decision and need no row of the database. An adverse row
is heard, served and bound one by one, by acts that name (schedule, subject); they are written in slices,
each a transaction of its own, and a run that was cut off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pyarrow
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction

from chengxin.cases import lines, service, standpoints
from chengxin.cases.acts import SLICE, Draft, act, act_on_rows
from chengxin.cases.adopted import Adopted
from chengxin.cases.edges import edge_of
from chengxin.cases.models import Act, Case, Schedule
from chengxin.cases.point import Point
from chengxin.cases.procedure import Procedure, procedure_of
from chengxin.core.errors import ConflictError, HouseFault, InputError, MissingError
from chengxin.core.hashing import hash_file
from chengxin.engine.store import Store
from chengxin.ledger.models import Official

Progress = Callable[[int, int], None]
"""Is told (done, of how many) after each slice."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a step over many rows did: ``passed`` rows stood elsewhere on the road and were left alone."""

    taken: int
    passed: int


def propose(
    case: Case,
    table: pyarrow.Table,
    *,
    run_sha256: str,
    official: Official,
    agency: str,
    on: date,
    at: datetime,
    bundle: Adopted,
    store: Store,
    articles: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
    exhibits: Sequence[int] = (),
) -> Schedule:
    """This will seal the rows of a finding as the schedule of a case and propose it.

    ``table`` has ``subject`` (bigint) and any columns of the finding; ``part`` tells the lines of one
    subject apart, ``adverse`` (default: what the procedure's effect is) says which rows burden. ``detail``
    and ``exhibits`` add to what the act says: whom it leaves out, and the text of why.
    """
    return enlist(
        case, "propose", table, run_sha256=run_sha256, official=official, agency=agency, on=on, at=at,
        bundle=bundle, store=store, articles=articles, detail=detail, exhibits=exhibits,
    )  # fmt: skip


def enlist(
    case: Case,
    kind: str,
    table: pyarrow.Table,
    *,
    run_sha256: str,
    official: Official | None,
    agency: str,
    on: date,
    at: datetime,
    bundle: Adopted,
    store: Store,
    articles: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
    exhibits: Sequence[int] = (),
) -> Schedule:
    """This will seal rows as the schedule of a case by an act of some kind: a proposal, a list of reminders."""
    procedure = procedure_of(case, bundle.house)
    sheet = _sheet(table, adverse=procedure.adverse)
    path = store.temp(".parquet")
    pq.write_table(sheet, path, compression="zstd", row_group_size=100_000)
    sha256 = store.seal_file(path, "sheet")
    adverse = pc.sum(sheet["adverse"].cast("int64")).as_py() or 0
    cites = {"schedule": sha256, "runs": [run_sha256], **({"exhibits": list(exhibits)} if exhibits else {})}
    with transaction.atomic():
        schedule = Schedule.objects.create(
            case=case, sha256=sha256, rows=sheet.num_rows, finding_run=run_sha256
        )
        act(
            case, kind, official=official, agency=agency, on=on, at=at, bundle=bundle, articles=articles,
            schedule=schedule, cites=cites,
            detail={**(detail or {}), "rows": sheet.num_rows, "adverse_rows": adverse},
        )  # fmt: skip
    return schedule


def rows(schedule: Schedule, store: Store, subjects: Sequence[int] | None = None) -> pyarrow.Table:
    """This will read the schedule, or some subjects of it, after its hash was found right."""
    path = store.sheet(schedule.sha256)
    if not path.exists():
        raise HouseFault("schedule.missing", sha256=schedule.sha256)
    wanted = None if subjects is None else pc.field("subject").isin(list(subjects))
    return pq.read_table(path, filters=wanted)


def verify(schedule: Schedule, store: Store) -> bool:
    """This will say whether the sealed sheet is still the one the decision cites."""
    path = store.sheet(schedule.sha256)
    return path.exists() and hash_file(path) == schedule.sha256


def one_by_one(schedule: Schedule, store: Store) -> list[int]:
    """This will name, in order, whom a list is served on one by one: who has a line that burdens, and whoever is
    reminded."""
    reminds = schedule.acts.filter(kind="list_reminders").exists()
    wanted = None if reminds else pc.field("adverse")
    found = pq.read_table(store.sheet(schedule.sha256), columns=["subject"], filters=wanted)
    return sorted(one for one in found["subject"].unique().to_pylist() if one is not None)


def act_on_all(
    schedule: Schedule,
    kind: str,
    *,
    official: Official | None,
    agency: str,
    on: date,
    at: datetime,
    bundle: Adopted,
    store: Store,
    subjects: Sequence[int] | None = None,
    articles: Sequence[str] = (),
    detail: Mapping[str, Any] | None = None,
    exhibits: Sequence[int] = (),
    own: Mapping[int, Mapping[str, Any]] | None = None,
    progress: Progress | None = None,
) -> Tally:
    """This will take one step in every row of ``one_by_one`` (or in ``subjects``) that stands where it may be taken.

    ``serve_decision`` carries the lines of each row, so that the act itself says what binds from now on.
    ``own``: what is said of one row alone, as the return receipt of its letter. A row that may not be served by
    the means that is named is passed by; so is, in a decision, one that is still to be heard, or that its panel
    does not support: it holds nobody up, and is decided by itself.
    """
    procedure = procedure_of(schedule.case, bundle.house)
    wanted = one_by_one(schedule, store) if subjects is None else _listed(schedule, store, subjects)
    taken = 0
    for done, some in _slices(wanted):
        ready = _that_may(schedule.case, kind, some)
        if kind == "decide":
            ready = _that_are_carried(ready, on, advised=procedure.advised)
        if kind in service.SERVICES:
            means = (detail or {}).get("means", service.IN_PERSON)
            ready = service.open_to(schedule.case, means, ready, on)
        drafts = _drafts(schedule, kind, ready, on=on, bundle=bundle, store=store, detail=detail or {})
        if own:
            drafts = [replace(one, detail={**one.detail, **own.get(one.subject or 0, {})}) for one in drafts]
        if exhibits:
            drafts = [replace(one, cites={**one.cites, "exhibits": list(exhibits)}) for one in drafts]
        if drafts:
            act_on_rows(
                schedule.case, kind, drafts, official=official, agency=agency, on=on, at=at, bundle=bundle,
                articles=articles, schedule=schedule,
            )  # fmt: skip
            taken += len(drafts)
        if progress:
            progress(done, len(wanted))
    return Tally(taken, len(wanted) - taken)


def act_on_row(
    schedule: Schedule,
    kind: str,
    subject: int,
    *,
    official: Official | None,
    agency: str,
    on: date,
    at: datetime,
    bundle: Adopted,
    store: Store,
    detail: Mapping[str, Any] | None = None,
    cites: Mapping[str, Any] | None = None,
) -> Act:
    """This will take one step in one row, as the row that its sealed sheet says it is: burdened, or not.

    Raises ``MissingError`` where the list has no such row.
    """
    burdens = rows(schedule, store, [subject])["adverse"].to_pylist()
    if not burdens:
        raise MissingError("schedule.no_such_row", subject=subject, case=schedule.case.number)
    draft = Draft(subject, detail or {}, cites or {}, favourable=not any(burdens))
    (written,) = act_on_rows(
        schedule.case, kind, [draft], official=official, agency=agency, on=on, at=at, bundle=bundle,
        schedule=schedule,
    )  # fmt: skip
    return written


def decided_by(case: Case, subject: int | None = None) -> Act:
    """This will give the act by which a case, or one row of it, was decided."""
    point = standpoints.point_of(case, subject)
    decision = Act.objects.filter(pk=point.decided).first() if point.decided else None
    if decision is None:
        raise MissingError("schedule.not_decided", case=case.number)
    return decision


def _sheet(table: pyarrow.Table, *, adverse: bool) -> pyarrow.Table:
    """This will bring a finding's rows into the form of a schedule: sorted, each (subject, part) once."""
    count = table.num_rows
    if not count:
        raise InputError("schedule.empty")
    if "adverse" not in table.column_names:
        table = table.append_column("adverse", pyarrow.array([adverse] * count, pyarrow.bool_()))
    if "part" not in table.column_names:
        table = table.append_column("part", pyarrow.array([""] * count, pyarrow.string()))
    parts = pyarrow.array([one or "" for one in table["part"].to_pylist()], pyarrow.string())
    table = table.set_column(table.column_names.index("part"), "part", parts)
    once = table.select(["subject", "part"]).group_by(["subject", "part"]).aggregate([]).num_rows
    if once < count:
        raise ConflictError("schedule.row_twice", rows=count - once)
    return table.sort_by([("subject", "ascending"), ("part", "ascending")])


def _listed(schedule: Schedule, store: Store, subjects: Sequence[int]) -> list[int]:
    """This will sort the subjects, each of which must have a row: nobody is told of a list he is not on."""
    held = rows(schedule, store, subjects)["subject"].unique().to_pylist()
    known = {one for one in held if one is not None}
    strangers = sorted(set(subjects) - known)
    if strangers:
        raise MissingError("schedule.no_such_row", subject=strangers[0], case=schedule.case.number)
    return sorted(known)


def _slices(subjects: Sequence[int]) -> Iterator[tuple[int, Sequence[int]]]:
    for start in range(0, len(subjects), SLICE):
        some = subjects[start : start + SLICE]
        yield start + len(some), some


def _that_may(case: Case, kind: str, subjects: Sequence[int]) -> dict[int, Point]:
    points, before = standpoints.points_of_rows(case, subjects), edge_of(kind).before
    return {subject: point for subject, point in points.items() if point.state in before}


def _that_are_carried(ready: Mapping[int, Point], on: date, *, advised: bool) -> dict[int, Point]:
    return {
        subject: point
        for subject, point in ready.items()
        if not point.adverse or point.may_be_carried(on, advised=advised)
    }


def _drafts(
    schedule: Schedule,
    kind: str,
    ready: Mapping[int, Point],
    *,
    on: date,
    bundle: Adopted,
    store: Store,
    detail: Mapping[str, Any],
) -> list[Draft]:
    procedure = procedure_of(schedule.case, bundle.house)
    if kind == "notify" and procedure.hearing is not None and "lines" not in detail:
        return _telling(schedule, ready, procedure, store=store, detail=detail)
    if kind != "serve_decision":
        return [Draft(subject, detail) for subject in ready]
    decisions = Act.objects.in_bulk({point.decided for point in ready.values() if point.decided})
    sheet = rows(schedule, store, list(ready)).to_pylist() if ready else []
    own: dict[int, list[dict[str, Any]]] = {}
    because: dict[int, list[int]] = {}
    for row in sheet:
        subject = int(row["subject"])
        decision = decisions[ready[subject].decided or 0]
        own.setdefault(subject, []).append(
            lines.complete(row, decision.detail, procedure=procedure, from_on=on)
        )
        because.setdefault(subject, []).extend(row.get("because") or ())
    return [
        Draft(
            subject,
            {**detail, "lines": own[subject], "decision": point.decided},
            {"records": because[subject], "schedule": schedule.sha256},
        )
        for subject, point in ready.items()
    ]


def _telling(
    schedule: Schedule,
    ready: Mapping[int, Point],
    procedure: Procedure,
    *,
    store: Store,
    detail: Mapping[str, Any],
) -> list[Draft]:
    """A notice says how much it is about where that opens a hearing."""
    told: dict[int, list[dict[str, Any]]] = {subject: [] for subject in ready}
    for row in rows(schedule, store, list(ready)).to_pylist() if ready else []:
        told[int(row["subject"])].append(lines.complete(row, detail, procedure=procedure))
    return [Draft(subject, {**detail, "lines": told[subject]}) for subject in ready]
