"""The clock warns before a deadline of a body and tells its head once it has passed; the party's own warn nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from levy import Desk, at

from chengxin.cases import standpoints
from chengxin.cases.lapsing import alarm
from chengxin.cases.models import Act, Standpoint
from chengxin.core.errors import DeniedError, RefusedByLaw

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
SHEET = yaml.load((Path(__file__).parent / "watch.yml").read_text("utf-8"), Loader=yaml.BaseLoader)


def says(desk: Desk, days: list[list[str]]) -> list[list[str]]:
    """What the clock says on each day, by the acts it leaves."""
    said = []
    for day, _expected in days:
        before = Act.objects.count()
        alarm(bundle=desk.bundle, at=at(date.fromisoformat(day)))
        said.append([day, " ".join(Act.objects.order_by("pk").values_list("kind", flat=True)[before:])])
    return said


@pytest.mark.parametrize("example", [pytest.param(one, id=one["title"]) for one in SHEET["examples"]])
def test_the_examples(desk: Desk, example: dict[str, Any]) -> None:
    desk.on = date.fromisoformat(example["objected"])
    case = desk.bind("plain", review_on="2027-02-01")
    objection = desk.do(case, "object")
    assert objection.detail["answer_by"] == example["answer_by"]
    assert says(desk, example["clock"]) == example["clock"]
    if "answered" in example:
        desk.on = date.fromisoformat(example["answered"])
        desk.do(case, "answer_objection", {"objection": objection.pk, "outcome": "kept"})
        assert Standpoint.objects.get(case=case).alarm == ""
        assert says(desk, example["afterwards"]) == example["afterwards"]
    cached = standpoints.cached()
    standpoints.rebuild()
    assert standpoints.cached() == cached


def test_what_the_head_was_told_stands_until_it_is_done(desk: Desk) -> None:
    desk.on = date(2026, 3, 2)
    case = desk.bind("plain", review_on="2027-02-01")
    objection = desk.do(case, "object")
    alarm(bundle=desk.bundle, at=at(date(2026, 3, 12)))
    assert Standpoint.objects.get(case=case).alarm == "escalate"
    desk.on = date(2026, 3, 13)
    desk.do(case, "answer_objection", {"objection": objection.pk, "outcome": "kept"})
    assert Standpoint.objects.get(case=case).alarm == ""


def test_the_partys_own_period_and_a_mere_end_are_nobodys_deadline(desk: Desk) -> None:
    desk.on = date(2026, 3, 2)
    heard = desk.case("plain")
    for kind in ("propose", "notify", "serve"):
        desk.do(heard, kind)
    desk.bind("plain", 8, until="2026-03-20")
    assert alarm(bundle=desk.bundle, at=at(date(2026, 4, 20))) == 0


def test_a_year_whose_working_days_are_not_published_stops_no_clock(desk: Desk) -> None:
    last = max(desk.bundle.workdays.years)
    desk.on = date(last - 1, 6, 1)
    desk.bind("plain", review_on=f"{last + 1}-01-04")
    assert alarm(bundle=desk.bundle, at=at(date(last, 12, 30))) == 0
    assert alarm(bundle=desk.bundle, at=at(date(last + 1, 1, 3))) == 1


def test_nobody_says_it_in_the_clocks_place_or_without_cause(desk: Desk) -> None:
    case = desk.bind("plain", review_on="2017-06-01")
    said = {"clock": "review", "runs_out_on": "2017-06-01"}
    with pytest.raises(DeniedError) as denied:
        desk.do(case, "escalate", said)
    assert denied.value.id == "act.clock_alone"
    with pytest.raises(RefusedByLaw) as refused:
        desk.do(case, "escalate", said, official=None, agency="nj-price")
    assert refused.value.id == "alarm.nothing_to_say"
