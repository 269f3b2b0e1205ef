"""Service and the clocks it starts: the examples of the rule's own people, and receipts row by row."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from levy import Desk, at, mass, on_all, rows

from chengxin.cases import follow, schedules
from chengxin.cases.standpoints import point_of
from chengxin.core.errors import ChengxinError
from chengxin.effects import standing

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
SHEET = yaml.load((Path(__file__).parent / "service.yml").read_text("utf-8"), Loader=yaml.BaseLoader)


@pytest.mark.parametrize("example", [pytest.param(one, id=one["title"]) for one in SHEET["examples"]])
def test_the_examples(desk: Desk, example: dict[str, Any]) -> None:
    desk.on = date.fromisoformat(example["acts"][0][0])
    case, last = desk.case("plain"), None
    desk.do(case, "propose")
    for number, (on, kind, *said) in enumerate(example["acts"], 1):
        desk.on = date.fromisoformat(on)
        cites = {"exhibits": [1]} if kind == "agree_service" else {}
        if "refused" in example and number == len(example["acts"]):
            with pytest.raises(ChengxinError) as refusal:
                desk.do(case, kind, *said, cites=cites)
            assert refusal.value.id == example["refused"]
            assert refusal.value.sentence("zh")
            return
        last = desk.do(case, kind, *said, cites=cites)
    point = point_of(case)
    stands = {"state": str(point.state), "in_force_from": str(point.in_force_from)}
    assert last is not None
    assert {name: {**stands, **last.detail}[name] for name in example["expect"]} == example["expect"]


def test_a_consent_is_a_signed_paper(desk: Desk) -> None:
    case = desk.case("plain")
    desk.do(case, "propose")
    with pytest.raises(ChengxinError) as refusal:
        desk.do(case, "agree_service")
    assert refusal.value.id == "act.paper_missing"


def test_a_consent_to_one_body_holds_in_its_next_case(desk: Desk) -> None:
    first, second, other = (desk.case("plain", subject) for subject in (7, 7, 8))
    for case in (first, second, other):
        desk.do(case, "propose")
        desk.do(case, "notify")
    desk.do(first, "agree_service", cites={"exhibits": [1]})
    assert desk.do(second, "serve", {"means": "e_service"}).detail["consent"]
    with pytest.raises(ChengxinError):
        desk.do(other, "serve", {"means": "e_service"})


def test_a_consent_never_reaches_back(desk: Desk) -> None:
    first, second = desk.case("plain", 7), desk.case("plain", 7)
    for case in (first, second):
        desk.do(case, "propose")
        desk.do(case, "notify")
    day = desk.on
    desk.on = day + timedelta(days=3)
    desk.do(first, "agree_service", cites={"exhibits": [1]})
    desk.on = day + timedelta(days=2)
    with pytest.raises(ChengxinError) as refusal:
        desk.do(second, "serve", {"means": "e_service"})
    assert refusal.value.id == "service.without_consent"
    desk.on = day + timedelta(days=3)
    assert desk.do(second, "serve", {"means": "e_service"}).detail["served_on"] == desk.on.isoformat()


def test_each_row_has_its_own_receipt(desk: Desk, store: Any) -> None:
    case, schedule = mass(desk, store, rows(*((n, "", "red", 1) for n in range(1, 6))))
    on_all(desk, store, schedule, "notify")
    on_all(desk, store, schedule, "serve")
    receipts = [act.detail["receipt"] for act in case.acts.filter(kind="serve").order_by("subject")]
    assert len(set(receipts)) == 5
    assert receipts[0].endswith("证〔2016〕1号")


def test_a_letter_a_row_and_who_cannot_be_reached_that_way_is_passed_by(desk: Desk, store: Any) -> None:
    case, schedule = mass(desk, store, rows(*((n, "", "red", 1) for n in range(1, 4))))
    on_all(desk, store, schedule, "notify")
    clerk = desk.who("serve", "nj-price")
    given = {"official": clerk, "agency": "nj-price", "on": desk.on, "at": at(desk.on), "bundle": desk.bundle,
             "store": store}  # fmt: skip
    said = {n: {"tracking": f"XA{n}", "received_on": desk.on.isoformat()} for n in (1, 2)}
    letter = {"means": "registered_letter"}
    tally = schedules.act_on_all(schedule, "serve", subjects=[1, 2], detail=letter, own=said, **given)
    assert tally.taken == 2
    assert {act.subject: act.detail["tracking"] for act in case.acts.filter(kind="serve")} == {
        1: "XA1",
        2: "XA2",
    }
    by_notice = schedules.act_on_all(schedule, "serve", detail={"means": "public_notice"}, **given)
    assert (by_notice.taken, by_notice.passed) == (0, 3)
    schedules.act_on_all(
        schedule, "fail_service", subjects=[3], detail={"means": "in_person", "reason": "moved"}, **given
    )
    assert schedules.act_on_all(schedule, "serve", detail={"means": "public_notice"}, **given).taken == 1


def test_an_announced_decision_binds_nobody_before_its_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_followers", [standing.follow])
    case = desk.case("plain")
    for kind in ("propose", "notify", "serve", "waive", "decide"):
        desk.do(case, kind)
    desk.do(case, "fail_service", {"means": "registered_letter", "reason": "returned"})
    served = desk.do(case, "serve_decision", {"means": "public_notice"})
    assert [line["since"] for line in served.detail["lines"]] == ["2016-12-08"]
    assert not standing.in_force(date(2016, 12, 7)).exists()
    assert [line.subject for line in standing.in_force(date(2016, 12, 8))] == [case.subject]


@pytest.mark.parametrize("means", ["in_person", "registered_letter", "public_notice"])
def test_the_receipt_is_a_document(desk: Desk, store: Any, means: str) -> None:
    from chengxin.cases.documents import compose, refuse_missing_glyphs
    from chengxin.cases.tracing import trace_of
    from chengxin.subjects.models import Subject

    Subject.objects.create(pk=7, kind="organisation")
    case = desk.case("plain")
    desk.do(case, "propose")
    desk.do(case, "notify")
    desk.do(case, "fail_service", {"means": "in_person", "reason": "moved"})
    posted = {"tracking": "XA1", "received_on": "2016-10-08"} if means == "registered_letter" else {}
    served = desk.do(case, "serve", {"means": means, **posted})
    page = compose(trace_of(served, bundle=desk.bundle, store=store, check_url="https://example.org/c"))
    assert page["number"] == served.detail["receipt"]
    said = "".join(text for section in page["sections"] for text in section["paragraphs"])
    assert {"in_person": "直接送达", "registered_letter": "XA1", "public_notice": "公告期：60日"}[
        means
    ] in said
    refuse_missing_glyphs([said, page["title"], *page["opening"], page["closing"]])
