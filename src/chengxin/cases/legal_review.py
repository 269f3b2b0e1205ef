"""Legal review 法制审核: before the decision, by another than who handles the case, with reasons (行政处罚法 58).

Where a procedure names it, nothing is decided without it, nor over its objection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases.models import Act
from chengxin.cases.point import Point
from chengxin.core.errors import DeniedError, RefusedByLaw

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

AGREES: Final = "agree"
OPINIONS: Final = {
    AGREES: ("同意", "agrees"),
    "disagree": ("不同意，退回承办机构", "does not agree: back to who handles it"),
}
_HANDLES: Final = ("propose", "notify", "answer")
"""Who took one of these steps handles the case."""


def check(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a review by who handles the case, and one that says neither yes nor no."""
    if detail.get("opinion") not in OPINIONS:
        raise RefusedByLaw("legal_review.unsaid", known=", ".join(OPINIONS))
    official = occasion.official
    handled = occasion.case.acts.filter(kind__in=_HANDLES, official=official.pk if official else None)
    if official is not None and handled.exists():
        raise DeniedError("legal_review.by_handler", official=official.name)


def check_decided(occasion: Occasion, before: Point) -> None:
    """This will refuse a decision without the review its procedure asks for, naming the article."""
    rule = occasion.procedure.steps.get("legal_review")
    if rule is None or before.reviewed_by_law:
        return
    done = occasion.case.acts.filter(kind="legal_review")
    refused: Act | None = done.order_by("-id").first()
    if refused is not None and refused.detail.get("opinion") != AGREES:
        raise RefusedByLaw("legal_review.disagrees", article=rule.basis)
    raise RefusedByLaw("act.legal_review_missing", article=rule.basis)
