"""The procedure a case goes by: a program's declaration above the kernel's floor, or a book of the kernel.

What a program leaves unsaid falls to the floor: the deciding body acts, on the article of the procedure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chengxin.cases.edges import EDGES
from chengxin.cases.models import Case
from chengxin.core.errors import HouseFault
from chengxin.policy.house import House
from chengxin.policy.procedures import (
    SHORTEST_STATEMENT,
    WITHOUT_DUTY,
    Hearing,
    Milder,
    Panel,
    Reminds,
    Repair,
)
from chengxin.policy.programs import Effect

KERNEL = "kernel"
FILINGS = frozenset(
    {"agree_service", "withdraw_service", "state", "waive", "object"}
    | {"ask_hearing", "urge", "ask_review", "own_words", "apply_repair"}
    | {"give_mandate", "withdraw_mandate"}
)
"""What the party does. An official may write it down for it."""

_BY_THE_KERNEL = frozenset({"suspend", "resume"})
"""Stands on the kernel's own article: that of the procedure is what fell."""
_ANYBODY = frozenset({"answer_objection", "route"})
"""Also done by the body an objection was routed to."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a procedure says of one act: by which duty, on which article, within which period."""

    by: str = ""
    basis: str = ""
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure as the case file reads it."""

    title: str
    basis: tuple[str, ...]
    decides_by: str = ""
    """A duty; empty: any body."""
    cosigners: frozenset[str] = frozenset()
    steps: Mapping[str, Rule] = field(default_factory=dict)
    statement: str = SHORTEST_STATEMENT
    routes_to: str = "self"
    on_objection: str = "mark"
    exit_condition: str = ""
    review: str | None = None
    effect: Effect | None = None
    """What a decision of it brings about."""
    repair: Repair | None = None
    """How grave the conduct is, where repair goes by application."""
    milder: Milder | None = None
    """By which article a milder rule reaches what runs."""
    reminds: Reminds | None = None
    """By which columns of its finding the clock reminds; it decides nothing then."""
    panel: Panel | None = None
    """Who may sit on its panel."""
    hearing: Hearing | None = None
    """What weighs enough for a hearing."""

    @property
    def adverse(self) -> bool:
        """Whether a decision under it burdens somebody."""
        return self.effect is not None and self.effect.adverse

    @property
    def advised(self) -> bool:
        """Whether nothing is decided under it before a panel advised."""
        return "panel_advice" in self.steps

    def brings(self) -> Effect:
        """This will give the effect; asking where there is none is our own fault."""
        if self.effect is None:
            raise HouseFault("procedure.without_effect", procedure=self.title)
        return self.effect

    def articles_of(self, kind: str) -> tuple[str, ...]:
        """This will give the articles an act stands on where the official names none."""
        if kind == "shorten" and self.milder is not None:
            return (self.milder.basis,)
        rule = self.steps.get(kind)
        if kind in _BY_THE_KERNEL and rule is None:
            return (EDGES[kind].anchor,)
        return (rule.basis,) if rule and rule.basis else self.basis

    def within(self, kind: str) -> str | None:
        """This will give how soon what the act asks for is due."""
        rule = self.steps.get(kind)
        return rule.within if rule else None

    def by_subject(self, kind: str) -> bool:
        """This will say whether the party itself takes this step."""
        rule = self.steps.get(kind)
        return kind in FILINGS or (rule is not None and rule.by == "subject")

    def duties(self, kind: str) -> frozenset[str]:
        """This will name the duties of which the acting body must bear one; none: any body may."""
        rule = self.steps.get(kind)
        by = rule.by if rule else ""
        if kind == "cosign" or by == "cosigners":
            return self.cosigners
        if kind in _ANYBODY or self.by_subject(kind):
            return frozenset()
        return frozenset({by or self.decides_by} - {"", *WITHOUT_DUTY})


def procedure_of(case: Case, house: House) -> Procedure:
    """This will find the procedure of a case in the bundle, or among the kernel's own books."""
    if case.program == KERNEL:
        return _book(case, house)
    program = house.programs.get(case.program)
    declared = house.procedures.get(f"{case.program}.{case.procedure}")
    if program is None or declared is None:
        raise HouseFault("procedure.unknown", procedure=f"{case.program}.{case.procedure}")
    return Procedure(
        title=declared.title,
        basis=(declared.basis,),
        decides_by=declared.decides_by,
        cosigners=frozenset(declared.cosigners),
        steps={step.act: Rule(step.by, step.basis, step.within or None) for step in declared.steps},
        statement=declared.statement or SHORTEST_STATEMENT,
        routes_to=declared.objection.routes_to,
        on_objection=declared.objection.on_objection,
        exit_condition=declared.exit.condition if declared.exit else "",
        review=declared.exit.review if declared.exit else None,
        effect=program.effects[declared.effect] if declared.effect else None,
        repair=declared.repair,
        milder=declared.milder,
        reminds=declared.reminds,
        panel=declared.panel,
        hearing=declared.hearing,
    )


def _book(case: Case, house: House) -> Procedure:
    """The kernel's books: each act in them stands on the article its edge is anchored to."""
    kinds = {
        "receipt": ("receive",),
        "adoption": ("adopt", "propose_adoption"),
        "confirmation": ("confirm_text",),
        "billing": ("issue_bill", "return_bill"),
        "mandate": ("give_mandate", "withdraw_mandate"),
    }
    if case.procedure not in kinds:
        raise HouseFault("procedure.unknown", procedure=f"{case.program}.{case.procedure}")
    steps = {kind: Rule(basis=EDGES[kind].anchor) for kind in kinds[case.procedure]}
    return Procedure(title=case.title, basis=(EDGES[kinds[case.procedure][0]].anchor,), steps=steps)
