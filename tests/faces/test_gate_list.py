"""The signed list for a counter that is cut off: what is in it, that it lapses, and that a changed byte shows."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.test import Client
from django.utils import timezone

from chengxin.effects.exchange.envelope import public_key
from chengxin.effects.exchange.models import Subscriber, Told
from chengxin.effects.exchange.subscribing import Wish, person_key, subscribe
from chengxin.effects.models import Standing
from chengxin.faces import reference_list
from chengxin.ledger.looks.models import Look
from chengxin.ledger.models import Job
from chengxin.ledger.officials import issue_key
from tests.faces.test_gate_door import limited

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
__all__ = ["limited"]
NUMBER = "110101199003070038"


@pytest.fixture
def cut_off(person: Callable[..., Any], store: Any, today: Any, limited: str) -> Callable[..., Subscriber]:
    from chengxin.cases.adopted import current_bundle

    def make(**more: Any) -> Subscriber:
        words = {"kinds": ["measure"], "regions": ["320600"], "article": "js-credit-2021#16", **more}
        wish = Wish(name="hall", title="大厅", official=person("partner"), **words)
        return subscribe(
            wish, by=person("head"), house=current_bundle(today, store=store).house, now=timezone.now()
        )

    return make


@pytest.fixture
def fetch(client: Client, person: Callable[..., Any]) -> Callable[[], Any]:
    key = issue_key(person("partner"), "list", now=timezone.now())
    return lambda: client.get("/api/v1/gate/list", HTTP_AUTHORIZATION=f"Bearer {key}")


def checked(file: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """The stand-alone file, run by itself without any of the house's packages."""
    command = [sys.executable, "-I", str(Path(reference_list.__file__)), str(file), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_it_answers_as_the_gate_does_on_a_bare_machine(
    cut_off: Any, fetch: Any, limited: str, tmp_path: Path
) -> None:
    cut_off()
    file, key = tmp_path / "list.json", public_key(settings.EXCHANGE_KEY)
    file.write_text(fetch().content.decode(), "utf-8")
    status, told = checked(file, limited, "public_loan", "--key", key)
    assert (status, told["answer"]) == (0, "may_apply")
    assert told["measures"][0]["title"] == "不予财政资金支持"
    assert told["measures"][0]["contact"]
    assert checked(file, "91320600MA0000000X", "public_loan", "--key", key)[1]["answer"] == "none"
    assert checked(file, limited, "no_such", "--key", key)[1]["answer"] == "unknown"
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    other = "whpk_" + base64.b64encode(stranger).decode()
    assert checked(file, limited, "public_loan", "--key", other)[0] == 1


def test_it_lapses_after_a_day_and_a_changed_byte_shows(cut_off: Any, fetch: Any, limited: str) -> None:
    cut_off()
    file, key, now = fetch().json(), public_key(settings.EXCHANGE_KEY), datetime.now(UTC)
    assert reference_list.opened(file, key, now)[1] == ""
    assert "失效" in reference_list.opened(file, key, now + timedelta(hours=24))[1]
    assert "时钟" in reference_list.opened(file, key, now - timedelta(hours=1))[1]
    for place in range(0, len(file["list"]), 97):
        text = file["list"]
        changed = {**file, "list": text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]}
        assert "签名不符" in reference_list.opened(changed, key, now)[1]


def test_each_in_it_was_looked_at_and_told(cut_off: Any, fetch: Any, limited: str, firms: Any) -> None:
    cut_off()
    fetch()
    assert [(look.door, look.subject) for look in Look.objects.all()] == [
        ("api:gate-list", firms["云泽海澜印染有限公司"])
    ]
    assert Told.objects.get().matter == "offline"


def test_persons_stand_in_it_by_their_digest_and_only_where_named(
    cut_off: Any, fetch: Any, limited: str
) -> None:
    from chengxin.subjects.models import Identifier, PersonNumber, Subject
    from chengxin.subjects.persons import ciphers, digest

    Subject.objects.create(id=900001, kind="person", region="320600")
    sealed = digest(NUMBER, settings.DIGEST_KEY)
    Identifier.objects.create(subject=900001, scheme="id_number", code=sealed, since=timezone.now())
    PersonNumber.objects.create(subject=900001, cipher=ciphers([NUMBER], settings.WRAP_KEY)[0])
    Standing.objects.filter(effect="no_subsidy").update(subject=900001)
    hall = cut_off()
    assert json.loads(fetch().json()["list"])["subjects"] == {}
    Subscriber.objects.filter(pk=hall.pk).update(persons=True)
    text = fetch().json()["list"]
    assert list(json.loads(text)["subjects"]) == [digest(NUMBER, person_key(hall, settings.EXCHANGE_KEY))]
    assert NUMBER not in text
    assert sealed not in text


def test_as_many_queries_for_many_persons_as_for_two(cut_off: Any, fetch: Any, limited: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from chengxin.subjects.models import PersonNumber, Subject
    from chengxin.subjects.persons import ciphers

    line = Standing.objects.get(effect="no_subsidy")
    numbers = range(900001, 900041)
    clear = [f"11010119900307{number - 900000:04}" for number in numbers]
    sealed = ciphers(clear, settings.WRAP_KEY)
    Subject.objects.bulk_create(Subject(id=number, kind="person", region="320600") for number in numbers)
    PersonNumber.objects.bulk_create(map(PersonNumber, numbers, sealed))
    cut_off(persons=True)
    fetch()  # what is read once is read by now
    asked = []
    for some in (numbers[:2], numbers[2:]):
        for number in some:
            line.pk, line.subject = None, number
            line.save()
        Told.objects.all().delete()
        with CaptureQueriesContext(connection) as counted:
            assert len(json.loads(fetch().json()["list"])["subjects"]) == number - numbers[0] + 2
        asked.append(len(counted))
    assert asked[0] == asked[1]


def test_without_measures_without_a_subscription_or_in_the_dark_there_is_none(
    cut_off: Any, fetch: Any, limited: str
) -> None:
    assert fetch().status_code == 403
    hall = cut_off(kinds=["tariff"])
    assert fetch().json()["type"].endswith("gate.no_list")
    Subscriber.objects.filter(pk=hall.pk).update(kinds=["measure"])
    Job.objects.filter(name="tick").update(finished_at=timezone.now() - timedelta(hours=27))
    assert fetch().json()["type"].endswith("gate.dark")


def test_the_signature_is_that_of_the_standard(tmp_path: Path) -> None:
    for length in (0, 1, 31, 32, 200):
        key, text = Ed25519PrivateKey.generate(), bytes(range(length % 256)) * 2
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        signature = key.sign(text)
        assert reference_list.is_signed(text, signature, public)
        assert not reference_list.is_signed(text + b"x", signature, public)
        assert not reference_list.is_signed(text, signature[:-1] + bytes([signature[-1] ^ 1]), public)
        assert not reference_list.is_signed(text, signature, bytes(32))
