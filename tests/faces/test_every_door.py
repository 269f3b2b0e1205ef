"""Every address of the house, asked by officials of any duty in any place: nobody reads a row out of scope,
and nobody changes one. The addresses come from the table of addresses itself, so a new one is attacked too."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faces import corners
from tests.faces.corners import City, Holder, leaks, may_read
from tests.faces.test_pages_declared import patterns

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
OPERATING = ["steward", "case_officer", "head", "cosigner", "legal", "biller", "partner"]
ALONE = ["auditor", "sysadmin", "secadmin"]
BODIES = ["yz-price", "yz-environment", "yz-credit", "yz-water", "yz-finance"]
PLACES = ["320612", "320681", "320613", "320600"]
BLANK = re.compile(r"<(?:(\w+):)?(\w+)>")
QUERIES = ("", "?export=csv", "?q=标记", "?rows=all", "?case=1", "?after=0", "?purpose=casework&case=1")
FILLS = 3
"""How many ways the blanks of one address are filled for one official."""
SAID = {
    "confirmed": "1", "reason": "试一试", "text": "试一试", "purpose": "casework", "case_number": "1", "name": "试",
    "means": "in_person", "after": "0", "confirm": "1", "sure": "on", "outcome": "kept", "ground": "error",
    "purpose_text": "试", "role": "steward", "region": "320612",
}  # fmt: skip

duties = st.one_of(
    st.lists(
        st.tuples(st.sampled_from(OPERATING), st.sampled_from(PLACES)), min_size=1, max_size=2, unique=True
    ),
    st.tuples(st.tuples(st.sampled_from(ALONE), st.sampled_from(PLACES))).map(list),
)
holders = st.builds(Holder, st.sampled_from(BODIES), duties.map(tuple))


@pytest.fixture
def city(opened: Any, person: Callable[..., Any], tmp_path: Any, today: date, settings: Any) -> City:
    from chengxin.engine.store import Store

    settings.WRAP_KEY = "a secret"
    return corners.build(person, Store(opened), tmp_path, today)


@dataclass
class Attack:
    """One official at every address: the browser and the key it holds, and how the dice fall."""

    who: Holder
    city: City
    chance: random.Random
    today: date
    client: Client
    key: str
    told: list[tuple[str, str]] = field(default_factory=list)
    """What came back against the rules: where, and what it showed."""

    def everywhere(self) -> None:
        for address, methods in addresses():
            self.one(address, methods)

    def one(self, address: str, methods: tuple[str, ...]) -> None:
        """Asks one address with blanks filled by what is there, in every way its methods allow."""
        words = {"HTTP_AUTHORIZATION": f"Bearer {self.key}"} if address.startswith("api/") else {}
        for filled in fills(address, self.city, self.chance):
            if "GET" in methods:
                query = self.chance.choice(QUERIES)
                self.hear(self.client.get(f"/{filled}{query}", **words), f"GET {filled}{query}")
            if "POST" in methods:
                row = self.chance.choice(sorted(self.city.numbers))
                said = {**SAID, "on": self.today.isoformat()}
                said |= dict.fromkeys(("row", "subject", "number", "record"), str(row))
                self.hear(self.client.post(f"/{filled}?row={row}", said, **words), f"POST {filled}")
                if words:
                    body = json.dumps({**said, "events": sorted(self.city.numbers)})
                    answer = self.client.post(f"/{filled}", body, content_type="application/json", **words)
                    self.hear(answer, f"POST {filled}")

    def hear(self, answer: Any, where: str) -> None:
        if answer.status_code >= 500:
            self.told.append((where, str(answer.status_code)))
        text = corners.read(answer)
        self.told += [(where, mark.text) for mark in leaks(text, self.who, self.city.marks)]
        if text.startswith("%PDF") and (about := re.search(r"cases/(\d+)/", where)):
            place = next(place for place, case in self.city.cases.items() if case.pk == int(about[1]))
            case = next(mark for mark in self.city.marks if (mark.kind, mark.region) == ("case", place))
            if not may_read(self.who, case):
                self.told.append((where, "a paper of a case"))


def test_no_door_shows_or_changes_what_lies_out_of_scope(city: City, today: date) -> None:
    @settings(max_examples=2)
    @given(holders, st.randoms(use_true_random=False))
    def attacked(who: Holder, chance: random.Random) -> None:
        with undone():
            attack = Attack(who, city, chance, today, *enter(who))
            before = untouchable(city, who)
            attack.everywhere()
            assert attack.told == [], who
            assert untouchable(city, who) == before, who

    attacked()


def addresses() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every address there is; what does not say its methods is asked by both. Coming in and going out apart."""
    for address, pattern in patterns():
        route = getattr(pattern.callback, "route", None)
        if route is not None and route.name in ("logout", "login", "own_password"):
            continue
        yield address, route.methods if route else ("GET", "POST")


def fills(address: str, city: City, chance: random.Random) -> list[str]:
    kinds = [kind for kind, _name in BLANK.findall(address)]
    if not kinds:
        return [address]
    rooms = [sorted(map(str, city.numbers)) if kind == "int" else _texts(city) for kind in kinds]
    every = list(itertools.product(*rooms))
    chosen = every if len(every) <= FILLS else chance.sample(every, FILLS)
    return [_filled(address, iter(values)) for values in chosen]


def _texts(city: City) -> list[str]:
    return sorted(city.words) + sorted(map(str, city.numbers))


def _filled(address: str, values: Iterator[str]) -> str:
    return BLANK.sub(lambda _found: next(values), address)


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What one official does is taken back before the next comes."""
    cache.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def enter(who: Holder) -> tuple[Client, str]:
    from django.utils import timezone

    from chengxin.ledger.models import Assignment, Official
    from chengxin.ledger.officials import issue_key

    someone = Official.objects.create(username="attacker", name="某", post="科员", agency_id=who.agency)
    for role, region in who.duties:
        Assignment.objects.create(official=someone, role=role, region_id=region, since=date(2015, 1, 1))
    client = Client(raise_request_exception=False)
    client.force_login(someone, backend="django.contrib.auth.backends.ModelBackend")
    return client, issue_key(someone, "attack", now=timezone.now())


def untouchable(city: City, who: Holder) -> list[str]:
    """All rows of what the official may not read, as they stand."""
    from chengxin.cases.models import Act, Standpoint
    from chengxin.effects.exchange.models import Delivery, Subscriber
    from chengxin.records.models import Batch, Confirmation, Redaction, Sheet, Withdrawal

    found: list[Any] = []
    for mark in city.marks:
        if mark.kind == "case" and not may_read(who, mark):
            case = city.cases[mark.region]
            found += [Act.objects.filter(case=case), Standpoint.objects.filter(case=case)]
    for batch, mark in city.batches:
        if not may_read(who, mark):
            found += [Batch.objects.filter(pk=batch.pk), Withdrawal.objects.filter(batch=batch)]
            found += [Confirmation.objects.filter(batch=batch), Sheet.objects.filter(batch=batch)]
            found += [Redaction.objects.filter(sheet__batch=batch)]
    for subscriber, mark in city.subscribers:
        if not may_read(who, mark):
            found += [
                Subscriber.objects.filter(pk=subscriber.pk), Delivery.objects.filter(subscriber=subscriber)
            ]  # fmt: skip
    return [str(sorted(map(str, rows.values()))) for rows in found]


def test_the_evidence_of_a_case_stays_within_scope(city: City, store: Any, today: date) -> None:
    from chengxin.core.errors import ChengxinError
    from chengxin.faces.premises import premises
    from chengxin.faces.proving import prove
    from chengxin.ledger.models import Official

    @settings(max_examples=12)
    @given(holders)
    def attacked(who: Holder) -> None:
        with undone():
            enter(who)
            someone = Official.objects.select_related("agency").get(username="attacker")
            for mark in [one for one in city.marks if one.kind == "case" and not may_read(who, one)]:
                with pytest.raises(ChengxinError):
                    prove(city.cases[mark.region], someone, door="cli", purpose="试", here=premises())

    attacked()
