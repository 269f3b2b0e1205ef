"""Mandates 授权委托书: a party lets somebody act for it here, in what it names, until a day (民法典 165, 173).

Given by a filing with a signed paper in the party's own book, at the door ``my`` or at a counter; withdrawn by the
party at any time, and over by itself on its day. What an agent files names the party by its row, the agent by its
number in the registry, and the mandate; what the mandate does not cover is refused, by whichever door it comes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from django.db.models import Q

from chengxin.cases.edges import EDGES
from chengxin.cases.models import Act, Case
from chengxin.cases.opening import open_book
from chengxin.cases.point import Point
from chengxin.cases.procedure import KERNEL
from chengxin.core.errors import RefusedByLaw
from chengxin.core.periods import Period
from chengxin.ledger.models import Agency
from chengxin.subjects.linkage import follow, gathered
from chengxin.subjects.models import Subject

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

BOOK: Final = "mandate"
GIVE, WITHDRAW = "give_mandate", "withdraw_mandate"
COVERS: Final = {
    "read": ("查看记录、事项和文书", "read records, matters and papers"),
    "state": ("陈述、申辩，要求听证，写说明", "state and defend, ask for a hearing, set words beside"),
    "object": ("提出异议、催办，质疑查看", "object, urge, question a look"),
    "review": ("申请复核", "ask for a review"),
    "repair": ("申请信用修复", "apply for repair"),
    "service": ("签收文书（开启即送达）", "receive service by opening papers"),
}
"""What a mandate may cover. Whoever acts reads: ``read`` is in every one."""
_ALLOWS: Final = {
    "state": ("state", "ask_hearing", "own_words"),
    "object": ("object", "urge"),
    "review": ("ask_review",),
    "repair": ("apply_repair",),
    "service": ("serve", "serve_decision"),
}
"""The acts each lets an agent take. To waive, to agree to a means of service and to give a mandate stay the party's
own."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """One mandate as it was given, and whether it was taken back. ``until`` is exclusive."""

    act: int
    number: str
    party: int
    agent: int
    covers: tuple[str, ...]
    since: date
    until: date
    withdrawn: date | None
    agency: str
    named: int
    """The exhibit that holds the agent's name, as the party wrote it."""
    papers: tuple[int, ...]

    def is_open(self, on: date) -> bool:
        """This will say whether it holds on a day; one taken back holds no more on that very day."""
        return self.since <= on < self.until and (self.withdrawn is None or on < self.withdrawn)

    @property
    def ends(self) -> date:
        """This will give the first day on which it does not hold."""
        return min(self.until, self.withdrawn or self.until)

    def allows(self, kind: str) -> bool:
        """This will say whether it covers an act."""
        return kind in {one for cover in self.covers for one in _ALLOWS.get(cover, ())}

    def reaches(self, subject: int | None) -> bool:
        """This will say whether a subject is its party, was merged with it, or is a site it answers for."""
        numbers = gathered(follow(self.party))
        if subject is None or subject in numbers:
            return subject is not None
        return Subject.objects.filter(pk=subject, answers_for__in=numbers).exists()


def cover_of(kind: str) -> str:
    """This will name what a mandate must cover for an act; empty where no mandate can."""
    return next((cover for cover, kinds in _ALLOWS.items() if kind in kinds), "")


def book_of(party: int, agency: Agency, on: date) -> Case:
    """This will give the book in which a body keeps the mandates of one party."""
    return open_book(
        program=KERNEL, procedure=BOOK, agency=agency.code, region=agency.region_id, subject=party,
        title="授权委托书", number=f"{agency.code}/mandates/{party}"[:80], on=on,
    )  # fmt: skip


def given_by(numbers: Collection[int]) -> list[Mandate]:
    """This will list the mandates a party gave, under all its numbers, the newest first."""
    return _mandates(Q(case__subject__in=numbers))


def held_by(numbers: Collection[int], on: date) -> list[Mandate]:
    """This will list the mandates somebody holds on a day."""
    return [one for one in _mandates(Q(detail__agent__in=list(numbers))) if one.is_open(on)]


def kept_by(agencies: Collection[str]) -> list[Mandate]:
    """This will list the mandates in the books of some bodies, the newest first."""
    return _mandates(Q(agency__in=agencies))


def find(act: int) -> Mandate | None:
    """This will find a mandate by the act that gave it."""
    return next(iter(_mandates(Q(pk=act))), None)


def done_under(mandates: Collection[int], numbers: Collection[int]) -> list[Act]:
    """This will list what was filed for a party, under all its numbers, by some of its mandates; the newest first."""
    theirs = Q(subject__in=numbers) | Q(case__subject__in=numbers)
    filed = Act.objects.filter(theirs, detail__mandate__in=list(mandates)).exclude(kind=WITHDRAW)
    return list(filed.select_related("case").order_by("-id"))


def _mandates(which: Q) -> list[Mandate]:
    given = list(Act.objects.filter(which, kind=GIVE).select_related("case").order_by("-id"))
    back = Act.objects.filter(kind=WITHDRAW, detail__mandate__in=[one.pk for one in given])
    taken = {int(one.detail["mandate"]): one.on for one in back.order_by("-id")} if given else {}
    return [_mandate(one, taken.get(one.pk)) for one in given]


def _mandate(act: Act, withdrawn: date | None) -> Mandate:
    said = act.detail
    return Mandate(
        act=act.pk, number=said["number"], party=act.case.subject or 0, agent=said["agent"],
        covers=tuple(said["covers"]), since=date.fromisoformat(said["from"]),
        until=date.fromisoformat(said["until"]), withdrawn=withdrawn, agency=act.agency, named=said["named"],
        papers=tuple(one for one in act.cites["exhibits"] if one != said["named"]),
    )  # fmt: skip


def fill_given(occasion: Occasion, filled: dict[str, Any]) -> None:
    """This will say from when it holds where it does not say, and that whoever acts may read."""
    filled.setdefault("from", occasion.on.isoformat())
    said = filled.get("covers")
    if isinstance(said, list) and said:
        filled["covers"] = [one for one in COVERS if one == "read" or one in said] + sorted(
            str(one) for one in said if one not in COVERS
        )


def fill_used(occasion: Occasion, subject: int | None, filled: dict[str, Any]) -> None:
    """This will name the agent in what is filed under a mandate, or refuse what the mandate does not carry."""
    mandate = find(filled["mandate"]) if type(filled["mandate"]) is int else None
    if mandate is None or not mandate.reaches(subject or occasion.case.subject):
        raise RefusedByLaw("mandate.none", case=occasion.case.number)
    refuse_unless(mandate, occasion.kind, occasion.on)
    filled["agent"] = mandate.agent


def refuse_unless(mandate: Mandate, kind: str, on: date) -> None:
    """This will refuse an act its mandate does not cover, or on a day it does not hold, and name the mandate."""
    if not mandate.is_open(on):
        raise RefusedByLaw("mandate.over", number=mandate.number, since=mandate.since, until=mandate.ends)
    if not mandate.allows(kind):
        edge = EDGES[kind]
        raise RefusedByLaw("mandate.not_covered", number=mandate.number, step=edge.zh, step_en=edge.en)


def check_given(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a mandate to nobody, over nothing, without an end, or longer than one may last."""
    party, agent = _party(occasion), detail.get("agent")
    if type(agent) is not int or type(detail.get("named")) is not int or agent in gathered(follow(party)):
        raise RefusedByLaw("mandate.no_agent")
    covers = detail.get("covers")
    if not isinstance(covers, list) or not covers or not set(covers) <= COVERS.keys():
        raise RefusedByLaw("mandate.over_nothing", known=", ".join(COVERS))
    if not detail.get("until"):
        raise RefusedByLaw("mandate.without_end")
    since, until = date.fromisoformat(detail["from"]), date.fromisoformat(detail["until"])
    last = Period.parse(longest(occasion.on)).end(since, occasion.bundle.workdays, counts_first=True)
    if not occasion.on <= since < until <= last:
        raise RefusedByLaw("mandate.term", since=since, until=until, on=occasion.on, last=last)


def check_withdrawn(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse to take back what the party did not give, or took back already."""
    party, named = _party(occasion), detail.get("mandate")
    mandate = find(named) if type(named) is int else None
    if mandate is None or mandate.party not in gathered(follow(party)):
        raise RefusedByLaw("mandate.none", case=occasion.case.number)
    if mandate.withdrawn is not None or mandate.until <= occasion.on:
        raise RefusedByLaw("mandate.over", number=mandate.number, since=mandate.since, until=mandate.ends)


def longest(on: date) -> str:
    """This will give how long a mandate given on a day may last; raises ``RefusedByLaw`` before there was any."""
    begun = [since for since in _table() if since <= on]
    if not begun:
        raise RefusedByLaw("mandate.not_yet", on=on)
    return _table()[max(begun)]["period"]


def _party(occasion: Occasion) -> int:
    case = occasion.case
    if case.program != KERNEL or case.procedure != BOOK or case.subject is None:
        raise RefusedByLaw("mandate.elsewhere", case=case.number)
    return case.subject


@cache
def _table() -> dict[date, dict[str, str]]:
    loaded: dict[str, dict[date, dict[str, str]]] = yaml.safe_load(
        (Path(__file__).parent / "mandates.yml").read_text("utf-8")
    )
    return loaded["longest"]
