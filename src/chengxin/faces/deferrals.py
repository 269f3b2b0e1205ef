"""Looks that their subject reads only later (law 7): of which cases, by which bodies, and at most how long."""

from __future__ import annotations

from datetime import date
from typing import Final

from chengxin.cases.adopted import Adopted
from chengxin.cases.models import Case
from chengxin.core.clock import day_of
from chengxin.faces.models import Deferral
from chengxin.ledger.agencies import successor_on
from chengxin.ledger.models import Agency

LONGEST: Final = "6 m"
"""From the first deferral of a case: a further one does not begin it anew."""


def deferred(on: date) -> list[tuple[str, str]]:
    """This will name the cases whose looks are shown only later, each with the bodies that have or had it."""
    numbers = Deferral.objects.filter(until__gt=on).values("case_number")
    found = []
    for number, agency in Case.objects.filter(number__in=numbers).values_list("number", "agency"):
        heir = successor_on(Agency.objects.get(pk=agency), on)
        found += [(number, body) for body in {agency, heir.pk if heir else agency}]
    return found


def last_day_of(case: Case, adopted: Adopted, on: date) -> date:
    """This will give the latest day on which the looks of a case must be shown, counted from its first deferral."""
    first = Deferral.objects.filter(case_number=case.number).order_by("approved_at").first()
    return adopted.review_day(LONGEST, day_of(first.approved_at) if first else on)
