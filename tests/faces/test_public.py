"""The public door: what it shows of a firm, what it never shows, and how it says no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengxin.subjects.registry import card

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def page_of(firms: dict[str, int], client: Client, end: str = "", **headers: str) -> str:
    code = card(min(firms.values())).code
    answer = client.get(f"/s/{code}{end}", headers=headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_first_page_has_the_search_field_and_the_numbers(firms: dict[str, int], client: Client) -> None:
    shown = client.get("/").content.decode()
    assert 'role="search"' in shown
    assert "家组织可以查询" in shown


@pytest.mark.parametrize("text", ["海澜", "yzhl", "云泽海澜印染有限公司"])
def test_an_organisation_is_found(firms: dict[str, int], client: Client, text: str) -> None:
    shown = client.get("/search", {"q": text}).content.decode()
    assert "印染有限公司" in shown
    assert f'/s/{card(min(firms.values())).code}"' in shown


def test_typing_ahead_gives_only_the_list(firms: dict[str, int], client: Client) -> None:
    answer = client.get("/search", {"q": "海澜"}, headers={"HX-Request": "true", "HX-Target": "suggested"})
    assert "<html" not in answer.content.decode()
    assert "<mark>海澜</mark>" in answer.content.decode()


def test_nothing_found_is_said_kindly_and_text_is_escaped(firms: dict[str, int], client: Client) -> None:
    shown = client.get("/search", {"q": "<b>没有这家"}).content.decode()
    assert "&lt;b&gt;没有这家" in shown
    assert "不等于有问题" in shown


@pytest.mark.parametrize("text", ["9132", "９１３２", "91-32", "320600MA0", "12345678901234567"])
def test_a_part_of_a_code_that_finds_nobody_is_told_what_a_code_needs(
    firms: dict[str, int], client: Client, text: str
) -> None:
    shown = client.get("/search", {"q": text}).content.decode()
    assert "像是代码的一部分" in shown
    assert "共 18 位，请写全" in shown
    client.post("/language", {"language": "en", "next": "/"})
    assert "has 18 characters, type them all" in client.get("/search", {"q": text}).content.decode()


@pytest.mark.parametrize("text", ["没有这家", "zzzz", "91320600", "9" * 18, "71093123-X", "9"])
def test_what_is_no_part_of_a_code_is_not_taken_for_one(
    firms: dict[str, int], client: Client, text: str
) -> None:
    assert "像是代码的一部分" not in client.get("/search", {"q": text}).content.decode()


def test_too_many_are_cut_and_said(firms: dict[str, int], client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("chengxin.faces.public.search.LIMIT", 1)
    assert "符合的很多" in client.get("/search", {"q": "云泽"}).content.decode()


def test_a_decision_in_force_shows_basis_body_term_and_remedy(
    firms: dict[str, int], client: Client, in_force: Callable[..., Any]
) -> None:
    in_force(marked=True)
    shown = page_of(firms, client)
    for said in (
        "加收污水处理费",
        "《",
        "条",
        "云泽市发展和改革委员会",
        "复查",
        "异议",
        "行政复议",
        "异议处理中",
        "0.60",
    ):
        assert said in shown, said
    assert "1 项不利决定" in shown


def test_what_has_ended_leaves_no_trace(
    firms: dict[str, int], client: Client, in_force: Callable[..., Any], today: date
) -> None:
    in_force(until=today)
    shown = page_of(firms, client)
    assert "今天没有任何决定对它生效" in shown
    assert "加收污水处理费" not in shown
    assert "is-adverse" not in shown


def test_what_has_not_begun_is_not_shown(
    firms: dict[str, int], client: Client, in_force: Callable[..., Any], today: date
) -> None:
    in_force(since=today + timedelta(days=1))
    assert "今天没有任何决定对它生效" in page_of(firms, client)


def test_adverse_goes_dark_when_the_clock_is_late(
    firms: dict[str, int], client: Client, in_force: Callable[..., Any]
) -> None:
    from chengxin.ledger.models import Job

    in_force()
    Job.objects.filter(name="tick").update(finished_at=timezone.now() - timedelta(hours=27))
    shown = page_of(firms, client)
    assert "26 小时" in shown
    assert "is-adverse" not in shown


def test_a_long_name_stands_whole(firms: dict[str, int], client: Client) -> None:
    name = max(firms, key=len)
    assert name in client.get(f"/s/{card(firms[name]).code}").content.decode()


def test_a_person_has_no_page(opened: Any, client: Client) -> None:
    from chengxin.subjects.models import Identifier, Subject

    Subject.objects.create(id=9_000_001, kind="person")
    Identifier.objects.create(subject=9_000_001, scheme="regno", code="320600000000001", since=timezone.now())
    assert client.get("/s/320600000000001").status_code == 404


def test_the_chain_is_drawn(firms: dict[str, int], client: Client, in_force: Callable[..., Any]) -> None:
    in_force()
    assert 'class="chain"' in page_of(firms, client, "/why")


def test_nothing_in_force_needs_no_chain(firms: dict[str, int], client: Client) -> None:
    assert "没有对它生效的决定" in page_of(firms, client, "/why")


def test_verifying_knows_an_act_and_nothing_else(levied: Any, client: Client) -> None:
    act = levied.acts.first()
    known = client.get(f"/verify/{act.digest}").content.decode()
    assert "内容没有被改动" in known
    assert levied.number in known
    assert "本平台没有这个校验码" in client.get(f"/verify/{'0' * 63}1").content.decode()
    spaced = " ".join(act.digest[n : n + 4] for n in range(0, 64, 4))
    assert client.post("/verify", {"digest": spaced})["Location"] == f"/verify/{act.digest}"


def test_an_empty_verification_says_what_is_missing(opened: Any, client: Client) -> None:
    shown = client.post("/verify", {"digest": ""}).content.decode()
    assert "error-summary" in shown
    shown = client.post("/verify", {"digest": "abc"}).content.decode()
    assert 'href="#id_digest"' in shown


def test_a_link_of_the_chain_is_checked(levied: Any, client: Client) -> None:
    act, part = levied.acts.first(), {"HX-Request": "true"}
    link = {"kind": "decision", "id": f"decision:{act.pk}", "hash": act.digest}
    assert "一致" in client.post("/verify-link", link, headers=part).content.decode()
    assert (
        "与封存时不同"
        in client.post("/verify-link", {**link, "hash": "f" * 64}, headers=part).content.decode()
    )
    for strange in ({}, {**link, "id": "decision"}, {**link, "id": "decision:x"}, {**link, "kind": "bill"}):
        assert client.post("/verify-link", strange, headers=part).status_code == 200


def test_what_is_held_names_its_article(opened: Any, client: Client) -> None:
    shown = client.get("/about").content.decode()
    assert "企业环境信用评价结果" in shown
    assert "《" in shown


def test_chinese_comes_first_whatever_the_browser_asks(opened: Any, client: Client) -> None:
    assert 'lang="zh-Hans"' in client.get("/", headers={"Accept-Language": "en-US,en"}).content.decode()


def test_the_switch_turns_every_public_page_english(firms: dict[str, int], client: Client) -> None:
    from tests.faces.words import HAN

    client.post("/language", {"language": "en", "next": "/"})
    for address in ("/", "/search?q=zzzz", "/verify", "/nowhere"):
        shown = client.get(address).content.decode()
        assert 'lang="en"' in shown
        left = [line for line in shown.splitlines() if HAN.search(line) and "中文" not in line]
        assert left == [], address


def test_errors_say_what_why_and_what_next(opened: Any, client: Client, monkeypatch: Any) -> None:
    assert "没有这一页" in client.get("/nowhere").content.decode()
    missing = client.get("/s/91320600MA0000000X")
    assert missing.status_code == 404
    assert "没有代码为" in missing.content.decode()

    def broken(*_words: Any, **_more: Any) -> None:
        raise RuntimeError("a wire came loose")

    monkeypatch.setattr("chengxin.faces.public.home.figures", broken)
    client.raise_request_exception = False
    answer = client.get("/")
    shown = answer.content.decode()
    assert answer.status_code == 500
    assert 'class="reference"' in shown
    assert "a wire came loose" not in shown


def test_a_fault_of_the_house_has_a_reference_and_no_inside(
    opened: Any, client: Client, monkeypatch: Any
) -> None:
    from chengxin.core.errors import HouseFault

    def broken(*_words: Any, **_more: Any) -> None:
        raise HouseFault("adoption.bundle_missing", sha256="abc")

    monkeypatch.setattr("chengxin.faces.public.home.figures", broken)
    answer = client.get("/")
    assert answer.status_code == 500
    assert 'class="reference"' in answer.content.decode()
