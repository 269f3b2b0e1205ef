"""What is eased for a demo city, and only there: no forgotten setting eases it for a home of one's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

READ = (
    "import json; from chengxin.faces import settings as s; "
    "print(json.dumps([s.PLACE, s.IDENTITY, s.DAYS_AHEAD, bool(s.SECOND_FACTOR)]))"
)
LOCAL = "chengxin.faces.my.identity.Local"


def settings_of(home: Path, **said: str) -> list[object]:
    """This will read the settings in a process of its own, as a start in that home does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHENGXIN_")}
    told = subprocess.run(
        [sys.executable, "-c", READ], env={**kept, "CHENGXIN_HOME": str(home), **said},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[object] = json.loads(told.stdout)
    return found


@pytest.mark.parametrize("place", ["", "demo"])
def test_a_home_without_a_demo_city_has_neither_local_passwords_nor_a_clock_ahead(
    place: str, home: Path
) -> None:
    said = {"CHENGXIN_DAYS_AHEAD": "30"} | ({"CHENGXIN_PLACE": place} if place else {})
    assert settings_of(home, **said) == ["demo", [], 0, True]


def test_a_demo_city_has_both(home: Path) -> None:
    (home / "demo.json").write_text("{}")
    assert settings_of(home, CHENGXIN_DAYS_AHEAD="30") == ["demo", [LOCAL], 30, False]
