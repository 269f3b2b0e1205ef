"""The house as the repository proposes it, read once; and a road on which an example's acts are walked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .road import Road
from .stage import shipped


@pytest.fixture(scope="session")
def house() -> Any:
    return shipped()


@pytest.fixture
def road(official: Callable[..., Any], house: Any, monkeypatch: pytest.MonkeyPatch) -> Road:
    from chengxin.cases import follow
    from chengxin.effects import standing

    monkeypatch.setattr(follow, "_followers", [standing.follow])
    return Road(official, house)
