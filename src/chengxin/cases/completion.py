"""What the procedure fixes about an act is filled in here, and never what the official must decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chengxin.cases import lines
from chengxin.cases.fold import Point
from chengxin.cases.models import Act
from chengxin.cases.rules import Occasion, agency_of
from chengxin.core.errors import RefusedByLaw


def complete(
    occasion: Occasion, before: Point, subject: int | None, detail: Mapping[str, Any]
) -> dict[str, Any]:
    """This will give the detail of the act about to be written."""
    filled = dict(detail)
    fill = _FILLS.get(occasion.kind)
    if fill is not None:
        fill(occasion, before, subject, filled)
    within = occasion.procedure.within(occasion.kind)
    if within is not None and "due_on" not in filled and not occasion.procedure.by_subject(occasion.kind):
        filled["due_on"] = occasion.bundle.last_day(within, occasion.on).isoformat()
    return filled


def _propose(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    """A mass decision burdens nobody as a whole: its rows are heard and bound one by one."""
    filled["adverse"] = occasion.procedure.adverse and occasion.schedule is None


def _serve(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    until = occasion.bundle.last_day(occasion.procedure.statement, occasion.on)
    filled["statement_until"] = until.isoformat()


def _cosign(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    filled["duty"] = agency_of(occasion.agency).duty


def _object(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    filled["on_objection"] = occasion.procedure.on_objection


def _decide(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    """Without an end date it is the procedure's exit condition, with a day of review."""
    procedure = occasion.procedure
    if procedure.exit_condition:
        filled.setdefault("exit", procedure.exit_condition)
    if procedure.review and not filled.get("until"):
        begins = filled.get("from") or occasion.on.isoformat()
        review = occasion.bundle.review_day(procedure.review, type(occasion.on).fromisoformat(begins))
        filled.setdefault("review_on", review.isoformat())
    if occasion.schedule is None and procedure.effect is not None:
        begins_on = None if before.adverse else occasion.on
        filled["lines"] = [
            lines.complete(line, filled, procedure=procedure, from_on=begins_on)
            for line in filled.get("lines") or [{}]
        ]


def _serve_decision(occasion: Occasion, before: Point, subject: int | None, filled: dict[str, Any]) -> None:
    """The act of service says what binds from now on, so that its effects follow from it alone."""
    if before.decided is None or occasion.schedule is not None:
        return
    decision = Act.objects.get(pk=before.decided)
    filled["decision"] = decision.pk
    filled["lines"] = [
        lines.complete(line, decision.detail, procedure=occasion.procedure, from_on=occasion.on)
        for line in decision.detail.get("lines", ())
    ]


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
    "serve": _serve,
    "cosign": _cosign,
    "object": _object,
    "decide": _decide,
    "serve_decision": _serve_decision,
    "repair": _end,
    "revoke": _end,
}
