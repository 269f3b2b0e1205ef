"""A process killed at any moment of an intake leaves a batch whole or absent, and nothing that a round cannot mend."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from chengxin.core.identifiers import uscc_check
from chengxin.engine.store import Store
from chengxin.records.pieces import Folder
from tests.records.counter import table
from tests.records.installed import Ending, Installed, fresh

DYING = """
import importlib, os, signal, sys

place, target, armed_by, nth = sys.argv[1:5]
from chengxin.faces import boot

boot.setup_django()


def found(dotted):
    module, _, path = dotted.partition(":")
    owner = importlib.import_module(module)
    *parts, last = path.split(".")
    for part in parts:
        owner = getattr(owner, part)
    return owner, last, getattr(owner, last)


armed, calls = [not armed_by], [0]
owner, last, real = found(target)


def dying(*args, **words):
    calls[0] += armed[0]
    if armed[0] and calls[0] == int(nth) and place == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*args, **words)
    if armed[0] and calls[0] == int(nth) and place == "after":
        os.kill(os.getpid(), signal.SIGKILL)
    return result


setattr(owner, last, dying)
if armed_by:
    arming, name, first = found(armed_by)

    def arm(*args, **words):
        result = first(*args, **words)
        armed[0] = True
        return result

    setattr(arming, name, arm)
from chengxin.faces.cli import main

sys.exit(main(sys.argv[5:]))
"""
"""``chengxin`` with one function that kills the process, before or after it did its work the nth time."""

INTAKE = "chengxin.records.intake:"
SEAL = "chengxin.engine.store:Store.seal_file"
SWAP = "chengxin.records.pieces:Folder.swap"
COMMIT = "django.db.backends.base.base:BaseDatabaseWrapper._commit"
MOMENTS: dict[str, tuple[str, str, str, str, bool]] = {
    "the file was read": ("after", INTAKE + "_land", "", "1", False),
    "rows were judged": ("after", "chengxin.records.judging:compare", "", "1", False),
    "some subjects were written": ("after", "chengxin.subjects.registration:insert_slice", "", "1", False),
    "all subjects were written": ("after", "chengxin.records.whom:bring", "", "1", False),
    "a sealed file was not yet in its place": ("before", SEAL, "", "1", False),
    "the refused rows were sealed": ("after", SEAL, "", "1", False),
    "the sheet was sealed": ("after", SEAL, "", "2", False),
    "the batch was written and not committed": ("after", INTAKE + "_batch", "", "1", False),
    "the act was not yet written": ("before", "chengxin.cases.receipt:act", "", "1", False),
    "the act was written and not committed": ("after", "chengxin.cases.receipt:act", "", "1", False),
    "the commit was asked for": ("before", COMMIT, "chengxin.cases.receipt:act", "1", False),
    "the commit was made": ("after", COMMIT, "chengxin.cases.receipt:act", "1", True),
    "the rows were on no shelf": ("before", "chengxin.records.shelves:shelve", "", "1", True),
    "a shelf was half hung": ("before", SWAP, "", "1", True),
    "one of two lists was hung": ("after", SWAP, "", "1", True),
    "names were not yet to be found": ("before", "chengxin.subjects.search:index_names", "", "1", True),
    "everything was done": ("after", INTAKE + "_follow", "", "1", True),
}  # fmt: skip
"""place, function, function that arms it, nth call, whether the batch is then there."""

FIRMS, BAD = 400, 7
READ, TAKEN = FIRMS + BAD, FIRMS


def code(number: int) -> str:
    body = f"91320600MA{number:07d}"
    return body + uscc_check(body)


def firms(count: int, bad: int) -> bytes:
    rows = [[f"示范第{number}号工贸有限公司", code(number), "2016-03-01"] for number in range(count)]
    rows += [[f"坏码第{number}号有限公司", "9.132E+17", ""] for number in range(bad)]
    return table(["企业名称", "统一社会信用代码", "成立日期"], *rows)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home made usable once; every kill happens in a copy of it."""
    return fresh(tmp_path_factory.mktemp("ready")).home


@pytest.fixture
def installed(ready: Path, tmp_path: Path) -> Installed:
    shutil.copytree(ready, tmp_path / "home")
    return Installed(tmp_path / "home")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("file") / "firms.csv"
    path.write_bytes(firms(FIRMS, BAD))
    return path


def kill(installed: Installed, file: Path, how: Sequence[str]) -> Ending:
    return installed.script(DYING, *how, "load", "organisation", file, "--json")


def whole(installed: Installed) -> list[int]:
    """This will check that every batch is whole, and give the numbers of the batches."""
    batches = [number for (number,) in installed.rows("select id from records_batch order by id")]
    acts = installed.rows("select cites from cases_act where kind = 'receive'")
    assert sorted(json.loads(cites)["batches"][0] for (cites,) in acts) == batches
    entries = installed.rows("select ref from ledger_entry where kind = 'batch'")
    assert sorted(entries) == sorted((f"records_batch:{number}",) for number in batches)
    for number in batches:
        ((taken, refused),) = installed.rows(
            f"select taken, refused_sha256 from records_batch where id = {number}"
        )
        sheets = installed.rows(f"select sha256, rows from records_sheet where batch_id = {number}")
        assert sum(rows for _, rows in sheets) == taken
        for sha256, rows in sheets:
            path = installed.home / "sheets" / sha256[:2] / f"{sha256}.parquet"
            assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
            assert pq.read_metadata(path).num_rows == rows
        if refused:
            assert (installed.home / "refused" / refused[:2] / f"{refused}.parquet").exists()
    orphans = installed.rows(
        "select id from records_sheet where batch_id not in (select id from records_batch)"
    )
    assert not orphans
    return batches


def shelved(installed: Installed) -> tuple[int, int]:
    """This will count the rows on the item's shelf and in the timeline, by the files their lists name."""
    store = Store(installed.home)
    counts = []
    for folder in (Folder(store.shelves("organisation")), Folder(store.timeline())):
        files = [path for group in folder.manifest().groups for path in folder.files(group)]
        counts.append(sum(pq.read_metadata(path).num_rows for path in files))
    return counts[0], counts[1]


MENDING = """
import contextlib, io, json, sys
from datetime import datetime, timedelta, timezone
from chengxin.faces.cli import main


def told(*words):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main([*words, "--json"]) == 0, words
    return json.loads(out.getvalue())


answers = [told("load", "organisation", file) for file in sys.argv[1:]] + [told("tick"), told("search", "示范第399号")]
from chengxin.faces.jobs.clock import tick

answers.append(tick(datetime.now(timezone.utc) + timedelta(days=2)))
print(json.dumps(answers, default=str))
"""
"""In one fresh process: the file once more, a round of the clock, a search, and a round two days later."""


def mend(installed: Installed, *files: Path) -> list[Any]:
    ended = installed.script(MENDING, *files)
    assert ended.status == 0, ended.err[-3000:]
    answers: list[Any] = json.loads(ended.out)
    *_, first, hits, second = answers
    assert "failed" not in {*map(str, first.values()), *map(str, second.values())}, answers
    assert hits[0]["code"] == code(399)
    return answers


def unnamed(installed: Installed) -> set[str]:
    """This will give sealed files that no row names, and whatever is left in ``tmp``."""
    named = {sha256 for (sha256,) in installed.rows("select sha256 from records_sheet")}
    named |= {
        each
        for row in installed.rows("select refused_sha256, supersedes_sha256 from records_batch")
        for each in row
    }
    sealed = [
        path for kind in ("sheets", "refused", "superseded") for path in (installed.home / kind).glob("??/*")
    ]
    return {path.name for path in sealed if path.stem not in named} | {
        path.name
        for path in (installed.home / "tmp").iterdir()
        if path.name.endswith((".intake", ".parquet"))
    }


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_when(moment: str, installed: Installed, file: Path) -> None:
    *how, there = MOMENTS[moment]
    ended = kill(installed, file, how)
    assert ended.status == -signal.SIGKILL, f"{ended.status} {ended.out} {ended.err[-2000:]}"
    assert len(whole(installed)) == there
    receipt = mend(installed, file)[0]
    wanted = (READ, 0, TAKEN, BAD) if there else (READ, TAKEN, 0, BAD)
    assert tuple(receipt[count] for count in ("read", "taken", "held", "quarantined")) == wanted
    assert len(whole(installed)) == 1 + there
    assert installed.rows("select count(*), count(distinct code) from subjects_identifier") == [
        (FIRMS, FIRMS)
    ]
    assert installed.rows("select count(*) from subjects_subject") == [(FIRMS,)]
    assert shelved(installed) == (TAKEN, TAKEN)
    assert not unnamed(installed)


def test_a_round_alone_hangs_what_a_killed_intake_left(installed: Installed, file: Path) -> None:
    kill(installed, file, MOMENTS["the rows were on no shelf"][:4])
    assert shelved(installed) == (0, 0)
    mend(installed)
    assert shelved(installed) == (TAKEN, TAKEN)


def test_killed_from_outside_again_and_again(installed: Installed, tmp_path: Path) -> None:
    """At whatever moment it falls: whole or absent each time, and in the end every row is there once."""
    many = tmp_path / "many.csv"
    many.write_bytes(firms(30_000, BAD))
    for seconds in (0.8, 1.6, 2.4, 3.2, 4.0):
        process = subprocess.Popen(
            [sys.executable, "-m", "chengxin.faces.cli", "load", "organisation", str(many), "--json"],
            env=installed.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with_patience(process, seconds)
        whole(installed)
    installed.load("organisation", many)
    whole(installed)
    assert installed.rows("select sum(taken) from records_batch") == [(30_000,)]
    assert installed.rows("select count(*) from subjects_subject") == [(30_000,)]
    assert shelved(installed) == (30_000, 30_000)


def with_patience(process: subprocess.Popen[bytes], seconds: float) -> None:
    began = time.monotonic()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert time.monotonic() - began < seconds + 30
