"""Repair 信用修复: how long a decision is published, from when repair may be sought, with which papers.

By the severity of the conduct (轻微、一般、严重) and the rule of the document's day; what a program says of its
own stands where it is milder. The decision goes out together with the notice on repair (两书同达), the party
applies, the body takes it up and answers within days, and false papers are refused and stay on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from chengxin.cases.edges import State
from chengxin.cases.point import Point
from chengxin.cases.procedure import Procedure
from chengxin.core.errors import RefusedByLaw

if TYPE_CHECKING:
    from chengxin.cases.adopted import Adopted
    from chengxin.cases.rules import Occasion

SEVERITIES: Final = {
    "minor": ("轻微", "minor"),
    "general": ("一般", "general"),
    "serious": ("严重", "serious"),
}
PAPERS: Final = {
    "proof": ("履行义务、纠正行为的证明", "proof that duties are performed and the conduct corrected"),
    "commitment": ("信用承诺书", "the written commitment"),
}
"""All that an applicant hands in."""
REASONS: Final = {
    "papers_missing": ("材料不齐", "papers are missing"),
    "not_performed": ("义务没有履行完毕", "duties are not fully performed"),
    "not_repairable": ("依法不得修复", "statute does not allow repair"),
    "false_papers": ("隐瞒情况或者材料虚假", "concealment or false papers"),
}
"""Why repair is refused. The last one stays on record."""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What a party may know before it applies: from which day, until when it would last, what is missing."""

    severity: str
    earliest: date
    ends_on: date
    missing: tuple[str, ...]
    """not_in_force, asked, too_early; empty: it may apply today, with the two papers."""
    misled: bool


def rule(on: date) -> Mapping[str, Any]:
    """This will give the rule in force on a day."""
    begun = [since for since in _table() if since <= on]
    if not begun:
        raise RefusedByLaw("repair.no_rule", on=on)
    return _table()[max(begun)]


def span(procedure: Procedure, on: date, bundle: Adopted, *, by: date | None = None) -> tuple[date, date]:
    """This will give, for a document of a day, from when repair may be sought and when publication ends.

    ``by``: under the rule of another day than the document's own.
    """
    declared = procedure.repair
    if declared is None:
        raise RefusedByLaw("repair.not_by_application")
    tier = rule(by or on)["tiers"][declared.severity]
    least = [bundle.review_day(period, on) for period in (tier.get("minimum"), declared.minimum) if period]
    most = [bundle.review_day(period, on) for period in (tier["maximum"], declared.maximum) if period]
    until = min(most)
    return min(*least, until) if least and "minimum" in tier else on, until


def eligibility(point: Point, on: date) -> Eligibility | None:
    """This will tell what is still missing on a day; None where the decision knows no repair by application."""
    told = point.repairable
    if told is None:
        return None
    missing = []
    if point.road is not State.IN_FORCE:
        missing.append("not_in_force")
    if point.asking is not None:
        missing.append("asked")
    if on < told.since:
        missing.append("too_early")
    return Eligibility(told.severity, told.since, told.until, tuple(missing), point.misled)


def fill_decided(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will write the end that the severity allows at most, and from when repair may be sought."""
    procedure = occasion.procedure
    if procedure.repair is None or not procedure.adverse:
        return
    since, until = span(procedure, occasion.on, occasion.bundle)
    if (filled.get("until") or "") > until.isoformat():
        raise RefusedByLaw("repair.beyond_maximum", until=filled["until"], most=until)
    if not filled.get("until"):
        filled["until"] = until.isoformat()
    filled["repair"] = {
        "severity": procedure.repair.severity,
        "since": min(since.isoformat(), filled["until"]),
        "until": filled["until"],
    }


def fill_served(before: Point, filled: dict[str, Any]) -> None:
    """This will put the notice on repair into the service of the decision: both papers go out together."""
    told = before.repairable
    if told is not None:
        filled["repair"] = {
            "severity": told.severity,
            "since": told.since.isoformat(),
            "until": told.until.isoformat(),
        }


def fill_applied(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will write by when the application is taken up, and by when it is answered."""
    told, procedure = rule(occasion.on), occasion.procedure
    accept = procedure.within("accept_repair") or told["accept"]
    answer = procedure.within("repair") or told["answer"]
    filled["accept_by"] = occasion.bundle.last_day(accept, occasion.on).isoformat()
    filled["answer_by"] = occasion.bundle.last_day(answer, occasion.on).isoformat()


def extension(on: date) -> str | None:
    """This will give how much longer a complex application may take; None: not at all."""
    found = rule(on).get("extension")
    return None if found is None else str(found)


def check_applied(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse an application that is too early or one too many, with the day it may come."""
    told = eligibility(before, occasion.on)
    if told is None:
        raise RefusedByLaw("repair.not_by_application")
    if "asked" in told.missing:
        raise RefusedByLaw("repair.asked_already")
    if "too_early" in told.missing:
        raise RefusedByLaw("repair.too_early", earliest=told.earliest)


def check_refused(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a refusal that does not say why."""
    if detail.get("reason") not in REASONS:
        raise RefusedByLaw("repair.reason_unsaid", known=", ".join(REASONS))


def check_repaired(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a repair nobody applied for, or that does not end it at once."""
    if before.repairable is None:
        return
    if before.asking is None or not before.asking.accepted:
        raise RefusedByLaw("repair.not_asked", act=occasion.kind)
    if detail["ends_on"] > occasion.on.isoformat():
        raise RefusedByLaw("repair.at_once", ends_on=detail["ends_on"])


@cache
def _table() -> dict[date, dict[str, Any]]:
    loaded: dict[date, dict[str, Any]] = yaml.safe_load(
        (Path(__file__).parent / "repair.yml").read_text("utf-8")
    )
    return loaded
