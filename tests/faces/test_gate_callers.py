"""Who asked the gate is told again; terms, own errors and recalls stand where their owner finds them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengxin.effects.exchange import making
from chengxin.effects.exchange.models import Caller, Event, Told
from chengxin.effects.models import Standing
from chengxin.ledger.looks.models import Look
from chengxin.ledger.models import Entry
from chengxin.ledger.officials import issue_key
from tests.faces.test_gate_door import ASKED, ask, limited

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
__all__ = ["ask", "limited"]
TITLE = "不予财政资金支持"


@pytest.fixture
def end(store: Any, today: Any, limited: str) -> Callable[[], None]:
    """The measure ends, and the maker of events has read it."""

    def over() -> None:
        from chengxin.cases.adopted import current_bundle

        Standing.objects.filter(effect="no_subsidy").update(until=today)
        making.make(house=current_bundle(today, store=store).house, now=timezone.now())

    return over


@pytest.fixture
def board(at_desk: Callable[..., Client]) -> Callable[[], list[tuple[int, int]]]:
    """Of each withdrawal how many had asked the gate, and how many of them took it back."""

    def counts() -> list[tuple[int, int]]:
        rows = at_desk("head").get("/desk/exchange/withdrawals").context["table"].rows
        return [(each.asked, each.asked_confirmed) for each in rows]

    return counts


@pytest.fixture
def partner(client: Client, person: Callable[..., Any]) -> Callable[..., Any]:
    """Asks the API under the key of the one who asked the gate."""
    key = issue_key(person("partner"), "recalls", now=timezone.now())

    def call(path: str, body: Any = None) -> Any:
        words = {"HTTP_AUTHORIZATION": f"Bearer {key}"}
        if body is None:
            return client.get(path, **words)
        return client.post(path, json.dumps(body), content_type="application/json", **words)

    return call


def test_who_was_told_is_told_again_and_stands_on_the_board_until_acknowledged(
    ask: Any, limited: str, end: Any, partner: Any, board: Any
) -> None:
    line = ask(code=limited).json()["measures"][0]["line"]
    assert partner("/api/v1/gate/recalls").json() == {"recalls": [], "next": 0}
    end()
    assert ask(code=limited).json()["answer"] == "none"
    looks = Look.objects.count()
    found = partner("/api/v1/gate/recalls").json()
    (recall,) = found["recalls"]
    assert (recall["kind"], recall["ended"], recall["line"]) == ("ended", True, line)
    assert (recall["case"], recall["code"], recall["title"]) == (ASKED["case"], limited, TITLE)
    assert Look.objects.count() == looks + 1
    assert partner(f"/api/v1/gate/recalls?after={found['next']}").json()["recalls"] == []
    assert board() == [(1, 0)]
    said = {"events": [recall["event"]], "result": "taken_back"}
    assert partner("/api/v1/gate/recalls", said).json() == {"acknowledged": 1}
    assert partner("/api/v1/gate/recalls", said).json() == {"acknowledged": 0}
    assert board() == [(1, 1)]
    assert partner("/api/v1/gate/recalls", {"events": [], "result": "?"}).status_code == 400


def test_the_receipts_of_a_withdrawal_name_who_had_asked(
    ask: Any, limited: str, end: Any, at_desk: Callable[..., Client]
) -> None:
    ask(code=limited)
    end()
    shown = at_desk("head").get(f"/desk/exchange/withdrawals/{Event.objects.get().pk}").content.decode()
    assert ASKED["case"] in shown
    assert "partner@yz-price" in shown


def test_who_asked_twice_is_told_once_and_who_heard_none_never(
    ask: Any, limited: str, end: Any, firms: dict[str, int]
) -> None:
    from chengxin.subjects.registry import card

    for _ in range(2):
        ask(codes=[limited, card(firms["云泽清源电镀有限公司"]).code])
    end()
    assert Told.objects.filter(event__isnull=False).count() == Told.objects.count() == 1


def test_an_official_who_checked_at_the_desk_finds_it_there_and_acknowledges(
    at_desk: Callable[..., Client], limited: str, end: Any
) -> None:
    officer = at_desk("case_officer")
    officer.post("/desk/gate/", {**ASKED, "role": "", "text": limited})
    end()
    shown = officer.get("/desk/integrator/").content.decode()
    assert TITLE in shown
    assert "都已撤下，确认" in shown
    officer.post("/desk/integrator/", {"event": re.findall(r'name="event" value="(\d+)"', shown)})
    assert Told.objects.get().result == "taken_back"
    assert "都已撤下，确认" not in officer.get("/desk/integrator/").content.decode()


def test_builders_see_why_they_were_refused_and_others_do_not(
    ask: Any, limited: str, at_desk: Callable[..., Client]
) -> None:
    ask(code=limited, case="")
    assert "核查要写明办理事项的案号或受理号" in at_desk("partner").get("/desk/integrator/").content.decode()
    elsewhere = at_desk("partner", "yz-water").get("/desk/integrator/").content.decode()
    assert "核查要写明办理事项的案号或受理号" not in elsewhere


def test_a_head_sets_the_terms_and_the_ledger_says_so(
    at_desk: Callable[..., Client], person: Callable[..., Any], limited: str
) -> None:
    person("partner")
    said = {
        "account": "partner@yz-price", "per_minute": "60", "per_day": "5000",
        "items": "ZJ-0007 = public_loan\n", "origin": "https://hall.example.gov.cn",
    }  # fmt: skip
    head = at_desk("head")
    answer = head.post("/desk/callers/", said, follow=True)
    assert "https://hall.example.gov.cn" in answer.content.decode()
    assert Caller.objects.get().items == {"ZJ-0007": "public_loan"}
    assert Entry.objects.filter(kind="gate_terms").count() == 1
    assert head.post("/desk/callers/", {**said, "items": "ZJ-0007 = no_such"}).status_code == 400
    assert "这一行读不懂" in head.post("/desk/callers/", {**said, "items": "x"}).content.decode()
    assert at_desk("case_officer").get("/desk/callers/").status_code == 403
