"""What a party may see: its own subject's file and nobody else's. Every query of the door goes through here.

The subject is that of the account, never one that was asked for; with it what was merged into it and the sites
it answers for. Matters begin to show with the notice: what an office prepares before it is told to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from chengxin.cases.edges import State
from chengxin.cases.models import Act, Case, Standpoint
from chengxin.cases.point import Point
from chengxin.cases.procedure import KERNEL
from chengxin.cases.standpoints import point_of, points_of_cases, points_of_rows
from chengxin.core.errors import MissingError
from chengxin.effects.exchange.models import Delivery
from chengxin.effects.models import Standing
from chengxin.engine.store import Store
from chengxin.faces.deferrals import deferred
from chengxin.faces.desk.cases import row_of
from chengxin.faces.models import Question
from chengxin.kit import Visit
from chengxin.ledger.looks.log import LookSeen, looks_at
from chengxin.ledger.scope import Scope
from chengxin.policy.items import DISCLOSURES
from chengxin.records.timeline import Line, timeline
from chengxin.subjects.linkage import follow, gathered
from chengxin.subjects.models import Subject

_UNTOLD: Final = (State.OPEN, State.PROPOSED, State.KEPT)
_ALL: Final = Scope.of(classes=DISCLOSURES)
"""Of its own file a subject sees every class."""


@dataclass(frozen=True)
class Matter:
    """One matter that runs, or ran, against the party: the case, its own row of it, and where that stands."""

    case: Case
    row: int | None
    """The row of a list; None where the case is about it alone."""
    point: Point

    @property
    def query(self) -> str:
        """This will give what its address ends in: a party may have several rows in one list."""
        return f"?row={self.row}" if self.row else ""

    def acts(self) -> list[Act]:
        """This will give the acts that concern it: of a list its own row's, and those on the whole."""
        whole = Q(subject=None)
        wanted = whole | Q(subject=self.row) if self.row else whole
        return list(self.case.acts.filter(wanted).order_by("id"))

    def is_own(self, act: Act) -> bool:
        """This will say whether an act speaks of it alone: only then are its papers shown."""
        return act.case_id == self.case.pk and act.subject == self.row


@dataclass(frozen=True)
class Own:
    """The file of one subject as it may read it itself."""

    subject: int
    numbers: tuple[int, ...]
    sites: tuple[int, ...]

    @classmethod
    def of(cls, subject: int) -> Own:
        """This will gather the numbers a subject is read under, and the sites it answers for."""
        numbers = tuple(gathered(follow(subject)))
        sites = Subject.objects.filter(answers_for__in=numbers).order_by("pk").values_list("pk", flat=True)
        return cls(numbers[0], numbers, tuple(sites))

    @property
    def everything(self) -> tuple[int, ...]:
        return (*self.numbers, *self.sites)

    def _standpoints(self) -> QuerySet[Standpoint]:
        mine = Q(subject__in=self.everything) | Q(subject=0, case__subject__in=self.everything)
        told = Exists(
            Act.objects.filter(
                Q(subject=OuterRef("subject")) | Q(subject=None),
                case=OuterRef("case"),
                kind__in=("notify", "remind"),
            )
        )
        shown = Standpoint.objects.filter(mine).exclude(case__program=KERNEL).exclude(state__in=_UNTOLD)
        return shown.filter(told | Q(in_force_from__isnull=False)).select_related("case")

    def matters(self) -> list[Matter]:
        """This will list its matters, those with the nearest term first, the ended ones last."""
        found = list(self._standpoints().order_by("-case_id", "subject"))
        points = _points(found)
        return [Matter(one.case, one.subject or None, points[one.case_id, one.subject]) for one in found]

    def matter(self, case: int, row: int | None = None) -> Matter:
        """This will find one of its matters by the number of the case; another's is as if there were none.

        Of several rows in one list ``row`` says which is meant; without it none is.
        """
        found = self._standpoints().filter(case=case)
        if row is not None:
            found = found.filter(Q(subject=row) | Q(subject=0, case__subject=row))
        few = list(found[:2])
        if len(few) != 1:
            raise MissingError("door.no_such", number=case)
        return _matter(few[0])

    def records(self, store: Store, on: date) -> list[Line]:
        """This will list every record held about it, of every class, the newest first."""
        return timeline(self.subject, _ALL, store=store, as_of=on)

    def standing(self, on: date) -> list[Standing]:
        """This will list what holds for it on a day, other bodies' decisions among it; not what begins later."""
        alive = Q(until__isnull=True) | Q(until__gt=on)
        held = Standing.objects.filter(alive, subject__in=self.numbers, since__lte=on)
        return list(held.order_by("-adverse", "since", "pk"))

    def told(self, limit: int = 100) -> list[Delivery]:
        """This will list who was told of what holds for it, and of its end, with what each acknowledged."""
        sent = Delivery.objects.filter(event__subject__in=self.numbers, tried_at__isnull=False)
        return list(sent.select_related("subscriber", "event").order_by("-event_id", "subscriber")[:limit])

    def looks(self, on: date, *, limit: int = 50, before: int | None = None) -> list[LookSeen]:
        """This will list who looked at it; what law 7 lets be deferred shows itself on its day."""
        return looks_at(*self.everything, limit=limit, before=before, deferred=deferred(on))

    def look(self, number: int, on: date) -> LookSeen:
        """This will find one look at it."""
        found = self.looks(on, limit=1, before=number + 1)
        if not found or found[0].number != number:
            raise MissingError("door.no_such", number=number)
        return found[0]

    def questions(self, looks: Sequence[int] | None = None) -> dict[int, Question]:
        """This will give the looks it questioned, by their number."""
        found = Question.objects.filter(subject=self.subject)
        if looks is not None:
            found = found.filter(look__in=looks)
        return {one.look: one for one in found}


def matter_of(visit: Visit, number: int) -> Matter:
    """This will give the matter an address means, the party's own: the case, and ``?row=`` where it is a list."""
    return Own.of(visit.me.subject).matter(number, row_of(visit))


def _points(found: Sequence[Standpoint]) -> dict[tuple[int, int], Point]:
    """This will fold many matters, by case and row: the single ones with one query, and each list with one."""
    single = points_of_cases({one.case_id for one in found if not one.subject})
    points = {(case, 0): point for case, point in single.items()}
    listed: dict[int, list[Standpoint]] = {}
    for one in found:
        if one.subject:
            listed.setdefault(one.case_id, []).append(one)
    for rows in listed.values():
        folded = points_of_rows(rows[0].case, [one.subject for one in rows])
        points |= {(rows[0].case_id, row): point for row, point in folded.items()}
    return points


def _matter(standpoint: Standpoint) -> Matter:
    row = standpoint.subject or None
    return Matter(standpoint.case, row, point_of(standpoint.case, row))
