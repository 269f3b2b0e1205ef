"""Objections 异议: marked at once, sent to whose record it is, urged, answered in writing, looked at again.

A repeat without new evidence is answered like any other and marks nothing anew. What is found wrong is
withdrawn within days; where the platform itself matched wrongly, it answers in one working day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from chengxin.cases.edges import State
from chengxin.cases.models import Act
from chengxin.cases.point import Objection, Point
from chengxin.core.errors import DeniedError, RefusedByLaw
from chengxin.ledger.models import Agency, Exhibit

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

MISMATCH: Final = "mismatch"
GROUNDS: Final = {
    "error": ("记载有误", "what it says is wrong"),
    "omission": ("有遗漏", "something is left out"),
    "over": ("期限已过", "its time is over"),
    "not_met": ("不符合列入条件", "the conditions were not met"),
    "not_removed": ("应当移出而未移出", "it should have been removed"),
    "privacy": ("侵犯隐私或者商业秘密", "privacy or a trade secret is infringed"),
    MISMATCH: ("不是我：平台关联错了", "not me: the platform matched wrongly"),
}
OUTCOMES: Final = {
    "kept": ("经核查无误，维持", "found right, and kept"),
    "corrected": ("更正", "corrected"),
    "deleted": ("删除", "deleted"),
    "stopped": ("停止公开或者使用", "no longer shown or used"),
    "delisted": ("移出名单", "taken off the list"),
}
_OWN = ("answer_by", "revoke_by", "repeat")
"""What the clock says, whatever the caller wrote."""


def rule(on: date) -> Mapping[str, str]:
    """This will give the deadlines in force on a day."""
    begun = [since for since in _table() if since <= on]
    if not begun:
        raise RefusedByLaw("objection.no_rule", on=on)
    return _table()[max(begun)]


def fill_object(occasion: Occasion, subject: int | None, filled: dict[str, Any]) -> None:
    """This will say what the objection does while it is open, and by when it is answered."""
    _forget(filled)
    procedure, told = occasion.procedure, rule(occasion.on)
    ground = filled.setdefault("ground", "error")
    filled["on_objection"] = procedure.on_objection
    earlier = _earlier(occasion, subject)
    if earlier and not _brings_new(filled.get("evidence", ()), earlier):
        filled["on_objection"], filled["repeat"] = "none", earlier[-1].pk
    if ground == MISMATCH:
        period = told["mismatch"]
    elif procedure.routes_to == "maker":
        filled["answer_by"] = _after(occasion, told["maker"], _after(occasion, told["forward"])).isoformat()
        return
    else:
        period = procedure.within("answer_objection") or told["own"]
    filled["answer_by"] = _after(occasion, period).isoformat()


def fill_route(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will say by when the body whose record it is answers."""
    _forget(filled)
    filled["answer_by"] = _after(occasion, rule(occasion.on)["maker"]).isoformat()


def fill_answer(occasion: Occasion, before: Point, filled: dict[str, Any]) -> None:
    """This will say by when what was found wrong is withdrawn."""
    _forget(filled)
    wrong = filled.get("outcome") in OUTCOMES and filled["outcome"] != "kept"
    if wrong and before.road in {State.DECIDED, State.IN_FORCE}:
        filled["revoke_by"] = withdrawn_by(occasion)


def fill_ask_review(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will bring the mark back while the answer is looked at again."""
    _forget(filled)
    filled["on_objection"] = "none" if occasion.procedure.on_objection == "none" else "mark"
    period = occasion.procedure.within("answer_review") or rule(occasion.on)["review"]
    filled["answer_by"] = _after(occasion, period).isoformat()


def fill_extend(occasion: Occasion, before: Point, filled: dict[str, Any], repair: str | None) -> None:
    """This will add, once, what the rule allows to the day it is due: ``repair`` to an application."""
    _forget(filled)
    of = filled.get("of")
    if before.asking is not None and before.asking.act == of:
        period, due = repair, before.asking.answer_by
    else:
        named = open_one(before, of)
        period, due = rule(occasion.on).get("extension"), named.answer_by if named else None
    if period is None or due is None:
        raise RefusedByLaw("extension.none")
    filled["answer_by"] = _after(occasion, period, due).isoformat()


def withdrawn_by(occasion: Occasion) -> str:
    """This will give the last day to withdraw what was found wrong (三日内)."""
    return _after(occasion, rule(occasion.on)["revoke"]).isoformat()


def open_one(point: Point, act: Any) -> Objection | None:
    """This will give the open objection, or request for review, that an act began."""
    return next((one for one in point.objections if one.act == act), None)


def check_object(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse an objection on no ground there is."""
    if detail["ground"] not in GROUNDS:
        raise RefusedByLaw("objection.unknown_ground", ground=detail["ground"], known=", ".join(GROUNDS))


def check_answer(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse an answer by another body than whose it is, and one that does not say what came of it."""
    named = open_one(before, detail.get("objection"))
    if detail.get("outcome") not in OUTCOMES:
        raise RefusedByLaw("objection.without_outcome", known=", ".join(OUTCOMES))
    if named is None or named.ground == MISMATCH:
        return
    if occasion.procedure.routes_to == "maker" and not named.routed:
        raise RefusedByLaw("act.not_routed", objection=named.act)
    if named.to and named.to != occasion.agency:
        body = Agency.objects.filter(pk=named.to).first()
        raise DeniedError("act.routed_elsewhere", agency=body.name if body else named.to)


def check_review(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a second look by the one who had the first."""
    named = open_one(before, detail.get("objection"))
    if detail.get("outcome") not in OUTCOMES:
        raise RefusedByLaw("objection.without_outcome", known=", ".join(OUTCOMES))
    answers = occasion.case.acts.filter(kind="answer_objection")
    first = next((one for one in answers if named and one.detail["objection"] == named.of), None)
    if first is not None and occasion.official is not None and first.official == occasion.official.pk:
        raise DeniedError("objection.reviewed_by_itself", official=occasion.official.name)


def check_urge(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to urge while there is still time to answer."""
    named = open_one(before, detail.get("objection"))
    if named is not None and named.answer_by is not None and occasion.on <= named.answer_by:
        raise RefusedByLaw("objection.not_due", due=named.answer_by)


def check_extend(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a second extension, and one after the time is over."""
    asked = before.asking if before.asking and before.asking.act == detail.get("of") else None
    named = asked or open_one(before, detail.get("of"))
    if named is not None and named.extended:
        raise RefusedByLaw("extension.once")
    if named is not None and named.answer_by is not None and occasion.on > named.answer_by:
        raise RefusedByLaw("extension.too_late", due=named.answer_by)


def _forget(filled: dict[str, Any]) -> None:
    for name in _OWN:
        filled.pop(name, None)


def _after(occasion: Occasion, period: str, start: date | None = None) -> date:
    return occasion.bundle.last_day(period, start or occasion.on)


def _earlier(occasion: Occasion, subject: int | None) -> list[Act]:
    return list(occasion.case.acts.filter(kind="object", subject=subject).order_by("id"))


def _brings_new(evidence: Any, earlier: list[Act]) -> bool:
    """Evidence is new where no earlier objection brought the same paper, by number or by content."""
    brought = [one for act in earlier for one in act.detail.get("evidence", ())]
    known = set(Exhibit.objects.filter(pk__in=brought).values_list("sha256", flat=True))
    fresh = [one for one in evidence if one not in brought]
    contents = dict(Exhibit.objects.filter(pk__in=fresh).values_list("pk", "sha256"))
    return any(contents.get(one) not in known for one in fresh)


@cache
def _table() -> dict[date, dict[str, str]]:
    loaded: dict[date, dict[str, str]] = yaml.safe_load(
        (Path(__file__).parent / "objections.yml").read_text("utf-8")
    )
    return loaded
