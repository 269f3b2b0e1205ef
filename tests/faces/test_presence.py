"""Before a binding step the desk asks again who sits there, and loses nothing of what was filled in."""

from __future__ import annotations

import hashlib
import html
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP

from chengxin.cases.models import Act
from chengxin.faces import mounting
from chengxin.faces.models import Factor
from chengxin.ledger.models import Administration, Assignment, Official
from chengxin.ledger.roles import BINDING, ROLES

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
PASSWORD, ASKED = "a good password", "请再证明一次是您本人"
TEXT = f"/desk/proposals/{quote('apl-2021#37')}"


def long_ago(client: Client) -> Client:
    """The last proof of this session is eleven minutes old."""
    session = client.session
    session["proven"] = int(time.time()) - 11 * 60
    session.save()
    return client


def carried(answer: Any) -> dict[str, str]:
    """What the page that asks sends on, as a browser would."""
    page = answer.content.decode()
    assert ASKED in page
    page = page.split("<h1>", maxsplit=1)[1]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: html.unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def test_logging_in_is_a_proof_and_it_grows_old(
    opened: Any, at_desk: Callable[..., Client], settings: Any
) -> None:
    security, it = at_desk("secadmin", "yz-credit"), Official.objects.create(
        username="li", name="李甲", agency_id="yz-price")  # fmt: skip
    said = {
        "role": "steward",
        "region": "320600",
        "since": timezone.localdate().isoformat(),
        "until": "",
        "confirmed": "1",
    }
    address = f"/desk/people/{it.pk}/grant"
    long_ago(security)
    assert security.get(address).status_code == 200, "reading and filling in is not binding"
    asked = security.post(address, said)
    assert carried(asked) == said
    assert not Assignment.objects.filter(official=it).exists()
    assert security.post(address, {**carried(asked), "presence": "wrong"}).status_code == 400
    done = security.post(address, {**carried(asked), "presence": PASSWORD})
    assert done.status_code == 302
    assert Assignment.objects.filter(official=it).exists()
    assert security.post(address, {**said, "role": "biller"}).status_code == 302, "proved for ten minutes"
    long_ago(security)
    settings.PROOF_MINUTES = 12
    assert security.post(address, {**said, "role": "partner"}).status_code == 302


def test_the_password_is_not_carried_into_the_page_to_be_checked(
    opened: Any, at_desk: Callable[..., Client]
) -> None:
    security, it = at_desk("secadmin", "yz-credit"), Official.objects.create(
        username="li", name="李甲", agency_id="yz-price")  # fmt: skip
    said = {"role": "steward", "region": "320600", "since": timezone.localdate().isoformat(), "until": ""}
    asked = long_ago(security).post(f"/desk/people/{it.pk}/grant", said)
    checking = security.post(f"/desk/people/{it.pk}/grant", {**carried(asked), "presence": PASSWORD})
    assert "请核对您填的内容" in checking.content.decode()
    assert PASSWORD not in checking.content.decode()


def test_a_file_waits_for_the_proof_and_is_signed_as_it_came(
    opened: Any, at_desk: Callable[..., Client], store: Any
) -> None:
    legal = long_ago(at_desk("legal"))
    body = "第三十七条　……".encode()
    asked = legal.post(TEXT, {"file": SimpleUploadedFile("行政处罚法.txt", body, "text/plain")})
    words = carried(asked)
    assert not Act.objects.filter(kind="confirm_text").exists()
    again = legal.post(TEXT, {**words, "presence": "wrong"})
    assert again.status_code == 400
    foreign = at_desk("legal", "yz-finance")
    assert "这一项还没有填" in foreign.post(TEXT, words).content.decode(), (
        "another session's file is nobody's"
    )
    assert legal.post(TEXT, {**carried(again), "presence": PASSWORD}).status_code == 302
    (signed,) = Act.objects.filter(kind="confirm_text")
    assert signed.detail["text"] == hashlib.sha256(body).hexdigest()
    assert not list((opened / "tmp").iterdir())


def test_a_page_that_learns_from_its_form_that_it_binds_asks_too(
    levied: Any, at_desk: Callable[..., Client]
) -> None:
    finance = long_ago(at_desk("cosigner", "yz-finance"))
    address = f"/desk/sewage_tariff/cosign/{levied.schedules.get().pk}/"
    assert ASKED in finance.post(address).content.decode()
    assert not levied.acts.filter(kind="cosign").exists()
    assert finance.post(address, {"presence": PASSWORD}).status_code == 302
    assert levied.acts.filter(kind="cosign").count() == 1
    head = long_ago(at_desk("head"))
    said = {"on": "2026-01-05", "text": "理由　第一行\n第二行", "until": "2026-12-31"}
    asked = head.post(f"/desk/cases/{levied.pk}/act/decide", said)
    assert carried(asked) == said


def test_the_one_time_code_is_asked_where_there_is_one(opened: Any, person: Callable[..., Any]) -> None:
    who = person("legal")
    device = Factor.begin(who)
    Factor.objects.filter(pk=device.pk).update(confirmed=True)

    def code(ahead: int) -> str:
        phone = TOTP(device.bin_key)
        phone.time = time.time() + 30 * ahead
        return f"{phone.token():06d}"

    client = Client()
    client.post("/desk/login", {"username": who.username, "password": PASSWORD})
    assert client.post("/desk/factor", {"code": code(0)})["Location"] == "/desk/"
    long_ago(client)
    words = carried(client.post(TEXT, {"file": SimpleUploadedFile("文.txt", b"text", "text/plain")}))
    assert client.post(TEXT, {**words, "presence": PASSWORD}).status_code == 400, "the password does not do"
    Factor.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post(TEXT, {**words, "presence": code(1)}).status_code == 302


@pytest.mark.parametrize("enrolled", [False, True])
def test_failures_lock_as_at_the_log_in(opened: Any, person: Callable[..., Any], enrolled: bool) -> None:
    who = person("secadmin", "yz-credit")
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    if enrolled:
        Factor.objects.filter(pk=Factor.begin(who).pk).update(confirmed=True)
        session = client.session
        session["otp_device_id"] = "faces.factor/1"
        session.save()
    long_ago(client)
    address = "/desk/people/asked/1/"
    answers = [client.post(address, {"presence": f"00000{n}"}).status_code for n in range(6)]
    assert answers == [400] * 5 + [429]
    locked = client.post(address, {"presence": PASSWORD})
    assert locked.status_code == 429
    assert "账号暂时锁定" in locked.content.decode()
    came = Client().post("/desk/login", {"username": who.username, "password": PASSWORD})
    assert came.status_code == 429, "it is the same lock"
    assert not Administration.objects.filter(kind="grant", by=who).exists()


def test_every_page_of_binding_verbs_asks(opened: Any, at_desk: Callable[..., Client]) -> None:
    """Whatever the numbers in the address: who sits there is asked before the page looks."""
    binding = [
        (space, route)
        for space, route in mounting.mounted()
        if route.door == "desk"
        and "POST" in route.methods
        and route.verbs
        and BINDING.issuperset(route.verbs)
    ]
    assert len(binding) > 8
    dummies = {"number": 1, "subject": 1, "article": "apl-2021#37", "kind": "decide"}
    for space, route in binding:
        role = next(
            one for one in ROLES.values() if one.verbs.intersection(route.verbs) and one.name != "system"
        )
        names = re.findall(r"<\w+:(\w+)>", route.path)
        address = reverse(f"{space}:{route.name}", kwargs={name: dummies[name] for name in names})
        client = long_ago(at_desk(role.name, "yz-credit" if role.alone else "yz-price"))
        assert ASKED in client.post(address).content.decode(), address
