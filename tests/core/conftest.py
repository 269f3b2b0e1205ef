from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def real() -> Callable[[str], Path]:
    """This will give a real file's path, or skip the test saying which one is absent."""
    root = Path(__file__).parents[2]

    def path(name: str) -> Path:
        found = Path(os.environ.get("CHENGXIN_REAL_DATA") or root.parent / "shared" / "data") / name
        if not found.exists():
            pytest.skip(f"no real data: {name}")
        return found

    return path
