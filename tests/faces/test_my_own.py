"""Whatever a party asks for at its own door, it sees its own subject: numbers drawn at random, the tables the judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengxin.cases.models import Act, Case
from chengxin.faces.models import Account
from chengxin.ledger.looks.log import look
from chengxin.ledger.looks.models import Look
from chengxin.subjects.models import Name
from tests.faces.test_my import PASSWORD

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
READ = (
    "", "records/", "decisions/", "matters/", "looks/", "looks/?before={n}", "matters/{n}/", "looks/{n}/question",
    "matters/{n}/paper/{m}.pdf", "matters/{n}/exhibit/{m}", "matters/{n}/evidence.zip", "matters/{n}/do/{kind}",
)  # fmt: skip
WRITTEN = ("matters/{n}/do/{kind}", "matters/{n}/open", "looks/{n}/question")
KINDS = ("state", "object", "own_words", "agree_service", "ask_review", "urge", "decide", "repair")
SAID = {"text": "一段话。", "ground": "error", "address": "a@b.example", "sure": "on"}


@pytest.fixture
def two(in_force: Callable[..., Any], person: Callable[..., Any]) -> dict[int, Client]:
    """Both firms of one list, each at its own door; both contested something and were looked at."""
    line = in_force()
    case = Case.objects.get(pk=line.case)
    clients = {}
    for subject in sorted(case.standpoints.filter(subject__gt=0).values_list("subject", flat=True)):
        Account.objects.create(
            provider="local", identity=f"w{subject}", name="代办人", subject=subject, since="2020-01-01",
            password=make_password(PASSWORD),
        )  # fmt: skip
        client = clients[subject] = Client()
        client.post("/my/login/local", {"identity": f"w{subject}", "password": PASSWORD})
        filed = client.post(f"/my/matters/{case.pk}/do/object", {**SAID, "text": f"我是{subject}。"})
        assert filed.status_code == 302
        look(person("case_officer"), [subject], door="desk", purpose=f"看{subject}", now=timezone.now())
    return clients


def own_acts(subject: int) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.id from cases_act a join cases_case c on c.id = a.case_id "
            "where a.subject = %s or (a.subject is null and c.subject = %s)",
            [subject, subject],
        )
        return {row[0] for row in cursor.fetchall()}


def own_exhibits(subject: int) -> set[int]:
    acts = Act.objects.filter(pk__in=own_acts(subject))
    return {number for act in acts for number in act.cites.get("exhibits", ())}


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_party_reads_and_writes_its_own_subject_alone(two: dict[int, Client]) -> None:
    subjects = sorted(two)
    names = {subject: Name.objects.filter(subject=subject).first().text for subject in subjects}
    most = max(Act.objects.latest("pk").pk, Look.objects.latest("pk").pk) + 2

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(subjects), st.sampled_from(READ), st.integers(0, most), st.integers(0, most),
        st.sampled_from(KINDS),
    )  # fmt: skip
    def reads(subject: int, address: str, n: int, m: int, kind: str) -> None:
        answer = two[subject].get("/my/" + address.format(n=n, m=m, kind=kind))
        assert answer.status_code in {200, 404, 409}
        if answer.status_code != 200:
            return
        shown = body(answer)
        for other in subjects:
            if other != subject:
                assert names[other].encode() not in shown
                assert f"我是{other}".encode() not in shown
                assert f"看{other}".encode() not in shown
        if "paper" in address:
            assert m in own_acts(subject)
        if "exhibit" in address:
            assert m in own_exhibits(subject)
        if address.startswith("looks/{n}"):
            assert Look.objects.get(pk=n).subject == subject

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(subjects), st.sampled_from(WRITTEN), st.integers(0, most), st.sampled_from(KINDS),
    )  # fmt: skip
    def writes(subject: int, address: str, n: int, kind: str) -> None:
        before = set(Act.objects.values_list("pk", flat=True))
        answer = two[subject].post("/my/" + address.format(n=n, kind=kind), SAID)
        assert answer.status_code in {200, 302, 400, 403, 404, 409}
        for act in Act.objects.exclude(pk__in=before):
            assert (act.subject, act.official) == (subject, None)

    reads()
    writes()
