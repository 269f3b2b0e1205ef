"""What the laws are tried on: the built city (read with plain SQL), a desk to act at, a house to declare in."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.city.built import City
from tests.policy.conftest import Small

sys.path.insert(0, str(Path(__file__).parents[1] / "cases"))

from levy import bundle, desk

__all__ = ["bundle", "desk"]

COUNTED = (
    "cases_act",
    "cases_standpoint",
    "cases_adoption",
    "ledger_entry",
    "ledger_counter",
    "effects_standing",
)
"""What a refused step leaves as it was."""


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """A small house in a folder, to change one line of."""
    return Small(tmp_path)


@pytest.fixture(scope="session")
def city_copy(city: City, tmp_path_factory: pytest.TempPathFactory) -> City:
    """The city once more, for those who change it."""
    home = tmp_path_factory.mktemp("copied") / "home"
    shutil.copytree(city.home, home)
    return City(home)


@pytest.fixture(scope="session")
def adopted(city: City) -> dict[str, Any]:
    """The adopted bundle as it lies on disk: plain JSON, its pairs made dicts again where they name things."""
    ((sha256,),) = city.rows("select distinct bundle from cases_adoption")
    body = json.loads((city.home / "bundles" / sha256[:2] / f"{sha256}.json").read_bytes())["house"]
    return {name: dict(value) if isinstance(value, list) else value for name, value in body.items()}


def in_force(article: dict[str, Any] | None, on: str) -> bool:
    """ISO days compare as texts do."""
    return article is not None and article["valid_from"] <= on < (article["valid_to"] or "9999")


def counts() -> dict[str, Any]:
    """How much stands in every table an act writes to; of counters, how far they have run."""
    from django.db import connection

    how = {"ledger_counter": "coalesce(sum(next), 0)"}
    each = ", ".join(f"(select {how.get(table, 'count(*)')} from {table})" for table in COUNTED)
    with connection.cursor() as cursor:
        cursor.execute(f"select {each}")
        return dict(zip(COUNTED, cursor.fetchone(), strict=True))


@pytest.fixture
def refused() -> Callable[..., Any]:
    """``with refused("act.far_future"):`` — it is refused with that sentence, and nothing is written."""
    from chengxin.core.errors import ChengxinError

    @contextmanager
    def expect(*sentences: str) -> Iterator[Any]:
        before = counts()
        with pytest.raises(ChengxinError) as told:
            yield told
        assert told.value.id in sentences, told.value
        assert told.value.sentence("zh")
        assert told.value.sentence("en")
        assert counts() == before

    return expect


@pytest.fixture
def following(monkeypatch: pytest.MonkeyPatch) -> None:
    """Effects follow from acts, as they do once the doors are open."""
    from chengxin.cases import follow
    from chengxin.effects import standing

    monkeypatch.setattr(follow, "_followers", [])
    follow.register(standing.follow)
