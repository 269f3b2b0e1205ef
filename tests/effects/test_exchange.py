"""Subscribers in processes of their own: whatever dies, each ends up holding what the platform holds, in order."""

from __future__ import annotations

import base64
import contextlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.city.built import City

STAGE = str(Path(__file__).with_name("exchange_stage.py"))
BOUND = 90.0
"""Seconds within which a condition must come true."""
HOLDS = """select i.code, s.since, coalesce(s.until, ''), s.marked, s.frozen
           from effects_standing s join subjects_identifier i on i.subject = s.subject and i.scheme = 'uscc'
           where s.until is null or (s.until > date('now', '+8 hours') and s.until > s.since) order by 1"""


class Room:
    """A home with its processes; every one that was started ends with the test."""

    def __init__(self, folder: Path) -> None:
        self.city, self.folder = City(folder / "home"), folder
        self.city.home.mkdir()
        self.running: list[subprocess.Popen[bytes]] = []

    def stage(self, *words: str, status: int = 0) -> Any:
        done = subprocess.run([sys.executable, STAGE, *words], env=self.city.environment, capture_output=True,
                              text=True, check=False)  # fmt: skip
        assert done.returncode == status, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / "said.log").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, *words], env=self.city.environment, stdout=said, stderr=said
            )
        self.running.append(process)
        return process

    def subscriber(self, name: str, port: int, secret: str, *more: str) -> subprocess.Popen[bytes]:
        words = ["-m", "chengxin.faces.reference_subscriber", "--port", str(port), "--secret", secret]
        process = self.start(*words, "--state", str(self.folder / f"{name}.json"), *more)
        until(lambda: answers(port), "the subscriber opens")
        return process

    def held(self, name: str) -> list[tuple[Any, ...]]:
        """What a subscriber holds, from its own state file."""
        path = self.folder / f"{name}.json"
        events = json.loads(path.read_text("utf-8")).values() if path.exists() else []
        return sorted(
            (e["subject"], d["since"], d["until"] or "", int(d["marked"]), int(d["frozen"]))
            for e in events
            if not (d := e["data"])["ended"]
        )

    def holds(self) -> list[tuple[Any, ...]]:
        """What the platform holds, in plain SQL."""
        return self.city.rows(HOLDS)

    def order(self, name: str) -> None:
        """Each subject's events were taken in their order."""
        seen: dict[str, list[str]] = defaultdict(list)
        for line in (self.folder / f"{name}.log").read_text("utf-8").splitlines():
            said = json.loads(line)
            seen[said["subject"]].append(said["sequence"])
        assert seen
        assert all(each == sorted(each) for each in seen.values())

    def close(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()


def until(true: Callable[[], Any], what: str, bound: float = BOUND) -> None:
    ends = time.monotonic() + bound
    while not true():
        assert time.monotonic() < ends, what
        time.sleep(0.02)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.close()


NAMES = ("killed", "slow", "failing", "late")


def test_whatever_dies_each_holds_what_the_platform_holds_in_order(room: Room) -> None:
    ports = {name: free() for name in NAMES}
    given = room.stage(
        "subscriptions",
        json.dumps({name: {"url": f"http://127.0.0.1:{port}/events"} for name, port in ports.items()}),
    )
    web = free()
    room.start("-m", "chengxin.faces.cli", "serve", "--no-worker", "--port", str(web), "--web-processes", "1")
    more = {
        "killed": (),
        "slow": ("--slow", "0.03"),
        "failing": ("--fail", "3"),
        "late": ("--late", "--platform", f"http://127.0.0.1:{web}", "--token", given["late"]["token"]),
    }
    running = {name: room.subscriber(name, ports[name], given[name]["secret"], *more[name]) for name in NAMES}
    until(lambda: answers(web), "the doors open")
    levied = room.stage("levy", "40")
    subjects = levied["subjects"]

    # killed between the commit and the first sending: what is to do is read from tables
    dead = subprocess.run([sys.executable, STAGE, "make_and_die"], env=room.city.environment,
                          capture_output=True, check=False)  # fmt: skip
    assert dead.returncode == -signal.SIGKILL
    assert room.city.rows("select count(*) from effects_event") == [(40,)]
    assert room.held("slow") == []

    sender = room.start(STAGE, "send")
    until(lambda: len(room.held("killed")) > 5, "some arrived")
    running["killed"].kill()
    sender.kill()
    room.stage("step", str(levied["case"]), "object", json.dumps(subjects[:10]))
    room.stage("step", str(levied["case"]), "repair", json.dumps(subjects[20:30]))
    room.stage("step", str(levied["case"]), "revoke", json.dumps(subjects[5:8]))
    room.start(STAGE, "send")
    running["killed"] = room.subscriber("killed", ports["killed"], given["killed"]["secret"])

    holds = room.holds()
    assert len(holds) == 27
    for name in NAMES:
        until(lambda name=name: room.held(name) == holds, f"{name} holds the platform's state")
        room.order(name)
    left = "select count(*) from effects_delivery where state <> 'acknowledged'"
    until(lambda: room.city.rows(left) == [(0,)], "every telling is acknowledged")
    taken_back = """select s.name, count(*) from effects_delivery d
                    join effects_event e on e.id = d.event_id join effects_subscriber s on s.id = d.subscriber_id
                    where e.kind = 'ended' and d.result = 'taken_back' group by 1 order by 1"""
    assert room.city.rows(taken_back) == [(name, 13) for name in sorted(NAMES)], "each withdrawal, from each"


PAGE = Path(__file__).parents[2] / "docs" / "exchange.md"


def sample(language: str) -> str:
    """The sample of that language as the integrators' page prints it."""
    return PAGE.read_text("utf-8").split(f"```{language}\n")[1].split("```")[0]


def test_the_samples_of_the_integrators_page_run(room: Room) -> None:
    given = room.stage("subscriptions", json.dumps({"water": {"kinds": ["tariff"]}}))["water"]
    room.stage("levy", "3")
    web = free()
    room.start("-m", "chengxin.faces.cli", "serve", "--port", str(web), "--web-processes", "1")
    made = "select count(*) from effects_event"
    until(lambda: answers(web) and room.city.rows(made) == [(3,)], "the doors open and events are made")
    more = {"TOKEN": given["token"], "PLATFORM": f"http://127.0.0.1:{web}", "PATH": os.environ["PATH"]}
    done = subprocess.run(["sh", "-euc", sample("sh")], env=more, cwd=room.folder, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (room.folder / "full.jsonl").read_text("utf-8").splitlines()]
    assert [line["type"] for line in lines] == ["chengxin.effect.came_into_force"] * 3
    assert {line["subject"] for line in lines} == {row[0] for row in room.holds()}
    assert "ed25519" in done.stdout

    names: dict[str, Any] = {}
    exec(sample("python"), names)
    body, key = b"{}", base64.b64decode(given["secret"].removeprefix("whsec_"))
    mac = base64.b64encode(hmac.digest(key, b"evt_1.7." + body, "sha256")).decode()
    words = {"webhook-id": "evt_1", "webhook-timestamp": "7", "webhook-signature": f"v1,{mac}"}
    assert names["is_ours"](given["secret"], words, body)
    assert not names["is_ours"](given["secret"], words, body + b" ")
