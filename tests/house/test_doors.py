"""House laws 1, 2 and 8 at the doors people use: nothing binds unheard, and who was told is told again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.faces.conftest import opened
from tests.house.door_walk import BEGIN, LENGTHS, Clock, door_walk
from tests.house.receiver import Book, receiving
from tests.house.roads import Roads, acts_asked
from tests.house.town import Town, build

__all__ = ["opened"]
pytestmark = pytest.mark.django_db(databases=["default", "looks"])
SHARE = 9
"""A letter costs as much as nine acts."""
SEEN = (
    "serve",
    "decide",
    "serve_decision",
    "answer",
    "my state",
    "my object",
    "twice",
    "asked",
    "recalled",
    "ended",
)
"""What must have come through at least once, so that the judgement means something."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The house asks this clock from its beginning."""
    it = Clock(BEGIN[0])
    monkeypatch.setattr(timezone, "now", it)
    return it


@pytest.fixture
def book() -> Iterator[Book]:
    with receiving() as book:
        yield book


@pytest.fixture
def town(clock: Clock, book: Book, settings: Any, request: pytest.FixtureRequest) -> Town:
    from chengxin.engine.store import Store

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    home: Path = request.getfixturevalue("opened")
    return build(Store(home), clock.now, book.url)


def test_whatever_is_sent_to_the_doors_nothing_binds_unheard(town: Town, clock: Clock, book: Book) -> None:
    """A finding names its seed and every letter; see ``door_walk``."""
    roads = Roads(acts_asked(SHARE))
    came = roads.walk(lambda seed, length: door_walk(town, clock, book, seed, length), LENGTHS)
    assert came["refused"] > (came["drawn"] - came["read"]) // 2, "most are refused"
    assert came["effects"] > came["drawn"] // 500
    for kind in SEEN:
        assert came[kind], f"no {kind} ever came through: {came}"
