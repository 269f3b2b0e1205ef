"""The installed command and the served doors, as a user meets them: in processes of their own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

COMMAND = str(Path(sys.executable).with_name("chengxin"))
WAIT = 120.0
PER_ADDRESS = 100
"""Questions one address asks a minute: under what the API grants to anybody."""


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This will give the surroundings of a command in a home."""
    return {**os.environ, "CHENGXIN_HOME": str(home), **(more or {})}


def command(home: Path, *words: str, more: Mapping[str, str] | None = None) -> Any:
    """This will run the installed command with ``--json`` and give what it says."""
    ended = subprocess.run(
        [COMMAND, *words, "--json"], capture_output=True, text=True, check=False, env=environment(home, more)
    )
    if ended.returncode:
        raise SystemExit(ended.stderr or ended.stdout)
    return json.loads(ended.stdout)


def timed(home: Path, *words: str) -> tuple[Any, float]:
    """This will run the installed command and say how many seconds of the clock it took, start to end."""
    began = time.perf_counter()
    said = command(home, *words)
    return said, round(time.perf_counter() - began, 1)


def killed(home: Path, after: float, *words: str) -> None:
    """This will start the installed command and kill it, with all it started, after some seconds."""
    running = subprocess.Popen(
        [COMMAND, *words],
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.wait(timeout=after)
    if running.poll() is not None:
        raise SystemExit(f"nothing left to kill after {after} s")
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()


def peak_gb() -> float:
    """This will give the most memory any command run so far held, in GB."""
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6, 2)


@contextlib.contextmanager
def serving(home: Path, more: Mapping[str, str] | None = None) -> Iterator[int]:
    """This will serve a home on a free port until it is left, and give the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [COMMAND, "serve", "--port", str(port)]
    log = home / "served.log"
    with log.open("wb") as said:
        running = subprocess.Popen(words, env=environment(home, more), stdout=said, stderr=said)
        try:
            _await(port, running, log)
            yield port
        finally:
            running.terminate()
            running.wait(timeout=60)


def _await(port: int, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until and running.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(timeout=0.1)
    raise SystemExit(log.read_text("utf-8", "replace"))


class Visitors:
    """Anybody at the public doors: so many addresses of this machine that none asks more than is granted."""

    def __init__(self, port: int) -> None:
        self.port, self.asked = port, 0
        self.lines: dict[int, http.client.HTTPConnection] = {}

    def get(self, path: str) -> tuple[float, bytes]:
        """This will ask over a kept connection and give seconds and body."""
        who = self.asked // PER_ADDRESS + 1
        self.asked += 1
        line = self.lines.get(who)
        if line is None:
            address = f"127.0.{who // 250}.{who % 250 + 2}"
            line = self.lines[who] = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=WAIT, source_address=(address, 0)
            )
        began = time.perf_counter()
        line.request("GET", quote(path, safe="/?=&"))
        answer = line.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - began
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body[:400].decode('utf-8', 'replace')}")
        return seconds, body


SHARES = {"p50_ms": 0.50, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}


def percentiles(seconds: list[float]) -> dict[str, float]:
    """This will give the percentiles in ms."""
    ordered = sorted(seconds)
    count = len(ordered)
    return {
        name: round(ordered[min(count - 1, int(count * share))] * 1000, 1) for name, share in SHARES.items()
    }
