"""Coming in: the first password is changed, the second factor is shown, and until then nothing opens."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as house_settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from chengxin.core.errors import HouseFault
from chengxin.faces import seeds
from chengxin.faces.models import Factor
from chengxin.ledger import administration
from chengxin.ledger.models import Administration, Official

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
OLD, NEW = "a good password", "another-long-secret"


def come(who: Official, password: str = OLD) -> tuple[Client, Any]:
    client = Client()
    return client, client.post("/desk/login", {"username": who.username, "password": password})


def code(who: Official, ahead: int = 0) -> str:
    """What the phone shows now, or so many steps from now: a code is taken once."""
    device = Factor.objects.filter(user=who).order_by("-confirmed", "-pk")[0]
    phone = TOTP(device.bin_key)
    phone.time = time.time() + 30 * ahead
    return f"{phone.token():06d}"


def shut(client: Client) -> str:
    """Where every page of the desk leads as long as a step is missing."""
    places = {client.get(address)["Location"] for address in ("/desk/", "/desk/cases/", "/desk/me")}
    (place,) = places
    return str(place)


def test_a_first_password_is_changed_before_anything_else(person: Callable[..., Any]) -> None:
    who = person("case_officer")
    Official.objects.filter(pk=who.pk).update(initial_password=True)
    client, answer = come(who)
    assert answer["Location"] == "/desk/password"
    assert shut(client) == "/desk/password"
    elsewhere, _ = come(who)
    words = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    for wrong in (
        {"old_password": "no"}, {"new_password2": "different"},
        {"new_password1": OLD, "new_password2": OLD}, {"new_password1": "1234", "new_password2": "1234"},
    ):  # fmt: skip
        again = client.post("/desk/password", {**words, **wrong})
        assert "还差一点" in again.content.decode(), wrong
    assert client.post("/desk/password", words)["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    assert elsewhere.get("/desk/")["Location"].startswith("/desk/login"), "other sessions end"
    assert come(who, NEW)[1]["Location"] == "/desk/"
    assert Administration.objects.get().kind == "own_password"


def test_a_duty_that_asks_for_a_second_factor_opens_after_enrolment(
    person: Callable[..., Any], settings: Any
) -> None:
    settings.SECOND_FACTOR = ["head"]
    assert come(person("case_officer"))[1]["Location"] == "/desk/"
    head = person("head")
    client, answer = come(head)
    assert answer["Location"] == "/desk/factor/enrol"
    assert shut(client) == "/desk/factor/enrol"
    page = client.get("/desk/factor/enrol").content.decode()
    assert "<svg" in page
    assert client.get("/desk/factor/enrol").content.decode().count("<path") == page.count("<path")
    assert client.post("/desk/factor/enrol", {"code": "000000"}).status_code == 400
    Factor.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    done = client.post("/desk/factor/enrol", {"code": code(head)}).content.decode()
    spare = [part.split('"')[0] for part in done.split('data-copy="')[1:]]
    assert len(spare) == 8
    assert client.get("/desk/").status_code == 200
    assert not StaticToken.objects.filter(token__in=spare).exists(), "kept as digests only"
    assert spare[0] not in client.get("/desk/factor/enrol").content.decode()

    again, answer = come(head)
    assert answer["Location"] == "/desk/factor"
    assert shut(again) == "/desk/factor"
    assert again.get("/desk/factor/enrol")["Location"] == "/desk/factor", (
        "a password alone enrols nothing new"
    )
    assert again.get("/desk/password")["Location"] == "/desk/factor"
    assert again.post("/desk/factor", {"code": code(head)}).status_code == 400, "each code is taken once"
    Factor.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert again.post("/desk/factor", {"code": code(head, 1)})["Location"] == "/desk/"
    assert again.get("/desk/").status_code == 200

    third, _ = come(head)
    assert third.post("/desk/factor", {"code": spare[0]})["Location"] == "/desk/"
    fourth, _ = come(head)
    assert fourth.post("/desk/factor", {"code": spare[0]}).status_code == 400, "spent"


def test_the_database_shows_no_seed_and_a_seed_opens_for_its_own_account_alone(
    person: Callable[..., Any], settings: Any
) -> None:
    mine, another = person("head"), person("case_officer")
    device = Factor.begin(mine)
    (kept,) = Factor.objects.filter(user=mine).values_list("key", flat=True)
    assert device.bin_key.hex() not in kept and len(device.bin_key) == 20
    assert not seeds.is_plain(kept)
    Factor.objects.filter(pk=device.pk).update(user=another)
    with pytest.raises(HouseFault) as moved:
        _ = Factor.objects.get().bin_key
    assert moved.value.id == "factor.seed_hidden"
    Factor.objects.filter(pk=device.pk).update(user=mine)
    settings.WRAP_KEY = "the key of another installation"
    with pytest.raises(HouseFault):
        _ = Factor.objects.get().bin_key


def test_seeds_that_lay_in_clear_are_wrapped_and_give_the_same_codes(person: Callable[..., Any]) -> None:
    who = person("head")
    plain = TOTPDevice.objects.create(user=who, name="before")
    was = plain.bin_key
    migration = import_module("chengxin.faces.migrations.0003_seeds")
    editor = SimpleNamespace(connection=connection)
    for _ in range(2):
        migration.wrap(apps, editor)
    kept = TOTPDevice.objects.get(pk=plain.pk)
    assert was.hex() not in kept.key
    assert Factor.objects.get(pk=plain.pk).bin_key == was
    assert seeds.unwrap(kept.key, who.pk, house_settings.WRAP_KEY) == was
    migration.unwrap(apps, editor)
    assert TOTPDevice.objects.get(pk=plain.pk).bin_key == was


def test_guessing_codes_makes_the_next_wait_longer(person: Callable[..., Any], settings: Any) -> None:
    settings.SECOND_FACTOR = ["all"]
    who = person("steward", "yz-environment")
    client, _ = come(who)
    client.get("/desk/factor/enrol")
    client.post("/desk/factor/enrol", {"code": code(who)})
    other, _ = come(who)
    assert other.post("/desk/factor", {"code": "000000"}).status_code == 400
    assert other.post("/desk/factor", {"code": code(who, 1)}).status_code == 400, "not yet"


def test_a_lost_factor_is_removed_by_the_security_administrator(
    person: Callable[..., Any], at_desk: Callable[..., Client], settings: Any
) -> None:
    settings.SECOND_FACTOR = []
    who = person("head")
    client, _ = come(who)
    client.get("/desk/factor/enrol")
    client.post("/desk/factor/enrol", {"code": code(who)})
    assert come(who)[1]["Location"] == "/desk/factor", "who enrolled is asked, demanded or not"
    security = at_desk("secadmin", "yz-credit")
    assert security.post(f"/desk/people/{who.pk}/factor").status_code == 302
    assert come(who)[1]["Location"] == "/desk/"
    assert not StaticToken.objects.exists()


def test_a_session_nobody_uses_ends(person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = come(person("case_officer"))
    assert client.get("/desk/").status_code == 200
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr("chengxin.faces.entrance.timezone.now", lambda: later)
    assert client.get("/desk/")["Location"].startswith("/desk/login")


def test_a_closed_account_is_out_at_once(person: Callable[..., Any]) -> None:
    who = person("case_officer")
    client, _ = come(who)
    assert client.get("/desk/").status_code == 200
    Official.objects.filter(pk=who.pk).update(is_active=False)
    assert client.get("/desk/")["Location"].startswith("/desk/login")
    assert come(who)[1].status_code == 400


def test_a_session_from_before_a_closure_does_not_live_on_when_the_account_is_opened_again(
    person: Callable[..., Any],
) -> None:
    who, by = person("case_officer"), person("sysadmin", "yz-credit")
    client, _ = come(who)
    assert client.get("/desk/").status_code == 200
    administration.close(who, reason="休假", by=by, at=timezone.now())
    administration.reopen(who, reason="回来", by=by, at=timezone.now())
    assert client.get("/desk/")["Location"].startswith("/desk/login")
    fresh, answer = come(who)
    assert answer["Location"] == "/desk/"
    assert fresh.get("/desk/").status_code == 200


def test_a_lock_is_said_in_plain_words(person: Callable[..., Any]) -> None:
    who = person("case_officer")
    for _ in range(5):
        come(who, "wrong")
    for password in ("wrong", OLD):
        answer = come(who, password)[1]
        assert answer.status_code == 429
        for words in ("账号暂时锁定", "自动解除的时间", "安全管理员"):
            assert words in answer.content.decode()
