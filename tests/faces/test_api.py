"""The API: what anyone may ask, what needs a key, and problems that say how to mend the call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
GOOD = (
    "企业名称,统一社会信用代码,成立日期\n"
    "云泽墨竹印刷有限公司,{},2016-03-01\n"
    "云泽坏码有限公司,9132060012345678XX,2016-03-01\n"
)


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


@pytest.fixture
def keyed(person: Callable[..., Any]) -> Callable[..., dict[str, str]]:
    """Headers of a call that speaks as an official of a role."""
    from chengxin.ledger.officials import issue_key

    def headers(role: str = "steward", agency: str = "yz-market") -> dict[str, str]:
        return {"HTTP_AUTHORIZATION": f"Bearer {issue_key(person(role, agency), 'test', now=timezone.now())}"}

    return headers


def _file(body: str) -> dict[str, Any]:
    return {"item": "organisation", "file": SimpleUploadedFile("登记.csv", body.encode("gb18030"))}


def test_anyone_may_search_and_see_what_is_public(client: Client, firms: dict[str, int]) -> None:
    (hit,) = client.get("/api/v1/subjects", {"q": "海澜印染"}).json()
    assert hit["name"] == "云泽海澜印染有限公司"
    told = client.get(f"/api/v1/subjects/{hit['code']}").json()
    assert told["subject"]["name"] == hit["name"]
    assert told["public"]["in_force"] == []


def test_a_part_of_a_code_that_finds_nobody_is_refused_with_what_a_code_needs(
    client: Client, firms: dict[str, int]
) -> None:
    answer = client.get("/api/v1/subjects", {"q": "9132"})
    told = answer.json()
    assert (answer.status_code, told["type"]) == (400, "urn:chengxin:problem:search.part_of_code")
    assert "18 位" in told["hint_zh"]
    assert "18 characters" in told["hint_en"]
    assert len(client.get("/api/v1/subjects", {"q": "91320600"}).json()) == 3
    assert client.get("/api/v1/subjects", {"q": "没有这家"}).json() == []


def test_an_unknown_code_is_a_problem_that_helps(client: Client, opened: Any) -> None:
    answer = client.get("/api/v1/subjects/91320600MA0DEM0A15")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:chengxin:problem:door.no_subject"
    assert answer.json()["hint_zh"]
    assert answer.json()["hint_en"]


def test_a_person_does_not_exist_for_this_door(client: Client, opened: Any) -> None:
    from chengxin.subjects.models import Identifier, Subject

    Subject.objects.create(id=900001, kind="person", region="320600")
    Identifier.objects.create(subject=900001, scheme="passport", code="E00000001", since=timezone.now())
    assert client.get("/api/v1/subjects/E00000001").status_code == 404


def test_handing_in_needs_a_key_a_role_and_an_idempotency_key(client: Client, keyed: Any) -> None:
    assert client.post("/api/v1/batches", _file(GOOD)).status_code == 401
    answer = client.post("/api/v1/batches", _file(GOOD), **keyed())
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["hint_zh"] + answer.json()["title"]
    auditor = keyed("auditor", "yz-credit")
    refused = client.post("/api/v1/batches", _file(GOOD), HTTP_IDEMPOTENCY_KEY="a1", **auditor)
    assert refused.status_code == 403


def test_the_same_call_twice_gives_the_same_receipt(client: Client, keyed: Any, coded_firm: str) -> None:
    words = {**keyed(), "HTTP_IDEMPOTENCY_KEY": "k-1"}
    first = client.post("/api/v1/batches", _file(GOOD.format(coded_firm)), **words).json()
    again = client.post("/api/v1/batches", _file(GOOD.format(coded_firm)), **words).json()
    assert (first["read"], first["taken"], first["quarantined"]) == (2, 1, 1)
    assert {**again, "seconds": 0} == {**first, "seconds": 0}


def test_the_refused_rows_come_back_within_scope_only(client: Client, keyed: Any, coded_firm: str) -> None:
    mine = keyed()
    words = {**mine, "HTTP_IDEMPOTENCY_KEY": "k-2"}
    batch = client.post("/api/v1/batches", _file(GOOD.format(coded_firm)), **words).json()["batch"]
    sheet = client.get(f"/api/v1/batches/{batch}/refused.xlsx", **mine)
    assert sheet.content.startswith(b"PK")
    assert [row["id"] for row in client.get("/api/v1/batches", **mine).json()["batches"]] == [batch]
    other = keyed("steward", "yz-environment")
    assert client.get("/api/v1/batches", **other).json()["batches"] == []
    assert client.get(f"/api/v1/batches/{batch}/refused.xlsx", **other).status_code == 404


def test_an_upload_may_be_answered_later(client: Client, keyed: Any, coded_firm: str) -> None:
    from chengxin.faces.jobs import worker

    words = {**keyed(), "HTTP_IDEMPOTENCY_KEY": "k-3", "HTTP_PREFER": "respond-async"}
    answer = client.post("/api/v1/batches", _file(GOOD.format(coded_firm)), **words)
    assert answer.status_code == 202
    assert worker.round_of_work() == 1
    told = client.get(f"/api/v1/tasks/{answer.json()['id']}", **keyed()).json()
    assert told["state"] == "done"
    assert told["result"]["taken"] == 1


def test_a_file_that_cannot_be_taken_is_refused_whole(client: Client, keyed: Any) -> None:
    words = {**keyed(), "HTTP_IDEMPOTENCY_KEY": "k-4"}
    answer = client.post("/api/v1/batches", _file("甲,乙\n1,2\n"), **words)
    assert answer.status_code == 400
    assert answer.json()["detail_en"]
    assert client.get("/api/v1/batches", **keyed()).json()["batches"] == []


def test_changes_are_read_forward_by_number(client: Client, keyed: Any, coded_firm: str) -> None:
    from chengxin.ledger.sealing import seal

    words = {**keyed(), "HTTP_IDEMPOTENCY_KEY": "k-5"}
    client.post("/api/v1/batches", _file(GOOD.format(coded_firm)), **words)
    seal(timezone.now())
    reader = keyed("case_officer", "yz-price")
    page = client.get("/api/v1/changes", **reader).json()
    assert [row["number"] for row in page["changes"]] == list(range(1, page["next"] + 1))
    assert {"batch", "act"} <= {row["kind"] for row in page["changes"]}
    assert client.get("/api/v1/changes", {"after": page["next"]}, **reader).json()["changes"] == []


def test_the_description_is_openapi_3_1_and_names_every_call(client: Client, opened: Any) -> None:
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert {"/api/v1/batches", "/api/v1/subjects/{code}", "/api/v1/changes"} <= set(told["paths"])


def test_the_catalogue_tells_the_shape_of_a_row(client: Client, opened: Any) -> None:
    names = {row["name"] for row in client.get("/api/v1/catalogue").json()}
    assert {"organisation", "environment_grade"} <= names
    shape = client.get("/api/v1/catalogue/environment_grade/schema").json()
    assert shape["properties"]["colour"]["enum"] == ["green", "blue", "yellow", "red", "black"]
    assert shape["x-basis"]


def test_too_many_calls_wait(client: Client, opened: Any) -> None:
    answers = [client.get("/api/v1/catalogue").status_code for _ in range(121)]
    assert answers[-1] == 429
