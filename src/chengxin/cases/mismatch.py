"""A mismatch of ours 平台关联错误: the source is right, and we showed it beside the wrong subject or datum.

Whoever says so is answered in one working day (``objections``, or a case that contests a match). Where it was
ours, it ends with an apology that lists who was told and who took it back, and with a certificate of correction
that anybody can check by its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases import objections
from chengxin.cases.edges import State
from chengxin.cases.models import Act, Case
from chengxin.cases.point import Point
from chengxin.core.errors import RefusedByLaw

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

MATCH: Final = "match"
"""What a case says it contests where the link of a record to a subject is wrong."""
HOWS: Final = {
    "exchange": ("推送或调取", "told by the exchange"),
    "gate": ("业务核查", "asked at the gate"),
    "look": ("查询", "looked it up"),
}
STATES: Final = {
    "taken_back": ("已确认撤下", "took it back"),
    "asked_again": ("更正后再次查询，已见更正", "asked again and saw the correction"),
    "waiting": ("已通知撤下，待确认", "told to take it back"),
    "by_letter": ("书面通知", "told by letter"),
}
"""What became of a telling."""
_SAID: Final = frozenset({"to", "how", "since", "state", "on"})


def fill_answer(occasion: Occasion, before: Point, filled: dict[str, Any]) -> None:
    """This will say by when we apologise, where the answer finds that we matched wrongly."""
    if filled.get("outcome") not in objections.OUTCOMES or filled["outcome"] == "kept":
        return
    named = objections.open_one(before, filled.get("objection"))
    first = named.of or named.act if named else None
    if first and Act.objects.filter(pk=first, detail__ground=objections.MISMATCH).exists():
        filled["apology_by"] = _apology_by(occasion)


def fill_decided(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will say the same of a decision that a contested match was wrong."""
    if occasion.schedule is None and not occasion.procedure.adverse and contested(occasion.case):
        filled["apology_by"] = _apology_by(occasion)


def contested(case: Case) -> Act | None:
    """This will give the proposal of a case that contests the match of a record to its subject."""
    return case.acts.filter(kind="propose", detail__contests=MATCH).first()


def check_apology(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse an apology for nothing, a second one, and one that does not say who was told."""
    if before.mistaken is None:
        raise RefusedByLaw("mismatch.none")
    if before.apologised is not None:
        raise RefusedByLaw("mismatch.apologised")
    _refuse_unlisted(occasion, detail)


def check_certificate(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a certificate before the apology, and while what was wrong still stands."""
    if before.apologised is None:
        raise RefusedByLaw("mismatch.not_apologised")
    if before.adverse and before.road in {State.DECIDED, State.IN_FORCE}:
        raise RefusedByLaw("mismatch.still_stands", until=before.revoke_by or occasion.on)
    _refuse_unlisted(occasion, detail)


def _refuse_unlisted(occasion: Occasion, detail: Mapping[str, Any]) -> None:
    told = detail.get("told")
    if not isinstance(told, list) or not all(_is_said(one, occasion.on) for one in told):
        raise RefusedByLaw("mismatch.told_unsaid", known=", ".join(STATES))


def _is_said(one: Any, on: date) -> bool:
    """To whom, how, since when, and what became of it on which day."""
    if not isinstance(one, Mapping) or set(one) != _SAID:
        return False
    known = one["to"] and one["how"] in HOWS and one["state"] in STATES
    days = [one["since"], *([one["on"]] if one["on"] else [])]
    return bool(known) and all(isinstance(day, str) and day <= on.isoformat() for day in days)


def _apology_by(occasion: Occasion) -> str:
    return occasion.bundle.last_day(objections.rule(occasion.on)["apology"], occasion.on).isoformat()
