"""The gate's doors: the key, purpose and case first, the look on disk, and only then an answer."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from chengxin.ledger.looks import log
from chengxin.ledger.looks.log import looks_at
from chengxin.ledger.looks.models import Look
from chengxin.policy.programs import Effect, Matter
from tests.hands import adopt_by_two

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
ASKED = {"matter": "public_loan", "purpose": "财政资金审核", "case": "受理〔2026〕12号"}


@pytest.fixture
def limited(firms: dict[str, int], store: Any, today: Any) -> str:
    """The code of a firm on whom a measure stands, under a bundle whose measure names a matter."""
    from chengxin.cases.adopted import current_bundle
    from chengxin.effects.models import Standing
    from chengxin.subjects.registry import card

    house = current_bundle(today, store).house
    program = house.programs["sewage_tariff"]
    basis = next(iter(program.effects.values())).basis
    limit = Effect(
        "no_subsidy", "measure", adverse=True, title="不予财政资金支持", title_en="No subsidy", basis=basis,
        on_objection="freeze", group="B", listed="dir-2024#B1",
        matters=(Matter("public_loan", "财政性资金申请", "public funds", "discretionary"),),
    )  # fmt: skip
    program = dataclasses.replace(program, effects={**program.effects, "no_subsidy": limit})
    house = dataclasses.replace(house, programs={**house.programs, "sewage_tariff": program})
    adopt_by_two(house, since=today, on=today, at=timezone.now(), store=store)
    subject = firms["云泽海澜印染有限公司"]
    Standing.objects.create(
        subject=subject, kind="measure", program="sewage_tariff", effect="no_subsidy", title=limit.title,
        adverse=True, article=basis, agency="yz-price", region="320600", since=today, body={},
    )  # fmt: skip
    return card(subject).code


@pytest.fixture
def ask(client: Client, person: Callable[..., Any]) -> Callable[..., Any]:
    from chengxin.ledger.officials import issue_key

    def plain(role: str = "partner", **words: Any) -> Any:
        key = issue_key(person(role), "test", now=timezone.now())
        return client.post(
            "/api/v1/gate", json.dumps(words), content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {key}",
        )  # fmt: skip

    def asked(role: str = "partner", **words: Any) -> Any:
        return plain(role, **{**ASKED, **words})

    asked.plain = plain  # type: ignore[attr-defined]
    return asked


def test_one_is_answered_and_its_look_is_there(ask: Any, limited: str, firms: dict[str, int]) -> None:
    told = ask(code=limited).json()
    assert told["answer"] == "may_apply"
    assert [measure["title"] for measure in told["measures"]] == ["不予财政资金支持"]
    (seen,) = looks_at(firms["云泽海澜印染有限公司"])
    assert (seen.purpose, seen.case_number, seen.door) == (ASKED["purpose"], ASKED["case"], "api:gate")


def test_a_batch_is_answered_in_its_order_with_one_look_a_subject(
    ask: Any, limited: str, firms: dict[str, int]
) -> None:
    from chengxin.subjects.registry import card

    other = card(firms["云泽清源电镀有限公司"]).code
    told = ask(codes=[other, "91320600MA0000000X", limited, limited.lower()]).json()["answers"]
    assert [each["answer"] for each in told] == ["none", "unknown", "may_apply", "may_apply"]
    assert "sentence" in told[1]
    assert Look.objects.count() == 2


def test_nothing_is_answered_where_the_log_cannot_be_written(
    ask: Any, limited: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_slips: Any) -> None:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(log._together, "_work", broken)
    refused = ask(code=limited)
    assert refused.status_code == 500
    assert "不予财政资金支持" not in refused.content.decode()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"code": "x", "purpose": " "}, 403),
        ({"code": "x", "case": ""}, 403),
        ({"code": "x", "case": None}, 400),
        ({"code": "x", "codes": []}, 400),
        ({"codes": "x"}, 400),
        ({"codes": [1]}, 400),
        ({}, 400),
        ({"code": "x", "matter": 3}, 400),
        ({"code": "x", "item": "I-1"}, 400),
        ({"code": "x", "case": "\x00"}, 400),
        ({"code": "x", "purpose": "\ud800"}, 400),
        ({"codes": ["x"] * 20_001}, 400),
    ],
)
def test_a_question_that_is_not_one_is_refused(ask: Any, opened: Any, words: Any, status: int) -> None:
    refused = ask(**words)
    assert refused.status_code == status, refused.content
    assert refused["Content-Type"] == "application/problem+json"
    assert not Look.objects.exists()


def test_who_may_not_is_told_so(client: Client, ask: Any, limited: str) -> None:
    assert client.post("/api/v1/gate", "{}", content_type="application/json").status_code == 401
    assert ask("steward", code=limited).status_code == 403
    assert not Look.objects.exists()


def test_those_who_ask_at_the_same_time_are_answered_each_their_own(
    limited: str, firms: dict[str, int], person: Callable[..., Any]
) -> None:
    from chengxin.core.errors import ChengxinError
    from chengxin.faces import gating
    from chengxin.ledger.officials import issue_key
    from chengxin.subjects.registry import card

    ours, theirs, stranger = (
        issue_key(person(role, agency), "test", now=timezone.now())
        for role, agency in (("partner", "yz-price"), ("partner", "yz-water"), ("steward", "yz-price"))
    )
    free = card(firms["云泽清源电镀有限公司"]).code
    question, other = (gating.Words(matter, "审核", "受理1号") for matter in ("public_loan", "no_such"))
    told = gating._served(
        [
            gating.Slip(ours, question, [limited]),
            gating.Slip(stranger, question, [limited]),
            gating.Slip(theirs, question, [free, limited]),
            gating.Slip("cx_nobody", question, [limited]),
            gating.Slip(ours, other, [limited]),
            gating.Slip(ours, gating.Words("public_loan", "审核", ""), [limited]),
        ]
    )
    assert [
        each.id if isinstance(each, ChengxinError) else [one.answer for one in each.answers] for each in told
    ] == [
        ["may_apply"], "official.may_not", ["none", "may_apply"], "door.no_key", ["unknown"], "gate.no_case",
    ]  # fmt: skip
    assert sorted(Look.objects.values_list("agency", "subject")) == sorted(
        [("yz-price", firms["云泽海澜印染有限公司"])] * 2
        + [("yz-water", firms[name]) for name in ("云泽海澜印染有限公司", "云泽清源电镀有限公司")]
    )


def test_a_person_is_asked_for_by_number_and_never_by_a_digest(
    ask: Any, limited: str, settings: Any, today: Any
) -> None:
    from chengxin.effects.models import Standing
    from chengxin.subjects.models import Identifier, Subject
    from chengxin.subjects.persons import digest

    number = "110101199003070038"
    sealed = digest(number, settings.DIGEST_KEY)
    Subject.objects.create(id=900001, kind="person", region="320600")
    Identifier.objects.create(subject=900001, scheme="id_number", code=sealed, since=timezone.now())
    Standing.objects.filter(effect="no_subsidy").update(subject=900001)
    assert ask(code=number).json()["answer"] == "may_apply"
    assert ask(code=sealed).json()["answer"] == "unknown"
    assert ask(code=limited).json()["answer"] == "none"


def test_the_description_names_it(client: Client, opened: Any) -> None:
    described = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/gate"]
    assert described["post"]["security"]


def test_the_subject_reads_who_looked_and_never_the_officer(
    client: Client, ask: Any, limited: str, person: Callable[..., Any]
) -> None:
    from chengxin.ledger.officials import issue_key

    ask(code=limited)
    key = issue_key(person("case_officer"), "counter", now=timezone.now())
    address = f"/api/v1/subjects/{limited}/looks?case=窗口〔2026〕3号"
    answer = client.get(address, HTTP_AUTHORIZATION=f"Bearer {key}")
    newest, earlier = answer.json()
    assert (newest["case_number"], newest["door"]) == ("窗口〔2026〕3号", "api:looks")
    assert (earlier["purpose"], earlier["agency"], earlier["post"]) == (ASKED["purpose"], "yz-price", "科员")
    assert "林启" not in answer.content.decode()
    assert client.get(address).status_code == 401


@pytest.fixture
def terms(person: Callable[..., Any], store: Any, today: Any, limited: str) -> Callable[..., Any]:
    """Sets the terms of the partner's account."""
    from chengxin.cases.adopted import current_bundle
    from chengxin.effects.exchange.callers import settle

    def make(**more: Any) -> Any:
        words = {"per_minute": 100, "per_day": 1000, "items": {}, "origin": "", **more}
        house = current_bundle(today, store=store).house
        return settle(person("partner"), by=person("head"), house=house, now=timezone.now(), **words)

    return make


def test_whoever_asks_too_much_is_told_when_to_come_again(ask: Any, limited: str, terms: Any) -> None:
    terms(per_minute=100, per_day=3)
    first = ask(codes=[limited, limited])
    assert (first["RateLimit-Limit"], first["RateLimit-Remaining"]) == ("100", "98")
    looks = Look.objects.count()
    refused = ask(codes=[limited, limited])
    assert refused.status_code == 429
    assert refused.json()["type"].endswith("gate.over_quota")
    assert 1 <= int(refused["Retry-After"]) <= 86_400
    assert Look.objects.count() == looks
    assert ask(code=limited).status_code == 200


def test_an_item_of_ones_own_stands_for_the_matter(ask: Any, limited: str, terms: Any) -> None:
    terms(items={"ZJ-0007": "public_loan"})
    words = {**ASKED, "item": "ZJ-0007", "code": limited}
    del words["matter"]
    told = ask.plain(**words).json()
    assert (told["answer"], told["matter"], told["item"]) == ("may_apply", "public_loan", "ZJ-0007")
    assert ask.plain(**{**words, "item": "ZJ-0008"}).json()["type"].endswith("gate.no_item")


def test_terms_that_cannot_be_are_refused(terms: Any) -> None:
    from chengxin.core.errors import InputError

    for words in (
        {"per_minute": 0},
        {"origin": "https://hall.example.gov.cn/path"},
        {"origin": "javascript:alert(1)"},
        {"origin": "https://a.cn; script-src *"},
        {"items": {"A": "no_such"}},
    ):
        with pytest.raises(InputError):
            terms(**words)


def test_why_one_was_refused_is_kept_and_not_without_end(ask: Any, limited: str) -> None:
    from chengxin.effects.exchange.models import Refusal

    for _ in range(3):
        assert ask(code=limited, case="").status_code == 403
    assert ask(code=limited, codes=[]).status_code == 400
    assert sorted(Refusal.objects.values_list("error", flat=True)) == ["gate.no_case", "gate.unreadable"]
    assert Refusal.objects.first().words["hint_zh"]
