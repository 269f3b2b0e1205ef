"""What stands beside a decision on the public page: a suit, the day of repair, the party's own statement."""

from __future__ import annotations

from datetime import date

import pytest
from levy import Desk

from chengxin.cases import follow
from chengxin.effects import standing
from chengxin.effects.publication import decisions

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def test_it_says_what_is_pending_what_the_party_says_and_when_it_may_be_repaired(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "_followers", [standing.follow])
    desk.on = date(2026, 4, 10)
    case = desk.bind("general")
    desk.on = date(2026, 5, 6)
    desk.do(case, "annotate", {"what": "suit", "docket": "（2026）苏01行初1号"})
    desk.do(case, "own_words", {"characters": 12}, cites={"exhibits": [7]})
    (shown,) = decisions(7, house=desk.bundle.house, on=desk.on)
    assert (shown.notes, shown.own_words, shown.repair_from) == (("suit",), 7, date(2026, 7, 10))
    assert shown.until == date(2027, 4, 10)


def test_a_repaired_decision_leaves_no_public_trace(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_followers", [standing.follow])
    desk.on = date(2026, 4, 10)
    case = desk.bind("general")
    desk.on = date(2026, 7, 10)
    desk.do(case, "apply_repair", {"proof": 1, "commitment": 2}, cites={"exhibits": [1, 2]})
    desk.do(case, "accept_repair")
    assert decisions(7, house=desk.bundle.house, on=desk.on)
    desk.do(case, "repair")
    assert decisions(7, house=desk.bundle.house, on=desk.on) == []
