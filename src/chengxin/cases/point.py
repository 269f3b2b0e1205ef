"""Where a matter stands: a point on the road, and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from chengxin.cases.edges import ENDED, State

CLOCKS: Final[dict[str, tuple[str, str]]] = {
    "statement": ("陈述申辩期限", "time to state"),
    "hearing": ("要求听证期限", "time to ask for a hearing"),
    "step": ("本步期限", "this step"),
    "objection": ("答复异议", "answer to an objection"),
    "acceptance": ("受理修复", "repair: taking up"),
    "repair": ("答复修复", "repair: answer"),
    "revocation": ("撤销", "withdrawal"),
    "apology": ("致歉", "apology"),
    "review": ("复查", "review"),
    "end": ("到期", "end"),
}
"""Every clock there is, in the order in which one day's are told."""
OF_THE_BODY = frozenset({"step", "objection", "acceptance", "repair", "revocation", "apology", "review"})
"""Clocks by which the body must act; the others are the party's, or end it by themselves."""


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection, or a request to look at its answer again, that nobody has answered yet."""

    act: int
    on_objection: str
    """none, mark or freeze: what it does while it is open."""
    routed: bool = False
    to: str = ""
    """The body it was routed to, which alone may answer it."""
    ground: str = ""
    answer_by: date | None = None
    urged: int = 0
    extended: bool = False
    of: int | None = None
    """Of a request for review: the objection whose answer is not accepted."""


@dataclass(frozen=True, slots=True)
class Note:
    """A reconsideration, a suit or a reorganisation that stands beside it (标注)."""

    act: int
    what: str
    stays: bool
    """It also suspends: an article or an order says so."""


@dataclass(frozen=True, slots=True)
class Asking:
    """An application for repair that nobody has decided yet."""

    act: int
    accept_by: date | None
    answer_by: date | None
    accepted: bool = False
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Repairable:
    """What a decision says of its own repair: how grave, from when it may be sought, when it ends by itself."""

    severity: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Point:
    """Where a matter stands after some acts. ``road`` is its state before objections freeze it."""

    road: State = State.OPEN
    since: date | None = None
    adverse: bool = True
    proposed: int | None = None
    """The proposing act: what co-signers sign."""
    statement_until: date | None = None
    """The last day on which the party may still state its case."""
    heard: bool = False
    """A statement was answered or waived."""
    service_failed: bool = False
    """An attempt to serve the paper that now waits has failed."""
    cosigned: frozenset[str] = frozenset()
    reviewed_by_law: bool = False
    decided: int | None = None
    in_force_from: date | None = None
    ends_on: date | None = None
    """Exclusive: the first day on which it no longer holds."""
    review_on: date | None = None
    due_on: date | None = None
    objections: tuple[Objection, ...] = ()
    answered: tuple[int, ...] = ()
    """The objections that were answered, and may be looked at again once."""
    revoke_by: date | None = None
    """The answer, or a ruling, found it wrong: by then it is withdrawn, with the reason."""
    mistaken: int | None = None
    """The act that found a mismatch of the platform's own."""
    apology_by: date | None = None
    apologised: int | None = None
    certified: int | None = None
    notified: int | None = None
    stated: bool = False
    hearing_told: bool = False
    """The notice says that a hearing may be asked for."""
    hearing_until: date | None = None
    """The last day on which a hearing may be asked for."""
    hearing_asked: bool = False
    hearing_held: bool = False
    panel: tuple[str, ...] = ()
    """Who sits on the panel."""
    advice: str = ""
    """What the panel advises: support or oppose; empty before it does."""
    notes: tuple[Note, ...] = ()
    own_words: int | None = None
    suspended: int | None = None
    """The act that suspended it because the article it stands on is no longer in force."""
    repairable: Repairable | None = None
    asking: Asking | None = None
    misled: bool = False
    """An application rested on false papers."""
    alarms: frozenset[tuple[str, str, date]] = frozenset()
    """What the clock has said of a deadline of the body: warn or escalate, the clock, and its day."""
    last_act: int = 0

    @property
    def state(self) -> State:
        """This will say FROZEN where an open objection, an article or an order suspends what is in force."""
        return State.FROZEN if self.road is State.IN_FORCE and self.frozen else self.road

    @property
    def frozen(self) -> bool:
        """Whether something suspends it."""
        contested = any(one.on_objection == "freeze" for one in self.objections)
        return contested or self.suspended is not None or any(note.stays for note in self.notes)

    @property
    def marked(self) -> bool:
        """Whether 异议处理中 stands beside it."""
        return any(o.on_objection != "none" for o in self.objections)

    @property
    def answer_by(self) -> date | None:
        """The nearest day by which something beside the road is due: an objection, a repair, a withdrawal."""
        days = [*(one.answer_by for one in self.objections), self.revoke_by, self.apology_by]
        if self.asking is not None:
            days.append(self.asking.answer_by if self.asking.accepted else self.asking.accept_by)
        return min((day for day in days if day is not None), default=None)

    @property
    def clocks(self) -> dict[str, date]:
        """This will give every clock that runs, by its name, with the day it runs out."""
        asked = self.asking
        days = {
            "statement": self.due_on if self.road is State.SERVED else None,
            "hearing": None if self.hearing_asked or self.road is not State.SERVED else self.hearing_until,
            "step": None if self.road is State.SERVED else self.due_on,
            "objection": min((one.answer_by for one in self.objections if one.answer_by), default=None),
            "acceptance": asked.accept_by if asked and not asked.accepted else None,
            "repair": asked.answer_by if asked and asked.accepted else None,
            "revocation": self.revoke_by,
            "apology": self.apology_by,
            "review": self.review_on,
            "end": None if self.road in ENDED else self.ends_on,
        }
        return {name: day for name, day in days.items() if day is not None}

    @property
    def clock(self) -> str:
        """This will name the clock that runs out first; of one day's, the first by the order of ``CLOCKS``."""
        running = self.clocks
        return min(running, key=lambda name: running[name], default="")

    @property
    def clock_on(self) -> date | None:
        """This will give the day on which the first of them runs out."""
        return self.clocks.get(self.clock)

    @property
    def alarm(self) -> str:
        """This will say what stands of that: escalate while a deadline told to the head is not met, else warn."""
        running = {kind for kind, clock, day in self.alarms if self.clocks.get(clock) == day}
        return "escalate" if "escalate" in running else "warn" if running else ""

    def may_be_decided(self, on: date) -> bool:
        """This will say whether the party was heard, or had its time and let it pass."""
        if not self.hearing_over(on):
            return False
        if self.road is State.ANSWERED:
            return True
        return self.road is State.SERVED and self.statement_until is not None and on > self.statement_until

    @property
    def sits(self) -> bool:
        """Whether a panel was named that has not advised yet."""
        return bool(self.panel) and not self.advice

    def may_be_carried(self, on: date, *, advised: bool) -> bool:
        """This will say whether a decision on the whole list carries this row: heard, and no panel sits or opposes.

        ``advised``: its procedure asks for a panel. Against the advice a row is decided by itself, with reasons.
        """
        supported = self.advice == "support" if advised or self.panel else True
        return supported and self.may_be_decided(on)

    def hearing_over(self, on: date) -> bool:
        """This will say whether a hearing was held, was given up, or can no longer be asked for."""
        if self.hearing_asked or self.hearing_until is None:
            return self.hearing_held or not self.hearing_asked
        waived = self.heard and not self.stated
        return waived or on > self.hearing_until
