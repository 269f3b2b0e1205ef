"""What the procedure fixes about an act is filled in here, and never what the official must decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from chengxin.cases import (
    confirmation,
    hearing,
    lines,
    mandates,
    milder,
    mismatch,
    notes,
    objections,
    panel,
    reminders,
    repair,
    service,
)
from chengxin.cases.edges import EDGES, State
from chengxin.cases.models import Act
from chengxin.cases.point import Point
from chengxin.cases.rules import Occasion, agency_of
from chengxin.core.errors import RefusedByLaw


def complete(
    occasion: Occasion,
    before: Point,
    subject: int | None,
    detail: Mapping[str, Any],
    *,
    favourable: bool = False,
) -> dict[str, Any]:
    """This will give the detail of the act about to be written.

    Raises ``RefusedByLaw`` where it says what only the procedure or the schedule may say.
    """
    for name in sorted(_FIXED.keys() & detail.keys()):
        if not _FIXED[name](occasion, subject, detail):
            raise RefusedByLaw("act.fixed_by_procedure", name=name, act=occasion.kind)
    filled = dict(detail)
    if favourable:
        _refuse_road(occasion)
        filled["adverse"] = False
    fill = _FILLS.get(occasion.kind)
    if fill is not None:
        fill(occasion, before, subject, filled)
    if "mandate" in filled and occasion.kind != mandates.WITHDRAW:
        mandates.fill_used(occasion, subject, filled)
    within = occasion.procedure.within(occasion.kind)
    if within is not None and "due_on" not in filled and not occasion.procedure.by_subject(occasion.kind):
        filled["due_on"] = occasion.bundle.last_day(within, occasion.on).isoformat()
    return filled


def _never(occasion: Occasion, subject: int | None, detail: Mapping[str, Any]) -> bool:
    return False


def _may_say_lines(occasion: Occasion, subject: int | None, detail: Mapping[str, Any]) -> bool:
    """A single decision names its parts; the rows of a mass decision are served with those of its sheet."""
    binds = "decide" if occasion.schedule is None else "serve_decision"
    return occasion.kind == binds or occasion.kind not in {"decide", "serve_decision"}


def _refuse_road(occasion: Occasion) -> None:
    """A row that burdens nobody took force with the list: there is nothing to tell or to serve, and no road to walk."""
    edge = EDGES.get(occasion.kind)
    if edge is None or (edge.after is not None and State.IN_FORCE not in edge.before):
        raise RefusedByLaw("act.fixed_by_procedure", name="adverse", act=occasion.kind)


def _may_say_agent(occasion: Occasion, subject: int | None, detail: Mapping[str, Any]) -> bool:
    """Who acts under a mandate stands in the mandate."""
    return occasion.kind == mandates.GIVE


_FIXED = {
    "partial": _never, "lines": _may_say_lines, "adverse": _never, "repair": _never,
    "apology_by": _never, "agent": _may_say_agent, "hearing": _never, "advised": _never,
    "pro": _never, "contra": _never, "advice": _never,
}  # fmt: skip
"""What decides whether somebody must be heard, and what binds whom: who may write it into an act."""


def _propose(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    """A mass decision burdens nobody as a whole: its rows are heard and bound one by one."""
    filled["adverse"] = occasion.procedure.adverse and occasion.schedule is None


def _notify(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    hearing.fill_told(occasion, filled)


def _serve(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    served = service.fill(occasion.case, subject, filled, on=occasion.on, bundle=occasion.bundle)
    until = occasion.bundle.last_day(occasion.procedure.statement, served)
    filled["statement_until"] = until.isoformat()
    hearing.fill_served(occasion, before, served, filled)


def _cosign(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    filled["duty"] = agency_of(occasion.agency).duty


def _object(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    objections.fill_object(occasion, subject, filled)


def _route(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    objections.fill_route(occasion, filled)


def _answer(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    objections.fill_answer(occasion, before, filled)
    mismatch.fill_answer(occasion, before, filled)


def _ask_review(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    objections.fill_ask_review(occasion, filled)


def _extend(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    more = repair.extension(occasion.on) if before.asking else None
    objections.fill_extend(occasion, before, filled, more)


def _convene(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    panel.refuse_conflict(subject or occasion.case.subject, filled)


def _advise(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    panel.fill_advice(before, filled)


def _shorten(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    milder.fill(occasion, before, filled)


def _remind(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    reminders.fill(occasion, subject, filled)


def _confirm_text(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    confirmation.fill(occasion, filled)


def _give_mandate(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    mandates.fill_given(occasion, filled)


def _annotate(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    notes.fill(occasion, filled)


def _end_annotation(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    notes.fill_end(occasion, before, filled)


def _apply_repair(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    repair.fill_applied(occasion, filled)


def _decide(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    """Without an end date it is the procedure's exit condition, with a day of review."""
    procedure = occasion.procedure
    if procedure.advised and occasion.schedule is not None and subject is None:
        filled["advised"] = True
    repair.fill_decided(occasion, filled)
    mismatch.fill_decided(occasion, filled)
    if procedure.exit_condition:
        filled.setdefault("exit", procedure.exit_condition)
    if procedure.review and not filled.get("until"):
        begins = filled.get("from") or occasion.on.isoformat()
        review = occasion.bundle.review_day(procedure.review, type(occasion.on).fromisoformat(begins))
        filled.setdefault("review_on", review.isoformat())
    if occasion.schedule is None and procedure.effect is not None:
        begins_on = None if before.adverse else occasion.on
        filled["lines"] = [
            lines.complete({**line, "adverse": True}, filled, procedure=procedure, from_on=begins_on)
            for line in filled.get("lines") or [{}]
        ]


def _serve_decision(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    """The act of service says what binds from now on, so that its effects follow from it alone."""
    served = service.fill(occasion.case, subject, filled, on=occasion.on, bundle=occasion.bundle)
    binds_on = max(served, occasion.on)
    repair.fill_served(before, filled)
    if before.decided is None:
        return
    if occasion.schedule is not None:
        _serve_row(occasion, filled, binds_on)
        return
    decision = Act.objects.get(pk=before.decided)
    filled["decision"] = decision.pk
    filled["lines"] = [
        lines.complete(line, decision.detail, procedure=occasion.procedure, from_on=binds_on)
        for line in decision.detail.get("lines", ())
    ]


def _serve_row(occasion: Occasion, filled: dict[str, Any], binds_on: date) -> None:
    """A row is served with the lines of the schedule: ``schedules.act_on_all`` reads them from its sheet."""
    filled["lines"] = [
        lines.complete(line, {}, procedure=occasion.procedure, from_on=binds_on)
        for line in filled.get("lines", ())
    ]
    reminded = occasion.procedure.reminds is not None
    if not any(reminded or line["adverse"] for line in filled["lines"]):
        raise RefusedByLaw("act.lines_missing", case=occasion.case.number)


def _end(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    """The end of one part (a plant) leaves the matter open while another part still stands."""
    filled.setdefault("ends_on", occasion.on.isoformat())
    part = filled.get("part")
    if part is None:
        return
    own = occasion.case.acts.filter(subject=subject)
    standing: set[str] = set()
    for act in own.filter(kind__in=("serve_decision", "decide")).order_by("id"):
        standing |= lines.parts(act.detail.get("lines", ()))
    ended = {act.detail.get("part") for act in own.filter(kind__in=("repair", "revoke"))}
    if part not in standing - ended:
        raise RefusedByLaw("act.no_such_part", part=part or "—", parts=", ".join(sorted(standing - ended)))
    filled["partial"] = bool(standing - ended - {part})


_FILLS = {
    "propose": _propose,
    "notify": _notify,
    "serve": _serve,
    "cosign": _cosign,
    "object": _object,
    "route": _route,
    "answer_objection": _answer,
    "answer_review": _answer,
    "ask_review": _ask_review,
    "extend": _extend,
    "convene_panel": _convene,
    "remind": _remind,
    "panel_advice": _advise,
    "shorten": _shorten,
    "confirm_text": _confirm_text,
    "give_mandate": _give_mandate,
    "annotate": _annotate,
    "end_annotation": _end_annotation,
    "apply_repair": _apply_repair,
    "decide": _decide,
    "serve_decision": _serve_decision,
    "repair": _end,
    "revoke": _end,
}
