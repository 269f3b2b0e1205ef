"""A built demo city: its home, the command that opens it, and its case file read with plain SQL."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any


class City:
    """A built home and the command that opens it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "CHENGXIN_HOME": str(home), "CHENGXIN_LANG": "zh"}
        # Who came in once is not asked again, however slow the machine is.
        self.environment["CHENGXIN_PROOF_MINUTES"] = "600"
        for name in ("DATABASE_URL", "LOOKS_DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
            self.environment.pop(name, None)

    def run(self, *words: str, status: int = 0) -> str:
        return self._done(["-m", "chengxin.faces.cli", *words], status)

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", status=status))

    def python(self, program: str, *words: str) -> Any:
        """This will run a program of a test in this home and give what it prints as JSON last."""
        return json.loads(self._done(["-c", program, *words], 0).splitlines()[-1])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self.home / 'case.sqlite3'}?mode=ro", uri=True) as connection:
            return connection.execute(sql).fetchall()

    def _done(self, words: list[str], status: int) -> str:
        done = subprocess.run(
            [sys.executable, *words], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, (
            f"{words}: {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        )
        return done.stdout
