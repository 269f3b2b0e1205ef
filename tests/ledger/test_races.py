"""Several processes on one SQLite home: no number is given twice, no entry sealed twice."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

MAKE = """
from pathlib import Path
from chengxin.faces import boot
boot.setup_django(Path({home!r}))
boot.migrate()
"""
RACE = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from chengxin.faces import boot
boot.setup_django(Path({home!r}))
from django.db import transaction
from chengxin.ledger import counters, entries, sealing
now = datetime(2026, 3, 2, tzinfo=UTC)
print("at the line", flush=True)
sys.stdin.readline()
taken = []
for n in range(60):
    taken.append(counters.reserve("subject", 3))
    with transaction.atomic():
        entries.enter("act", f"cases_act:{{n}}", {{"n": n}}, at=now)
    if n % 5 == 0:
        sealing.seal(now)
sealing.seal(now)
print(json.dumps(taken))
"""


def start(program: str, home: Path) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "LOOKS_DATABASE_URL"}}
    return subprocess.Popen(
        [sys.executable, "-c", program.format(home=str(home))],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_processes_share_numbers_and_one_sealer(home: Path) -> None:
    with start(MAKE, home) as making:
        assert making.wait() == 0
    racing = [start(RACE, home) for _ in range(3)]
    for process in racing:
        assert process.stdout and process.stdout.readline() == "at the line\n"
    said = [process.communicate("go\n")[0] for process in racing]
    assert [process.returncode for process in racing] == [0, 0, 0]
    taken = sorted(first for lines in said for first in json.loads(lines))
    assert taken == list(range(1, 541, 3))
    with sqlite3.connect(home / "case.sqlite3") as case:
        numbers = [n for (n,) in case.execute("select number from ledger_seal order by number")]
    assert numbers == list(range(1, 181))
