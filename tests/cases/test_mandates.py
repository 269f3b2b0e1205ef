"""What is filed under a mandate names it and its agent; beyond it, before it or after it nothing is filed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from levy import Desk, at

from chengxin.cases import mandates
from chengxin.cases.acts import act
from chengxin.core.errors import ChengxinError
from chengxin.ledger.models import Agency

pytestmark = pytest.mark.django_db
PARTY, AGENT = 7, 8


def give(desk: Desk, **said: Any) -> Any:
    book = mandates.book_of(PARTY, Agency.objects.get(pk="nj-price"), desk.on)
    detail = {
        "agent": AGENT,
        "named": 1,
        "covers": ["state"],
        "until": (desk.on + timedelta(days=30)).isoformat(),
    }
    return desk.do(book, "give_mandate", {**detail, **said}, cites={"exhibits": [1, 2]})


def served(desk: Desk, subject: int) -> Any:
    case = desk.case("plain", subject)
    for kind in ("propose", "notify", "serve"):
        desk.do(case, kind)
    return case


def refused(desk: Desk, case: Any, kind: str, **detail: Any) -> str:
    with pytest.raises(ChengxinError) as refusal:
        desk.do(case, kind, detail, cites={"exhibits": [1, 2]})
    assert refusal.value.sentence("en")
    return refusal.value.id


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.on = date(2022, 3, 1)
    return desk


def test_an_act_names_its_mandate_and_agent(desk: Desk) -> None:
    given = give(desk)
    case, other = served(desk, PARTY), served(desk, 9)
    assert refused(desk, case, "waive", mandate=given.pk) == "mandate.not_covered"
    assert refused(desk, case, "state", mandate=given.pk, agent=9) == "act.fixed_by_procedure"
    assert refused(desk, other, "state", mandate=given.pk) == "mandate.none"
    filed = desk.do(case, "state", {"mandate": given.pk})
    assert (filed.detail["agent"], filed.detail["mandate"]) == (AGENT, given.pk)


def test_out_of_time_it_carries_nothing(desk: Desk) -> None:
    given = give(desk, **{"from": "2022-03-02", "until": "2022-03-03"})
    case = served(desk, PARTY)
    assert refused(desk, case, "state", mandate=given.pk) == "mandate.over"
    desk.on += timedelta(days=2)
    assert refused(desk, case, "state", mandate=given.pk) == "mandate.over"
    desk.on -= timedelta(days=1)
    assert mandates.held_by([AGENT], desk.on)
    desk.do(given.case, "withdraw_mandate", {"mandate": given.pk}, cites={"exhibits": [3]})
    assert not mandates.held_by([AGENT], desk.on)
    assert refused(desk, case, "state", mandate=given.pk) == "mandate.over"


def test_an_agent_receives_service_where_that_is_covered_and_the_party_itself_agreed(desk: Desk) -> None:
    case, reading, receiving = desk.case("plain", PARTY), give(desk), give(desk, covers=["service"])
    desk.do(case, "propose")
    desk.do(case, "notify")

    def opened(given: Any) -> Any:
        detail = {"means": "e_service", "mandate": given.pk}
        return act(
            case, "serve", official=None, agency="nj-price", on=desk.on, at=at(desk.on), bundle=desk.bundle,
            detail=detail,
        )  # fmt: skip

    for given, id_ in ((receiving, "service.without_consent"), (reading, "mandate.not_covered")):
        with pytest.raises(ChengxinError) as refusal:
            opened(given)
        assert refusal.value.id == id_
    assert refused(desk, case, "agree_service", mandate=receiving.pk) == "mandate.not_covered"
    desk.do(case, "agree_service", cites={"exhibits": [1]})
    assert opened(receiving).detail["agent"] == AGENT


def test_it_lasts_a_year_at_most_to_the_day(desk: Desk) -> None:
    assert refused(desk, _book(desk), "give_mandate", **_said(until="2023-03-02")) == "mandate.term"
    assert mandates.find(give(desk, until="2023-03-01").pk).until == date(2023, 3, 1)
    assert refused(desk, _book(desk), "give_mandate", **_said(agent=PARTY)) == "mandate.no_agent"
    assert refused(desk, desk.case("plain", PARTY), "give_mandate", **_said()) == "mandate.elsewhere"


def _book(desk: Desk) -> Any:
    return mandates.book_of(PARTY, Agency.objects.get(pk="nj-price"), desk.on)


def _said(**more: Any) -> dict[str, Any]:
    return {"agent": AGENT, "named": 1, "covers": ["read"], "until": "2022-04-01", **more}
