"""The gate in a frame: a ticket for one case, frames of one origin, and no key in the browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengxin.effects.exchange.models import Caller
from chengxin.faces.api import widget
from chengxin.ledger.looks.models import Look
from chengxin.ledger.models import ApiKey
from chengxin.ledger.officials import issue_key, revoke_key
from tests.faces.test_gate_door import ASKED, limited

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
__all__ = ["limited"]
ORIGIN = "https://hall.example.gov.cn"


@pytest.fixture
def ticket(client: Client, person: Callable[..., Any], limited: str) -> Callable[..., Any]:
    partner = person("partner")
    key = issue_key(partner, "hall", now=timezone.now())

    def make(origin: str = ORIGIN, **words: Any) -> Any:
        terms = {"per_minute": 99, "per_day": 2, "origin": origin, "items": {"ZJ-1": "public_loan"}}
        Caller.objects.update_or_create(official=partner.pk, defaults=terms)
        body = json.dumps({**ASKED, **words})
        return client.post(
            "/api/v1/gate/widget", body, content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {key}",
        )  # fmt: skip

    return make


@pytest.fixture
def address(ticket: Any) -> str:
    return str(ticket().json()["url"]).removeprefix("http://testserver")


def test_it_asks_and_answers_in_the_frame_and_the_look_is_there(address: str, limited: str) -> None:
    counter = Client(enforce_csrf_checks=True)
    page = counter.get(address)
    assert "frame-ancestors https://hall.example.gov.cn;" in page["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in page
    assert not Look.objects.exists()
    told = counter.post(address, {"code": limited}).content.decode()
    assert "不予财政资金支持" in told
    assert 'data-answer="may_apply"' in told
    look = Look.objects.get()
    assert (look.door, look.purpose, look.case_number) == ("api:widget", ASKED["purpose"], ASKED["case"])


def test_its_quota_is_that_of_its_account(address: str, limited: str, client: Client) -> None:
    shown = [client.post(address, {"code": limited}).content.decode() for _ in range(3)]
    assert ["配额" in each for each in shown] == [False, False, True]
    assert "不予财政资金支持" not in shown[2]
    assert Look.objects.count() == 2


def test_a_ticket_is_void_with_its_key_its_time_or_a_changed_letter(
    address: str, limited: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get(address[:-1] + ("a" if address[-1] != "a" else "b")).status_code == 403
    revoke_key(ApiKey.objects.get(label="hall"), now=timezone.now())
    void = client.post(address, {"code": limited})
    assert void.status_code == 403
    assert "frame-ancestors 'none'" in void["Content-Security-Policy"]
    ApiKey.objects.update(revoked_at=None)
    assert client.get(address).status_code == 200
    monkeypatch.setattr(widget, "LASTS", -widget.LASTS)
    assert client.get(address).status_code == 403
    assert not Look.objects.exists()


def test_without_an_origin_or_with_a_strange_item_there_is_no_ticket(ticket: Any) -> None:
    assert ticket(origin="").json()["type"].endswith("gate.no_origin")
    assert ticket(case="").status_code == 403
    assert ticket(item="ZJ-1").json()["type"].endswith("gate.unreadable")
    assert "url" in ticket().json()
