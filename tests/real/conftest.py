"""Real files with real dirt. They are not part of the repository: without them these tests are skipped."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("CHENGXIN_REAL_DATA") or Path(__file__).parents[2] / "../shared/data").resolve()


@pytest.fixture(scope="session")
def real() -> Callable[[str], Path]:
    """``real("file.csv")``: where that file lies, or a skip that says what is missing."""

    def find(name: str) -> Path:
        path = FOLDER / name
        if not path.is_file():
            pytest.skip(f"no {name}: put real files into {FOLDER} or name their folder in CHENGXIN_REAL_DATA")
        return path

    return find
