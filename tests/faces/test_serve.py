"""``chengxin serve`` leaves nobody behind: whatever signal ends it, its web processes end, and the port is free."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.city.built import City

WAIT = 90.0
PROCESSES = Path("/proc")
pytestmark = pytest.mark.skipif(not (PROCESSES / "self/stat").exists(), reason="reads /proc")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def begun(home: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """An empty home that is about to be served."""
    command = [sys.executable, "-m", "chengxin.faces.cli", "serve", "--port", str(port), "--no-worker"]
    running = subprocess.Popen(command, env=City(home).environment, stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        for process in _descended(running.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        running.kill()
        running.wait()


@pytest.fixture
def serve(begun: subprocess.Popen[bytes], port: int) -> subprocess.Popen[bytes]:
    """A served empty home that has answered once."""
    _until(lambda: begun.poll() is None and _answers(port))
    return begun


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_workers_that_are_still_loading_end_too(
    begun: subprocess.Popen[bytes], port: int, how: signal.Signals
) -> None:
    _until(lambda: len(_descended(begun.pid)) == 3)
    web = _descended(begun.pid)
    begun.send_signal(how)
    assert begun.wait(timeout=WAIT) == (0 if how == signal.SIGTERM else -how)
    _until(lambda: not any(map(_lives, web)))
    _bind(port)


def test_all_its_processes_end_with_it_when_asked(serve: subprocess.Popen[bytes], port: int) -> None:
    web = _descended(serve.pid)
    assert len(web) == 3
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(timeout=WAIT) == 0
    assert not any(map(_lives, web))
    _bind(port)


def test_all_its_processes_end_when_it_is_killed(serve: subprocess.Popen[bytes], port: int) -> None:
    web = _descended(serve.pid)
    serve.kill()
    serve.wait()
    _until(lambda: not any(map(_lives, web)))
    _bind(port)


def test_a_worker_that_does_not_hear_is_ended_too(serve: subprocess.Popen[bytes], port: int) -> None:
    web = _descended(serve.pid)
    os.kill(web[-1], signal.SIGSTOP)
    serve.send_signal(signal.SIGTERM)
    assert serve.wait(timeout=WAIT) == 0
    assert not any(map(_lives, web))
    _bind(port)


def test_workers_end_where_the_server_over_them_was_killed(serve: subprocess.Popen[bytes], port: int) -> None:
    web = _descended(serve.pid)
    os.kill(web[0], signal.SIGKILL)
    assert serve.wait(timeout=WAIT) == 3
    _until(lambda: not any(map(_lives, web)))
    _bind(port)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=WAIT):
        return True
    return False


def _bind(port: int) -> None:
    """This will fail while anybody still listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def _descended(pid: int) -> list[int]:
    """Its children and theirs, the elder first."""
    children = [int(each.name) for each in PROCESSES.glob("[0-9]*") if _stat(int(each.name))[1] == str(pid)]
    return [*sorted(children), *(younger for child in sorted(children) for younger in _descended(child))]


def _lives(pid: int) -> bool:
    """A process that ended and waits to be reaped lives no more."""
    return _stat(pid)[0] not in {"", "Z"}


def _stat(pid: int) -> tuple[str, str]:
    """A process's state and its parent; both empty where there is none."""
    with contextlib.suppress(OSError):
        state, parent = (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()[:2]
        return state, parent
    return "", ""
