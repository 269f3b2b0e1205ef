"""A session nobody uses ends, at the door ``my`` as at the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.faces.models import Account

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def seen_before(client: Client, seconds: int) -> None:
    session = client.session
    session["seen"] -= seconds
    session.save()


def test_an_unused_session_of_a_party_ends_and_a_used_one_holds(firms: dict[str, int], settings: Any) -> None:
    account = Account.objects.create(
        provider="local", identity="w", name="代办人", subject=min(firms.values()), since=date(2020, 1, 1)
    )
    settings.IDLE_MINUTES = 60
    client = Client()
    session = client.session
    session["party"] = account.pk
    session.save()
    assert client.get("/my/").status_code == 200
    seen_before(client, 50 * 60)
    assert client.get("/my/").status_code == 200
    seen_before(client, 61 * 60)
    led = client.get("/my/")
    assert (led.status_code, led["Location"]) == (302, "/my/login?next=/my/")
    assert "party" not in client.session
