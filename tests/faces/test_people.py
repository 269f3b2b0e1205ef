"""Accounts and duties at the desk: each administrator's own page, and refusals that say who may instead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.ledger import officials
from chengxin.ledger.models import Administration, Assignment, Official

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
CREDIT = "yz-credit"


@pytest.fixture
def three(at_desk: Callable[..., Client], person: Callable[..., Any]) -> dict[str, Client]:
    held = {name: at_desk(name, CREDIT) for name in ("sysadmin", "secadmin", "auditor")}
    deputy = Official.objects.create(username="deputy", name="罗静", agency_id=CREDIT)
    Assignment.objects.create(official=deputy, role="secadmin", region_id="320600", since=date(2015, 1, 1))
    held["deputy"] = Client()
    held["deputy"].force_login(deputy, backend="django.contrib.auth.backends.ModelBackend")
    return held


def made(three: dict[str, Client]) -> Official:
    said = {"username": "li", "name": "李甲", "agency": "yz-price", "post": "科员", "confirmed": "1"}
    answer = three["sysadmin"].post("/desk/people/new", said)
    assert answer.status_code == 200, answer.content.decode()
    assert "只显示这一次" in answer.content.decode()
    found: Official = Official.objects.get(username="li")
    return found


def grant(client: Client, who: Official, role: str, today: date) -> Any:
    said = {"role": role, "region": "320600", "since": today.isoformat(), "until": "", "confirmed": "1"}
    return client.post(f"/desk/people/{who.pk}/grant", said)


def test_an_account_is_made_granted_by_two_and_closed(three: dict[str, Client], today: date) -> None:
    li = made(three)
    assert li.initial_password
    assert not officials.verbs(li, today)
    assert grant(three["secadmin"], li, "head", today).status_code == 302
    assert not officials.may(li, "decide", on=today)
    (asked,) = Administration.objects.filter(kind="ask")
    address = f"/desk/people/asked/{asked.pk}/"
    own = three["secadmin"].post(address, {"confirm": "1"})
    assert own.status_code == 409
    assert "不能由本人复核" in own.content.decode()
    assert three["deputy"].post(address, {"confirm": "1"}).status_code == 302
    assert officials.may(li, "decide", on=today)
    shown = three["auditor"].get("/desk/administration/").content.decode()
    for word in ("开立账号", "提请授权", "授权", "李甲"):
        assert word in shown
    closing = three["sysadmin"].post(f"/desk/people/{li.pk}/close", {"reason": "离任"})
    assert closing.status_code == 302
    li.refresh_from_db()
    assert not li.is_active


def test_each_is_refused_the_others_pages(three: dict[str, Client], today: date) -> None:
    li = made(three)
    for name, addresses in {
        "secadmin": ("new", f"{li.pk}/close", f"{li.pk}/password", f"{li.pk}/outside"),
        "sysadmin": (f"{li.pk}/grant", f"{li.pk}/unlock", "asked/"),
        "auditor": ("new", f"{li.pk}/close", f"{li.pk}/grant", f"{li.pk}/unlock", f"{li.pk}/password"),
    }.items():
        for address in addresses:
            for ask in (three[name].get, three[name].post):
                answer = ask(f"/desk/people/{address}")
                assert answer.status_code in {403, 405}, (name, address, answer.status_code)
    assert three["sysadmin"].get("/desk/administration/").status_code == 403
    assert three["secadmin"].get("/desk/administration/").status_code == 403
    assert Administration.objects.count() == 1


def test_three_powers_are_refused_with_a_sentence(three: dict[str, Client], today: date) -> None:
    li = made(three)
    assert grant(three["secadmin"], li, "steward", today).status_code == 302
    for role in ("auditor", "sysadmin", "secadmin"):
        refused = grant(three["secadmin"], li, role, today)
        assert (refused.status_code, "三员分立" in refused.content.decode()) == (409, True), role


def test_the_list_sorts_filters_pages_and_exports(three: dict[str, Client]) -> None:
    li, officer = made(three), three["sysadmin"]
    for sort in ("name", "username", "agency", "post", "is_active", "last_login", "-username"):
        assert officer.get(f"/desk/people/?sort={sort}").status_code == 200, sort
    assert "李甲" in officer.get("/desk/people/?agency=yz-price&is_active=True").content.decode()
    assert "李甲" not in officer.get("/desk/people/?is_active=False").content.decode()
    export = b"".join(officer.get("/desk/people/?export=csv&table=people"))
    assert "李甲" in export.decode("utf-8-sig")
    for client in three.values():
        assert client.get(f"/desk/people/{li.pk}/").status_code == 200
    for sort in ("at", "kind", "official__name", "role", "by__name"):
        assert three["auditor"].get(f"/desk/administration/?sort={sort}").status_code == 200, sort
    assert "李甲" in three["auditor"].get("/desk/administration/?kind=enrol").content.decode()


def test_a_duty_is_withdrawn_and_a_lock_lifted(three: dict[str, Client], today: date, client: Client) -> None:
    li = made(three)
    grant(three["secadmin"], li, "steward", today)
    held = li.assignments.get()
    assert three["secadmin"].post(f"/desk/people/duty/{held.pk}/withdraw").status_code == 302
    assert not officials.verbs(li, today)
    for _ in range(6):
        client.post("/desk/login", {"username": "li", "password": "wrong"})
    shown = three["secadmin"].get(f"/desk/people/{li.pk}/").content.decode()
    assert "锁定" in shown
    assert three["secadmin"].post(f"/desk/people/{li.pk}/unlock").status_code == 302
    assert (
        "解除锁定"
        not in three["secadmin"].get(f"/desk/people/{li.pk}/").content.decode().split("管理行为")[0]
    )
    assert client.post("/desk/login", {"username": "li", "password": "wrong"}).status_code == 400


def test_a_countys_administrators_see_and_reach_their_county_alone(
    three: dict[str, Client], person: Callable[..., Any], today: date
) -> None:
    li = made(three)
    assert grant(three["secadmin"], li, "head", today).status_code == 302
    (asked,) = Administration.objects.filter(kind="ask")
    (duty,) = person("head").assignments.all()
    county = {}
    for role in ("sysadmin", "secadmin", "auditor"):
        who = Official.objects.create(username=f"county-{role}", name="区", agency_id="yz-price-320613")
        Assignment.objects.create(official=who, role=role, region_id="320613", since=date(2015, 1, 1))
        county[role] = Client()
        county[role].force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    for client in county.values():
        shown = client.get("/desk/people/").content.decode()
        assert ("李甲" in shown, "county-auditor" in shown) == (False, True)
        assert client.get(f"/desk/people/{li.pk}/").status_code == 404
    for role, address in (
        ("sysadmin", f"{li.pk}/password"), ("sysadmin", f"{li.pk}/close"), ("sysadmin", f"{li.pk}/outside"),
        ("secadmin", f"{li.pk}/grant"), ("secadmin", f"{li.pk}/unlock"), ("secadmin", f"{li.pk}/factor"),
        ("secadmin", f"duty/{duty.pk}/withdraw"), ("secadmin", f"asked/{asked.pk}/"),
    ):  # fmt: skip
        assert county[role].post(f"/desk/people/{address}").status_code == 404, address
    assert 'value="yz-price"' not in county["sysadmin"].get("/desk/people/new").content.decode()
    assert "李甲" not in county["secadmin"].get("/desk/people/asked/").content.decode()
    assert "李甲" not in county["auditor"].get("/desk/administration/").content.decode()
    assert "李甲" in three["auditor"].get("/desk/administration/").content.decode()
    (own,) = Official.objects.filter(username="county-auditor")
    assert grant(county["secadmin"], own, "auditor", today).status_code == 403, "for the whole city"
