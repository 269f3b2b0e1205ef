"""The door of the one concerned: who comes in, what it sees, what it files, and that it is never somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from chengxin.cases.models import Act
from chengxin.effects.models import Standing
from chengxin.faces.deferrals import deferred
from chengxin.faces.models import Account, Deferral, Question
from chengxin.faces.my.own import Own
from chengxin.ledger.looks.log import look, looks_at
from chengxin.ledger.models import Assignment

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
PASSWORD = "a good password"
PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>\n%%EOF\n"


@pytest.fixture
def account(opened: Any) -> Callable[..., Account]:
    """``account(subject)``: an identity of the local provider bound to a subject."""
    encoded = make_password(PASSWORD)

    def make(subject: int, identity: str = "", **said: Any) -> Account:
        given = {"name": "云泽海澜", "since": date(2020, 1, 1), "password": encoded, **said}
        return Account.objects.create(
            provider="local", identity=identity or f"who-{subject}", subject=subject, **given
        )

    return make


@pytest.fixture
def at_my(account: Callable[..., Account]) -> Callable[..., Client]:
    """A client that came in at the door ``my`` for a subject."""

    def enter(subject: int, identity: str = "", **said: Any) -> Client:
        made = account(subject, identity, **said)
        client = Client()
        answer = client.post("/my/login/local", {"identity": made.identity, "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, "/my/")
        return client

    return enter


def test_a_stranger_is_led_to_the_log_in_and_back(levied: Any, account: Callable[..., Account]) -> None:
    subject = levied.standpoints.filter(subject__gt=0).first().subject
    made, client = account(subject), Client()
    led = client.get("/my/records/")
    assert led["Location"] == "/my/login?next=/my/records/"
    assert client.get(led["Location"])["Location"] == "/my/login/local"
    said = {"identity": made.identity, "password": PASSWORD}
    assert client.post("/my/login/local", said)["Location"] == "/my/records/"
    assert client.post("/my/logout").status_code == 302
    assert client.get("/my/").status_code == 302


def test_a_wrong_password_says_nothing_more_and_six_wait(
    levied: Any, account: Callable[..., Account]
) -> None:
    made, client = account(1), Client()
    for identity in (made.identity, "nobody"):
        answer = client.post("/my/login/local", {"identity": identity, "password": "wrong"})
        assert (answer.status_code, "账号或口令不对" in answer.content.decode()) == (400, True)
    for _ in range(5):
        client.post("/my/login/local", {"identity": made.identity, "password": "wrong"})
    locked = client.post("/my/login/local", {"identity": made.identity, "password": PASSWORD})
    assert (locked.status_code, "15 分钟内最多 6 次" in locked.content.decode()) == (403, True)


def test_without_a_provider_the_door_says_where_to_go(opened: Any, settings: Any, client: Client) -> None:
    settings.IDENTITY = []
    assert "到信用窗口" in client.get("/my/login").content.decode()
    assert client.get("/my/login/local").status_code == 404


def test_an_account_that_ended_opens_nothing(
    levied: Any, account: Callable[..., Account], today: date
) -> None:
    subject = levied.standpoints.filter(subject__gt=0).first().subject
    account(subject, "over", until=today)
    answer = Client().post("/my/login/local", {"identity": "over", "password": PASSWORD})
    assert (answer.status_code, "绑定已经到期" in answer.content.decode()) == (403, True)


@pytest.fixture
def objecting(in_force: Callable[..., Any], at_my: Callable[..., Client]) -> tuple[Client, Any, int]:
    """A firm on whom a surcharge lies, at its own door."""
    line = in_force()
    return at_my(line.subject), line.case, line.subject


def test_each_page_of_the_door_answers(objecting: tuple[Client, Any, int]) -> None:
    client, case, _subject = objecting
    for address in ("", "records/", "matters/", f"matters/{case}/", "decisions/", "looks/"):
        answer = client.get(f"/my/{address}")
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store"), address


def test_an_objection_with_its_evidence_marks_at_once(objecting: tuple[Client, Any, int]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client, case, subject = objecting
    said = {"ground": "error", "text": "等级有误。", "sure": "on"}
    script = SimpleUploadedFile("证明.pdf", b"<html><script>alert(1)</script></html>")
    refused = client.post(f"/my/matters/{case}/do/object", {**said, "files": script})
    assert refused.status_code == 400
    text = SimpleUploadedFile("证明.txt", "一段文字".encode())
    refused = client.post(f"/my/matters/{case}/do/object", {**said, "files": text})
    assert "不是 PDF、JPG 或 PNG" in refused.content.decode()
    done = client.post(
        f"/my/matters/{case}/do/object", {**said, "files": SimpleUploadedFile("检测报告.pdf", PDF)}
    )
    assert done.status_code == 302
    filed = Act.objects.get(kind="object")
    assert (filed.subject, filed.official, filed.detail["ground"]) == (subject, None, "error")
    assert len(filed.cites["exhibits"]) == 2
    page = client.get(f"/my/matters/{case}/").content.decode()
    assert "异议处理中" in page
    assert "检测报告.pdf" in page
    kept = client.get(f"/my/matters/{case}/exhibit/{filed.detail['evidence'][0]}")
    assert b"".join(kept.streaming_content) == PDF


def test_own_words_stand_beside_and_are_bounded(objecting: tuple[Client, Any, int]) -> None:
    client, case, _subject = objecting
    address = f"/my/matters/{case}/do/own_words"
    assert client.post(address, {"text": "长" * 501, "sure": "on"}).status_code == 400
    assert client.post(address, {"text": "已经改好。"}).status_code == 400
    assert client.post(address, {"text": "已经改好。", "sure": "on"}).status_code == 302


def test_a_refusal_is_a_sentence_with_its_article(objecting: tuple[Client, Any, int]) -> None:
    client, case, _subject = objecting
    answer = client.get(f"/my/matters/{case}/do/state")
    assert answer.status_code == 404  # the time to state is over: it is not offered
    assert client.get(f"/my/matters/{case}/do/decide").status_code == 404


def test_filings_are_counted(objecting: tuple[Client, Any, int]) -> None:
    client, case, _subject = objecting
    address = f"/my/matters/{case}/do/own_words"
    for n in range(20):
        assert client.post(address, {"text": f"第{n}次。", "sure": "on"}).status_code == 302
    over = client.post(address, {"text": "再一次。", "sure": "on"})
    assert (over.status_code, "提交得太频繁了" in over.content.decode()) == (403, True)


def test_no_filing_without_its_token(objecting: tuple[Client, Any, int]) -> None:
    client, case, _subject = objecting
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    for address in (f"matters/{case}/do/own_words", f"matters/{case}/open", "logout", "looks/1/question"):
        assert strict.post(f"/my/{address}", {"text": "x", "sure": "on"}).status_code == 403, address


def test_a_paper_is_opened_only_after_consent_and_that_serves_it(
    firms: dict[str, int],
    person: Callable[..., Any],
    at_my: Callable[..., Client],
    today: date,
    store: Any,
) -> None:
    import pyarrow as pa
    from django.conf import settings

    from chengxin.cases import schedules
    from chengxin.cases.adoption import current_bundle
    from chengxin.cases.opening import open_case
    from chengxin.ledger.content import open_exhibit

    subject = min(firms.values())
    case = open_case(
        program="sewage_tariff", procedure="levy", agency="yz-price", region="320600", title="加收", on=today
    )
    who = {"official": person("case_officer"), "agency": "yz-price", "on": today, "at": timezone.now(),
           "bundle": current_bundle(today, store=store), "store": store}  # fmt: skip
    because = pa.array([[]], pa.list_(pa.int64()))
    rows = pa.table(
        {"subject": [subject], "tier": ["red"], "surcharge": [600_000], "adverse": [True], "because": because}
    )
    schedule = schedules.propose(case, rows, run_sha256="0" * 64, **who)
    client = at_my(subject)
    assert client.get(f"/my/matters/{case.pk}/").status_code == 404  # nothing was told yet
    schedules.act_on_all(schedule, "notify", **who)
    page = client.get(f"/my/matters/{case.pk}/").content.decode()
    assert "您没有同意电子送达" in page
    assert "没有签署电子送达确认书的，不能在这里开启，看到这一页也不算送达" in page
    assert "/paper/" not in page
    notice = Act.objects.get(case=case, kind="notify")
    assert client.get(f"/my/matters/{case.pk}/paper/{notice.pk}.pdf").status_code == 404
    refused = client.post(f"/my/matters/{case.pk}/open")
    assert (refused.status_code, "还没有同意电子送达" in refused.content.decode()) == (403, True)
    agreed = client.post(f"/my/matters/{case.pk}/do/agree_service", {"address": "a@b.example", "sure": "on"})
    assert agreed.status_code == 302
    assert not Act.objects.filter(case=case, kind__in=("serve", "serve_decision")).exists()
    assert "您已签署电子送达确认书" in client.get(f"/my/matters/{case.pk}/").content.decode()
    consent = Act.objects.get(case=case, kind="agree_service")
    text = open_exhibit(consent.cites["exhibits"][0], store, settings.WRAP_KEY).decode()
    assert "包括本案和以后的案件" in text  # it covers what it is used for: the papers of this body
    assert client.post(f"/my/matters/{case.pk}/open").status_code == 302
    served = Act.objects.get(case=case, kind="serve")
    assert (served.official, served.detail["means"], served.on) == (None, "e_service", today)
    assert served.detail["served_on"] == today.isoformat()
    assert served.detail["consent"] == consent.pk
    page = client.get(f"/my/matters/{case.pk}/").content.decode()
    assert f"/my/matters/{case.pk}/paper/{notice.pk}.pdf" in page
    paper = client.get(f"/my/matters/{case.pk}/paper/{notice.pk}.pdf")
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    assert "陈述、申辩" in client.get("/my/").content.decode()
    stated = client.post(f"/my/matters/{case.pk}/do/state", {"text": "我方已整改。", "sure": "on"})
    assert stated.status_code == 302
    assert Act.objects.get(case=case, kind="state").detail["account"]


def test_what_an_unserved_notice_cites_is_nobodys_to_read(
    firms: dict[str, int], person: Callable[..., Any], at_my: Callable[..., Client], today: date, store: Any
) -> None:
    from django.conf import settings

    from chengxin.cases import acts, service
    from chengxin.cases.adoption import current_bundle
    from chengxin.cases.opening import open_case
    from chengxin.ledger.content import store_text

    subject = min(firms.values())
    case = open_case(
        program="sewage_tariff", procedure="levy", agency="yz-price", region="320600", title="加收", on=today,
        subject=subject,
    )  # fmt: skip
    who = {
        "official": person("case_officer"),
        "agency": "yz-price",
        "on": today,
        "at": timezone.now(),
        "bundle": current_bundle(today, store=store),
    }
    text = store_text(store, "拟加收的事实和理由。", "告知的内容", who["at"], settings.WRAP_KEY)
    acts.act(case, "propose", **who)
    acts.act(case, "notify", cites={"exhibits": [text.pk]}, **who)
    client = at_my(subject)
    address = f"/my/matters/{case.pk}/exhibit/{text.pk}"
    assert "告知的内容" not in client.get(f"/my/matters/{case.pk}/").content.decode()
    assert client.get(address).status_code == 404
    acts.act(case, "serve", detail={"means": service.IN_PERSON}, **who)
    assert client.get(address).status_code == 200


def test_the_evidence_is_drawn_with_an_address_that_can_be_checked(
    objecting: tuple[Client, Any, int], monkeypatch: Any
) -> None:
    from chengxin.cases import documents

    drawn: list[str] = []
    render = documents.render

    def noted(trace: Any) -> bytes:
        drawn.append(repr(trace))
        return render(trace)

    monkeypatch.setattr(documents, "render", noted)
    client, case, _subject = objecting
    assert client.get(f"/my/matters/{case}/evidence.zip").status_code == 200
    assert drawn
    assert all("/verify/" in one and "/check?" not in one for one in drawn)


def test_nobody_opens_a_paper_by_hand(levied: Any, today: date, store: Any) -> None:
    """Without an official only a paper opened electronically by its party is served."""
    from chengxin.cases.acts import act
    from chengxin.cases.adoption import current_bundle
    from chengxin.core.errors import ChengxinError

    with pytest.raises(ChengxinError):
        act(levied, "serve", official=None, agency="yz-price", on=today, at=timezone.now(),
            bundle=current_bundle(today, store=store), subject=levied.standpoints.filter(subject__gt=0).first().subject,
            schedule=levied.schedules.get(), detail={"means": "in_person"})  # fmt: skip


def test_a_look_is_seen_questioned_once_and_answered(
    objecting: tuple[Client, Any, int], person: Callable[..., Any], at_desk: Callable[..., Client],
    monkeypatch: Any,
) -> None:  # fmt: skip
    client, _case, subject = objecting
    officer = person("case_officer")
    look(officer, [subject], door="desk", purpose="核对", case_number="案1", now=timezone.now())
    page = client.get("/my/looks/").content.decode()
    assert "核对" in page
    assert officer.name not in page
    number = client.get("/my/looks/").content.decode().split("/question")[0].rsplit("/", 1)[1]
    address = f"/my/looks/{number}/question"
    assert client.post(address, {"text": "没有案件，为什么看？"}).status_code == 302
    assert client.post(address, {"text": "再问"}).status_code == 409
    with monkeypatch.context() as beside:  # the other post is not there yet when this one looks
        known: Any = iter([{}])
        real = Own.questions
        beside.setattr(Own, "questions", lambda own, looks=None: next(known, real(own, looks)))
        assert client.post(address, {"text": "同时又问"}).status_code == 302
    assert Question.objects.count() == 1
    auditor = at_desk("auditor", "yz-credit")
    assert "核对" in auditor.get("/desk/looks/questions/").content.decode()
    asked = Question.objects.get()
    elsewhere = person("auditor", "yz-price-320613")
    Assignment.objects.filter(official=elsewhere).update(region="320613")
    stranger = at_desk("auditor", "yz-price-320613")
    assert "核对" not in stranger.get("/desk/looks/questions/").content.decode()
    assert stranger.get(f"/desk/looks/questions/{asked.pk}/").status_code == 404
    answer = {"founded": "no", "text": "在办理该案时查看，有案号。"}
    assert auditor.post(f"/desk/looks/questions/{asked.pk}/", answer).status_code == 302
    assert auditor.post(f"/desk/looks/questions/{asked.pk}/", answer).status_code == 409
    shown = client.get("/my/looks/").content.decode()
    assert "在办理该案时查看" in shown
    assert "查看有依据" in shown


def test_a_deferred_look_shows_itself_on_its_day(
    objecting: tuple[Client, Any, int], person: Callable[..., Any], at_desk: Callable[..., Client],
    today: date, settings: Any,
) -> None:  # fmt: skip
    client, case, subject = objecting
    from chengxin.cases.models import Case
    from chengxin.ledger.looks.models import Look

    number = Case.objects.get(pk=case).number
    look(
        person("case_officer"),
        [subject],
        door="desk",
        purpose="执法核查",
        case_number=number,
        now=timezone.now(),
    )
    head = at_desk("head")
    said = {
        "case_number": number,
        "until": (today + timedelta(days=30)).isoformat(),
        "text": "避免妨碍调查。",
    }
    lower = head.post("/desk/looks/defer", {**said, "article": "sq-consumer-2016#5", "confirmed": "1"})
    assert (lower.status_code, "须由法律作依据" in lower.content.decode()) == (409, True)
    silent = head.post("/desk/looks/defer", {**said, "article": "apl-2021#44", "confirmed": "1"})
    assert (silent.status_code, "没有写明允许暂缓告知" in silent.content.decode()) == (409, True)
    assert "pipl-2021#35" in silent.content.decode()
    assert (
        head.post("/desk/looks/defer", {**said, "article": "pipl-2021#35", "confirmed": "1"}).status_code
        == 302
    )
    assert "执法核查" not in client.get("/my/looks/").content.decode()
    assert number in head.get("/desk/looks/defer").content.decode()
    hidden = {one.purpose for one in looks_at(subject, deferred=deferred(today))}
    assert "执法核查" not in hidden
    later = {**said, "article": "pipl-2021#35", "confirmed": "1"}
    other = at_desk("head", "yz-environment")
    assert other.post("/desk/looks/defer", later).status_code == 404
    assert number not in other.get("/desk/looks/defer").content.decode()
    Deferral.objects.update(approved_at=timezone.now() - timedelta(days=160))
    renewed = head.post("/desk/looks/defer", later)
    assert (renewed.status_code, "从第一次暂缓起最长六个月" in renewed.content.decode()) == (409, True)
    latest = Look.objects.latest("pk").pk
    assert client.get(f"/my/looks/{latest}/question").status_code == 404
    borrowed = person("case_officer", "yz-environment")
    look(borrowed, [subject], door="desk", purpose="借用案号", case_number=number, now=timezone.now())
    assert "借用案号" in client.get("/my/looks/").content.decode()
    settings.DAYS_AHEAD = 30
    settings.SESSION_COOKIE_AGE = 60 * 24 * 3600
    assert "执法核查" in client.get("/my/looks/").content.decode()


def test_looks_are_told_at_once_where_nobody_can_be_burdened(levied: Any, today: date, store: Any) -> None:
    from chengxin.cases.adoption import current_bundle
    from chengxin.cases.opening import open_case
    from chengxin.core.errors import RefusedByLaw
    from chengxin.faces.deferrals import check

    house = current_bundle(today, store=store).house
    assert check(levied, "pipl-2021#35", house, today).defers_looks
    burdens = {(p.name, e.name) for p in house.programs.values() for e in p.effects.values() if e.adverse}
    favour = next(one for one in house.procedures.values() if (one.program, one.effect) not in burdens)
    case = open_case(
        program=favour.program,
        procedure=favour.name,
        agency="yz-price",
        region="320600",
        title="表扬",
        on=today,
    )
    with pytest.raises(RefusedByLaw) as refused:
        check(case, "pipl-2021#35", house, today)
    assert refused.value.id == "my.defer_not_enforcement"


def test_both_rows_of_one_party_in_one_list_are_reached(
    objecting: tuple[Client, Any, int], at_desk: Callable[..., Client]
) -> None:
    from chengxin.subjects.models import Subject

    client, case, subject = objecting
    other = Act.objects.filter(case=case, subject__gt=0).exclude(subject=subject).first().subject
    address = f"/my/matters/{case}/"
    assert client.get(f"{address}?row={other}").status_code == 404
    Subject.objects.filter(pk=other).update(answers_for=subject)
    listed = client.get("/my/matters/").content.decode()
    for row in (subject, other):
        assert f"{address}?row={row}" in listed
        assert f"{address}do/object?row={row}" in client.get(f"{address}?row={row}").content.decode()
    assert client.get(address).status_code == 404  # which of the two is not said
    said = {"ground": "error", "text": "这个车间的等级有误。", "sure": "on"}
    filed = client.post(f"{address}do/object?row={other}", said)
    assert filed["Location"] == f"{address}?row={other}"
    assert Act.objects.get(kind="object").subject == other
    marked = {row: Own.of(subject).matter(case, row).point.marked for row in (subject, other)}
    assert marked == {subject: False, other: True}
    desk = at_desk("case_officer")
    shown = desk.get(f"/desk/cases/{case}/").content.decode()
    for row in (subject, other):
        assert f"/desk/cases/{case}/?row={row}" in shown
        assert desk.get(f"/desk/cases/{case}/?row={row}").status_code == 200


def test_many_matters_are_folded_as_one_is(objecting: tuple[Client, Any, int]) -> None:
    _client, case, subject = objecting
    own = Own.of(subject)
    assert own.matters() == [own.matter(case)]


def test_what_begins_later_does_not_hold_today(objecting: tuple[Client, Any, int], today: date) -> None:
    _client, _case, subject = objecting
    own = Own.of(subject)
    held = own.standing(today)
    assert held
    Standing.objects.filter(pk__in=[one.pk for one in held]).update(
        since=today + timedelta(days=1), until=None
    )
    assert own.standing(today) == []
    assert len(own.standing(today + timedelta(days=1))) == len(held)


def test_the_evidence_is_ones_own(objecting: tuple[Client, Any, int]) -> None:
    import io
    import json
    import zipfile

    client, case, subject = objecting
    answer = client.get(f"/my/matters/{case}/evidence.zip")
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    acts = json.loads(packed.read("acts.json"))
    assert {act["body"]["subject"] for act in acts} == {subject, None}
    assert {act["body"]["kind"] for act in acts if act["body"]["subject"] is None} == {"decide"}
