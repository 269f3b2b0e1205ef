"""A home of its own, opened by the installed command in a process of its own, and looked at from outside."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOLD = ("records_batch", "records_sheet", "cases_act", "cases_case", "ledger_entry",
        "subjects_subject", "subjects_identifier", "subjects_name")  # fmt: skip
"""What only a file that was taken may add to."""

SEVERAL = """
import contextlib, io, json, sys
from chengxin.faces.cli import main

for line in sys.stdin:
    words, out, err = json.loads(line), io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    print(json.dumps({"status": status, "out": out.getvalue(), "err": err.getvalue()}), flush=True)
"""
"""The command called several times in one process: a process each would cost a start each."""


@dataclass(frozen=True)
class Ending:
    """How a command ended."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Installed:
    """A home and the command that opens it."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        foreign = ("DATABASE_URL", "LOOKS_DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        kept = {name: text for name, text in os.environ.items() if name not in foreign}
        return {**kept, "CHENGXIN_HOME": str(self.home), "CHENGXIN_LANG": "zh"}

    def run(self, *words: str | Path) -> Ending:
        """This will run ``chengxin`` once."""
        return self._python("-m", "chengxin.faces.cli", *map(str, words))

    def load(self, item: str, file: Path, *words: str) -> dict[str, Any]:
        """This will load a file and give its receipt."""
        ended = self.run("load", item, file, "--json", *words)
        assert ended.status == 0, ended.err
        told: dict[str, Any] = ended.json()
        return told

    def script(self, text: str, *words: str | Path) -> Ending:
        """This will run a driver in the installation's own surroundings."""
        return self._python("-c", text, *map(str, words))

    def several(self, calls: list[list[str]]) -> list[Ending]:
        """This will run ``chengxin`` several times in one process."""
        given = "".join(json.dumps(words) + "\n" for words in calls)
        done = subprocess.run(
            [sys.executable, "-c", SEVERAL],
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=True,
        )
        return [Ending(**json.loads(line)) for line in done.stdout.splitlines()]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """This will read the case file from outside."""
        with sqlite3.connect(f"file:{self.home / 'case.sqlite3'}?mode=ro", uri=True) as connection:
            return connection.execute(sql).fetchall()

    def counts(self) -> dict[str, int]:
        """This will count the rows of every table that a taken file adds to, and the sealed files."""
        found = {table: int(self.rows(f"select count(*) from {table}")[0][0]) for table in TOLD}
        for folder in ("sheets", "refused", "superseded", "shelves", "timeline"):
            found[folder] = sum(path.is_file() for path in (self.home / folder).rglob("*"))
        return found

    def _python(self, *words: str) -> Ending:
        done = subprocess.run(
            [sys.executable, *words], env=self.environment, capture_output=True, text=True, check=False
        )
        return Ending(done.returncode, done.stdout, done.stderr)


def fresh(home: Path) -> Installed:
    """This will make a home usable."""
    home.mkdir(parents=True, exist_ok=True)
    installed = Installed(home)
    ended = installed.run("search", "示范", "--json")
    assert ended.status == 0, ended.err
    return installed
