"""The gate's desk page: a list pasted or uploaded, looks first, the answers as a page and as a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chengxin.ledger.looks.models import Look
from chengxin.subjects.registry import card
from tests.faces.test_gate_door import limited

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
__all__ = ["limited"]
ASKED = {"matter": "public_loan", "purpose": "财政资金审核", "case": "受理〔2026〕12号", "role": ""}
HIT, FREE = "云泽海澜印染有限公司", "云泽清源电镀有限公司"


@pytest.fixture
def desk(at_desk: Callable[..., Client], limited: str) -> Client:
    return at_desk("case_officer")


def workbook(rows: list[list[str]]) -> SimpleUploadedFile:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return SimpleUploadedFile("list.xlsx", file.getvalue())


def test_a_pasted_list_is_answered_with_article_body_and_contact(
    desk: Client, limited: str, firms: dict[str, int]
) -> None:
    text = f"{limited}\n{FREE}\n没有这一家公司\n91320600MA0000000X\n"
    answer = desk.post("/desk/gate/", {**ASKED, "text": text}, follow=True)
    shown = answer.content.decode()
    assert answer.redirect_chain, shown
    assert "不予财政资金支持" in shown
    assert "可以实施" in shown
    assert "请改用统一社会信用代码核查" in shown
    assert "没有主体持有这个代码" in shown
    rows = {row["place"]: row["answer"] for row in answer.context["table"].rows}
    assert rows == {1: "may_apply", 2: "none", 3: "unknown", 4: "unknown"}
    assert set(Look.objects.values_list("subject", flat=True)) == {firms[HIT], firms[FREE]}
    assert {look.case_number for look in Look.objects.filter(door="desk:gate")} == {"受理〔2026〕12号"}


def test_a_workbook_is_read_by_its_header_and_comes_back_as_one(desk: Client, limited: str) -> None:
    upload = workbook([["名单", ""], ["企业名称", "统一社会信用代码"], [FREE, ""], [HIT, limited]])
    answer = desk.post("/desk/gate/", {**ASKED, "file": upload}, follow=True)
    assert [row["answer"] for row in answer.context["table"].rows] == ["none", "may_apply"]
    before = Look.objects.count()
    file = desk.get(answer.redirect_chain[-1][0] + "?export=xlsx&table=gate")
    assert file["Content-Type"].endswith("spreadsheetml.sheet")
    assert b"".join(file.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert Look.objects.count() == before + 2


def test_a_text_table_in_gb18030_is_read_too(desk: Client, limited: str) -> None:
    table = f"序号,企业名称,统一社会信用代码\n1,{HIT},{limited}\n2,{FREE},\n".encode("gb18030")
    answer = desk.post("/desk/gate/", {**ASKED, "file": SimpleUploadedFile("l.csv", table)}, follow=True)
    assert [row["answer"] for row in answer.context["table"].rows] == ["may_apply", "none"]


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"text": "x", "file": SimpleUploadedFile("a.csv", b"x")},
        {"text": "\n".join(f"第{n}厂" for n in range(10_001))},
        {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 ...")},
        {"text": "x", "purpose": ""},
        {"text": "x", "case": ""},
    ],
)
def test_what_is_no_list_is_refused_and_nobody_is_looked_at(desk: Client, words: dict[str, Any]) -> None:
    answer = desk.post("/desk/gate/", {**ASKED, **words})
    assert answer.status_code == 200
    assert "error" in answer.content.decode()
    assert not Look.objects.exists()


def test_a_name_that_several_bear_or_bore_tells_nobody(store: Any, firms: dict[str, int]) -> None:
    from chengxin.subjects.models import Name
    from chengxin.subjects.search import index_names, named

    for subject, text in ((firms[HIT], "云泽海澜纺织厂"), (firms[FREE], HIT)):
        Name.objects.create(
            subject=subject, text=text, normal=text, kind="former", since=timezone.now() - timedelta(days=99)
        )
    index_names(store)
    assert named(store, [HIT, "云泽海澜纺织厂", f" {FREE}", "无此一家", ""]) == [
        firms[HIT], None, firms[FREE], None, None,
    ]  # fmt: skip


def test_a_result_is_for_whoever_asked(
    desk: Client, at_desk: Callable[..., Client], limited: str, firms: dict[str, int]
) -> None:
    answer = desk.post("/desk/gate/", {**ASKED, "text": limited}, follow=True)
    address = answer.redirect_chain[-1][0]
    assert desk.get(address).status_code == 200
    assert at_desk("head").get(address).status_code == 404
    assert desk.get("/desk/gate/" + "0" * 32 + "/").status_code == 404
    assert at_desk("steward").get("/desk/gate/").status_code == 403


def test_a_persons_number_is_not_kept_in_clear(desk: Client, opened: Any, limited: str) -> None:
    answer = desk.post("/desk/gate/", {**ASKED, "text": "110101199003070038"}, follow=True)
    assert "110101199003070038" not in answer.content.decode()
    assert all("110101199003070038" not in path.read_text() for path in (opened / "checks").glob("*"))


def test_a_firm_is_named_beside_what_was_typed(desk: Client, limited: str, firms: dict[str, int]) -> None:
    answer = desk.post("/desk/gate/", {**ASKED, "text": HIT}, follow=True)
    (row,) = answer.context["table"].rows
    assert (row["name"], row["code"]) == (HIT, card(firms[HIT]).code)
