"""Notes 标注: a reconsideration, a suit or a reorganisation stands beside a decision while it lasts.

It does not suspend by itself (行政处罚法 73): only an article on the list, in force that day, or an order of the
reviewing body or the court does. A reorganisation the court approved suspends measures, and those alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases import objections
from chengxin.cases.edges import State
from chengxin.cases.point import Point
from chengxin.core.errors import RefusedByLaw

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

REORGANISATION: Final = "reorganisation"
WHATS: Final = {
    "reconsideration": ("行政复议中", "under reconsideration"),
    "suit": ("行政诉讼中", "before the court"),
    REORGANISATION: ("重整计划执行中", "under a reorganisation plan"),
}
STAYS: Final = {
    "reconsideration": ("arl-2023#42",),
    "suit": ("alc-2017#56",),
    REORGANISATION: ("sz-credit-2023#84",),
}
"""The articles by which each may suspend."""
OUTCOMES: Final = {
    "upheld": ("维持", "upheld"),
    "withdrawn": ("撤回", "withdrawn"),
    "revoked": ("撤销、变更或者确认违法", "revoked, changed or found unlawful"),
    "over": ("终结", "over"),
}


def fill(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will say whether it suspends: by an article, by an order, or not at all."""
    wanted = bool(filled.pop("stays", False))
    article = filled.get("stay_article")
    effect = occasion.procedure.effect
    if filled.get("what") == REORGANISATION and effect is not None and effect.kind == "measure":
        article = filled["stay_article"] = STAYS[REORGANISATION][0]
    by_article = article is not None and _stands(occasion, filled.get("what"), article)
    by_order = type(filled.get("order")) is int
    if article is not None and not by_article:
        raise RefusedByLaw("annotation.no_such_stay", article=article)
    if wanted and not (by_article or by_order):
        raise RefusedByLaw("annotation.does_not_stay")
    filled["stays"] = by_article or by_order


def _stands(occasion: Occasion, what: Any, article: Any) -> bool:
    known = occasion.bundle.house.articles.get(article)
    return article in STAYS.get(what, ()) and known is not None and known.in_force(occasion.on)


def fill_end(occasion: Occasion, before: Point, filled: dict[str, Any]) -> None:
    """This will say by when a decision found unlawful is withdrawn."""
    filled.pop("revoke_by", None)
    if filled.get("outcome") == "revoked" and before.road in {State.DECIDED, State.IN_FORCE}:
        filled["revoke_by"] = objections.withdrawn_by(occasion)


def check(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a note that does not say what is pending, and under which number."""
    if detail.get("what") not in WHATS or not detail.get("docket"):
        raise RefusedByLaw("annotation.unsaid", known=", ".join(WHATS))


def check_end(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to take a note off without saying how it ended."""
    if detail.get("outcome") not in OUTCOMES:
        raise RefusedByLaw("annotation.without_outcome", known=", ".join(OUTCOMES))
