"""The house as the repository proposes it, read once."""

from __future__ import annotations

from typing import Any

import pytest

from .stage import shipped


@pytest.fixture(scope="session")
def house() -> Any:
    return shipped()
