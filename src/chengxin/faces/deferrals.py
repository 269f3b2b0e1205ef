"""Looks that their subject reads only later (law 7): of which cases, by which bodies, and at most how long."""

from __future__ import annotations

from datetime import date
from typing import Final

from chengxin.cases.adopted import Adopted
from chengxin.cases.models import Case
from chengxin.cases.procedure import procedure_of
from chengxin.core.clock import day_of
from chengxin.core.errors import RefusedByLaw
from chengxin.faces.models import Deferral
from chengxin.ledger.agencies import successor_on
from chengxin.ledger.models import Agency
from chengxin.policy.articles import Article
from chengxin.policy.house import House

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


def check(case: Case, name: str, house: House, on: date) -> Article:
    """This will give the article on which looks in a case may be deferred, or refuse with what is lacking.

    A statute in force that itself says so, and a case that may end in a decision against somebody.
    """
    article = house.articles.get(name)
    if article is None or article.level != "law" or not article.in_force(on):
        raise RefusedByLaw("my.defer_needs_law", article=name)
    if not article.defers_looks:
        known = [one.id for one in house.articles.values() if one.defers_looks and one.in_force(on)]
        raise RefusedByLaw("my.defer_not_said", article=name, known=", ".join(known) or "—")
    if not procedure_of(case, house).adverse:
        raise RefusedByLaw("my.defer_not_enforcement", case=case.number)
    return article


def last_day_of(case: Case, adopted: Adopted, on: date) -> date:
    """This will give the latest day on which the looks of a case must be shown, counted from its first deferral."""
    first = Deferral.objects.filter(case_number=case.number).order_by("approved_at").first()
    return adopted.review_day(LONGEST, day_of(first.approved_at) if first else on)
