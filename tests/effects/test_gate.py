"""The gate: what may apply to whom, in which matter, today; and unknown wherever none cannot be said."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from levy import Desk, at

from chengxin.cases import follow
from chengxin.cases.adopted import Adopted
from chengxin.effects import gate, standing
from chengxin.ledger.models import Job
from chengxin.policy.bundle import seal
from chengxin.policy.programs import Matter
from chengxin.subjects.models import Linkage

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
LOAN = Matter("public_loan", "财政性资金申请", "public funds", "mandatory", ("applicant",))


@pytest.fixture(autouse=True)
def following(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_followers", [])
    follow.register(standing.follow)


@pytest.fixture
def bundle(bundle: Adopted) -> Adopted:
    """The test house, whose measure names a matter."""
    program = bundle.house.programs["levies"]
    limit = dataclasses.replace(program.effects["no_loan"], group="B", matters=(LOAN,))
    programs = {"levies": dataclasses.replace(program, effects={**program.effects, "no_loan": limit})}
    declared = dataclasses.replace(bundle.house, programs=programs)
    return Adopted(seal(declared).sha256, declared, bundle.workdays)


@pytest.fixture
def ask(desk: Desk) -> Iterator[Any]:
    Job.objects.create(name="tick", finished_at=at(desk.on))

    def asked(
        subject: int | None, matter: str = "public_loan", role: str = "", now: datetime | None = None
    ) -> Any:
        moment = now or at(desk.on)
        Job.objects.filter(name="tick").update(finished_at=moment)
        return gate.check(subject, matter, role, adopted=desk.bundle, now=moment)

    yield asked


def test_a_measure_in_force_is_told_with_all_a_desk_needs(desk: Desk, ask: Any) -> None:
    case = desk.bind("freezing", 7)
    told = ask(7).as_dict()
    assert told["answer"] == "may_apply"
    assert (told["basis"], told["case"]) == (["js-sewage-fee-2016#3"], [case.number])
    (measure,) = told["measures"]
    assert (measure["binding"], measure["group"], measure["marked"]) == ("mandatory", "B", False)
    assert (measure["agency"], measure["contact"]) == ("nj-price", "南京市发展和改革委员会")
    assert measure["until"] or measure["review_on"]


def test_it_reaches_nobody_beside_the_one_it_was_decided_on(desk: Desk, ask: Any) -> None:
    desk.bind("freezing", 7)
    assert ask(8).as_dict() == {"answer": "none", "measures": [], "basis": [], "case": []}


def test_a_tariff_is_no_measure_of_the_gate(desk: Desk, ask: Any) -> None:
    desk.bind("plain", 7)
    assert ask(7).answer == "none"


def test_an_unserved_decision_is_not_told(desk: Desk, ask: Any) -> None:
    case = desk.case("freezing", 7)
    for kind in ("propose", "notify", "serve", "waive", "decide"):
        desk.do(case, kind)
    assert ask(7).answer == "none"


def test_an_objection_freezes_it_the_same_minute_and_its_answer_thaws_it(desk: Desk, ask: Any) -> None:
    case = desk.bind("freezing", 7)
    objection = desk.do(case, "object")
    assert ask(7).answer == "none"
    desk.do(case, "answer_objection", {"objection": objection.pk, "outcome": "kept"})
    assert ask(7).answer == "may_apply"


def test_a_revoked_one_is_gone(desk: Desk, ask: Any) -> None:
    case = desk.bind("freezing", 7)
    desk.do(case, "revoke")
    desk.wait(1)
    assert ask(7).answer == "none"


def test_it_is_read_by_date_though_no_clock_has_run(desk: Desk, ask: Any) -> None:
    desk.bind("freezing", 7, until="2016-12-01")
    assert ask(7, now=at(date(2016, 11, 30))).answer == "may_apply"
    assert ask(7, now=at(date(2016, 12, 1))).answer == "none"


def test_the_part_in_the_matter_is_asked(desk: Desk, ask: Any) -> None:
    desk.bind("freezing", 7)
    assert ask(7, role="applicant").answer == "may_apply"
    stranger = ask(7, role="landlord")
    assert (stranger.answer, stranger.why) == ("unknown", "gate.no_role")
    assert "applicant" in stranger.sentence("zh")


def test_unknown_wherever_none_cannot_be_said(desk: Desk, ask: Any) -> None:
    assert (ask(None).answer, ask(None).why) == ("unknown", "gate.no_subject")
    assert (ask(7, "pubic_loan").answer, ask(7, "pubic_loan").why) == ("unknown", "gate.no_matter")
    now = at(desk.on)
    for age in (timedelta(hours=26, minutes=1), None):
        Job.objects.all().delete()
        if age is not None:
            Job.objects.create(name="tick", finished_at=now - age)
        late = gate.check(7, "public_loan", adopted=desk.bundle, now=now)
        assert (late.answer, late.why) == ("unknown", "gate.dark")
        assert late.as_dict()["sentence"]
        assert late.as_dict()["sentence_en"]


def test_a_measure_todays_rules_do_not_know_is_not_passed_over(desk: Desk, ask: Any) -> None:
    desk.bind("freezing", 7)
    program = desk.bundle.house.programs["levies"]
    without = {name: each for name, each in program.effects.items() if name != "no_loan"} | {
        "no_grant": dataclasses.replace(program.effects["no_loan"], name="no_grant")
    }
    declared = dataclasses.replace(
        desk.bundle.house, programs={"levies": dataclasses.replace(program, effects=without)}
    )
    desk.bundle = Adopted(seal(declared).sha256, declared, desk.bundle.workdays)
    told = ask(7)
    assert (told.answer, told.why) == ("unknown", "gate.undeclared")
    assert "南京市发展和改革委员会" in told.sentence("zh")


def test_one_who_was_merged_is_read_under_every_number(desk: Desk, ask: Any) -> None:
    desk.bind("freezing", 7)
    Linkage.objects.create(gone=7, subject=9, since=at(date(2016, 1, 1)), official=1, reason="同一家")
    assert ask(9).answer == "may_apply"


def test_many_are_answered_in_their_order(desk: Desk, ask: Any) -> None:
    desk.bind("freezing", 7)
    ask(1)
    subjects = [3, 7, None, *range(1000, 3000), 7]
    told = gate.check_all(subjects, "public_loan", adopted=desk.bundle, now=at(desk.on))
    assert [told[0].answer, told[1].answer, told[2].answer, told[-1].answer] == [
        "none", "may_apply", "unknown", "may_apply",
    ]  # fmt: skip
    assert {each.answer for each in told[3:-1]} == {"none"}
