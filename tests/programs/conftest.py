"""The house as the repository proposes it, read once."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="session")
def house() -> Any:
    from chengxin.policy.house import load

    return load(overlay_paths=[])
