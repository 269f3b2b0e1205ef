"""从旧兼从轻: when a rule grows milder, what runs under an article that says so ends sooner; nothing grows longer.

A decision keeps the terms of the day of its document, and its old rule stays, so that old cases replay. Where the
procedure names an article by which the milder reaches what runs, the new end is reckoned from that same day by
the rule of today: the clock writes it down where the article orders it, and the head decides it elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from chengxin.cases import repair
from chengxin.cases.edges import State
from chengxin.cases.models import Act, Case, Standpoint
from chengxin.cases.point import Point
from chengxin.cases.procedure import Procedure, procedure_of
from chengxin.cases.standpoints import points_of
from chengxin.core.errors import DeniedError, RefusedByLaw

if TYPE_CHECKING:
    from chengxin.cases.adopted import Adopted
    from chengxin.cases.rules import Occasion

_SLICE = 500


@dataclass(frozen=True, slots=True)
class Sooner:
    """What would end sooner: a case, or one row of its list."""

    case: Case
    row: int | None
    was: date
    until: date
    article: str
    ordered: bool


def terms(
    point: Point, procedure: Procedure, decided_on: date, on: date, bundle: Adopted
) -> tuple[date, date] | None:
    """This will give from when repair may be sought and the end by the rule of today; None where it is no sooner.

    What would have ended already ends today.
    """
    if procedure.milder is None or procedure.repair is None or not point.adverse or point.ends_on is None:
        return None
    since, until = repair.span(procedure, decided_on, bundle, by=on)
    until = max(until, on)
    return (min(since, until), until) if until < point.ends_on else None


def sooner(
    *, bundle: Adopted, on: date, within: Q | None = None, ordered: bool | None = None
) -> Iterator[Sooner]:
    """This will name everything that would end sooner by the rules of today.

    ``within``: of these cases alone (a filter of standpoints); ``ordered``: only what an article orders, or does not.
    """
    for declared in bundle.house.procedures.values():
        if declared.milder is None or declared.repair is None:
            continue
        if ordered is not None and declared.milder.ordered is not ordered:
            continue
        running = Standpoint.objects.filter(
            within or Q(), case__program=declared.program, case__procedure=declared.name,
            state__in=(State.IN_FORCE, State.FROZEN), ends_on__gt=on,
        ).select_related("case").order_by("pk")  # fmt: skip
        yield from _of(running.iterator(chunk_size=_SLICE), bundle, on)


def _of(running: Iterable[Standpoint], bundle: Adopted, on: date) -> Iterator[Sooner]:
    for some in _slices(running):
        points = points_of(some)
        decisions = Act.objects.in_bulk({p.decided for p in points.values() if p.decided})
        for one in some:
            point, procedure = points[one.pk], procedure_of(one.case, bundle.house)
            decision = decisions.get(point.decided or 0)
            found = decision and terms(point, procedure, decision.on, on, bundle)
            if found and procedure.milder and point.ends_on:
                yield Sooner(
                    one.case, one.subject or None, point.ends_on, found[1], procedure.milder.basis,
                    procedure.milder.ordered,
                )  # fmt: skip


def _slices(running: Iterable[Standpoint]) -> Iterator[list[Standpoint]]:
    some: list[Standpoint] = []
    for one in running:
        some.append(one)
        if len(some) == _SLICE:
            yield some
            some = []
    if some:
        yield some


def fill(occasion: Occasion, before: Point, filled: dict[str, Any]) -> None:
    """This will write the new end and the old one: nobody chooses them."""
    decision = Act.objects.filter(pk=before.decided).first() if before.decided else None
    found = decision and terms(before, occasion.procedure, decision.on, occasion.on, occasion.bundle)
    if not found or before.ends_on is None:
        raise RefusedByLaw("milder.not_sooner", until=before.ends_on or "—")
    filled["repairable_from"], filled["until"] = (day.isoformat() for day in found)
    filled["was"] = before.ends_on.isoformat()


def check(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse the clock where no article orders it, and an article that is not the procedure's."""
    milder = occasion.procedure.milder
    if milder is None or milder.basis not in occasion.articles:
        raise RefusedByLaw("milder.no_article", article=milder.basis if milder else "—")
    if occasion.official is None and not milder.ordered:
        raise DeniedError("milder.head_decides", article=milder.basis)


def shortened(within: Q) -> list[Act]:
    """This will give what was made to end sooner, the newest first."""
    return list(Act.objects.filter(within, kind="shorten").select_related("case").order_by("-id"))
