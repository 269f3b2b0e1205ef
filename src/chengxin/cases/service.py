"""Service 送达: by which means a paper reached its party, and on which day the law counts it as served.

By hand; electronically, where the party agreed to it by a signed filing towards the same body; by registered
letter, on the day of its return receipt; by public notice, only after another way failed, once the period of
the law has gone by. Each service leaves a numbered receipt (送达回证), one for each row of a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from django.db.models import Q

from chengxin.cases.adopted import Adopted
from chengxin.cases.models import Act, Case
from chengxin.cases.point import Point
from chengxin.core.errors import RefusedByLaw
from chengxin.core.periods import Period

IN_PERSON, E_SERVICE, LETTER, PUBLIC_NOTICE = "in_person", "e_service", "registered_letter", "public_notice"
MEANS: Final = {
    IN_PERSON: ("直接送达", "by hand"),
    E_SERVICE: ("电子送达", "electronically, by consent"),
    LETTER: ("挂号信邮寄送达", "by registered letter"),
    PUBLIC_NOTICE: ("公告送达", "by public notice"),
}
REASONS: Final = {
    "absent": ("无人签收", "nobody there to sign"),
    "moved": ("地址变更，去向不明", "moved, whereabouts unknown"),
    "refused": ("拒绝签收", "refused to sign"),
    "returned": ("邮件退回", "the letter came back"),
}
"""Why an attempt failed."""
ASKED: Final = {
    "means": ("送达方式", "means"),
    "reason": ("未成的原因", "why it failed"),
    "tracking": ("邮件号码", "tracking number"),
    "received_on": ("回执上的签收日期", "day of the return receipt"),
}
"""What an act of service says of how it went."""
STEPS: Final = {
    "agree_service": ("登记电子送达确认书", "file a consent to electronic service"),
    "withdraw_service": ("登记撤回电子送达的同意", "file its withdrawal"),
    "fail_service": ("登记送达未成", "enter a failed service"),
}
"""The steps beside the road that belong to service, as a clerk names them."""
SERVICES: Final = ("serve", "serve_decision")
_CONSENTS = ("agree_service", "withdraw_service")
_OWN = ("consent", "served_on", "notice_period")
"""What service itself says, whatever the caller wrote."""


def fill(case: Case, subject: int | None, filled: dict[str, Any], *, on: date, bundle: Adopted) -> date:
    """This will write the means and the day of service into an act, and give that day.

    Nothing said means handed over: the only way that needs no further proof.
    """
    for name in _OWN:
        filled.pop(name, None)
    means = filled.setdefault("means", IN_PERSON)
    served = on
    if means == LETTER and filled.get("received_on"):
        served = date.fromisoformat(filled["received_on"])
    elif means == PUBLIC_NOTICE:
        filled["notice_period"] = notice_period(on)
        served = Period.parse(filled["notice_period"]).end(on, bundle.workdays)
    elif means == E_SERVICE and (agreed := consents(case, [subject or case.subject], on)):
        (filled["consent"],) = agreed.values()
    filled["served_on"] = served.isoformat()
    return served


def check(before: Point, on: date, detail: Mapping[str, Any]) -> None:
    """This will refuse a service by a means that is not open, or without its proof."""
    means = detail["means"]
    if means not in MEANS:
        raise RefusedByLaw("service.unknown_means", means=means, known=", ".join(MEANS))
    if means == E_SERVICE and "consent" not in detail:
        raise RefusedByLaw("service.without_consent")
    if means == PUBLIC_NOTICE and not before.service_failed:
        raise RefusedByLaw("service.nothing_failed")
    if means == LETTER:
        received = detail.get("received_on") and date.fromisoformat(detail["received_on"])
        if not received or not detail.get("tracking"):
            raise RefusedByLaw("service.without_receipt")
        if received > on or (before.since is not None and received < before.since):
            raise RefusedByLaw("service.receipt_out_of_time", received=received, made=before.since, on=on)


def check_failure(detail: Mapping[str, Any]) -> None:
    """This will refuse a failed attempt that does not say which way was tried and why it failed."""
    if detail.get("means") not in MEANS or detail.get("reason") not in REASONS:
        raise RefusedByLaw("service.failure_unsaid", known=", ".join(REASONS))


def open_to(case: Case, means: str, points: Mapping[int, Point], on: date) -> dict[int, Point]:
    """This will keep the rows of a list that may be served by a means on a day."""
    if means == E_SERVICE:
        agreed = consents(case, points, on)
        return {subject: point for subject, point in points.items() if subject in agreed}
    if means == PUBLIC_NOTICE:
        return {subject: point for subject, point in points.items() if point.service_failed}
    return dict(points)


def consents(case: Case, subjects: Iterable[int | None], on: date) -> dict[int, int]:
    """This will give the filing by which each had agreed to electronic service by this body on a day.

    What was signed later serves nothing that was sent before: a consent never reaches back. One taken back
    serves nothing that is entered afterwards, for whichever day.
    """
    wanted = [subject for subject in subjects if subject is not None]
    about = Q(subject__in=wanted) | Q(subject=None, case__subject__in=wanted)
    found: dict[int, int] = {}
    filed = Act.objects.filter(about, kind__in=_CONSENTS, case__agency=case.agency).order_by("id")
    for number, kind, day, row, whole in filed.values_list("id", "kind", "on", "subject", "case__subject"):
        subject = int(row or whole or 0)
        if kind == "agree_service" and day <= on:
            found[subject] = number
        else:
            found.pop(subject, None)
    return found


def notice_period(on: date) -> str:
    """This will give how long a public notice hangs, by the law of the day it is put up."""
    periods: dict[date, dict[str, str]] = _table()["public_notice"]
    begun = [since for since in periods if since <= on]
    if not begun:
        raise RefusedByLaw("service.no_notice_period", on=on)
    return periods[max(begun)]["period"]


@cache
def _table() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "service.yml").read_text("utf-8"))
    return loaded
