"""The desk: coming in, what waits, one case, and that nothing unpublished is shown unlogged or out of scope."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengxin.ledger.looks.models import Look

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


@pytest.fixture
def batch(opened: Any, today: date) -> Any:
    """A batch of the environment bureau, one row refused."""
    from chengxin.records.models import Batch

    return Batch.objects.create(
        item="environment_grade", agency="yz-environment", region="320600", door="desk", file_name="x.xlsx",
        received_at=timezone.now(), told_on=today, bundle="0" * 64, read=10, taken=9, quarantined=1,
        by_reason={"door.no_such": 1},
    )  # fmt: skip


def test_an_official_comes_in_and_goes_out(person: Callable[..., Any], client: Client) -> None:
    person("case_officer")
    answer = client.post("/desk/login", {"username": "case_officer@yz-price", "password": "a good password"})
    assert answer["Location"] == "/desk/"
    assert "今天的事" in client.get("/desk/").content.decode()
    client.post("/desk/logout")
    assert client.get("/desk/").status_code == 302


def test_the_log_in_leads_on_only_within_the_house(person: Callable[..., Any], client: Client) -> None:
    person("case_officer")
    said = {
        "username": "case_officer@yz-price",
        "password": "a good password",
        "next": "https://evil.example/",
    }
    assert client.post("/desk/login", said)["Location"] == "/desk/"


def test_six_failures_wait_a_quarter_hour(person: Callable[..., Any], client: Client) -> None:
    person("case_officer")
    said = {"username": "case_officer@yz-price", "password": "wrong"}
    answers = [client.post("/desk/login", said) for _ in range(7)]
    assert answers[0].status_code == 400
    assert "账号或口令不对" in answers[0].content.decode()
    assert answers[-1].status_code == 429
    assert "一刻钟" in answers[-1].content.decode()
    right = client.post("/desk/login", {**said, "password": "a good password"})
    assert right.status_code == 429


def test_what_waits_is_gathered_by_its_clock(levied: Any, at_desk: Callable[..., Client]) -> None:
    shown = at_desk("case_officer").get("/desk/").content.decode()
    assert "2 家" in shown
    assert "期限已过" in shown


def test_a_case_shows_its_road_and_logs_the_look(
    levied: Any, firms: dict[str, int], at_desk: Callable[..., Client]
) -> None:
    subject = min(firms.values())
    shown = at_desk("case_officer").get(f"/desk/cases/{levied.pk}/?row={subject}").content.decode()
    for said in ("提出处理意见", "登记告知送达", "今天", "现在可以办", "记录陈述申辩", "《"):
        assert said in shown, said
    assert "您的岗位不办这一步" in shown
    look = Look.objects.get(subject=subject)
    assert (look.case_number, look.purpose) == (levied.number, "办理在办案件")


def test_what_an_address_calls_a_number_is_no_fault_of_ours(
    levied: Any, at_desk: Callable[..., Client]
) -> None:
    client = at_desk("case_officer")
    for row in ("²", "9" * 30, "9" * 5000, "-1"):
        assert client.get(f"/desk/cases/{levied.pk}/", {"row": row}).status_code == 200, row
    assert client.get("/desk/cases/", {"page": "²"}).status_code == 200
    for number in (10**18, 10**30):
        for address in (
            f"/desk/cases/{number}/",
            f"/desk/cases/{number}/act/state",
            f"/desk/batches/{number}/",
        ):
            assert client.get(address).status_code == 404, address


def test_a_step_is_asked_checked_and_taken(
    levied: Any, firms: dict[str, int], at_desk: Callable[..., Client], today: date
) -> None:
    client, subject = at_desk("case_officer"), min(firms.values())
    address = f"/desk/cases/{levied.pk}/act/state?row={subject}"
    said = {"on": today.isoformat(), "text": "本单位当期数据有误。"}
    assert "请核对您填的内容" in client.post(address, said).content.decode()
    assert not levied.acts.filter(kind="state").exists()
    answer = client.post(address, {**said, "confirmed": "1"})
    assert answer.status_code == 302
    act = levied.acts.get(kind="state")
    assert act.subject == subject
    assert "本单位" not in str(act.detail)
    document = client.get(f"/desk/cases/{levied.pk}/exhibit/{act.cites['exhibits'][0]}")
    assert b"".join(document.streaming_content).decode() == "本单位当期数据有误。"  # type: ignore[attr-defined]


def test_a_step_of_another_post_is_refused_with_the_reason(
    levied: Any, firms: dict[str, int], at_desk: Callable[..., Client]
) -> None:
    answer = at_desk("case_officer").get(f"/desk/cases/{levied.pk}/act/decide?row={min(firms.values())}")
    assert answer.status_code == 409
    assert "您的岗位不办这一步" in answer.content.decode()


def test_an_answer_that_fails_leads_to_its_field(levied: Any, at_desk: Callable[..., Client]) -> None:
    shown = at_desk("case_officer").post(f"/desk/cases/{levied.pk}/act/take_out", {"on": "", "text": ""})
    assert 'href="#id_text"' in shown.content.decode()


def test_a_case_of_another_city_is_not_there(levied: Any, at_desk: Callable[..., Client]) -> None:
    from chengxin.cases.models import Case
    from chengxin.ledger.models import Assignment

    Case.objects.filter(pk=levied.pk).update(region="320500")
    client = at_desk("case_officer")
    assert Assignment.objects.filter(region_id="320600").exists()
    assert client.get(f"/desk/cases/{levied.pk}/").status_code == 404
    assert "加收名单" not in client.get("/desk/cases/").content.decode()


def test_a_steward_sees_its_own_body_only(batch: Any, at_desk: Callable[..., Client]) -> None:
    own = at_desk("steward", "yz-environment")
    other = at_desk("steward", "yz-market")
    assert own.get(f"/desk/batches/{batch.pk}/").status_code == 200
    assert other.get(f"/desk/batches/{batch.pk}/").status_code == 404
    assert f'/desk/batches/{batch.pk}/"' not in other.get("/desk/batches/").content.decode()
    assert other.get(f"/desk/batches/{batch.pk}/refused.xlsx").status_code == 404
    exported = b"".join(other.get("/desk/batches/?export=csv").streaming_content)  # type: ignore[attr-defined]
    assert b"environment" not in exported


def test_a_subject_is_shown_only_after_a_purpose_is_logged(
    firms: dict[str, int], at_desk: Callable[..., Client]
) -> None:
    client, subject = at_desk("case_officer"), min(firms.values())
    asked = client.get(f"/desk/subject/{subject}").content.decode()
    assert "为什么要看" in asked
    assert not Look.objects.exists()
    client.post(f"/desk/subject/{subject}", {"purpose": "", "case_number": ""})
    assert not Look.objects.exists()
    shown = client.post(f"/desk/subject/{subject}", {"purpose": "permit", "case_number": "许〔2026〕1号"})
    assert "本次查看已记录" in shown.content.decode()
    look = Look.objects.get(subject=subject)
    assert (look.purpose, look.case_number) == ("行政许可审查", "许〔2026〕1号")


def test_nothing_is_shown_when_the_log_cannot_be_written(
    firms: dict[str, int], at_desk: Callable[..., Client], monkeypatch: Any
) -> None:
    from chengxin.core.errors import HouseFault
    from chengxin.ledger.looks import log

    def broken(*_words: Any, **_more: Any) -> None:
        raise HouseFault("adoption.bundle_missing", sha256="disk full")

    monkeypatch.setattr(log, "look", broken)
    subject = min(firms.values())
    answer = at_desk("case_officer").post(f"/desk/subject/{subject}", {"purpose": "permit"})
    assert answer.status_code == 500
    assert (
        "记录" not in answer.content.decode().split("<main")[1].split("reference")[0]
        or "编号" in answer.content.decode()
    )


def test_the_log_is_kept_in_chinese_for_the_subject_to_read(
    firms: dict[str, int], at_desk: Callable[..., Client]
) -> None:
    client = at_desk("case_officer")
    client.post("/language", {"language": "en", "next": "/desk/"})
    client.post(f"/desk/subject/{min(firms.values())}", {"purpose": "permit"})
    assert Look.objects.get().purpose == "行政许可审查"


def test_the_desk_speaks_english(levied: Any, at_desk: Callable[..., Client]) -> None:
    client = at_desk("case_officer")
    client.post("/language", {"language": "en", "next": "/desk/"})
    shown = client.get("/desk/").content.decode()
    assert "Today&#x27;s work" in shown
    assert "days past the deadline" in shown


def test_an_upload_of_a_strange_file_is_refused_before_it_is_kept(
    at_desk: Callable[..., Client], today: date
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from chengxin.faces.models import Task

    client = at_desk("steward", "yz-environment")
    given = {"file": SimpleUploadedFile("x.exe", b"MZ"), "told_on": today.isoformat()}
    answer = client.post("/desk/intake/environment_grade/upload", given)
    assert answer.status_code == 400
    assert "这种文件不收" in answer.content.decode()
    assert not Task.objects.exists()


def test_an_upload_is_queued_and_watched(at_desk: Callable[..., Client], today: date) -> None:
    from pathlib import Path

    from django.core.files.uploadedfile import SimpleUploadedFile

    from chengxin.faces.models import Task

    client = at_desk("steward", "yz-environment")
    given = {"file": SimpleUploadedFile("色.csv", b"a,b\n"), "told_on": today.isoformat()}
    answer = client.post("/desk/intake/environment_grade/upload", given)
    task = Task.objects.get()
    assert answer["Location"] == f"/desk/intake/task/{task.pk}"
    assert Path(task.payload["path"]).read_bytes() == b"a,b\n"
    Task.objects.update(state="running", stage="judge", done=50, total=200)
    part = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert 'value="25"' in part
    assert "<html" not in part
    assert at_desk("steward", "yz-market").get(answer["Location"]).status_code == 404


def test_a_refused_file_says_why_and_changes_nothing(at_desk: Callable[..., Client], person: Any) -> None:
    from chengxin.core.errors import MissingError
    from chengxin.faces.models import Task

    client = at_desk("steward", "yz-environment")
    who = person("steward", "yz-environment")
    result = MissingError("door.no_such", number="表头").as_dict()
    task = Task.objects.create(
        kind="load", payload={"item": "environment_grade", "file_name": "x.csv"}, official=who.pk,
        state="refused", result=result, asked_at=timezone.now(),
    )  # fmt: skip
    shown = client.get(f"/desk/intake/task/{task.pk}").content.decode()
    assert "表头" in shown
    assert "什么都没有改动" in shown


HEADER = "统一社会信用代码,企业名称,评价周期,评价等级,结果类别,公布日期,公布文号,评定机关\n"
GOOD = "{code},{name},2025,红色,评价,2026-01-05,云泽环信评〔2026〕1号,云泽市生态环境局\n"


def sent(client: Client, text: str, today: date, name: str = "色.csv") -> Any:
    """A file handed in at the desk and taken by the worker; gives its task."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from chengxin.faces.jobs import kinds, worker
    from chengxin.faces.models import Task

    given = {"file": SimpleUploadedFile(name, text.encode("gb18030")), "told_on": today.isoformat()}
    client.post("/desk/intake/environment_grade/upload", given)
    task = Task.objects.latest("pk")
    worker.do(task, kinds.KINDS["load"])
    task.refresh_from_db()
    return task


@pytest.mark.django_db(databases=["default", "looks"], transaction=True)
def test_a_file_goes_the_whole_way_and_its_bad_row_comes_back(
    firms: dict[str, int], at_desk: Callable[..., Client], today: date
) -> None:
    from chengxin.records.models import Batch
    from chengxin.subjects.registry import card

    name, subject = min(firms.items(), key=lambda one: one[1])
    code = card(subject).code
    bad = code[:-1] + ("0" if code[-1] != "0" else "1")
    client = at_desk("steward", "yz-environment")
    rows = GOOD.format(code=code, name=name) + GOOD.format(code=bad, name="某某电镀有限公司").replace(
        "2025", "2024"
    )
    task = sent(client, HEADER + rows, today)
    assert task.state == "done", task.result
    shown = client.get(f"/desk/intake/task/{task.pk}").content.decode()
    assert "读到 2 行" in shown
    batch = Batch.objects.get(pk=task.result["batch"])
    assert (batch.taken, batch.quarantined) == (1, 1)
    refused = client.get(f"/desk/batches/{batch.pk}/refused").content.decode()
    assert bad in refused
    assert "确认原件如此" in refused
    sheet = client.get(f"/desk/batches/{batch.pk}/refused.xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    row = client.get(f"/desk/batches/{batch.pk}/refused?export=csv")
    number = int(b"".join(row.streaming_content).decode("utf-8-sig").splitlines()[1].split(",")[0])  # type: ignore[attr-defined]
    said = {"reason": "与登记机关核对", "sure": "on", "confirmed": "1"}
    answer = client.post(f"/desk/batches/{batch.pk}/refused/{number}", said)
    assert answer.status_code == 302, answer.content.decode()[-1500:]
    public = Client().get(f"/s/{code}").content.decode()
    assert "2025 环境信用评价：红色" in public
    answer = client.post(f"/desk/batches/{batch.pk}/withdraw", {"reason": "报错了", "confirmed": "1"})
    assert answer.status_code == 302
    assert "2025 环境信用评价：红色" not in Client().get(f"/s/{code}").content.decode()


@pytest.mark.django_db(databases=["default", "looks"], transaction=True)
def test_one_record_by_hand_and_a_nil_report(
    firms: dict[str, int], at_desk: Callable[..., Client], today: date
) -> None:
    from chengxin.records.models import Batch
    from chengxin.subjects.registry import card

    name, subject = min(firms.items(), key=lambda one: one[1])
    client, code = at_desk("steward", "yz-environment"), card(subject).code
    said = {
        "uscc": code, "name": name, "period": "2025", "colour": "blue", "kind": "rating",
        "published_on": "2026-01-05", "document_number": "云泽环信评〔2026〕1号",
    }  # fmt: skip
    checked = client.post("/desk/intake/environment_grade/single", said).content.decode()
    assert "请核对您填的内容" in checked
    assert "蓝色" in checked
    answer = client.post("/desk/intake/environment_grade/single", {**said, "confirmed": "1"})
    assert answer.status_code == 302
    assert "2025 环境信用评价：蓝色" in Client().get(f"/s/{code}").content.decode()
    answer = client.post("/desk/intake/environment_grade/nil", {"told_on": today.isoformat(), "sure": "on"})
    assert answer.status_code == 302
    assert Batch.objects.get(nil=True).agency == "yz-environment"


def test_one_of_two_columns_is_asked_for_before_the_receipt(at_desk: Callable[..., Client]) -> None:
    from chengxin.records.models import Batch

    said = {"name": "云泽海澜印染有限公司", "period": "2025", "colour": "blue", "kind": "rating"}
    page = at_desk("steward", "yz-environment").post(
        "/desk/intake/environment_grade/single", {**said, "published_on": "2026-01-05"}
    )
    shown = page.content.decode()
    assert "请核对您填的内容" not in shown
    assert shown.count("统一社会信用代码、排污许可证编号至少填一项。") >= 2
    assert not Batch.objects.exists()


def test_the_months_chart_shows_the_months_nothing_came_in(
    batch: Any, at_desk: Callable[..., Client]
) -> None:
    """Its caption asks to look for months without a report: they have to be there to be seen."""
    shown = at_desk("steward", "yz-environment").get("/desk/pictures/").content.decode()
    assert len(set(re.findall(r"\b20\d\d-[01]\d\b(?!-)", shown))) == 12


def test_how_often_an_item_is_handed_in_reads_as_words(at_desk: Callable[..., Client]) -> None:
    shown = at_desk("steward", "yz-environment").get("/desk/intake/").content.decode()
    assert "7 个工作日内" in shown
    assert "within" not in shown.split("<main", 1)[1]


@pytest.mark.django_db(databases=["default", "looks"], transaction=True)
def test_a_row_without_a_proved_code_waits_and_is_linked_by_an_official(
    firms: dict[str, int], at_desk: Callable[..., Client], today: date
) -> None:
    from chengxin.subjects.linkage import Linkage
    from chengxin.subjects.registry import card

    name, subject = min(firms.items(), key=lambda one: one[1])
    client = at_desk("steward", "yz-environment")
    said = {"party_name": name, "decided_by": "云泽市生态环境局", "document_number": "云泽环罚〔2026〕1号"}
    client.post("/desk/intake/administrative_penalty/single", {**said, "confirmed": "1"})
    waiting = client.get("/desk/unlinked/").content.decode()
    assert name in waiting
    number = waiting.split('href="/desk/unlinked/')[1].split('"')[0]
    while not number.isdigit():
        waiting = waiting.split('href="/desk/unlinked/', 1)[1]
        number = waiting.split('href="/desk/unlinked/')[1].split('"')[0]
    shown = client.get(f"/desk/unlinked/{number}").content.decode()
    assert card(subject).code in shown
    assert Look.objects.filter(subject=subject).exists()
    assert "行政处罚" not in Client().get(f"/s/{card(subject).code}").content.decode()
    linked = client.post(f"/desk/unlinked/{number}", {"subject": str(subject), "reason": "电话核实"})
    assert linked.status_code == 302
    assert Linkage.objects.get(record=int(number)).subject == subject
    assert name not in client.get("/desk/unlinked/").content.decode()


@pytest.mark.django_db(databases=["default", "looks"], transaction=True)
def test_a_proven_row_cannot_be_laid_to_another_by_its_name(
    store: Any, firms: dict[str, int], at_desk: Callable[..., Client]
) -> None:
    """House law 6: looking links nothing, and what a code proved is not for guessing."""
    import pyarrow.parquet as pq

    from chengxin.records.models import Sheet
    from chengxin.subjects.linkage import Linkage
    from chengxin.subjects.registry import card

    (name, subject), (_, other) = sorted(firms.items(), key=lambda one: one[1])[:2]
    client = at_desk("steward", "yz-environment")
    said = {"party_name": name, "decided_by": "云泽市生态环境局", "document_number": "云泽环罚〔2026〕1号"}
    for more in ({"uscc": card(subject).code}, {}):
        client.post("/desk/intake/administrative_penalty/single", {**said, **more, "confirmed": "1"})
    sealed = [store.sheet(sheet.sha256) for sheet in Sheet.objects.order_by("id")]
    proved, bare = (pq.read_table(path)["record"][0].as_py() for path in sealed)
    to = {"subject": str(other), "reason": "名称相同"}
    assert client.get(f"/desk/unlinked/{proved}").status_code == 404
    assert client.post(f"/desk/unlinked/{proved}", to).status_code == 404
    assert client.get(f"/desk/unlinked/{bare}").status_code == 200
    client.post(f"/desk/unlinked/{bare}", {"subject": str(subject), "reason": ""})
    assert not Linkage.objects.exists(), "neither a look nor a choice without a reason"


@pytest.mark.django_db(databases=["default", "looks"], transaction=True)
def test_a_batch_is_corrected_by_a_whole_file(
    firms: dict[str, int], at_desk: Callable[..., Client], today: date
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from chengxin.records.models import Batch
    from chengxin.subjects.registry import card

    name, subject = min(firms.items(), key=lambda one: one[1])
    client, code = at_desk("steward", "yz-environment"), card(subject).code
    task = sent(client, HEADER + GOOD.format(code=code, name=name), today)
    right = (HEADER + GOOD.format(code=code, name=name)).replace("红色", "绿色").encode()
    given = {"file": SimpleUploadedFile("改.csv", right), "reason": "颜色录错"}
    answer = client.post(f"/desk/batches/{task.result['batch']}/correct", given)
    assert answer.status_code == 302, answer.content.decode()[-1200:]
    shown = Client().get(f"/s/{code}").content.decode()
    assert "2025 环境信用评价：绿色" in shown
    assert "2025 环境信用评价：红色" not in shown
    assert Batch.objects.latest("pk").corrects_id == task.result["batch"]
