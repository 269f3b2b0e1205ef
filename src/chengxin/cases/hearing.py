"""Being heard 听取意见: what the notice promised, the hearing; and nothing heavier than was told.

A statement must be answered (``edges``), and who made one is never worse off for it: what was not in the
notice cannot be decided. Where the procedure names the step, and the matter weighs enough, the notice says that a
hearing may be asked for; it is then held before the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases import lines, panel
from chengxin.cases.models import Act
from chengxin.cases.point import Point
from chengxin.core.errors import RefusedByLaw
from chengxin.policy.procedures import SHORTEST_REQUEST

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

TOLD_BEFORE: Final = "7 wd"
"""How long before it is held the party is told when and where."""


def fill_told(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will write into the notice whether a hearing may be asked for."""
    if "ask_hearing" in occasion.procedure.steps:
        filled["hearing"] = _weighs_enough(occasion, filled)


def _weighs_enough(occasion: Occasion, told: Mapping[str, Any]) -> bool:
    """数额较大 of the notice; one that does not say how much keeps nobody from being heard."""
    asked = occasion.procedure.hearing
    bodies = [lines.body_of(line) for line in told.get("lines") or ()]
    if asked is None or not bodies:
        return True
    counted = [body.get(asked.counts) for body in bodies]
    told_all = all(type(one) is int for one in counted)
    return not told_all or sum(int(one or 0) for one in counted) >= asked.least


def fill_served(occasion: Occasion, before: Point, served: date, filled: dict[str, Any]) -> None:
    """This will write the last day on which a hearing may be asked for, where the notice told of one."""
    filled.pop("hearing_until", None)
    if not before.hearing_told:
        return
    own = occasion.procedure.within("ask_hearing") or SHORTEST_REQUEST
    days = (occasion.bundle.last_day(period, served) for period in (SHORTEST_REQUEST, own))
    filled["hearing_until"] = max(days).isoformat()


def check_asked(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a request where there is no hearing, one too late, and a second one."""
    if before.hearing_until is None:
        raise RefusedByLaw("hearing.not_open")
    if occasion.on > before.hearing_until:
        raise RefusedByLaw("hearing.too_late", until=before.hearing_until)
    if before.hearing_asked:
        raise RefusedByLaw("hearing.asked_already")


def check_held(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a hearing nobody asked for, one told too late, and one chaired by who investigated."""
    if not before.hearing_asked or before.hearing_held:
        raise RefusedByLaw("hearing.not_asked")
    told = detail.get("told_on")
    if not told or occasion.bundle.last_day(TOLD_BEFORE, date.fromisoformat(told)) > occasion.on:
        raise RefusedByLaw("hearing.told_too_late", least=TOLD_BEFORE)
    proposal = Act.objects.filter(pk=before.proposed).first() if before.proposed else None
    if proposal is not None and occasion.official is not None and proposal.official == occasion.official.pk:
        raise RefusedByLaw("hearing.chair_investigated", official=occasion.official.name)


def check_decided(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a decision before the hearing or without the panel, or heavier than what was told."""
    if after.adverse and not before.hearing_over(occasion.on):
        raise RefusedByLaw("hearing.not_over", until=before.hearing_until)
    panel.check_decided(occasion, before, detail)
    for told, stated in _notices(occasion, before):
        _refuse_heavier(told, detail, stated=stated)


def _notices(occasion: Occasion, before: Point) -> list[tuple[Mapping[str, Any], bool]]:
    if occasion.schedule is None:
        notice = Act.objects.filter(pk=before.notified).first() if before.notified else None
        return [(notice.detail, before.stated)] if notice else []
    told = occasion.case.acts.filter(kind="notify", detail__has_key="until")
    return [(one.detail, False) for one in told]


def _refuse_heavier(told: Mapping[str, Any], detail: Mapping[str, Any], *, stated: bool) -> None:
    """The notice said how long and how much; after a statement also what it did not say is too much."""
    if told.get("until") and (detail.get("until") or "9999") > told["until"]:
        raise RefusedByLaw("act.heavier_than_told", name="until", said=detail.get("until") or "—")
    if told.get("from") and (detail.get("from") or told["from"]) < told["from"]:
        raise RefusedByLaw("act.heavier_than_told", name="from", said=detail["from"])
    if "lines" not in told and not stated:
        return
    known = {line.get("part") or "": lines.body_of(line) for line in told.get("lines") or [{}]}
    for line in detail.get("lines", ()):
        before = known.get(line["part"])
        if before is None:
            raise RefusedByLaw("act.heavier_than_told", name="part", said=line["part"])
        for name, value in line["body"].items():
            if type(value) is int and value > before.get(name, 0):
                raise RefusedByLaw("act.heavier_than_told", name=name, said=value)
