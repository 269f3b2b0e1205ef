"""Adoption as a place does it: one official proposes a bundle, another confirms it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any


def two_hands(agency: str) -> tuple[Any, Any]:
    """Two officials of a body: one may propose a bundle, the other adopt it."""
    from chengxin.ledger.models import Agency, Assignment, Official

    held = []
    for role in ("legal", "head"):
        someone, fresh = Official.objects.get_or_create(
            username=f"adopting-{role}", defaults={"name": f"采用{role}", "agency_id": agency}
        )
        if fresh:
            region = Agency.objects.get(pk=agency).region_id
            Assignment.objects.create(official=someone, role=role, region_id=region, since=date(2010, 1, 1))
        held.append(someone)
    return held[0], held[1]


def adopt_by_two(
    house: Any, *, since: date, on: date, at: datetime, store: Any, agency: str = "yz-credit"
) -> Any:
    """This will have two officials of a body adopt a house, and give it as it was adopted."""
    from chengxin.cases import adoption

    first, second = two_hands(agency)
    proposed = adoption.propose(house, official=first, since=since, on=on, at=at, store=store)
    adopted = adoption.confirm(proposed, official=second, on=on, at=at, store=store)
    return adoption.open_bundle(adopted.bundle, store)
