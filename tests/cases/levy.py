"""A small house to act in: one levy by five bodies, one honour, one measure that freezes; and the people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pyarrow as pa
import pytest

from chengxin.cases import notes
from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted
from chengxin.cases.edges import EDGES
from chengxin.cases.models import Act, Case, Schedule
from chengxin.cases.opening import open_case
from chengxin.core.periods import Workdays
from chengxin.policy.articles import Article, Listed
from chengxin.policy.bundle import seal
from chengxin.policy.house import House
from chengxin.policy.procedures import (
    Exit,
    Hearing,
    Milder,
    Objection,
    Panel,
    Procedure,
    Reminds,
    Repair,
    Step,
)
from chengxin.policy.programs import Effect, Program

ARTICLE = "js-sewage-fee-2016#3"
RUN = "ab" * 32
PAPERED = frozenset(
    {"answer_objection", "answer_review", "revoke", "extend", "annotate", "end_annotation"}
    | {"hold_hearing", "panel_advice", "refuse_repair", "own_words", "resume", "legal_review"}
)
"""Acts that come with a paper; a test that leaves it out says ``cites={}``."""
LIMIT, WATCH, NOTED = "list-2016#A1", "list-2016#B1", "list-2016#B2"
"""Entries of a published list of measures; the second lasts two years at most, the others have no term of their own."""
HANDS = {
    "decide": "head", "revoke": "head", "adopt": "head", "propose_adoption": "legal", "extend": "head",
    "shorten": "head", "suspend": "head",
    "resume": "head", "cosign": "cosigner", "legal_review": "legal", "hold_hearing": "legal", "answer_review": "legal",
    "confirm_text": "legal", "receive": "steward", "issue_bill": "biller", "return_bill": "biller",
}  # fmt: skip
"""By which role a step is taken, where it is not the case officer's."""
MEMBERS = [{"member": name, "interests": []} for name in ("a", "b", "c")]
DUTIES = ("price", "environment", "finance", "construction", "water")


HEARING = (
    *(Step(act, "price", ARTICLE) for act in ("notify", "serve", "decide")),
    Step("state", "subject", ARTICLE, "5 wd"),
)


def article(name: str, until: date | None = None) -> Article:
    instrument, number = name.split("#")
    return Article(
        id=name, instrument=instrument, instrument_title="示例办法", number=number,
        title="示例", title_en="sample", gist="示例条文。", gist_en="A sample.", level="local_regulation",
        duties=("price",), valid_from=date(2016, 1, 1), valid_to=until, source="", status="confirmed",
    )  # fmt: skip


def effect(name: str, kind: str, *, adverse: bool, on_objection: str = "none") -> Effect:
    return Effect(
        name=name, kind=kind, adverse=adverse, title=name, title_en=name, basis=ARTICLE,
        on_objection=on_objection, shows=("tier", "surcharge", "document_number"),
    )  # type: ignore[arg-type]  # fmt: skip


def procedure(name: str, effect_name: str, **own: Any) -> Procedure:
    said: dict[str, Any] = {
        "program": "levies", "name": name, "title": name, "title_en": name, "basis": ARTICLE,
        "decides_by": "price", "cosigners": (), "statement": "5 wd", "effect": effect_name,
        "objection": Objection("self", "mark"), "exit": Exit("repair_published", "1 y"),
        "steps": HEARING,
    }  # fmt: skip
    return Procedure(**(said | own))


def house() -> House:
    effects = {
        "sewage_surcharge": effect("sewage_surcharge", "tariff", adverse=True),
        "honour": effect("honour", "incentive", adverse=False),
        "shown": effect("shown", "publication", adverse=True),
        "no_loan": replace(effect("no_loan", "measure", adverse=True, on_objection="freeze"), listed=LIMIT),
        "watched": replace(effect("watched", "measure", adverse=True), group="B", listed=WATCH),
        "told": effect("told", "service", adverse=False),
    }
    procedures = [
        procedure("levy", "sewage_surcharge", cosigners=DUTIES, objection=Objection("maker", "mark")),
        procedure("plain", "sewage_surcharge"),
        procedure("honour", "honour", exit=None),
        procedure("freezing", "no_loan", objection=Objection("self", "freeze")),
        procedure("reviewed", "sewage_surcharge", steps=(*HEARING, Step("legal_review", "price", ARTICLE))),
    ]
    apply = Step("apply_repair", "subject", ARTICLE)
    for severity in ("minor", "general", "serious"):
        steps = (*HEARING, apply)
        procedures.append(procedure(severity, "shown", steps=steps, repair=Repair(severity, ARTICLE)))
    procedures += [
        procedure("milder", "shown", repair=Repair("serious", ARTICLE, "6 m", "2 y")),
        procedure("heard", "sewage_surcharge", steps=(*HEARING, Step("ask_hearing", "subject", ARTICLE))),
        procedure("advised", "sewage_surcharge", steps=(*HEARING, Step("panel_advice", "price", ARTICLE))),
        procedure(
            "weighed",
            "sewage_surcharge",
            steps=(*HEARING, Step("ask_hearing", "subject", ARTICLE)),
            hearing=Hearing("surcharge", 1_000_000, ARTICLE),
        ),
        procedure(
            "expert",
            "sewage_surcharge",
            steps=(*HEARING, Step("panel_advice", "price", ARTICLE)),
            panel=Panel(5, ("party", "complainant"), ARTICLE),
        ),
        procedure("measured", "no_loan"),
        procedure("termed", "watched"),
        procedure(
            "longer",
            "sewage_surcharge",
            statement="10 wd",
            steps=(*HEARING, Step("ask_hearing", "subject", ARTICLE)),
        ),
        procedure("timed", "sewage_surcharge", steps=(*HEARING, Step("propose", "price", ARTICLE, "3 wd"))),
        procedure("ordered", "shown", repair=Repair("general", ARTICLE), milder=Milder(ARTICLE, True)),
        procedure(
            "reminding",
            "told",
            finding="soon",
            reminds=Reminds("part", "days_left"),
            steps=tuple(Step(act, "price", ARTICLE) for act in ("remind", "serve_decision")),
        ),
        procedure("proposed", "shown", repair=Repair("general", ARTICLE), milder=Milder(ARTICLE, False)),
    ]
    program = Program(
        name="levies", title="加收", title_en="levies", about="organisation", reads=(), finds=("soon",),
        decides=tuple(one.name for one in procedures), effects=effects, pages=(),
    )  # fmt: skip
    stays = {one for each in notes.STAYS.values() for one in each}
    names = {ARTICLE, *stays, *(edge.anchor for edge in EDGES.values())}
    articles = {name: article(name) for name in names}
    articles[LIMIT] = replace(article(LIMIT), measure=Listed("A", ()))
    articles[NOTED] = replace(article(NOTED), measure=Listed("B", ()))
    articles[WATCH] = replace(article(WATCH), measure=Listed("B", (), "2 y"))
    articles["gone-2016#1"] = article("gone-2016#1", date(2016, 6, 1))
    return House(
        instruments={}, articles=articles, items={}, programs={"levies": program}, values={}, findings={},
        procedures={f"levies.{one.name}": one for one in procedures},
    )  # fmt: skip


def at(on: date) -> datetime:
    return datetime.combine(on, time(2), UTC)


@dataclass
class Desk:
    """Who sits at the desk in a test, and the day it is."""

    official: Callable[..., Any]
    bundle: Adopted
    on: date = date(2016, 10, 8)
    people: dict[tuple[str, str], Any] = field(default_factory=dict)

    def wait(self, days: int) -> None:
        self.on += timedelta(days=days)

    def who(self, kind: str, agency: str) -> Any:
        role = HANDS.get(kind, "case_officer")
        if (role, agency) not in self.people:
            self.people[role, agency] = self.official(role, agency=agency)
        return self.people[role, agency]

    def case(self, procedure_name: str, subject: int | None = 7, program: str = "levies") -> Case:
        return open_case(
            program=program, procedure=procedure_name, agency="nj-price", region="320100", title="示例案件",
            on=self.on, subject=subject,
        )  # fmt: skip

    def do(self, case: Case, kind: str, detail: dict[str, Any] | None = None, **words: Any) -> Act:
        agency = words.pop("agency", "nj-price")
        clerk = words.pop("official") if "official" in words else self.who(kind, agency)
        if kind in PAPERED:
            words.setdefault("cites", {"exhibits": [1]})
        given = {"official": clerk, "agency": agency, "on": self.on, "at": at(self.on), "bundle": self.bundle}
        return act(case, kind, detail=detail, **(given | words))

    def cosign(self, case: Case) -> None:
        for duty in DUTIES:
            agency = f"nj-{duty}"
            self.do(case, "cosign", agency=agency)

    def bind(self, procedure_name: str, subject: int = 7, **decided: Any) -> Case:
        """The whole road of one adverse decision."""
        case = self.case(procedure_name, subject)
        for kind in ("propose", "notify", "serve", "waive"):
            self.do(case, kind)
        self.do(case, "decide", decided)
        self.do(case, "serve_decision")
        return case


@pytest.fixture
def bundle() -> Adopted:
    declared = house()
    return Adopted(seal(declared).sha256, declared, Workdays.load())


@pytest.fixture
def desk(official: Callable[..., Any], bundle: Adopted) -> Desk:
    return Desk(official, bundle)


def rows(*lines: tuple[int, str, str, int], adverse: bool = True) -> pa.Table:
    """(subject, part, tier, surcharge) as a finding gives them."""
    return pa.Table.from_pylist(
        [
            {"subject": s, "part": p, "tier": t, "surcharge": m, "because": [s << 32 | 1], "adverse": adverse}
            for s, p, t, m in lines
        ]
    )


def voices(*votes: str) -> dict[str, Any]:
    """What ``MEMBERS`` say, each for reasons kept as the exhibit 1."""
    said = zip(MEMBERS, votes, strict=True)
    return {"voices": [{"member": one["member"], "vote": vote, "reasons": 1} for one, vote in said]}


def mass(desk: Desk, store: Any, table: pa.Table, procedure_name: str = "plain") -> tuple[Case, Schedule]:
    from chengxin.cases import schedules

    case = desk.case(procedure_name, subject=None)
    schedule = schedules.propose(
        case, table, run_sha256=RUN, official=desk.who("propose", "nj-price"), agency="nj-price", on=desk.on,
        at=at(desk.on), bundle=desk.bundle, store=store,
    )  # fmt: skip
    return case, schedule


def beside(desk: Desk, store: Any, schedule: Schedule, kind: str, subject: int) -> Act:
    """A step in one row, as its sheet says it is."""
    from chengxin.cases import schedules

    return schedules.act_on_row(
        schedule, kind, subject, official=desk.who(kind, "nj-price"), agency="nj-price", on=desk.on,
        at=at(desk.on), bundle=desk.bundle, store=store,
    )  # fmt: skip


def on_all(desk: Desk, store: Any, schedule: Schedule, kind: str, subjects: list[int] | None = None) -> Any:
    from chengxin.cases import schedules

    return schedules.act_on_all(
        schedule, kind, official=desk.who(kind, "nj-price"), agency="nj-price", on=desk.on, at=at(desk.on),
        bundle=desk.bundle, store=store, subjects=subjects,
    )  # fmt: skip
