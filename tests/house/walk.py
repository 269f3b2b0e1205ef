"""Acts drawn without regard to legality, on single cases and on a list, through the writer everybody uses.

A sequence is drawn from a seed: any step, by anybody or nobody, in any body's name, of any case or row, with
any words, on any article, any days on or back. Half of the steps follow some road, so that enough
of it comes to something; nobody looks whether they may be taken. Most are refused. What was refused wrote
nothing; what is left is judged by ``oracle``, which reads the tables.

How far, on which roads: ``roads``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from levy import ARTICLE, DUTIES, Desk, at, mass, rows

from chengxin.cases import schedules, standpoints
from chengxin.cases.acts import act
from chengxin.cases.edges import EDGES
from chengxin.core.errors import ChengxinError
from chengxin.effects import standing
from tests.house import oracle, oracle_beside, oracle_panel, oracle_terms
from tests.house.conftest import counts

ERAS = ((date(2016, 10, 8), date(2019, 6, 1)), (date(2023, 6, 1), date(2026, 9, 1)))
"""Before there was a rule on repair by severity, and since; a new rule begins in the second."""
SERVICES = ("serve", "serve_decision")
BESIDE = frozenset(
    {"object", "route", "urge", "extend", "answer_objection", "ask_review", "answer_review", "own_words"}
    | {"annotate", "end_annotation", "apply_repair", "accept_repair", "refuse_repair", "hold_hearing"}
    | {"ask_hearing", "apologise", "certify", "shorten", "suspend", "resume", "convene_panel", "panel_advice"}
)
"""Steps that concern one row of a list."""
ROAD = ("propose", "notify", "serve", "state", "answer", "decide", "serve_decision")
ROADS = (
    ("propose", "notify", "serve", "decide", "serve_decision"),
    ("propose", "notify", "serve", "waive", "decide", "serve_decision", "lapse"),
    (*ROAD, "object", "route", "answer_objection", "repair"),
    (*ROAD, "review", "revoke"),
    ("propose", "decide", "serve_decision"),
    ("propose", "notify", "fail_service", "serve", "decide", "fail_service", "serve_decision"),
    ("propose", "agree_service", "notify", "serve", "waive", "decide", "withdraw_service", "serve_decision"),
    ("propose", "legal_review", "notify", "serve", "waive", "decide", "serve_decision"),
    (*ROAD, "apply_repair", "accept_repair", "repair"),
    (
        *ROAD,
        "apply_repair",
        "accept_repair",
        "extend",
        "refuse_repair",
        "apply_repair",
        "accept_repair",
        "repair",
    ),
    (*ROAD, "object", "answer_objection", "ask_review", "answer_review", "object", "revoke"),
    (*ROAD, "object", "urge", "answer_objection", "object", "own_words"),
    (*ROAD, "annotate", "end_annotation", "annotate", "own_words"),
    (*ROAD, "object", "answer_objection", "apologise", "revoke", "certify"),
    (*ROAD, "shorten", "suspend"),
    (*ROAD, "shorten", "lapse"),
    ("propose", "convene_panel", "panel_advice", "notify", "serve", "waive", "decide", "serve_decision"),
    (
        "propose",
        "notify",
        "serve",
        "convene_panel",
        "waive",
        "decide",
        "panel_advice",
        "decide",
        "serve_decision",
    ),
    ("propose", "notify", "serve", "ask_hearing", "decide", "hold_hearing", "decide", "serve_decision"),
    ("propose", "notify", "serve", "ask_hearing", "waive", "hold_hearing", "decide", "serve_decision"),
    (
        "propose",
        "notify",
        "serve",
        "ask_hearing",
        "state",
        "answer",
        "hold_hearing",
        "decide",
        "serve_decision",
    ),
)
REPAIRS = tuple(road for road in ROADS if "apply_repair" in road)
"""Long roads, of which fewer come to their end: drawn twice as often."""
PAPERS = frozenset(
    {"agree_service", "answer_objection", "answer_review", "revoke", "extend", "annotate", "end_annotation"}
    | {"hold_hearing", "panel_advice", "refuse_repair", "own_words", "apply_repair", "object", "decide"}
    | {"legal_review", "resume", "confirm_text"}
)
"""Acts that come with papers, most of the time."""
NAMING = {
    "route": "object", "urge": "object", "answer_objection": "object", "ask_review": "object",
    "answer_review": "ask_review", "end_annotation": "annotate", "extend": "apply_repair",
}  # fmt: skip
"""Acts that name an earlier one, and its kind."""
BY_NAME = {"end_annotation": "note", "extend": "of"}
PANEL = [{"member": name, "interests": []} for name in ("a", "b", "c")]
EXPERTS = [{"member": name, "interests": [], "clear_of": ["party", "complainant"]} for name in "abcde"]
HEARD = {"to": "nj-water", "how": "exchange", "since": "2016-10-08", "state": "taken_back", "on": None}
SAID: dict[str, list[dict[str, Any]]] = {
    "answer_objection": [{"outcome": "kept"}, {"outcome": "corrected"}, {"outcome": "well"}, {}],
    "answer_review": [{"outcome": "kept"}, {"outcome": "delisted"}, {}],
    "end_annotation": [{"outcome": "over"}, {"outcome": "revoked"}, {"outcome": "lost"}],
    "annotate": [
        {"what": "suit", "docket": "1"}, {"what": "suit", "docket": "1", "stays": True}, {"what": "suit"},
        {"what": "suit", "docket": "1", "order": 1}, {"what": "reconsideration", "docket": "2", "order": 9},
        {"what": "suit", "docket": "1", "stay_article": "alc-2017#56"},
        {"what": "suit", "docket": "1", "stay_article": "arl-2023#42"},
        {"what": "reorganisation", "docket": "3"}, {"what": "feud", "docket": "4"},
    ],
    "apply_repair": [{"proof": 1, "commitment": 2}, {"proof": 1, "commitment": 2}, {"proof": 1},
                     {"proof": 8, "commitment": 9}],
    "refuse_repair": [{"reason": "false_papers"}, {"reason": "not_performed"}, {"reason": "mood"}, {}],
    "own_words": [{"characters": 500}, {"characters": 501}, {}],
    "convene_panel": [
        {"members": EXPERTS}, {"members": PANEL}, {"members": PANEL[:2]}, {"members": [*PANEL[:2], PANEL[0]]},
        {"members": [*PANEL[:2], {"member": "d", "interests": [7, 1, 2, 3]}]}, {"members": "abc"},
        {"members": PANEL, "recused": [{"member": "a", "of": "complainant"}]},
        {"members": PANEL, "recused": [{"member": "z", "of": "party"}]},
        {"members": [*EXPERTS[:4], {"member": "e", "interests": [], "clear_of": ["party"]}]},
    ],
    "object": [{}, {}, {"evidence": [1]}, {"evidence": [2]}, {"evidence": [9]}, {"ground": "mismatch"},
               {"ground": "spite"}],
    "legal_review": [{"opinion": "agree"}, {"opinion": "agree"}, {"opinion": "disagree"}, {"opinion": "maybe"}, {}],
    "apologise": [{"told": []}, {"told": [HEARD]}, {"told": [{**HEARD, "state": "well"}]}, {"told": 3}, {}],
    "certify": [{"told": [HEARD]}, {"told": [{**HEARD, "since": "2099-01-01"}]}, {}],
    "shorten": [{}, {"until": "2099-01-01"}, {"was": "2099-01-01"}],
    "suspend": [{"article": ARTICLE}, {"article": "gone-2016#1"}, {"article": "nowhere#1"}, {}],
    "resume": [{"article": ARTICLE}, {}],
    "confirm_text": [{"article": ARTICLE, "exhibit": 1}, {}],
}  # fmt: skip
"""What an act of its kind says: right, wrong, or nothing."""
LATER = {"answer": 9, "hold_hearing": 20, "lapse": 800, "apply_repair": 380, "urge": 40, "shorten": 1040}
"""Days after which some steps are tried, at times."""
MISTAKEN = {"object": {"ground": "mismatch"}, "answer_objection": {"outcome": "delisted"}}
"""What leads to an apology."""
DETAILS: list[dict[str, Any]] = [
    {"adverse": False}, {"partial": True}, {"until": "2099-01-01"}, {"until": "2016-12-01"},
    {"until": "2016-01-01"}, {"from": "2016-01-01"}, {"from": "2017-03-01"}, {"ends_on": "2199-01-01"},
    {"ends_on": "2016-01-01"}, {"statement_until": "2016-01-01"}, {"on_objection": "none"},
    {"review_on": "2016-01-01"}, {"exit": "never", "review_on": "2018-01-01"}, {"decision": 1}, {"exit": ""},
    {"lines": [{"adverse": False, "since": "2016-01-01"}]}, {"lines": [{"part": "P1"}, {"part": "P2"}]},
    {"lines": [{"until": "2099-01-01", "article": "nowhere#1", "effect": "honour"}]}, {"part": "P1"},
    {"duty": "price"}, {"to": "nj-finance"}, {"due_on": "2099-01-01"}, {"number": "伪〔2016〕1号"},
    {"means": "e_service"}, {"means": "e_service", "consent": 1}, {"means": "public_notice"}, {"means": "pigeon"},
    {"means": "registered_letter", "tracking": "XA1", "received_on": "2016-11-01"},
    {"means": "registered_letter", "reason": "returned"}, {"served_on": "2016-01-01"},
    {"means": "in_person", "reason": "moved"},
    {"rows": 0, "adverse_rows": 0}, {"until": "soon"}, {"lines": []}, {"stays": True}, {"answer_by": "2099-01-01"},
    {"repair": {"severity": "minor", "since": "2016-01-01", "until": "2099-01-01"}}, {"hearing_until": "2016-01-01"},
    {"lines": [{"surcharge": 5}]}, {"told_on": "2016-10-08"}, {"revoke_by": "2099-01-01"}, {"repeat": 1},
]  # fmt: skip
ROLES = ("case_officer", "head", "cosigner", "legal", "steward", "biller", "system", "auditor")
BODIES = ("nj-price", "nj-environment", "nj-finance", "nj-construction", "nj-water", "nt-environment")
REPAIRED = {
    "minor": (0, 3), "general": (3, 12), "serious": (12, 36), "milder": (6, 24), "ordered": (3, 12),
    "proposed": (3, 12),
}  # fmt: skip
"""Months a decision of these procedures is published at least and at most, by the newest rule."""
PROCEDURES = (
    "plain", "freezing", "reviewed", "levy", "honour", "heard", "weighed", "advised", "expert", "measured",
    *REPAIRED,
)  # fmt: skip
FITTING = {
    "ask_hearing": ("heard", "weighed"),
    "panel_advice": ("advised", "expert", "plain"),
    "apply_repair": tuple(REPAIRED),
    "legal_review": ("reviewed",),
    "shorten": ("ordered", "proposed"),
}
"""Under which procedures a road leads somewhere: most of the single cases on it are of one of them."""
LISTED = ("heard", "heard", "advised", "expert", "weighed", "freezing", "general", "measured")
SUBJECTS = (1, 1, 2, 3, 999)
STAYS = {"suit": "alc-2017#56", "reconsideration": "arl-2023#42", "reorganisation": "sz-credit-2023#84"}
EVERY_ARTICLE = {ARTICLE, *(edge.anchor for edge in EDGES.values())}
COSIGNED = {"levy": DUTIES}
FIRST = {
    "reviewed": frozenset({"legal_review"}),
    **dict.fromkeys(("advised", "expert"), frozenset({"panel_advice"})),
}
"""Acts that a procedure asks for before its decision, beyond the floor."""

ASKED = {"expert": (5, frozenset({"party", "complainant"}))}
OPENED = frozenset({"heard", "longer", "weighed"})
WEIGHS = {"weighed": ("surcharge", 1_000_000)}


@dataclass(frozen=True)
class Tried:
    """One act as it was drawn."""

    which: int
    """Of the two cases: the single one or the list."""
    kind: str
    detail: dict[str, Any]
    official: Any
    agency: str
    on: date
    articles: tuple[str, ...]
    row: int | None
    schedule: Any
    over_all: bool


@dataclass
class Walk:
    """One sequence: a desk, a single case, a list, and a seed from which all else is drawn."""

    desk: Desk
    store: Any
    seed: int
    told: list[str] = field(default_factory=list)
    """What was tried, to be read when something is found."""
    came: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.draw = Random(self.seed)
        single, listed = (list(self.draw.choice((*ROADS, *REPAIRS))) for _ in range(2))
        late = {"apply_repair", "shorten"} & set(single)
        self.desk.on, self.last = ERAS[1] if late else self.draw.choice(ERAS)
        fitting = [name for step, names in FITTING.items() if step in single for name in names] or PROCEDURES
        procedure = self.draw.choice(fitting if self.draw.random() < 0.8 else PROCEDURES)
        self.cases = [(self.desk.case(procedure, subject=7), None)]
        self.burdens = burdens = self.draw.random() < 0.7
        dear = self.draw.choice((1, 1_000_000))
        table = rows((1, "P1", "red", 1), (1, "P2", "red", 1), (2, "", "red", dear), (3, "", "red", 1))
        if not burdens:
            table = table.set_column(
                table.column_names.index("adverse"), "adverse", [[True, True, False, True]]
            )
        self.cases.append(mass(self.desk, self.store, table, self.draw.choice(("plain", "plain", *LISTED))))
        self.roads = [single, listed[1:]]
        if self.draw.random() < 0.6:
            self._come_far(single)

    def _come_far(self, road: list[str]) -> None:
        """Most sequences begin in the middle: a single case has come some way along its road, or as far as it may."""
        far = road.index("serve_decision") + 1 if ROAD[-1] in road else len(road)
        for _ in range(self.draw.choice((3, far, far))):
            self.desk.wait(9 if road[0] == "answer" else 1)
            detail = self._said(self.cases[0][0], road[0], None, well=True)
            try:
                with transaction.atomic():
                    self.desk.do(self.cases[0][0], road[0], detail, cites={"exhibits": [1, 2]})
            except ChengxinError:
                return
            self.came[road.pop(0)] += 1

    def go(self, length: int) -> None:
        for _ in range(length):
            self._try(self._drawn())

    def _drawn(self) -> Tried:
        """Half of the steps follow a road, in the name of one who may take it somewhere, at times with words
        slipped in; nobody asks where the case stands. The other half is anything at all."""
        draw = self.draw
        self.desk.on = min(self.desk.on + timedelta(draw.choice((0, 0, 0, 1, 4, 9, 40))), self.last)
        which = draw.randrange(2)
        return (
            self._on_the_road(which) if self.roads[which] and draw.random() < 0.5 else self._anything(which)
        )

    def _on_the_road(self, which: int) -> Tried:
        kind, draw, (case, schedule) = self.roads[which][0], self.draw, self.cases[which]
        later = {
            "answer": 9,
            "hold_hearing": 20,
            "lapse": 800,
            "apply_repair": 380,
            "urge": 40,
            "shorten": 900,
        }.get(kind, 0)
        if later and (kind == "answer" or draw.random() < 0.5):
            self.desk.on = min(self.desk.on + timedelta(later), self.last)
        detail = dict(draw.choice(DETAILS)) if draw.random() < 0.25 else {}
        if kind == "fail_service":
            detail |= {"means": "in_person", "reason": "moved"}
        if kind in SERVICES and draw.random() < 0.4:
            letter = {
                "tracking": "XA1",
                "received_on": (self.desk.on - timedelta(draw.choice((0, 3)))).isoformat(),
            }
            detail |= draw.choice(
                ({"means": "e_service"}, {"means": "public_notice"}, letter | {"means": "registered_letter"})
            )
        if kind == "decide" and draw.random() < 0.4:
            detail["until"] = (self.desk.on + timedelta(90)).isoformat()
        row = self._row(case, kind) if schedule and kind in BESIDE else None
        detail |= self._said(case, kind, row, well=True)
        over_all = schedule is not None and row is None and kind not in {"decide", "legal_review", "revoke"}
        if schedule is not None and kind == "decide":
            over_all = draw.random() < (
                0.9 if case.acts.filter(kind="decide", subject=None).exists() else 0.3
            )
        official = self.desk.who(kind, "nj-price")
        return Tried(which, kind, detail, official, "nj-price", self.desk.on, (), row, schedule, over_all)

    def _anything(self, which: int) -> Tried:
        draw = self.draw
        kind = draw.choice([*EDGES, "publish", ""])
        detail: dict[str, Any] = {}
        for _ in range(draw.choice((0, 0, 0, 1, 2))):
            detail |= draw.choice(DETAILS)
        if draw.random() < 0.7:
            detail |= self._said(self.cases[which][0], kind, None, well=False)
        on = self.desk.on - timedelta(draw.choice((0,) * 12 + (1, 30)) - draw.choice((0,) * 20 + (3,)))
        if draw.random() < 0.75:
            official = self.desk.who(kind, "nj-price" if draw.random() < 0.8 else draw.choice(BODIES))
        else:
            official = draw.choice((None, *self.desk.people.values()))
        agency = official.agency_id if official and draw.random() < 0.95 else draw.choice(BODIES)
        articles = draw.choice([()] * 12 + [("gone-2016#1",), ("nowhere#1",), (ARTICLE, "gone-2016#1")])
        schedule = self.cases[which if draw.random() < 0.95 else 1 - which][1]
        row = draw.choice(SUBJECTS) if draw.random() < (0.6 if schedule else 0.05) else None
        over_all = schedule is not None and draw.random() < (0.9 if kind == "serve_decision" else 0.4)
        return Tried(which, kind, detail, official, agency, on, articles, row, schedule, over_all)

    def _said(self, case: Any, kind: str, row: int | None, *, well: bool) -> dict[str, Any]:
        """What an act says of its own: on a road mostly the right thing."""
        choices = SAID.get(kind, [{}])
        told = choices[0] if well and self.draw.random() < 0.7 else self.draw.choice(choices)
        if well and kind in MISTAKEN and any("apologise" in road for road in self.roads):
            told = MISTAKEN[kind]
        if kind == "hold_hearing":
            told = {"told_on": (self.desk.on - timedelta(self.draw.choice((15, 15, 3)))).isoformat()}
        if kind == "panel_advice":
            return self._voices(case, row)
        if kind in NAMING:
            wanted = "object" if kind == "extend" and self.draw.random() < 0.5 else NAMING[kind]
            return {**told, BY_NAME.get(kind, "objection"): self._named(case, wanted, row)}
        return dict(told)

    def _row(self, case: Any, kind: str) -> int:
        """Which row a step concerns: one that waits for it, most of the time."""
        before = {"panel_advice": "convene_panel", "hold_hearing": "ask_hearing"}.get(kind, "")
        waits = list(case.acts.filter(kind=before, subject__gt=0).values_list("subject", flat=True))
        return self.draw.choice(waits if waits and self.draw.random() < 0.8 else [1, 2, 3])

    def _voices(self, case: Any, row: int | None) -> dict[str, Any]:
        """Mostly one voice of each who sits on the newest panel; at times of others, or without reasons."""
        draw = self.draw
        panel = case.acts.filter(kind="convene_panel", subject=row).order_by("id").last()
        names = [one["member"] for one in panel.detail["members"]] if panel else ["a", "b", "c"]
        names = draw.choice((names, names, names, names, names[1:], ["x", *names[1:]]))
        votes = draw.choice((("support",), ("support", "oppose"), ("oppose",), ("oppose", "abstain")))
        reasons = draw.choice((1, 1, 1, 9))
        said = [{"member": name, "vote": draw.choice(votes), "reasons": reasons} for name in names]
        return draw.choice(
            [{"voices": said}] * 6 + [{"voices": said, "advice": "support"}, {"voices": 3}, {}]
        )

    def _named(self, case: Any, kind: str, row: int | None) -> int:
        """The number of an act of a kind: mostly the newest."""
        found = case.acts.filter(kind=kind) if row is None else case.acts.filter(kind=kind, subject=row)
        known = list(found.order_by("id").values_list("pk", flat=True)) or [1]
        return known[-1] if self.draw.random() < 0.7 else self.draw.choice(known)

    def _try(self, it: Tried) -> None:
        self.told.append(
            f"{it.on} {it.kind} case {it.which} row {it.row} {'over all ' * it.over_all}by {it.official} "
            f"of {it.agency} {it.articles} {it.detail}"
        )
        before = counts()
        try:
            with transaction.atomic():
                tally = self._take(it)
        except (ChengxinError, ValueError) as refusal:
            self.came["refused"] += 1
            if self.roads[it.which][:1] == [it.kind] and self.draw.random() < 0.2:
                self.roads[it.which].pop(0)
            self.told[-1] += f" ✗ {refusal!r}"
            assert counts() == before, f"what is refused writes nothing: {self.told[-1]}"
            assert not isinstance(refusal, ChengxinError) or (
                refusal.sentence("zh") and refusal.sentence("en")
            )
            return
        self.came[it.kind if tally else "nobody"] += 1
        if tally and self.roads[it.which][:1] == [it.kind]:
            self.roads[it.which].pop(0)

    def _take(self, it: Tried) -> int:
        words = {"official": it.official, "agency": it.agency, "on": it.on, "at": at(self.desk.on),
                 "bundle": self.desk.bundle, "articles": it.articles, "detail": it.detail}  # fmt: skip
        papers = self.draw.choice(([1, 2], [1, 2], [1], [])) if it.kind in PAPERS else []
        if it.over_all:
            words["exhibits"] = papers
            some = None if it.row is None or self.draw.random() < 0.5 else [it.row]
            return schedules.act_on_all(it.schedule, it.kind, subjects=some, store=self.store, **words).taken
        cites = {"exhibits": papers} if papers else {}
        if it.schedule is not None and it.row is not None and self.draw.random() < 0.5:
            said = {name: value for name, value in words.items() if name != "articles"}
            schedules.act_on_row(it.schedule, it.kind, it.row, store=self.store, cites=cites, **said)
            return 1
        act(self.cases[it.which][0], it.kind, subject=it.row, schedule=it.schedule, cites=cites, **words)
        return 1

    def judge(self) -> None:
        """What stands in the tables after the sequence, by plain SQL; then both copies built again."""
        favourable = [] if self.burdens else [(self.cases[1][0].pk, 2)]
        found = [*wrong(favourable), *differing()]
        assert found == [], "\n".join([f"seed {self.seed}", *self.told, *found])


def wrong(
    unburdened: list[tuple[int, int]],
    stands: Callable[[str, str], bool] = lambda name, on: name in EVERY_ARTICLE,
) -> list[str]:
    """What the oracles say of the tables as the programs of ``levy`` left them.

    ``unburdened``: rows of a list that its sheet does not burden, by case and subject.
    """
    return [
        *oracle.unheard(query, "price", COSIGNED, first=FIRST, favourable={"honour"}, unburdened=unburdened),
        *oracle.unfounded(query, stands),
        *oracle.outliving(query),
        *oracle_beside.worsened(query),
        *oracle_beside.unrepairable(query, REPAIRED),
        *oracle_beside.disputed(query, STAYS),
        *oracle_panel.unadvised(query, ASKED),
        *oracle_panel.untold(query, WEIGHS, OPENED),
        *oracle.misplaced(query),
        *oracle_terms.eased(query, ["ordered"], ["proposed"], stands),
        *oracle_terms.apologised(query),
        *oracle_terms.unreviewed(query, ["reviewed"]),
    ]


def differing() -> list[str]:
    """What the cached copies say other than the acts do: both are built again from these alone."""
    cached, lines = standpoints.cached(), standing.lines()
    standpoints.rebuild()
    standing.rebuild(at(date(2028, 1, 1)))
    again = standpoints.cached()
    found = [
        f"{key}: cached {cached.get(key)}, its acts lead to {again.get(key)}"
        for key in sorted(cached.keys() | again.keys())
        if cached.get(key) != again.get(key)
    ]
    return found + [f"rebuilt, {line} is not what stood" for line in set(standing.lines()) ^ set(lines)]


def query(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def walk(desk: Desk, store: Any, seed: int, length: int) -> Counter[str]:
    """This will walk one sequence, judge what it left, and leave the tables as they were; it says what came."""
    for role in ROLES:
        for agency in BODIES:
            if (role, agency) not in desk.people:
                desk.people[role, agency] = desk.official(role, agency=agency)
    with transaction.atomic():
        one = Walk(desk, store, seed)
        one.go(length)
        one.judge()
        one.came["effects"] = len(oracle.standing(query))
        one.came["drawn"] = length
        transaction.set_rollback(True)
    return one.came
