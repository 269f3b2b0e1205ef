"""Assent: a bundle of policy is adopted by two. One official proposes it, another confirms it.

The first bundle of a place is put in by the platform itself, at the command line of the machine, because nobody is
in office yet who could; two officials may adopt the same bundle again in their own name at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases.models import Act, Adoption
from chengxin.cases.point import Point
from chengxin.core.errors import ConflictError, DeniedError, RefusedByLaw
from chengxin.ledger.models import Agency
from chengxin.ledger.officials import assignments
from chengxin.ledger.regions import includes

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

PROPOSED: Final = "propose_adoption"
ADOPTED: Final = "adopt"
BOOK: Final = "adoption"
_PLATFORM: Final = "system"
COMPETENT: Final = "credit"
"""The duty of the body that adopts for the place: a bundle binds all of them."""


def pending() -> list[Act]:
    """This will give the proposals nobody has confirmed, made since the last adoption, the oldest first."""
    last = Act.objects.filter(kind=ADOPTED).order_by("-id").values_list("pk", flat=True).first() or 0
    return list(Act.objects.filter(kind=PROPOSED, pk__gt=last).select_related("case").order_by("id"))


def newest() -> Adoption | None:
    """This will give the adoption that was made last, whether or not its day has come."""
    return Adoption.objects.select_related("act").order_by("-since", "-id").first()


def is_by_two(adoption: Adoption) -> bool:
    """This will say whether two officials adopted it, or the platform put it in."""
    return "proposal" in adoption.act.detail


def check_proposed(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to propose what two officials have adopted already, or for days that have passed."""
    _check_book(occasion, detail)
    _check_competent(occasion)
    last = newest()
    if last is None:
        return
    if last.bundle == detail["bundle"] and is_by_two(last):
        raise ConflictError("adoption.in_force", since=last.since)
    _check_day(occasion, detail, last)


def check(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse an adoption by one hand alone, of what nobody proposed, or that another has overtaken."""
    _check_book(occasion, detail)
    official = occasion.official
    if "proposal" not in detail:
        platform = official is not None and assignments(official, occasion.on)
        if newest() is not None or not any(held.role == _PLATFORM for held in platform or ()):
            raise RefusedByLaw("adoption.needs_two")
        return
    _check_competent(occasion)
    asked = Act.objects.filter(pk=detail["proposal"], kind=PROPOSED, case=occasion.case).first()
    if asked is None or asked.detail["bundle"] != detail["bundle"] or detail["since"] < asked.detail["since"]:
        raise RefusedByLaw("adoption.not_proposed")
    if official is None or asked.official == official.pk:
        raise RefusedByLaw("adoption.same_hand", official=official.name if official else "—")
    if asked.pk not in {one.pk for one in pending()}:
        raise ConflictError("adoption.overtaken")
    last = newest()
    if last is not None:
        _check_day(occasion, detail, last)


def _check_day(occasion: Occasion, detail: Mapping[str, Any], last: Adoption) -> None:
    """Neither a day that has passed, nor one before that of the last adoption, which would come back on its day."""
    earliest = max(occasion.on, last.since)
    if detail["since"] < earliest.isoformat():
        raise ConflictError("adoption.backwards", since=detail["since"], on=earliest)


def _check_competent(occasion: Occasion) -> None:
    """The credit body of the whole place adopts, not any body with a head."""
    agency = Agency.objects.get(pk=occasion.agency)
    last = newest()
    place = last.act.case.region if last is not None else agency.region_id
    if agency.duty != COMPETENT or not includes(agency.region_id, place):
        raise DeniedError("act.wrong_duty", agency=agency.name, act=occasion.kind, duties=COMPETENT)


def _check_book(occasion: Occasion, detail: Mapping[str, Any]) -> None:
    if occasion.case.procedure != BOOK or not {"bundle", "since"} <= detail.keys():
        raise RefusedByLaw("adoption.another_book")
