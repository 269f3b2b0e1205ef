"""Procedures: who decides what, in which steps above the kernel's floor of due process, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

OnObjection = Literal["none", "mark", "freeze"]
RoutesTo = Literal["maker", "self"]
Severity = Literal["minor", "general", "serious"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
ON_OBJECTION: tuple[OnObjection, ...] = get_args(OnObjection)
ROUTES_TO: tuple[RoutesTo, ...] = get_args(RoutesTo)
Side = Literal["party", "complainant"]
"""In whom a member of a panel may have an interest."""
SIDES: tuple[Side, ...] = get_args(Side)

ACTS = (
    *("propose", "cosign", "legal_review", "notify", "serve", "state", "waive", "answer", "decide"),
    *("serve_decision", "object", "route", "answer_objection", "lapse", "repair", "revoke"),
    *("convene_panel", "panel_advice", "ask_hearing", "hold_hearing", "urge", "answer_review"),
    *("apply_repair", "accept_repair", "refuse_repair"),
    *("remind",),
)
"""The steps a procedure may name. What may follow what is drawn above this floor, in ``cases``."""
HEARING = ("notify", "serve", "state", "decide")
"""What an adverse decision never goes without (行政处罚法 44, 45, 62; house law 2)."""
SHORTEST_STATEMENT = "5 wd"
"""A program may lengthen the time to state one's case, never shorten it."""
SHORTEST_REQUEST = "5 wd"
"""To ask for a hearing (行政处罚法 64); a program may only lengthen it."""
BLOCKS = ("repair", "milder", "panel", "hearing")
"""What a procedure may say of its steps, each block on an article of its own."""
SMALLEST_PANEL = 3
"""Fewer make no majority; a program may ask for more."""
LONGEST = {"answer_objection": "20 d", "answer_review": "30 d", "accept_repair": "3 wd", "repair": "10 wd"}
"""A deadline that binds a body may be shortened by a program, never lengthened."""
REMINDING = ("remind", "serve_decision")
"""All there is to a reminder: it is made and served. It decides nothing, so nobody is heard before it."""
REMINDS_OF = {"subject": "BIGINT", "division": "VARCHAR", "because": "BIGINT[]"}
"""What the finding of a procedure that reminds gives, beside the columns the procedure names."""
WITHOUT_DUTY = ("subject", "cosigners", "maker")


@dataclass(frozen=True)
class Step:
    """One step: by a body with a duty, by all co-signers, by the subject or by the maker of the record."""

    act: str
    by: str
    basis: str
    within: str = ""


@dataclass(frozen=True)
class Objection:
    """Where an objection goes, and what stands still meanwhile."""

    routes_to: RoutesTo
    on_objection: OnObjection


@dataclass(frozen=True)
class Exit:
    """How an adverse decision ends but by its date: a named condition, looked at again every so often."""

    condition: str
    review: str


@dataclass(frozen=True)
class Repair:
    """How grave the conduct is (轻微、一般、严重), which fixes how long its decision is published at least and
    at most; a shorter ``minimum`` or ``maximum`` of the program's own is milder and stands."""

    severity: Severity
    basis: str
    minimum: str = ""
    maximum: str = ""


@dataclass(frozen=True)
class Milder:
    """从旧兼从轻: the article by which a rule that grew milder reaches what runs already.

    ``ordered``: the article itself orders it, and the clock does it; otherwise the head decides.
    """

    basis: str
    ordered: bool


@dataclass(frozen=True)
class Reminds:
    """By this procedure the clock reminds everybody in its finding, of each window once."""

    window: str
    """The column of the finding that names the window (a text): what says the same is not said again."""
    days_left: str
    """The column with the days that are left of the window: nought on its last day."""


@dataclass(frozen=True)
class Panel:
    """Whom the step ``panel_advice`` asks: how many at least, and in whom each says that he has no interest."""

    least: int
    clear_of: tuple[Side, ...]
    basis: str


@dataclass(frozen=True)
class Hearing:
    """数额较大: the step ``ask_hearing`` is open only where ``counts`` of the notice's lines reaches ``least`` in sum.

    A notice that does not say how much opens it.
    """

    counts: str
    least: int
    basis: str


@dataclass(frozen=True)
class Procedure:
    """One procedure of a program."""

    program: str
    name: str
    title: str
    title_en: str
    basis: str
    decides_by: str
    cosigners: tuple[str, ...]
    steps: tuple[Step, ...]
    statement: str
    objection: Objection
    exit: Exit | None
    effect: str = ""
    finding: str = ""
    repair: Repair | None = None
    """None: it ends by its exit alone, and nobody applies."""
    milder: Milder | None = None
    """None: what was decided keeps the terms of its own day."""
    reminds: Reminds | None = None
    """None: an official proposes, and somebody decides."""
    panel: Panel | None = None
    """None: a panel, where one sits, is one of the kernel's floor."""
    hearing: Hearing | None = None
    """None: the step ``ask_hearing``, where there is one, is open to everybody who is told."""

    @property
    def bases(self) -> tuple[str, ...]:
        """This will name every article it stands on, once each."""
        own = tuple(block.basis for name in BLOCKS if (block := getattr(self, name)) is not None)
        return tuple(dict.fromkeys((self.basis, *(step.basis for step in self.steps), *own)))
