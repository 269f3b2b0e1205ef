"""Due process beside and before the decision: the examples that the people of each rule wrote."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from levy import Desk

from chengxin.cases.documents import compose, refuse_missing_glyphs
from chengxin.cases.point import CLOCKS
from chengxin.cases.standpoints import point_of
from chengxin.cases.tracing import trace_of
from chengxin.core.errors import ChengxinError, RefusedByLaw
from chengxin.subjects.models import Subject

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
NAMES = ("repair", "objections", "hearing", "clocks")
HERE = Path(__file__).parent
EXAMPLES = [
    pytest.param(one, id=one["title"])
    for name in NAMES
    for one in yaml.safe_load((HERE / f"{name}.yml").read_text("utf-8"))["examples"]
]
REFERS = ("objection", "of", "note")
"""What names an earlier act: an example names the last one of a kind."""
HEARD = 20
"""Days before its decision on which a matter of an example was begun."""


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples(desk: Desk, example: dict[str, Any]) -> None:
    tried = _begun(desk, example)
    case, last, done = desk.case(example["procedure"]), None, {}
    for number, (on, kind, *said) in enumerate(tried, 1):
        desk.on = on if isinstance(on, date) else date.fromisoformat(on)
        detail = {name: _plain(done.get(value, value) if name in REFERS else value)
                  for name, value in (said[0] if said else {}).items()}  # fmt: skip
        words = {"cites": said[1]} if len(said) > 1 else _papers(kind, detail)
        if kind == "cosign":
            desk.cosign(case)
        elif "refused" in example and number == len(tried):
            with pytest.raises(ChengxinError) as refusal:
                desk.do(case, kind, detail, **words)
            assert refusal.value.id == example["refused"]
            assert refusal.value.sentence("zh")
            assert refusal.value.hint("en")
            return
        else:
            last = desk.do(case, kind, detail, **words)
            done[kind] = last.pk
    assert last is not None
    assert {name: _stands(case, last)[name] for name in example["expect"]} == {
        name: _plain(value) for name, value in example["expect"].items()
    }


def _begun(desk: Desk, example: dict[str, Any]) -> list[Any]:
    """The road up to the decision of the day ``bound``, and then what the example says."""
    own = example.get("acts", [])
    if "bound" not in example:
        return own if own[0][1] == "propose" else [[own[0][0], "propose"], *own]
    on = example["bound"]
    before = on - timedelta(HEARD)
    decided = {"until": example["until"]} if "until" in example else {}
    papers = {"exhibits": [1]} if example.get("reasons", True) else {}
    signing = [[before, "cosign"]] if example["procedure"] == "levy" else []
    road = [[before, kind] for kind in ("propose", "notify", "serve", "waive")]
    return [*road, *signing, [on, "decide", decided, papers], *own]


def _papers(kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    if kind == "apply_repair":
        return {"cites": {"exhibits": [1, 2]}}
    return {}


def _plain(value: Any) -> Any:
    """Acts hold days as ISO texts."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _stands(case: Any, last: Any) -> dict[str, Any]:
    point = point_of(case)
    return {
        "state": str(point.state),
        "marked": point.marked,
        "misled": point.misled,
        "repairable": point.repairable and point.repairable.since.isoformat(),
        "due": point.answer_by and point.answer_by.isoformat(),
        "clock": point.clock,
        "clock_on": point.clock_on and point.clock_on.isoformat(),
        **last.detail,
    }


def test_every_clock_has_its_boundaries_written_down() -> None:
    """A clock that is added is not done before the people of the rule said on which day it runs out."""
    told = (one.values[0].get("expect", {}) for one in EXAMPLES)
    assert {expected["clock"] for expected in told if expected.get("clock")} == set(CLOCKS)


def test_the_decision_and_the_notice_on_repair_are_one_delivery(desk: Desk, store: Any) -> None:
    Subject.objects.create(pk=7, kind="organisation")
    desk.on = date(2026, 4, 10)
    case = desk.bind("general")
    served = case.acts.get(kind="serve_decision")
    page = compose(trace_of(served, bundle=desk.bundle, store=store, check_url="https://example.org/c"))
    said = [text for section in page["sections"] for text in section["paragraphs"] if "信用修复告知" in text]
    assert len(said) == 1
    assert "2027年4月10日自行终止；2026年7月10日起可以申请修复" in said[0]
    refuse_missing_glyphs(said)


def test_whoever_investigated_does_not_chair_the_hearing(desk: Desk) -> None:
    case = desk.case("heard")
    for kind in ("propose", "notify", "serve", "ask_hearing"):
        desk.do(case, kind)
    desk.wait(20)
    with pytest.raises(ChengxinError) as refusal:
        desk.do(case, "hold_hearing", {"told_on": "2016-10-09"}, official=desk.who("propose", "nj-price"))
    assert refusal.value.id == "hearing.chair_investigated"


def test_the_first_answer_is_not_reviewed_by_who_gave_it(desk: Desk) -> None:
    case = desk.bind("plain")
    objected = desk.do(case, "object")
    desk.do(case, "answer_objection", {"objection": objected.pk, "outcome": "kept"})
    asked = desk.do(case, "ask_review", {"objection": objected.pk})
    with pytest.raises(ChengxinError) as refusal:
        desk.do(case, "answer_review", {"objection": asked.pk, "outcome": "kept"},
                official=desk.who("propose", "nj-price"))  # fmt: skip
    assert refusal.value.id == "objection.reviewed_by_itself"


def test_a_measure_lasts_no_longer_than_its_entry_of_the_list(desk: Desk) -> None:
    case = desk.case("termed")
    for kind in ("propose", "notify", "serve", "waive"):
        desk.do(case, kind)
    over, last = {"until": "2018-10-09"}, {"until": "2018-10-08"}
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "decide", {"from": "2016-10-08", **over})
    assert refused.value.id == "measure.too_long"
    assert all("list-2016#B1" in refused.value.sentence(tongue) for tongue in ("zh", "en"))
    with pytest.raises(RefusedByLaw):
        desk.do(case, "decide", {"until": None, "exit": "repair_published", "review_on": "2017-10-08"})
    desk.do(case, "decide", {"from": "2016-10-08", **last})
