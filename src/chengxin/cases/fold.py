"""Where a matter stands, worked out from its acts and from nothing else.

A pure fold over plain rows: the same for a case, for one row of its schedule, for a test and for a
rebuild. Everything it needs stands in the acts themselves, as the law was on their day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import reduce
from typing import Any, Protocol

from chengxin.cases.edges import ENDED, State, check
from chengxin.cases.point import Asking, Note, Objection, Point, Repairable
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

    A decision carries the rows whose party was heard or had its time, and that no panel keeps back; others
    wait for an act of their own. It binds none that is adverse: each is bound by its own service.
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
    if point.may_be_carried(act.on, advised=bool(act.detail.get("advised"))):
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
    told = bool(act.detail.get("hearing"))
    return replace(
        point, statement_until=None, heard=False, service_failed=False, notified=act.id, hearing_told=told
    )


def _serve(point: Point, act: Step) -> Point:
    until = _day(act.detail, "statement_until")
    return replace(
        point, statement_until=until, due_on=until, hearing_until=_day(act.detail, "hearing_until")
    )


def _state(point: Point, act: Step) -> Point:
    return replace(point, stated=True)


def _ask_hearing(point: Point, act: Step) -> Point:
    return replace(point, hearing_asked=True)


def _hold_hearing(point: Point, act: Step) -> Point:
    return replace(point, hearing_held=True)


def _convene_panel(point: Point, act: Step) -> Point:
    members = tuple(str(one["member"]) for one in act.detail["members"])
    return replace(point, panel=members, advice="")


def _panel_advice(point: Point, act: Step) -> Point:
    return replace(point, advice=str(act.detail.get("advice", "")))


def _fail_service(point: Point, act: Step) -> Point:
    return replace(point, service_failed=True)


def _heard(point: Point, act: Step) -> Point:
    return replace(point, heard=True)


def _cosign(point: Point, act: Step) -> Point:
    return replace(point, cosigned=point.cosigned | {str(act.detail["duty"])})


def _legal_review(point: Point, act: Step) -> Point:
    """An act from before opinions were told apart agreed."""
    return replace(point, reviewed_by_law=act.detail.get("opinion", "agree") == "agree")


def _decide(point: Point, act: Step) -> Point:
    decided = _mistaken(_dates(replace(point, decided=act.id, service_failed=False), act), act)
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
        repairable=_repairable(detail) or point.repairable,
    )


def _repairable(detail: Mapping[str, Any]) -> Repairable | None:
    said = detail.get("repair")
    if not said:
        return None
    return Repairable(said["severity"], date.fromisoformat(said["since"]), date.fromisoformat(said["until"]))


def _review(point: Point, act: Step) -> Point:
    return replace(point, review_on=_day(act.detail, "review_on"))


def _end(point: Point, act: Step) -> Point:
    if act.detail.get("partial"):
        return point
    ended = replace(point, ends_on=_day(act.detail, "ends_on") or act.on, review_on=None, due_on=None)
    return replace(ended, asking=None, revoke_by=None)


def _object(point: Point, act: Step) -> Point:
    detail = act.detail
    opened = Objection(
        act.id,
        str(detail.get("on_objection", "mark")),
        ground=str(detail.get("ground", "")),
        answer_by=_day(detail, "answer_by"),
    )
    return replace(point, objections=(*point.objections, opened))


def _route(point: Point, act: Step) -> Point:
    named = _named_objection(point, act)
    due = _day(act.detail, "answer_by") or named.answer_by
    return _changed(point, named, routed=True, to=str(act.detail.get("to", "")), answer_by=due)


def _urge(point: Point, act: Step) -> Point:
    named = _named_objection(point, act)
    return _changed(point, named, urged=named.urged + 1)


def _answer_objection(point: Point, act: Step) -> Point:
    named = _named_objection(point, act, review=False)
    answered = (*point.answered, named.act)
    return replace(_closed(point, named, act), answered=answered)


def _ask_review(point: Point, act: Step) -> Point:
    """The mark comes back while the answer is looked at again; nothing is frozen a second time."""
    named = int(act.detail.get("objection") or 0)
    if named not in point.answered:
        raise RefusedByLaw("act.no_such_objection", act=act.kind, objection=named or "—")
    asked = Objection(
        act.id, str(act.detail.get("on_objection", "mark")), answer_by=_day(act.detail, "answer_by"), of=named
    )
    left = tuple(one for one in point.answered if one != named)
    return replace(point, objections=(*point.objections, asked), answered=left)


def _answer_review(point: Point, act: Step) -> Point:
    return _closed(point, _named_objection(point, act, review=True), act)


def _closed(point: Point, named: Objection, act: Step) -> Point:
    left = tuple(o for o in point.objections if o is not named)
    revoke_by = _day(act.detail, "revoke_by") or point.revoke_by
    return _mistaken(replace(point, objections=left, revoke_by=revoke_by), act)


def _mistaken(point: Point, act: Step) -> Point:
    """What found a mismatch of ours says by when we apologise for it; a new one begins anew."""
    due = _day(act.detail, "apology_by")
    return point if due is None else replace(point, mistaken=act.id, apology_by=due, apologised=None)


def _shorten(point: Point, act: Step) -> Point:
    """The milder rule: sooner, never later."""
    until = date.fromisoformat(act.detail["until"])
    told = point.repairable
    if told is not None:
        since = _day(act.detail, "repairable_from") or told.since
        told = replace(told, since=min(told.since, since), until=min(told.until, until))
    return replace(point, ends_on=min(point.ends_on or until, until), repairable=told)


def _remind(point: Point, act: Step) -> Point:
    return _dates(replace(point, decided=act.id), act)


def _alarm(point: Point, act: Step) -> Point:
    said = (act.kind, str(act.detail["clock"]), date.fromisoformat(act.detail["runs_out_on"]))
    return replace(point, alarms=point.alarms | {said})


def _suspend(point: Point, act: Step) -> Point:
    return replace(point, suspended=act.id)


def _resume(point: Point, act: Step) -> Point:
    return replace(point, suspended=None)


def _apologise(point: Point, act: Step) -> Point:
    return replace(point, apology_by=None, apologised=act.id)


def _certify(point: Point, act: Step) -> Point:
    return replace(point, certified=act.id)


def _changed(point: Point, named: Objection, **said: Any) -> Point:
    return replace(point, objections=tuple(replace(o, **said) if o is named else o for o in point.objections))


def _extend(point: Point, act: Step) -> Point:
    """More time, once, for an objection or for an application for repair."""
    of, until = act.detail.get("of"), _day(act.detail, "answer_by")
    if point.asking is not None and point.asking.act == of:
        return replace(point, asking=replace(point.asking, answer_by=until, extended=True))
    named = next((o for o in point.objections if o.act == of), None)
    if named is None:
        raise RefusedByLaw("act.no_such_objection", act=act.kind, objection=of or "—")
    return _changed(point, named, answer_by=until, extended=True)


def _annotate(point: Point, act: Step) -> Point:
    noted = Note(act.id, str(act.detail.get("what", "")), bool(act.detail.get("stays")))
    return replace(point, notes=(*point.notes, noted))


def _end_annotation(point: Point, act: Step) -> Point:
    left = tuple(note for note in point.notes if note.act != act.detail.get("note"))
    if len(left) == len(point.notes):
        raise RefusedByLaw("annotation.none_such", note=act.detail.get("note", "—"))
    revoke_by = _day(act.detail, "revoke_by") or point.revoke_by
    return replace(point, notes=left, revoke_by=revoke_by)


def _own_words(point: Point, act: Step) -> Point:
    return replace(point, own_words=act.id)


def _apply_repair(point: Point, act: Step) -> Point:
    asking = Asking(act.id, _day(act.detail, "accept_by"), _day(act.detail, "answer_by"))
    return replace(point, asking=asking)


def _accept_repair(point: Point, act: Step) -> Point:
    if point.asking is None or point.asking.accepted:
        raise RefusedByLaw("repair.not_asked", act=act.kind)
    return replace(point, asking=replace(point.asking, accepted=True))


def _refuse_repair(point: Point, act: Step) -> Point:
    if point.asking is None:
        raise RefusedByLaw("repair.not_asked", act=act.kind)
    return replace(point, asking=None, misled=point.misled or act.detail.get("reason") == "false_papers")


def _named_objection(point: Point, act: Step, *, review: bool | None = None) -> Objection:
    """The open one an act names; ``review``: only a request for review, or only an objection."""
    for objection in point.objections:
        kind = objection.of is not None
        if objection.act == act.detail.get("objection") and review in (None, kind):
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
    "state": _state,
    "ask_hearing": _ask_hearing,
    "hold_hearing": _hold_hearing,
    "convene_panel": _convene_panel,
    "panel_advice": _panel_advice,
    "urge": _urge,
    "extend": _extend,
    "ask_review": _ask_review,
    "answer_review": _answer_review,
    "annotate": _annotate,
    "end_annotation": _end_annotation,
    "own_words": _own_words,
    "apologise": _apologise,
    "certify": _certify,
    "shorten": _shorten,
    "remind": _remind,
    "warn": _alarm,
    "escalate": _alarm,
    "suspend": _suspend,
    "resume": _resume,
    "apply_repair": _apply_repair,
    "accept_repair": _accept_repair,
    "refuse_repair": _refuse_repair,
}
_FALLS = {
    "propose": _propose_row,
    "cosign": _cosign,
    "legal_review": _legal_review,
    "decide": _decide_row,
    "take_out": _end_row,
    "revoke": _end_row,
}
