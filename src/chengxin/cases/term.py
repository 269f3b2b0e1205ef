"""How long a measure may last: no longer than the entry of the published list that it is an instance of allows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from chengxin.core.errors import RefusedByLaw

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion


def check(occasion: Occasion, detail: Mapping[str, Any]) -> None:
    """This will refuse a measure that ends later than its entry of the list allows, or names no day; it says which
    entry."""
    effect = occasion.procedure.effect
    entry = occasion.bundle.house.articles.get(effect.listed) if effect is not None else None
    if effect is None or entry is None or entry.measure is None or not entry.measure.longest:
        return
    begins = date.fromisoformat(detail.get("from") or occasion.on.isoformat())
    latest = occasion.bundle.review_day(entry.measure.longest, begins).isoformat()
    if not detail.get("until") or detail["until"] > latest:
        words = {"effect": effect.title, "longest": entry.measure.longest, "latest": latest}
        raise RefusedByLaw("measure.too_long", article=entry.id, **words)
