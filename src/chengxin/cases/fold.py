"""Where a matter stands, worked out from its acts and from nothing else.

A pure fold over plain rows: the same for a case, for one row of its schedule, for a test and for a
rebuild. Everything it needs stands in the acts themselves, as the law was on their day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from typing import Any, Protocol

from chengxin.cases.edges import ENDED, State, check
from chengxin.core.errors import RefusedByLaw


class Step(Protocol):
    """What the fold reads of an act: a Django row or a dataclass alike."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def on(self) -> date: ...
    @property
    def subject(self) -> int | None: ...
    @property
    def detail(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection that nobody has answered yet."""

    act: int
    on_objection: str
    """none, mark or freeze: what it does while it is open."""
    routed: bool = False
    to: str = ""
    """The body it was routed to, which alone may answer it."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a matter stands after some acts. ``road`` is its state before objections freeze it."""

    road: State = State.OPEN
    since: date | None = None
    adverse: bool = True
    proposed: int | None = None
    """The proposing act: what co-signers sign."""
    statement_until: date | None = None
    """The last day on which the party may still state its case."""
    heard: bool = False
    """A statement was answered or waived."""
    service_failed: bool = False
    """An attempt to serve the paper that now waits has failed."""
    cosigned: frozenset[str] = frozenset()
    reviewed_by_law: bool = False
    decided: int | None = None
    in_force_from: date | None = None
    ends_on: date | None = None
    """Exclusive: the first day on which it no longer holds."""
    review_on: date | None = None
    due_on: date | None = None
    objections: tuple[Objection, ...] = ()
    last_act: int = 0

    @property
    def state(self) -> State:
        """This will say FROZEN where an open objection freezes what is in force."""
        frozen = self.road is State.IN_FORCE and any(o.on_objection == "freeze" for o in self.objections)
        return State.FROZEN if frozen else self.road

    @property
    def marked(self) -> bool:
        """Whether 异议处理中 stands beside it."""
        return any(o.on_objection != "none" for o in self.objections)

    def may_be_decided(self, on: date) -> bool:
        """This will say whether the party was heard, or had its time and let it pass."""
        if self.road is State.ANSWERED:
            return True
        return self.road is State.SERVED and self.statement_until is not None and on > self.statement_until


def fold(steps: Iterable[Step], *, start: Point | None = None) -> Point:
    """This will fold the acts of a whole case, in the order of their numbers."""
    return reduce(step, (s for s in steps if s.subject is None), start or Point())


def fold_row(steps: Iterable[Step], subject: int, *, adverse: bool | None = None) -> Point:
    """This will fold one row of a schedule: the acts on the whole, and the acts on this row.

    ``adverse`` says whether the row burdens; left out, the row's own acts say so, and else it does.
    """
    road = [one for one in steps if one.subject in (None, subject)]
    if adverse is None:
        adverse = all(one.detail.get("adverse", True) for one in road if one.subject is not None)
    point = Point(adverse=adverse)
    for one in road:
        point = whole_on_row(point, one) if one.subject is None else step(point, one)
    return point


def step(point: Point, act: Step) -> Point:
    """This will take one step, refusing what the drawing does not allow."""
    detail = act.detail
    adverse = bool(detail.get("adverse", point.adverse))
    edge = check(act.kind, point.state, adverse=adverse)
    moved = replace(point, adverse=adverse, last_act=act.id)
    if edge.after is not None and not detail.get("partial"):
        moved = replace(moved, road=edge.after, since=act.on, due_on=_day(detail, "due_on"))
    elif point.road is State.OPEN:
        moved = replace(moved, road=State.KEPT, since=act.on)
    elif "due_on" in detail:
        moved = replace(moved, due_on=_day(detail, "due_on"))
    marks = _MARKS.get(act.kind)
    return marks(moved, act) if marks else moved


def whole_on_row(point: Point, act: Step) -> Point:
    """This will say what an act on a whole mass decision does to one of its rows.

    A decision carries the rows whose party was heard or had its time; others wait for an act of their
    own. It binds none that is adverse: each is bound by its own service.
    """
    falls = _FALLS.get(act.kind)
    fallen = falls(point, act) if falls else point
    return fallen if fallen.road is point.road else replace(fallen, last_act=act.id)


def _propose_row(point: Point, act: Step) -> Point:
    return replace(point, road=State.PROPOSED, since=act.on, proposed=act.id)


def _decide_row(point: Point, act: Step) -> Point:
    if not point.adverse and point.road is State.PROPOSED:
        bound = _dates(replace(point, road=State.IN_FORCE, since=act.on, decided=act.id), act)
        return replace(bound, in_force_from=bound.in_force_from or act.on)
    if point.may_be_decided(act.on):
        decided = replace(point, road=State.DECIDED, since=act.on, decided=act.id, due_on=None)
        return _dates(replace(decided, service_failed=False), act)
    return point


def _end_row(point: Point, act: Step) -> Point:
    """The whole is revoked or taken out: what bound is revoked, what was still prepared is taken out."""
    if point.road in ENDED:
        return point
    if point.road in {State.DECIDED, State.IN_FORCE}:
        return _end(replace(point, road=State.REVOKED, since=act.on), act)
    return replace(point, road=State.TAKEN_OUT, since=act.on, due_on=None)


def _propose(point: Point, act: Step) -> Point:
    return replace(point, proposed=act.id)


def _notify(point: Point, act: Step) -> Point:
    return replace(point, statement_until=None, heard=False, service_failed=False)


def _serve(point: Point, act: Step) -> Point:
    until = _day(act.detail, "statement_until")
    return replace(point, statement_until=until, due_on=until)


def _fail_service(point: Point, act: Step) -> Point:
    return replace(point, service_failed=True)


def _heard(point: Point, act: Step) -> Point:
    return replace(point, heard=True)


def _cosign(point: Point, act: Step) -> Point:
    return replace(point, cosigned=point.cosigned | {str(act.detail["duty"])})


def _legal_review(point: Point, act: Step) -> Point:
    return replace(point, reviewed_by_law=True)


def _decide(point: Point, act: Step) -> Point:
    decided = _dates(replace(point, decided=act.id, service_failed=False), act)
    if point.adverse:
        return decided
    return replace(decided, road=State.IN_FORCE, in_force_from=decided.in_force_from or act.on)


def _serve_decision(point: Point, act: Step) -> Point:
    served = _dates(point, act)
    promised = served.in_force_from or act.on
    return replace(served, in_force_from=max(promised, act.on, _day(act.detail, "served_on") or act.on))


def _dates(point: Point, act: Step) -> Point:
    detail = act.detail
    return replace(
        point,
        in_force_from=_day(detail, "from") or point.in_force_from,
        ends_on=_day(detail, "until") or point.ends_on,
        review_on=_day(detail, "review_on") or point.review_on,
    )


def _review(point: Point, act: Step) -> Point:
    return replace(point, review_on=_day(act.detail, "review_on"))


def _end(point: Point, act: Step) -> Point:
    if act.detail.get("partial"):
        return point
    return replace(point, ends_on=_day(act.detail, "ends_on") or act.on, review_on=None, due_on=None)


def _object(point: Point, act: Step) -> Point:
    opened = Objection(act.id, str(act.detail.get("on_objection", "mark")))
    return replace(point, objections=(*point.objections, opened))


def _route(point: Point, act: Step) -> Point:
    named = _named_objection(point, act)
    to = str(act.detail.get("to", ""))
    routed = (replace(o, routed=True, to=to) if o is named else o for o in point.objections)
    return replace(point, objections=tuple(routed))


def _answer_objection(point: Point, act: Step) -> Point:
    named = _named_objection(point, act)
    return replace(point, objections=tuple(o for o in point.objections if o is not named))


def _named_objection(point: Point, act: Step) -> Objection:
    for objection in point.objections:
        if objection.act == act.detail.get("objection"):
            return objection
    raise RefusedByLaw("act.no_such_objection", act=act.kind, objection=act.detail.get("objection", "—"))


def _day(detail: Mapping[str, Any], name: str) -> date | None:
    text = detail.get(name)
    return date.fromisoformat(text) if text else None


_MARKS = {
    "propose": _propose,
    "notify": _notify,
    "serve": _serve,
    "fail_service": _fail_service,
    "waive": _heard,
    "answer": _heard,
    "cosign": _cosign,
    "legal_review": _legal_review,
    "decide": _decide,
    "serve_decision": _serve_decision,
    "review": _review,
    "repair": _end,
    "revoke": _end,
    "lapse": _end,
    "object": _object,
    "route": _route,
    "answer_objection": _answer_objection,
}
_FALLS = {
    "propose": _propose_row,
    "cosign": _cosign,
    "legal_review": _legal_review,
    "decide": _decide_row,
    "take_out": _end_row,
    "revoke": _end_row,
}
