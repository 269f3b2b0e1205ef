"""Small registrations, and an installation of its own that other processes can open."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.conf import settings

from chengxin.subjects import registry

PREFACE = """
import json, sys
import django
django.setup()
import pyarrow as pa
from datetime import UTC, datetime
from chengxin.subjects import registration, registry
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

def firms(count):
    codes = [f"T{n:017d}" for n in range(count)]
    names = [f"苏州拟{code}有限公司" for code in codes]
    return pa.table({"scheme": ["uscc"] * count, "code": codes, "name": names, "region": ["320500"] * count})
"""


class Installation:
    """A home and a case file of its own, for code that runs in other processes."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = {**os.environ, **environment, "DJANGO_SETTINGS_MODULE": "chengxin.faces.settings"}

    def start(self, code: str) -> subprocess.Popen[str]:
        """This will start code that may read lines and print lines."""
        return subprocess.Popen(
            [sys.executable, "-c", PREFACE + code],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, code: str) -> Any:
        """This will run code to its end and read the last line it prints as JSON."""
        out, _ = (running := self.start(code)).communicate(timeout=120)
        assert running.returncode == 0
        return json.loads(out.splitlines()[-1])


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """On the database the suite runs on: a file for SQLite, a fresh database for PostgreSQL."""
    environment = {"CHENGXIN_HOME": str(tmp_path / "installation")}
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'installation' / 'case.sqlite3'}"
        yield _migrated(Installation(environment))
        return
    import psycopg

    name = f"race_{secrets.token_hex(4)}"
    base = f"//{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    url = f"postgres:{base}/{name}"
    with psycopg.connect(f"postgresql:{base}/{database['NAME']}", autocommit=True) as server:
        server.execute(f"create database {name}")
        try:
            yield _migrated(Installation({**environment, "DATABASE_URL": url}))
        finally:
            server.execute(f"drop database {name} with (force)")


def _migrated(installation: Installation) -> Installation:
    installation.run(
        "from django.core import management; management.call_command('migrate', verbosity=0); print(0)"
    )
    return installation


Enter = Callable[..., list[int]]


@pytest.fixture
def enter(db_both: None, now: datetime) -> Enter:
    """``enter("甲厂", "乙厂")`` registers firms and gives their numbers; codes as given or counted."""

    def register(
        *names: str,
        codes: Sequence[str] = (),
        kind: str = "organisation",
        at: datetime = now,
        prominence: Sequence[int] = (),
        region: str = "320500",
    ) -> list[int]:
        count = len(names)
        given = list(codes) or [f"T{secrets.token_hex(8).upper()}" for _ in names]
        table = pa.table(
            {
                "scheme": ["uscc"] * count,
                "code": given,
                "name": list(names),
                "region": [region] * count,
                "prominence": list(prominence) or [0] * count,
            }
        )
        return registry.register(table, kind, at).subject.to_pylist()

    return register
