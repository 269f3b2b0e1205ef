"""An article is repealed or expires: all that stands on it, and the suspension of what runs.

Declarations (items, effects, procedures, values) are listed for the next bundle. What runs is proposed for
suspension and the head decides, since a repeal as a rule does not undo what was lawfully decided; only where the
law says that all made under it is void does the clock suspend it by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db.models import Min, Q, QuerySet

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
_BINDS = ("decide", "serve_decision")
_ALIKE = ("case__program", "case__procedure", "bundle", "kind", "articles")


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
    """This will name everything in force that cites an article which is over; ``void``, only one that the law
    declares void. Of several articles the void one counts.

    A decision keeps the articles it was made under, whatever its program stands on by now.
    """
    house = bundle.house
    held = (
        Standpoint.objects.filter(
            within or Q(),
            state__in=(State.IN_FORCE, State.FROZEN),
            case__in=_cases_citing(house, on, void=void),
        )
        .select_related("case")
        .order_by("case_id", "pk")
    )
    for _number, points in groupby(held.iterator(chunk_size=_SLICE), key=lambda one: one.case_id):
        listed = [one for one in points if one.subject or one.case.subject]
        for start in range(0, len(listed), _SLICE):
            some = listed[start : start + _SLICE]
            cited = _cited(some)
            for one in some:
                fallen = _fallen(cited[one.pk], house, on, void=void)
                if fallen:
                    yield Running(
                        one.case, one.subject or None, fallen, is_void(fallen, house), one.suspended
                    )


def _fallen(articles: Iterable[str], house: House, on: date, *, void: bool) -> str:
    gone = [one for one in articles if one and over(one, house, on)]
    return next((one for one in gone if is_void(one, house)), "" if void or not gone else gone[0])


def _cases_citing(house: House, on: date, *, void: bool) -> list[int]:
    """The cases whose decision, or its service, cites an article that is over.

    The acts of one procedure under one bundle that name the same articles say the same in their lines: one of each
    is read, however many there are.
    """
    if void and not any(is_void(one, house) and over(one, house, on) for one in house.articles):
        return []
    binding = Act.objects.filter(kind__in=_BINDS)
    found: set[int] = set()
    for group, act in _alike(binding):
        if _fallen(articles_cited(act), house, on, void=void):
            found |= set(binding.filter(**group).values_list("case", flat=True).distinct())
    return sorted(found)


def _alike(acts: QuerySet[Act]) -> Iterator[tuple[dict[str, Any], Act]]:
    """One act of each group that names the same articles under the same rules, with what makes the group."""
    groups = list(acts.order_by().values(*_ALIKE).annotate(first=Min("pk")))
    samples = Act.objects.in_bulk({group["first"] for group in groups})
    for group in groups:
        yield {name: group[name] for name in _ALIKE}, samples[group["first"]]


def articles_cited(*acts: Act) -> list[str]:
    """This will name what decisions and their services cite: their articles, and those of their lines."""
    named = (name for act in acts for name in (*act.articles, *_of_lines(act)))
    return list(dict.fromkeys(named))


def _of_lines(act: Act) -> Iterator[str]:
    return (line["article"] for line in act.detail.get("lines", ()))


def _cited(some: Sequence[Standpoint]) -> dict[int, list[str]]:
    """What the newest decision of each standpoint of one case cites, and the newest service of it."""
    rows = [one.subject or None for one in some]
    whole_or_row = Q(subject__in=[row for row in rows if row]) | Q(subject=None)
    newest: dict[tuple[str, int | None], Act] = {}
    for act in Act.objects.filter(whole_or_row, case=some[0].case_id, kind__in=_BINDS).order_by("pk"):
        newest[act.kind, act.subject] = act
    return {one.pk: articles_cited(*_binding(newest, one.subject or None)) for one in some}


def _binding(newest: Mapping[tuple[str, int | None], Act], row: int | None) -> Iterator[Act]:
    """Of each kind the act on the row, else the one on the whole."""
    for kind in _BINDS:
        found = newest.get((kind, row)) or newest.get((kind, None))
        if found is not None:
            yield found


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
    """The articles of the decision and its service, of what follows from it, and of its procedure."""
    procedure = occasion.procedure
    named = {*procedure.basis, *procedure.articles_of("decide")}
    if procedure.effect is not None:
        named.add(procedure.effect.basis)
    decided = Act.objects.filter(pk=before.decided) if before.decided else ()
    served = occasion.case.acts.filter(kind="serve_decision")
    return named.union(articles_cited(*decided), *(articles_cited(act) for _group, act in _alike(served)))
