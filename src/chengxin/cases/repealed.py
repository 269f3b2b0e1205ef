"""An article is repealed or expires: all that stands on it, and the suspension of what runs.

Declarations (items, effects, procedures, values) are listed for the next bundle. What runs is proposed for
suspension and the head decides, since a repeal as a rule does not undo what was lawfully decided; only where the
law says that all made under it is void does the clock suspend it by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from chengxin.cases.edges import State
from chengxin.cases.models import Act, Case, Standpoint
from chengxin.cases.point import Point
from chengxin.core.errors import DeniedError, RefusedByLaw
from chengxin.policy.house import House
from chengxin.policy.lawful import bases

if TYPE_CHECKING:
    from chengxin.cases.adopted import Adopted
    from chengxin.cases.rules import Occasion

_SLICE = 500


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration that stands on an article which is over."""

    address: str
    """item/NAME/…, effect/PROGRAM.NAME/…, procedure/PROGRAM.NAME/…, values/PROGRAM.TABLE/…"""
    article: str
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Running:
    """A decision in force, or one row of a list, that stands on an article which is over."""

    case: Case
    row: int | None
    article: str
    void: bool
    suspended: bool


def over(article: str, house: House, on: date) -> bool:
    """This will say whether an article is no longer in force on a day, or is known no more."""
    known = house.articles.get(article)
    return known is None or (known.valid_to is not None and known.valid_to <= on)


def is_void(article: str, house: House) -> bool:
    """This will say whether the law declares void what was made under it."""
    known = house.articles.get(article)
    return known is not None and known.on_end == "void"


def declared(house: House, on: date) -> list[Declared]:
    """This will list every declaration that stands on an article which is over."""
    named = [(address, basis) for address, basis in bases(house) if basis]
    for key, table in house.values.items():
        for name, regions in table.cells.items():
            named += [
                (f"values/{key}/{name}", cell.basis)
                for cells in regions.values()
                for cell in cells
                if cell.holds(on)
            ]
    return [
        Declared(address, basis, known.valid_to if (known := house.articles.get(basis)) else None)
        for address, basis in dict.fromkeys(named)
        if over(basis, house, on)
    ]


def running(*, bundle: Adopted, on: date, within: Q | None = None, void: bool = False) -> Iterator[Running]:
    """This will name everything in force that stands on an article which is over; ``void``, only on one that the
    law declares void. Of several articles the void one counts."""
    house = bundle.house
    for declared_ in house.procedures.values():
        effect = house.programs[declared_.program].effects.get(declared_.effect)
        deciding = [step.basis for step in declared_.steps if step.act == "decide"]
        stands_on = [*deciding, declared_.basis, *([effect.basis] if effect else [])]
        gone = [one for one in stands_on if one and over(one, house, on)]
        fallen = next((one for one in gone if is_void(one, house)), None if void or not gone else gone[0])
        if fallen is None:
            continue
        held = Standpoint.objects.filter(
            within or Q(), case__program=declared_.program, case__procedure=declared_.name,
            state__in=(State.IN_FORCE, State.FROZEN),
        ).select_related("case").order_by("pk")  # fmt: skip
        for one in held.iterator(chunk_size=_SLICE):
            if one.subject or one.case.subject:
                yield Running(one.case, one.subject or None, fallen, is_void(fallen, house), one.suspended)


def check_suspended(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to suspend twice, on an article that is in force, or that has nothing to do with it."""
    article, house = str(detail.get("article") or ""), occasion.bundle.house
    if before.suspended is not None:
        raise RefusedByLaw("suspension.already")
    if article not in _stands_on(occasion, before) or not over(article, house, occasion.on):
        raise RefusedByLaw("suspension.article_stands", article=article or "—", on=occasion.on)
    if occasion.official is None and not is_void(article, house):
        raise DeniedError("suspension.head_decides", article=article)


def check_resumed(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to go on with what was not suspended, and without an article in force again."""
    if before.suspended is None:
        raise RefusedByLaw("suspension.none")
    known = occasion.bundle.house.articles.get(str(detail.get("article") or ""))
    if known is None or not known.in_force(occasion.on):
        raise RefusedByLaw("suspension.no_new_article", article=detail.get("article") or "—")


def _stands_on(occasion: Occasion, before: Point) -> set[str]:
    """The articles of the decision, of what follows from it, and of its procedure."""
    procedure = occasion.procedure
    named = {*procedure.basis, *procedure.articles_of("decide")}
    if procedure.effect is not None:
        named.add(procedure.effect.basis)
    decision = Act.objects.filter(pk=before.decided).first() if before.decided else None
    if decision is not None:
        named |= {*decision.articles, *(line["article"] for line in decision.detail.get("lines", ()))}
    return named
