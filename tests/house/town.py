"""The town of a walk through the doors: the programs of ``levy`` in a real home, its people, its firms, its listeners.

Built once; ``case`` and ``listed`` begin a matter there. The people come in with one password, the firms by the local
provider, and two systems are told: one fetches, the other (where it has an address) is sent to.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from django.contrib.auth.hashers import make_password
from levy import NOTED, house, rows

from chengxin.cases import schedules
from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted, current_bundle
from chengxin.cases.models import Case
from chengxin.cases.opening import open_case
from chengxin.core.clock import day_of
from chengxin.effects.exchange.subscribing import Wish, subscribe
from chengxin.faces.models import Account
from chengxin.ledger.models import Assignment, Official
from chengxin.ledger.officials import issue_key
from chengxin.policy.house import House
from chengxin.policy.programs import Matter
from chengxin.subjects.registry import register, subject_of_code
from tests.faces.conftest import coded
from tests.hands import adopt_by_two

PLACE, HERE = "320600", "yz-price"
BODIES = (HERE, "yz-environment", "yz-finance", "yz-construction", "yz-water")
"""One body for each of the duties that co-sign a levy."""
ROLES = ("case_officer", "head", "cosigner", "legal", "steward", "biller", "auditor")
PASSWORD = "a good password"
MATTER = "town_loan"
RULE = "js-credit-2021#16"
FIRMS = 5
"""The last one has no part in anything."""


@dataclass(frozen=True)
class Firm:
    subject: int
    code: str
    identity: str
    without: str
    """The account of somebody who came for it without a mandate."""


@dataclass
class Town:
    store: Any
    firms: list[Firm]
    people: dict[str, Official]
    keys: dict[str, str] = field(default_factory=dict)
    """By the name of a listener, the key under which it speaks."""

    def bundle(self, on: date) -> Adopted:
        return current_bundle(on, store=self.store)

    def proposed(self, procedure: str, on: date, at: datetime) -> Case:
        """This will open a matter about the first firm and propose it: a program's page would."""
        case = self._opened(procedure, on, self.firms[0].subject)
        act(case, "propose", **self._who(on, at))
        return case

    def listed(self, procedure: str, on: date, at: datetime, *, burdens: bool = True) -> Case:
        """This will propose a list of four firms; where it does not burden all, one row is favourable."""
        one, two, three, four = sorted(firm.subject for firm in self.firms[:4])
        table = rows((one, "P1", "red", 1), (one, "P2", "red", 1), (two, "", "red", 1), (three, "", "red", 1),
                     (four, "", "red", 1))  # fmt: skip
        if not burdens:
            place = table.column_names.index("adverse")
            table = table.set_column(place, "adverse", pa.array([True, True, True, True, False]))
        case = self._opened(procedure, on, None)
        schedules.propose(case, table, run_sha256="0" * 64, store=self.store, **self._who(on, at))
        return case

    def _opened(self, procedure: str, on: date, subject: int | None) -> Case:
        return open_case(program="levies", procedure=procedure, agency=HERE, region=PLACE, title="示例案件", on=on,
                         subject=subject)  # fmt: skip

    def _who(self, on: date, at: datetime) -> dict[str, Any]:
        officer = self.people[f"case_officer@{HERE}"]
        return {"official": officer, "agency": HERE, "on": on, "at": at, "bundle": self.bundle(day_of(at))}


def build(store: Any, now: datetime, sent_to: str = "") -> Town:
    """This will lay out the town in a home that was made ready."""
    on, encoded = day_of(now), make_password(PASSWORD)
    people = {
        f"{role}@{agency}": _official(role, agency, encoded)
        for agency in BODIES
        for role in (*ROLES, "partner")
    }
    town = Town(store, _firms(now, encoded), people)
    head = people[f"head@{HERE}"]
    bundle = adopt_by_two(_rules(town.bundle(on).house), since=on, on=on, at=now, store=store)
    for name, agency, url in (("fetches", "yz-water", ""), ("is-sent", "yz-finance", sent_to)):
        system = people[f"partner@{agency}"]
        wish = Wish(name=name, title=name, official=system, article=RULE, regions=[PLACE], url=url,
                    kinds=["tariff", "publication", "measure", "incentive"])  # fmt: skip
        assert subscribe(wish, by=head, house=bundle.house, now=now).pk
        town.keys[name] = issue_key(system, name, now=now)
    town.keys["asks"] = issue_key(people["partner@yz-construction"], "asks", now=now)
    return town


def _rules(shipped: House) -> House:
    """What ships, and beside it the programs of ``levy``; its measure bears on a matter the gate is asked about."""
    ours = house()
    program = ours.programs["levies"]
    matter = Matter(MATTER, "示例贷款", "a loan", "discretionary")
    effects = {
        name: dataclasses.replace(one, group="B", listed=NOTED, matters=(matter,))
        if one.kind == "measure"
        else one
        for name, one in program.effects.items()
    }
    return dataclasses.replace(
        shipped,
        articles={**ours.articles, **shipped.articles},
        programs={**shipped.programs, "levies": dataclasses.replace(program, effects=effects)},
        procedures={**shipped.procedures, **ours.procedures},
    )


def _official(role: str, agency: str, encoded: str) -> Official:
    someone = Official.objects.create(
        username=f"{role}@{agency}", name="林启", post="科员", agency_id=agency, password=encoded
    )
    Assignment.objects.create(official=someone, role=role, region_id=PLACE, since=date(2015, 1, 1))
    return someone


def _firms(now: datetime, encoded: str) -> list[Firm]:
    codes = [coded(f"91320600MA0WALK{n}") for n in range(FIRMS)]
    table = pa.table(
        {"scheme": ["uscc"] * FIRMS, "code": codes, "name": [f"云泽第{n}示例有限公司" for n in range(FIRMS)],
         "region": [PLACE] * FIRMS, "prominence": pa.array([1] * FIRMS, pa.int32())}
    )  # fmt: skip
    register(table, "organisation", now)
    subjects = [int(subject_of_code(code) or 0) for code in codes]
    others = [*subjects[1:], subjects[0]]
    return [_firm(*each, encoded) for each in zip(codes, subjects, others, strict=True)]


def _firm(code: str, subject: int, other: int, encoded: str) -> Firm:
    """A firm with its account, and somebody of another firm to whom it gave no mandate."""
    made = Firm(subject, code, f"firm-{subject}", f"agent-{subject}")
    own = {
        "provider": "local",
        "name": "示例",
        "since": date(2020, 1, 1),
        "password": encoded,
    }
    Account.objects.create(identity=made.identity, subject=subject, **own)
    Account.objects.create(identity=made.without, subject=other, **own)
    return made
