"""House law 7: every look is on disk before it is answered, and no bulk write holds it up."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

MAKE = """
from datetime import date
from pathlib import Path
from chengxin.faces import boot
boot.setup_django(Path({home!r}))
boot.migrate()
from chengxin.ledger.models import Agency, Official, Region
Region.objects.create(code="320100", name="甲市")
Agency.objects.create(code="a", name="甲局", duty="price", region_id="320100", valid_from=date(2010, 1, 1))
Official.objects.create(username="li", name="李甲", post="科员", agency_id="a")
"""
OPEN = """
import json, os, time
from datetime import UTC, datetime
from pathlib import Path
from chengxin.faces import boot
boot.setup_django(Path({home!r}))
from django.db import connections
from chengxin.ledger.looks.log import look
from chengxin.ledger.models import Official
li = Official.objects.get(username="li")
now = datetime(2026, 3, 2, tzinfo=UTC)
"""
DIE = (
    OPEN
    + """
look(li, [1, 2, 3], door="desk:firm", purpose="核查", now=now)
os._exit(9)
"""
)
PRAGMAS = (
    OPEN
    + """
with connections["looks"].cursor() as cursor:
    pragmas = ("journal_mode", "synchronous")
    print(json.dumps([cursor.execute(f"pragma {{p}}").fetchone()[0] for p in pragmas]))
"""
)
LOOK = (
    OPEN
    + """
took = []
for n in range(300):
    began = time.perf_counter()
    look(li, range(n, n + 20), door="desk:firms", purpose="核查", now=now)
    took.append(time.perf_counter() - began)
took.sort()
print(json.dumps({{"median_ms": took[150] * 1e3, "p99_ms": took[296] * 1e3, "most_ms": took[-1] * 1e3}}))
"""
)
BULK = """
import sqlite3, sys
case = sqlite3.connect({home!r} + "/case.sqlite3", isolation_level=None)
case.execute("create table if not exists bulk (a integer, b text)")
print("writing", flush=True)
while True:
    case.execute("begin immediate")
    case.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < 400000) "
                 "insert into bulk select i, hex(randomblob(20)) from n")
    case.execute("commit")
    case.execute("delete from bulk")
"""


def environment() -> dict[str, str]:
    """A home on SQLite, whichever databases the other tests are pointed at."""
    return {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "LOOKS_DATABASE_URL"}}


def run(program: str, home: Path, status: int = 0) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", program.format(home=str(home))],
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout) if done.stdout else None


@pytest.fixture
def opened(home: Path) -> Path:
    run(MAKE, home)
    return home


def count(home: Path) -> int:
    with sqlite3.connect(home / "looks.sqlite3") as looks:
        return int(looks.execute("select count(*) from looks_look").fetchone()[0])


def test_a_look_outlives_the_process_that_made_it(opened: Path) -> None:
    run(DIE, opened, status=9)
    assert count(opened) == 3
    assert run(PRAGMAS, opened) == ["wal", 2]  # 2: FULL, synced at every commit


def test_a_bulk_write_of_the_case_file_holds_no_look_up(opened: Path, record_property: Any) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BULK.format(home=str(opened))], stdout=subprocess.PIPE, env=environment()
    ) as bulk:
        assert bulk.stdout and bulk.stdout.readline() == b"writing\n"
        try:
            figures = run(LOOK, opened)
        finally:
            bulk.kill()
    record_property("looks", figures)
    assert count(opened) == 6000
    assert figures["p99_ms"] < 1000, figures  # a machine at rest: about 10; a busy gate: still no waiting
