"""Single sign-on against a provider in a process of its own: it proves who comes, and nothing more."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from chengxin.faces import outside
from chengxin.ledger.models import Administration, Assignment, Official
from tests.faces.openid_provider import CLIENT, SECRET

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
LIES = {
    "nonce": "核对不上",
    "no_nonce": "核对不上",
    "audience": "不是给本平台的",
    "audiences": "不是给本平台的",
    "issuer": "不是给本平台的",
    "expired": "已经过期",
    "no_exp": "核对不上",
    "signature": "核对不上",
    "unsigned": "核对不上",
    "hmac": "核对不上",
    "userinfo": "核对不上",
    "declined": "没有同意",
}


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Provider:
    def __init__(self, root: str) -> None:
        self.root = root

    def told(self, **words: Any) -> None:
        asked = urllib.request.Request(f"{self.root}/told", data=json.dumps(words).encode())
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked):
            pass

    def authorise(self, address: str) -> str:
        """The browser's way through the provider; gives the address back to us."""
        opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
        try:
            opener.open(address)
        except urllib.error.HTTPError as moved:
            back = urllib.parse.urlsplit(moved.headers["Location"])
            return f"{back.path}?{back.query}"
        raise AssertionError("the provider did not lead back")


@pytest.fixture(scope="module")
def process() -> Iterator[Provider]:
    program = Path(__file__).with_name("openid_provider.py")
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        try:
            yield Provider(running.stdout.readline().strip())
        finally:
            running.terminate()


@pytest.fixture
def provider(process: Provider, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Provider:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings.OIDC_ISSUER = process.root
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
    process.told(sub="wang-0001")
    outside.provider.cache_clear()
    return process


@pytest.fixture
def linked(person: Callable[..., Any]) -> Official:
    who: Official = person("case_officer")
    who.outside_name = "wang-0001"
    who.save()
    return who


def come(provider: Provider, client: Client, english: bool = False) -> Any:
    if english:
        client.cookies["django_language"] = "en"
    return client.get(provider.authorise(client.get("/desk/outside?next=/desk/cases/")["Location"]))


def nobody_is_in(client: Client) -> bool:
    return "_auth_user_id" not in client.session and client.get("/desk/").status_code == 302


def test_who_is_linked_comes_in_as_that_account(provider: Provider, linked: Official, client: Client) -> None:
    assert "单点登录" in client.get("/desk/login").content.decode()
    answer = come(provider, client)
    assert answer["Location"] == "/desk/cases/"
    assert client.get("/desk/cases/").status_code == 200
    assert client.session["_auth_user_id"] == str(linked.pk)


@pytest.mark.parametrize("lie", LIES)
def test_a_proof_that_does_not_hold_lets_nobody_in(
    lie: str, provider: Provider, linked: Official, client: Client
) -> None:
    provider.told(sub="wang-0001", lie=lie)
    answer = come(provider, client)
    assert answer.status_code == 403
    assert LIES[lie] in answer.content.decode()
    assert nobody_is_in(client)
    english = Client()
    assert (
        "you are not logged in" in come(provider, english, english=True).content.decode() or lie == "declined"
    )
    assert nobody_is_in(english)


def test_an_unknown_person_gets_a_sentence_and_no_account(
    provider: Provider, linked: Official, client: Client
) -> None:
    accounts, duties = Official.objects.count(), Assignment.objects.count()
    provider.told(sub="li-0002", claims={"preferred_username": linked.username, "email": linked.username})
    answer = come(provider, client)
    assert (answer.status_code, "没有对应的账号" in answer.content.decode()) == (403, True)
    assert nobody_is_in(client)
    assert (Official.objects.count(), Assignment.objects.count()) == (accounts, duties)


def test_a_claim_grants_nothing(provider: Provider, linked: Official, client: Client) -> None:
    provider.told(sub="wang-0001", claims={"role": "head", "groups": ["secadmin"]})
    come(provider, client)
    assert client.get("/desk/people/").status_code == 403
    assert not Administration.objects.exists()


def test_a_closed_account_stays_closed(provider: Provider, linked: Official, client: Client) -> None:
    Official.objects.filter(pk=linked.pk).update(is_active=False)
    answer = come(provider, client)
    assert (answer.status_code, "已经停用" in answer.content.decode()) == (403, True)
    assert nobody_is_in(client)


def test_an_answer_nobody_asked_for_or_given_twice_is_refused(
    provider: Provider, linked: Official, client: Client
) -> None:
    back = provider.authorise(client.get("/desk/outside")["Location"])
    stranger = Client()
    assert stranger.get(back).status_code == 403, "another browser's answer"
    assert nobody_is_in(stranger)
    assert client.get(back).status_code == 302
    client.post("/desk/logout")
    again = client.get(back)
    assert (again.status_code, "已经用过" in again.content.decode()) == (403, True)
    assert client.get("/desk/outside/back").status_code == 403


def test_the_second_factor_is_asked_all_the_same(
    provider: Provider, linked: Official, client: Client, settings: Any
) -> None:
    settings.SECOND_FACTOR = ["all"]
    assert come(provider, client)["Location"] == "/desk/factor/enrol"
    assert client.get("/desk/")["Location"] == "/desk/factor/enrol"


def test_another_agreed_claim_may_name_the_person(
    provider: Provider, linked: Official, client: Client, settings: Any
) -> None:
    settings.OIDC_CLAIM = "employee"
    provider.told(sub="anything", claims={"employee": "wang-0001"})
    assert come(provider, client)["Location"] == "/desk/cases/"


def test_without_a_provider_the_road_is_shut(opened: Any, client: Client, settings: Any) -> None:
    assert settings.OIDC_ISSUER == ""
    assert client.get("/desk/outside")["Location"] == "/desk/login"
    assert client.get("/desk/outside/back?state=x&code=y")["Location"] == "/desk/login"
    assert "单点登录" not in client.get("/desk/login").content.decode()


def test_a_silent_or_renamed_provider_is_said_plainly(
    provider: Provider, linked: Official, client: Client, settings: Any
) -> None:
    settings.OIDC_ISSUER = provider.root.replace("127.0.0.1", "localhost")
    assert client.get("/desk/outside").status_code == 500, "it calls itself otherwise"
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    answer = client.get("/desk/outside")
    assert (answer.status_code, "没有应答" in answer.content.decode()) == (403, True)
    settings.OIDC_ISSUER = "http://id.example"
    assert client.get("/desk/outside").status_code == 500, "not over https"


def test_a_provider_without_userinfo_proves_by_its_token_alone(
    provider: Provider, linked: Official, client: Client
) -> None:
    provider.told(sub="wang-0001", doors={"userinfo_endpoint": ""})
    assert come(provider, client)["Location"] == "/desk/cases/"
    assert client.session["_auth_user_id"] == str(linked.pk)


@pytest.mark.parametrize(
    "door", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"]
)
def test_a_door_without_https_is_not_used(
    door: str, provider: Provider, linked: Official, client: Client
) -> None:
    for address in ("http://id.example/there", "ftp://127.0.0.1/there"):
        outside.provider.cache_clear()
        provider.told(sub="wang-0001", doors={door: address})
        answer = client.get("/desk/outside")
        assert (answer.status_code, "不是 https" in answer.content.decode()) == (403, True), address


def test_a_provider_that_lacks_a_door_is_said_plainly(
    provider: Provider, linked: Official, client: Client
) -> None:
    provider.told(sub="wang-0001", doors={"token_endpoint": ""})
    answer = client.get("/desk/outside")
    assert (answer.status_code, "没有写明 token_endpoint" in answer.content.decode()) == (403, True)
    assert client.get("/desk/outside/back?state=x&code=y").status_code == 403


def test_who_came_from_outside_proves_it_there_anew(
    provider: Provider, person: Callable[..., Any], client: Client
) -> None:
    who: Official = person("secadmin", "yz-credit")
    who.outside_name = "wang-0001"
    who.save()
    come(provider, client)
    session = client.session
    session["proven"] = 0
    session.save()
    address, anew = "/desk/people/asked/1/", "/desk/outside?anew=1"
    asked = client.post(address, {"reason": "不需要", "decline": "1"})
    assert "在新窗口重新单点登录" in asked.content.decode()
    assert 'name="reason" value="不需要"' in asked.content.decode()
    assert client.post(address, {"presence": "1"}).status_code == 400, "nothing was proved yet"
    provider.told(sub="wang-0001", claims={"auth_time": 1_600_000_000})
    lazy = client.get(provider.authorise(client.get(anew)["Location"]))
    assert (lazy.status_code, "没有让您重新登录" in lazy.content.decode()) == (403, True)
    other: Official = person("head")
    other.outside_name = "li-0002"
    other.save()
    provider.told(sub="li-0002")
    assert client.get(provider.authorise(client.get(anew)["Location"])).status_code == 403
    assert client.post(address, {"presence": "1"}).status_code == 400
    provider.told(sub="wang-0001")
    back = client.get(provider.authorise(client.get(anew)["Location"]))
    assert "回到原来的页面" in back.content.decode()
    assert client.post(address, {"presence": "1"}).status_code == 404, "it goes on: there is no such request"
