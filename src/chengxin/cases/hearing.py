"""Being heard 听取意见: what the notice promised, the hearing, the panel; and nothing heavier than was told.

A statement must be answered (``edges``), and who made one is never worse off for it: what was not in the
notice cannot be decided. Where the procedure names the step, a hearing may be asked for and is then held
before the decision, and a panel of an odd number without conflicts of interest advises by majority.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases import lines
from chengxin.cases.models import Act
from chengxin.cases.point import Point
from chengxin.core.errors import RefusedByLaw

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

SHORTEST_REQUEST: Final = "5 wd"
"""To ask for a hearing; a procedure may only lengthen it."""
TOLD_BEFORE: Final = "7 wd"
"""How long before it is held the party is told when and where."""
ADVICE: Final = {"support": ("支持", "supports"), "oppose": ("不支持", "does not support")}


def fill_served(occasion: Occasion, served: date, filled: dict[str, Any]) -> None:
    """This will write the last day on which a hearing may be asked for, where the procedure opens one."""
    filled.pop("hearing_until", None)
    if "ask_hearing" not in occasion.procedure.steps:
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


def check_panel(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse an even number, and one person twice.

    ``members``: ``[{"member": code, "interests": [subjects]}, …]``, each having declared his interests.
    """
    members = _members(detail.get("members"))
    names = [one["member"] for one in members]
    if len(names) < 3 or len(names) % 2 == 0 or len(set(names)) < len(names):
        raise RefusedByLaw("panel.not_odd", count=len(names))


def refuse_conflict(about: int | None, told: Any) -> None:
    """This will refuse a member who declared an interest in whom the matter is about."""
    for one in _members(told):
        if about in one["interests"]:
            raise RefusedByLaw("panel.conflict", member=one["member"])


def _members(told: Any) -> list[Mapping[str, Any]]:
    said = isinstance(told, list) and all(
        isinstance(one, Mapping) and one.get("member") and isinstance(one.get("interests"), list)
        for one in told
    )
    if not said:
        raise RefusedByLaw("panel.members_unsaid")
    return list(told)


def check_advice(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse advice that the panel's own majority does not give."""
    pro, contra = detail.get("pro"), detail.get("contra")
    if not before.panel or type(pro) is not int or type(contra) is not int:
        raise RefusedByLaw("panel.not_voted")
    majority = "support" if pro > contra else "oppose"
    if min(pro, contra) < 0 or pro + contra != before.panel or detail.get("advice") != majority:
        raise RefusedByLaw("panel.no_majority", pro=pro, contra=contra, members=before.panel)


def check_decided(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a decision before the hearing, without the panel, or heavier than what was told."""
    if after.adverse and not before.hearing_over(occasion.on):
        raise RefusedByLaw("hearing.not_over", until=before.hearing_until)
    if "panel_advice" in occasion.procedure.steps and not before.advice:
        raise RefusedByLaw("panel.missing")
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
