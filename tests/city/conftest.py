"""The demo city, built once a session through the installed command, in a home of its own."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


class City:
    """A built home and the command that opens it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "CHENGXIN_HOME": str(home), "CHENGXIN_LANG": "zh"}
        for name in ("DATABASE_URL", "LOOKS_DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
            self.environment.pop(name, None)

    def run(self, *words: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "chengxin.faces.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", status=status))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.home / 'case.sqlite3'}?mode=ro", uri=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    built = City(tmp_path_factory.mktemp("city"))
    told = built.json("demo", "--size", "small")
    assert told["logins"]
    yield built


@pytest.fixture(scope="session")
def column(city: City) -> Callable[[str], list[Any]]:
    return lambda sql: [row[0] for row in city.rows(sql)]
