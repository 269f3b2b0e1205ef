"""What one visitor may see, in one frozen value that compiles to a Django Q and to SQL.

Every list, search, facet, count, detail, export, push and answer passes it. Both compilations come from the
same conditions, and a test shows that they select the same rows.

A row is seen when it is public, or when its region, its agency and its class all lie in the scope. A row
without a region, an agency or a class has not said who may see it: only a scope without that bound shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from django.db.models import Q

from .agencies import with_predecessors
from .models import Official
from .officials import assignments
from .regions import NATION, includes, span
from .roles import PUBLIC, ROLES

Range = tuple[str, str]
DIMENSIONS: Final = ("region", "agency", "class")


@dataclass(frozen=True)
class Scope:
    """``agencies`` is None where every body's rows are seen; ``regions`` hold all that lies below them."""

    agencies: frozenset[str] | None
    regions: frozenset[str]
    roles: frozenset[str]
    classes: frozenset[str]

    @classmethod
    def of(
        cls,
        *,
        agencies: Iterable[str] | None = None,
        regions: Iterable[str] = (NATION,),
        roles: Iterable[str] = (),
        classes: Iterable[str] = PUBLIC,
    ) -> Self:
        """This will make a scope, leaving out regions that lie in another of its regions."""
        named = frozenset(regions)
        widest = frozenset(r for r in named if not any(o != r and includes(o, r) for o in named))
        return cls(
            None if agencies is None else frozenset(agencies), widest, frozenset(roles), frozenset(classes)
        )

    @classmethod
    def public(cls) -> Self:
        """This will give what anybody sees: what is published, of every body, everywhere."""
        return cls.of()

    @classmethod
    def nothing(cls) -> Self:
        """This will give the scope of one who holds no role: not even a row of the desk."""
        return cls.of(agencies=(), regions=(), classes=())

    @property
    def region_ranges(self) -> tuple[Range, ...] | None:
        """This will give the spans of region codes seen, both ends inclusive; None: no bound."""
        return None if NATION in self.regions else tuple(sorted(span(r) for r in self.regions))

    def covers(self, region: str) -> bool:
        """This will say whether a division lies in the scope."""
        return any(includes(outer, region) for outer in self.regions)

    def admits(self, *, region: str | None, agency: str | None, klass: str | None) -> bool:
        """This will say of one row already at hand what ``q`` and ``sql`` say of a table."""
        ranges = self.region_ranges
        if "public" in self.classes and klass == "public":
            return True
        return (
            (ranges is None or any(low <= (region or "") <= high for low, high in ranges))
            and (self.agencies is None or agency in self.agencies)
            and klass in self.classes
        )

    def q(self, columns: Mapping[str, str]) -> Q:
        """This will compile to a Q over the fields named for ``region``, ``agency`` and ``class``.

        A dimension that is not named is not asked. Without ``class`` there is nothing that says a row is
        public, so region and agency bound every row.
        """
        _known(columns)
        inside = Q()
        if "region" in columns and (ranges := self.region_ranges) is not None:
            inside &= _any_of(Q(**{f"{columns['region']}__range": each}) for each in ranges)
        if "agency" in columns and self.agencies is not None:
            inside &= Q(**{f"{columns['agency']}__in": sorted(self.agencies)})
        if "class" not in columns:
            return inside
        inside &= Q(**{f"{columns['class']}__in": sorted(self.classes)})
        return (Q(**{columns["class"]: "public"}) | inside) if "public" in self.classes else inside

    def sql(self, columns: Mapping[str, str], mark: str = "?") -> tuple[str, list[str]]:
        """This will compile to a condition and its bound values: ``("region between ? and ?", [low, high])``.

        ``columns`` as for ``q`` but with SQL names; ``mark`` is ``?`` for DuckDB and SQLite, ``%s`` for
        Django's cursors.
        """
        _known(columns)
        conditions, values = [], []
        if "region" in columns and (ranges := self.region_ranges) is not None:
            either = " or ".join(f"{columns['region']} between {mark} and {mark}" for _ in ranges)
            conditions.append(f"({either or '1 = 0'})")
            values += [end for each in ranges for end in each]
        if "agency" in columns and self.agencies is not None:
            conditions.append(_in(columns["agency"], len(self.agencies), mark))
            values += sorted(self.agencies)
        if "class" not in columns:
            return " and ".join(conditions) or "1 = 1", values
        conditions.append(_in(columns["class"], len(self.classes), mark))
        values += sorted(self.classes)
        inside = " and ".join(conditions)
        if "public" not in self.classes:
            return inside, values
        return f"({columns['class']} = {mark} or ({inside}))", ["public", *values]


def scope_of(official: Official | None, on: date) -> Scope:
    """This will give what an official sees on a day; nobody logged in sees what is public.

    A role that sees its own body only also sees what was told by the bodies whose duty came to it. Beside
    a wide role the narrow ones add nothing: one scope cannot say «all bodies here, but my own there», and
    it rather shows less.
    """
    if official is None:
        return Scope.public()
    held = assignments(official, on)
    if not held:
        return Scope.nothing()
    wide = [assignment for assignment in held if ROLES[assignment.role].wide]
    return Scope.of(
        agencies=None if wide else with_predecessors(str(official.agency_id)),
        regions=(assignment.region_id for assignment in wide or held),
        roles=(assignment.role for assignment in held),
        classes=frozenset[str]().union(*(ROLES[assignment.role].classes for assignment in wide or held)),
    )


def _known(columns: Mapping[str, str]) -> None:
    if unknown := set(columns) - set(DIMENSIONS):
        raise ValueError(f"a scope has no dimension {', '.join(sorted(unknown))}")


def _any_of(conditions: Iterable[Q]) -> Q:
    either = Q(pk__in=[])
    for condition in conditions:
        either |= condition
    return either


def _in(column: str, count: int, mark: str) -> str:
    return f"{column} in ({', '.join([mark] * count)})" if count else "1 = 0"
