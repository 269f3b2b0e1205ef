"""The clock writes down what is over, in the name of the body in office, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from levy import Desk, at, mass, on_all, rows

from chengxin.cases import standpoints
from chengxin.cases.edges import State
from chengxin.cases.lapsing import lapse_over
from chengxin.cases.models import Act
from chengxin.ledger.models import Agency

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def test_what_is_over_lapses_once_and_what_is_open_stays(desk: Desk, store: Any) -> None:
    alone, open_ended = desk.bind("plain", 7, until="2016-12-01"), desk.bind("plain", 8)
    case, schedule = mass(desk, store, rows((1, "", "red", 1), (2, "", "red", 1)))
    for kind in ("notify", "serve", "waive"):
        on_all(desk, store, schedule, kind)
    desk.do(case, "decide", {"until": "2016-12-01"}, schedule=schedule)
    on_all(desk, store, schedule, "serve_decision")
    assert lapse_over(bundle=desk.bundle, at=at(date(2016, 11, 30))) == 0
    assert lapse_over(bundle=desk.bundle, at=at(date(2016, 12, 1))) == 4
    assert lapse_over(bundle=desk.bundle, at=at(date(2016, 12, 2))) == 0
    for one, row in ((alone, None), (case, None), (case, 1), (case, 2)):
        assert standpoints.point_of(one, row).state is State.LAPSED
    assert standpoints.point_of(open_ended).state is State.IN_FORCE


def test_the_successor_of_a_merged_body_lets_it_lapse(desk: Desk) -> None:
    case = desk.bind("plain", 7, until="2016-12-01")
    Agency.objects.create(
        code="nj-new", name="新机关", duty="price", region_id="320100", valid_from=date(2016, 11, 1)
    )
    Agency.objects.filter(pk="nj-price").update(valid_to=date(2016, 11, 1), successor="nj-new")
    assert lapse_over(bundle=desk.bundle, at=at(date(2016, 12, 1))) == 1
    assert Act.objects.get(case=case, kind="lapse").agency == "nj-new"
