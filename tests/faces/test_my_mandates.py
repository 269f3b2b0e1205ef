"""Mandates at the door ``my``: given by the party, used by the agent within them, seen by the party, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengxin.cases.models import Act
from chengxin.ledger.looks.models import Look
from chengxin.subjects.models import Identifier, PersonNumber
from chengxin.subjects.persons import digest
from tests.faces.test_my import PDF, account, at_my, objecting

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
__all__ = ["account", "at_my", "objecting"]
LAWYER = "110101199003070038"


def asked(today: date, **more: Any) -> dict[str, Any]:
    said = {
        "name": "梅朗", "code": LAWYER, "covers": ["read", "object"], "since": today.isoformat(),
        "until": (today + timedelta(days=90)).isoformat(), "sure": "on",
    }  # fmt: skip
    return said | more | {"files": SimpleUploadedFile("委托书.pdf", PDF)}


@pytest.fixture
def lawyer(at_my: Callable[..., Client]) -> Callable[[], Client]:
    """The agent at its own door: a person nobody had told of before the mandate."""

    def enter() -> Client:
        subject = Identifier.objects.get(scheme="id_number", code=digest(LAWYER, settings.DIGEST_KEY)).subject
        return at_my(subject, "lawyer")

    return enter


def test_an_agent_files_within_its_mandate_and_the_party_sees_it(
    objecting: tuple[Client, Any, int], lawyer: Callable[[], Client], today: date
) -> None:
    party, case, subject = objecting
    assert party.post("/my/mandates/new", asked(today)).status_code == 302
    given = Act.objects.get(kind="give_mandate")
    number = given.detail["number"]
    assert (given.official, given.detail["covers"]) == (None, ["read", "object"])
    assert LAWYER not in str((given.detail, given.cites))
    assert PersonNumber.objects.filter(subject=given.detail["agent"]).exists()
    agent = lawyer()
    assert agent.get(f"/my/matters/{case}/").status_code == 404  # as itself it has its own file alone
    assert "云泽海澜" in agent.get("/my/mandates/").content.decode()
    assert agent.post(f"/my/mandates/{given.pk}/act").status_code == 302
    page = agent.get(f"/my/matters/{case}/").content.decode()
    assert f"/my/matters/{case}/do/object" in page
    assert "/do/own_words" not in page
    for kind in ("own_words", "agree_service", "apply_repair"):
        refused = agent.post(f"/my/matters/{case}/do/{kind}", {"text": "甲", "sure": "on"})
        assert (refused.status_code, f"授权“{number}”不包括" in refused.content.decode()) == (409, True), kind
    for address in ("mandates/new", f"mandates/{given.pk}/withdraw"):
        assert agent.post(f"/my/{address}", asked(today)).status_code == 403
    said = {"ground": "error", "text": "等级有误。", "sure": "on"}
    assert agent.post(f"/my/matters/{case}/do/object", said).status_code == 302
    filed = Act.objects.get(kind="object")
    named = {"mandate": given.pk, "agent": given.detail["agent"]}
    assert (filed.subject, named.items() <= filed.detail.items()) == (subject, True)
    shown = party.get("/my/mandates/").content.decode()
    assert all(word in shown for word in ("梅朗", number, "当事人提出异议"))
    assert number in party.get(f"/my/matters/{case}/").content.decode()
    seen = Look.objects.filter(subject=subject, official=0)
    assert {one.case_number for one in seen} == {number}
    looked = party.get("/my/looks/").content.decode()
    assert "受托代理查看" in looked
    assert f"/my/looks/{seen[0].pk}/question" not in looked


def test_taken_back_it_carries_nothing_from_that_moment(
    objecting: tuple[Client, Any, int], lawyer: Callable[[], Client], today: date, settings: Any
) -> None:
    party, case, _subject = objecting
    party.post("/my/mandates/new", asked(today))
    given = Act.objects.get(kind="give_mandate")
    agent = lawyer()
    agent.post(f"/my/mandates/{given.pk}/act")
    assert agent.get(f"/my/matters/{case}/").status_code == 200
    assert party.post(f"/my/mandates/{given.pk}/withdraw").status_code == 302
    over = agent.get(f"/my/matters/{case}/")
    assert (over.status_code, given.detail["number"] in over.content.decode()) == (409, True)
    assert agent.get(f"/my/matters/{case}/").status_code == 404
    assert agent.post(f"/my/mandates/{given.pk}/act").status_code == 404
    assert party.post(f"/my/mandates/{given.pk}/withdraw").status_code == 409
    party.post("/my/mandates/new", asked(today))
    second = Act.objects.filter(kind="give_mandate").latest("pk")
    agent.post(f"/my/mandates/{second.pk}/act")
    settings.DAYS_AHEAD = 90
    settings.SESSION_COOKIE_AGE = 200 * 24 * 3600
    ended = agent.get(f"/my/matters/{case}/")
    assert (ended.status_code, second.detail["number"] in ended.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"until": ""}, 400),
        ({"covers": []}, 400),
        ({"code": "110101199003070039"}, 400),
        ({"until": "+366"}, 409),
        ({"since": "-1"}, 409),
    ],
)
def test_no_mandate_without_an_end_or_longer_than_a_year(
    objecting: tuple[Client, Any, int], today: date, wrong: dict[str, Any], status: int
) -> None:
    party, _case, _subject = objecting
    shifted = {
        name: (today + timedelta(days=int(word))).isoformat() if str(word)[:1] in {"+", "-"} else word
        for name, word in wrong.items()
    }
    assert party.post("/my/mandates/new", asked(today, **shifted)).status_code == status
    assert not Act.objects.filter(kind="give_mandate").exists()
    assert not Identifier.objects.filter(
        scheme="id_number"
    ).exists()  # nobody is registered by what was refused


def test_the_counter_takes_one_in_on_paper_and_its_withdrawal(
    objecting: tuple[Client, Any, int], at_desk: Callable[..., Client], today: date
) -> None:
    from chengxin.subjects.registry import card

    party, _case, subject = objecting
    clerk = at_desk("case_officer")
    said = asked(today, party=card(subject).code)
    assert clerk.post("/desk/mandates/new", said).status_code == 302
    given = Act.objects.get(kind="give_mandate")
    assert (given.agency, given.case.subject, bool(given.official)) == ("yz-price", subject, True)
    assert given.detail["number"] in clerk.get("/desk/mandates/").content.decode()
    assert given.detail["number"] in party.get("/my/mandates/").content.decode()
    other = at_desk("case_officer", "yz-environment")
    assert other.get(f"/desk/mandates/{given.pk}/withdraw").status_code == 404
    back = clerk.post(f"/desk/mandates/{given.pk}/withdraw", {"text": "不再委托。"})
    assert back.status_code == 302
    assert Act.objects.get(kind="withdraw_mandate").detail == {"mandate": given.pk}
    assert "已撤回" in party.get("/my/mandates/").content.decode()
