"""What a program's page may find, propose and step in; who, when and by which rules come from the visit.

::

    found = found_last(visit, "sewage_tariff", "surcharge")      # Found(run, rows), or None
    listed = propose_list(visit, "sewage_tariff", "levy", table, run=found.run_sha256, title="…")
    step(visit, listed.case, "cosign", schedule=listed)
    step_rows(visit, listed, "serve", subjects)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext_noop as noop

from chengxin.cases import documents, opening, schedules
from chengxin.cases.acts import act as take
from chengxin.cases.adopted import open_bundle
from chengxin.cases.models import Act, Case, Schedule, Standpoint
from chengxin.cases.schedules import Tally
from chengxin.cases.standpoints import point_of
from chengxin.cases.tracing import trace_of
from chengxin.core.errors import InputError
from chengxin.findings import reasons, reckon
from chengxin.findings.models import Run
from chengxin.kit.pages import Visit
from chengxin.kit.places import divisions
from chengxin.ledger.content import store_text
from chengxin.subjects.cards import cards

DocumentTable = documents.Table
LEFT_OUT: Final = {
    "checking": noop("所依据的评价正在由作出机关核实"),
    "other_body": noop("由县（市、区）另行提出"),
    "closed": noop("已经关停，没有可以执行的对象"),
    "other": noop("其他，见所附理由"),
}
"""Why a row of a finding may be left out of a proposal. Each also takes a text: leaving out is deciding too."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows (subject, part) that a proposal does not take in, the coded reason, and the reason in words."""

    rows: Sequence[tuple[int, str]]
    reason: str
    text: str

    def told(self) -> list[dict[str, Any]]:
        """This will write it as the act says it: numbers and codes."""
        return [
            {"subject": subject, "part": part, "reason": self.reason} for subject, part in sorted(self.rows)
        ]


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


def within(visit: Visit, rows: Iterable[Mapping[str, Any]], region: str = "division") -> list[dict[str, Any]]:
    """This will keep the rows of a finding that lie in the visitor's scope. A finding is nobody's own telling:
    only who sees every body's sees it."""
    if visit.scope.agencies is not None:
        return []
    return [dict(row) for row in rows if visit.scope.covers(str(row[region]))]


def own(visit: Visit, table: pa.Table, *duties: str) -> pa.Table:
    """This will keep what lies in the visitor's divisions, if its body has one of the duties; else nothing."""
    if visit.who.agency.duty not in duties or visit.scope.agencies is not None:
        return table.slice(0, 0)
    seen = [each for each in pc.unique(table["division"]).to_pylist() if visit.scope.covers(each or "")]
    return table.filter(pc.is_in(table["division"], pa.array(seen, pa.string())))


def named(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """This will put the name, code and division (``place``) of its subject beside each row."""
    listed = [dict(row) for row in rows]
    known = cards(row["subject"] for row in listed)
    places = divisions(row.get("division") or "" for row in listed)
    for row in listed:
        card = known.get(row["subject"])
        row["name"], row["code"] = (card.name, card.code) if card else ("", "")
        row["place"] = places.get(row.get("division") or "", "")
    return listed


def find_now(visit: Visit, program: str, finding: str, as_of: date) -> Found:
    """This will reckon a finding as of a day, under the rules in force today, and wait for it."""
    run = reckon.reckon(
        program, finding, as_of, store=visit.store, house=visit.house, bundle=visit.bundle, now=visit.now,
        engine="duckdb",
    )  # fmt: skip
    return Found(run, reckon.rows(run, store=visit.store))


def propose_list(
    visit: Visit,
    program: str,
    procedure: str,
    table: pa.Table,
    *,
    run: str,
    title: str,
    left_out: LeftOut | None = None,
) -> Schedule:
    """This will open a case of the official's body and propose the rows as its schedule.

    ``left_out`` is said by the act itself, and its text is kept as an exhibit of the case.
    """
    apart = _kept_apart(visit, left_out, title) if left_out and left_out.rows else {}
    agency = visit.who.agency
    case = opening.open_case(
        program=program, procedure=procedure, agency=agency.pk, region=agency.region_id, title=title,
        on=visit.today,
    )  # fmt: skip
    return schedules.propose(
        case, table, run_sha256=run, official=visit.who, agency=agency.pk, on=visit.today, at=visit.now,
        bundle=visit.adopted, store=visit.store, **apart,
    )  # fmt: skip


def _kept_apart(visit: Visit, left_out: LeftOut, title: str) -> dict[str, Any]:
    if left_out.reason not in LEFT_OUT or not left_out.text.strip():
        raise InputError("schedule.left_out_without_reason", known=", ".join(LEFT_OUT))
    exhibit = store_text(visit.store, left_out.text, f"不提出的理由　{title}"[:120], visit.now, visit.secret)
    return {"detail": {"left_out": left_out.told()}, "exhibits": [exhibit.pk]}


def left_out_of(case: Case) -> list[dict[str, Any]]:
    """This will give the rows a list's proposal left out: ``subject``, ``part``, ``reason`` (a code)."""
    proposal = case.acts.filter(kind="propose").order_by("-id").first()
    return list(proposal.detail.get("left_out", ())) if proposal else []


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
    visit.prove(kind)
    return take(
        case, kind, official=visit.who, agency=visit.who.agency_id, on=visit.today, at=visit.now,
        bundle=visit.adopted, subject=subject, schedule=schedule, detail=detail, cites=cites,
    )  # fmt: skip


def step_rows(
    visit: Visit,
    schedule: Schedule,
    kind: str,
    subjects: Sequence[int] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Tally:
    """This will take one step in every row that stands where it may be taken, or in some of them."""
    visit.prove(kind)
    return schedules.act_on_all(
        schedule, kind, official=visit.who, agency=visit.who.agency_id, on=visit.today, at=visit.now,
        bundle=visit.adopted, store=visit.store, subjects=subjects, detail=detail,
    )  # fmt: skip


def lists_of(visit: Visit, program: str, procedure: str) -> list[Schedule]:
    """This will give the lists proposed under a procedure that the visitor may see, the newest first."""
    within = visit.scope.q({"agency": "case__agency", "region": "case__region"})
    held = Schedule.objects.filter(within, case__program=program, case__procedure=procedure)
    return list(held.select_related("case").order_by("-id"))


def list_rows(visit: Visit, schedule: Schedule) -> list[dict[str, Any]]:
    """This will give a list's rows, each with its ``state``, ``marked``, ``due_on``, ``from_on`` and ``ends_on``."""
    whole = stands(schedule.case)
    points = {each.subject: each for each in Standpoint.objects.filter(case=schedule.case, subject__gt=0)}
    rows: list[dict[str, Any]] = schedules.rows(schedule, visit.store).to_pylist()
    for row in rows:
        point = points.get(row["subject"])
        row["state"] = point.state if point else whole
        row["marked"] = bool(point and point.marked)
        row["due_on"] = point.due_on if point else None
        row["from_on"] = point.in_force_from if point else None
        row["ends_on"] = point.ends_on if point else None
    return rows


def list_table(visit: Visit, schedule: Schedule, columns: Sequence[str], where: Any = None) -> pa.Table:
    """This will read some columns of a list too long to walk row by row; ``where`` is a filter of pyarrow's."""
    sheet = visit.store.sheet(schedule.sha256)
    return pq.read_table(sheet, columns=list(columns), filters=where)


def rows_underway(schedule: Schedule) -> list[dict[str, Any]]:
    """This will give the rows of a list that somebody took up one by one, the nearest deadline first."""
    held = Standpoint.objects.filter(case=schedule.case, subject__gt=0).order_by("due_on", "subject")
    said = ("subject", "state", "marked", "since", "due_on", "in_force_from", "ends_on")
    return [{**row, "case": schedule.case_id} for row in held.values(*said)]


def panels_of(schedule: Schedule) -> dict[int, dict[str, Any]]:
    """This will give, of each row of a list put before a panel, ``members``, ``pro``, ``contra`` and ``advice``; the
    last three are empty while it sits."""
    found: dict[int, dict[str, Any]] = {}
    kinds = ("convene_panel", "panel_advice")
    for act in schedule.case.acts.filter(kind__in=kinds, subject__gt=0).order_by("id"):
        if act.kind == "convene_panel":
            named = {"members": len(act.detail["members"]), "pro": None, "contra": None, "advice": ""}
            found[act.subject or 0] = named
        else:
            found[act.subject or 0] |= {name: act.detail[name] for name in ("pro", "contra", "advice")}
    return found


def reasons_of(
    visit: Visit, program: str, finding: str, subject: int, *, again: bool = False
) -> reasons.Explanation:
    """This will give what was found of one subject, with the records it rests on; ``again``, derived anew too."""
    return reasons.explain(program, finding, subject, store=visit.store, again=again)


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
    url = visit.request.build_absolute_uri(visit.url("public:verify_digest", digest=act.digest))
    trace = trace_of(
        act, bundle=open_bundle(act.bundle, visit.store), store=visit.store, check_url=url, **paragraphs
    )
    return documents.render(trace)
