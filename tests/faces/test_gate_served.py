"""The gate of a served house: who had an answer was logged, though every process is killed in the middle of it."""

from __future__ import annotations

import base64
import contextlib
import hmac
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.city.built import City

WAIT = 90.0
SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
ENOUGH = 150
ASKED = {"matter": "loan", "purpose": "贷款审核", "case": "贷〔2026〕1号"}
MAKE = """
import json
from chengxin.faces import boot
boot.setup_django(); boot.ready(quiet=True)
import pyarrow as pa
from django.utils import timezone
from chengxin.ledger.models import Job
from chengxin.ledger.officials import issue_key
from chengxin.subjects.registry import register
from tests.faces.conftest import coded
codes = [coded(f"91320600MA{n:06d}"[:16]) for n in range(40)]
table = pa.table({"scheme": ["uscc"] * 40, "code": codes, "name": [f"云泽第{n}机械厂" for n in range(40)]})
register(table, "organisation", timezone.now())
Job.objects.update_or_create(name="tick", defaults={"finished_at": timezone.now()})
print(json.dumps({"codes": codes, "key": issue_key(boot.system_official(), "test", now=timezone.now())}))
"""
REVOKE = """
import json
from chengxin.faces import boot
boot.setup_django()
from django.utils import timezone
from chengxin.ledger.models import ApiKey
from chengxin.ledger.officials import revoke_key
revoke_key(ApiKey.objects.get(label="test"), now=timezone.now())
print(json.dumps({}))
"""


class House:
    """A served home whose gate is asked over kept connections."""

    def __init__(self, home: Path) -> None:
        self.home, self.city = home, City(home)
        made = self.city.python(MAKE)
        self.codes, self.key = made["codes"], made["key"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "chengxin.faces.cli",
            "serve",
            "--port",
            str(self.port),
            "--no-worker",
        ]
        self.running = subprocess.Popen(
            command, env=self.city.environment, stderr=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + WAIT
        while self.ask(self.line(), 0) is None:
            assert time.monotonic() < until and self.running.poll() is None
            threading.Event().wait(0.2)

    def line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)

    def ask(self, line: http.client.HTTPConnection, number: int) -> tuple[int, Any] | None:
        """The status and the answer; nothing where nobody answers any more."""
        body = json.dumps({"code": self.codes[number % len(self.codes)], **ASKED})
        try:
            line.request("POST", "/api/v1/gate", body, {"Authorization": f"Bearer {self.key}"})
            told = line.getresponse()
            return told.status, json.loads(told.read())
        except (OSError, http.client.HTTPException):
            return None

    def kill(self) -> None:
        """Every process of it at once, without a word."""
        web = [int(each) for each in self._children(self.running.pid)]
        for process in (self.running.pid, *web):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
        self.running.wait()

    def looks(self) -> int:
        with contextlib.closing(sqlite3.connect(self.home / "looks.sqlite3")) as connection:
            return int(connection.execute("select count(*) from looks_look").fetchone()[0])

    @staticmethod
    def _children(pid: int) -> list[str]:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.fixture
def house(home: Path) -> Iterator[House]:
    it = House(home)
    try:
        yield it
    finally:
        if it.running.poll() is None:
            it.kill()


def signed(body: bytes) -> tuple[str, str, str, str]:
    """A webhook as the platform signs it: secret, id, moment and signature."""
    secret, moment = base64.b64encode(bytes(range(32))).decode(), str(int(time.time()))
    mac = hmac.digest(bytes(range(32)), f"evt_7.{moment}.".encode() + body, "sha256")
    return f"whsec_{secret}", "evt_7", moment, f"v1,{base64.b64encode(mac).decode()}"


def test_the_samples_of_the_documentation_ask_and_verify(house: House) -> None:
    body = '{"id": "7", "data": "甲厂"}'.encode()
    around = {**os.environ, "PLATFORM": f"http://127.0.0.1:{house.port}", "TOKEN": house.key}
    spoken = {
        "python": [sys.executable, "-I", str(SAMPLES / "gate.py")],
        "curl": ["sh", str(SAMPLES / "gate.sh")],
        "java": ["java", str(SAMPLES / "Gate.java")],
    }
    able = {name: command for name, command in spoken.items() if shutil.which(name) or name == "python"}
    assert {"python", "curl"} <= set(able)
    for name, command in able.items():

        def run(*words: str, given: bytes = b"", command: list[str] = command) -> tuple[int, str]:
            done = subprocess.run(
                [*command, *words], input=given, env=around, capture_output=True, check=False
            )
            return done.returncode, (done.stdout + done.stderr).decode()

        asked = run("ask", house.codes[3], *ASKED.values())
        assert asked[0] == 0, (name, asked)
        assert "none" in asked[1], name
        assert "unknown" in run("ask", "91320600MA0000000X", *ASKED.values())[1], name
        words = signed(body)
        assert run("verify", *words, given=body) == (0, "ours\n"), name
        assert run("verify", *words, given=body + b" ")[0] == 1, name
        assert run("verify", *words[:2], str(int(words[2]) - 400), words[3], given=body)[0] == 1, name


def test_every_answer_was_logged_before_it_left_though_all_is_killed(house: House) -> None:
    answered, enough = [0] * 12, threading.Event()

    def press(lane: int) -> None:
        line = house.line()
        while (told := house.ask(line, answered[lane] * 12 + lane)) is not None:
            assert told == (200, {"answer": "none", "measures": [], "basis": [], "case": []})
            answered[lane] += 1
            if sum(answered) >= ENOUGH:
                enough.set()

    before = house.looks()
    lanes = [threading.Thread(target=press, args=(lane,)) for lane in range(12)]
    for lane in lanes:
        lane.start()
    assert enough.wait(WAIT)
    house.kill()
    for lane in lanes:
        lane.join(WAIT)
    assert sum(answered) >= ENOUGH
    assert house.looks() - before >= sum(answered)


def test_a_key_that_is_revoked_opens_no_more_from_the_next_question_on(house: House) -> None:
    line = house.line()
    told = house.ask(line, 1)
    assert told is not None
    assert told[0] == 200
    before = house.looks()
    house.city.python(REVOKE)
    for number in range(8):
        told = house.ask(line, number)
        assert told is not None
        assert told[0] == 401
    assert house.looks() == before
