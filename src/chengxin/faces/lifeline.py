"""What ties the web's processes to the ``serve`` that started them, so that none lives on without it.

Their standard input is a pipe whose other end ``serve`` alone holds and never writes to. However ``serve``
ends, the system closes it, and every process that reads it sees the end. They form a group of their own,
so that what does not stop when asked can be ended without touching anybody else's process.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

GRACE: Final = 8
"""Seconds in which a request that is under way may come to its end."""
_HELD: Final = "CHENGXIN_LIFELINE"


def start(words: Sequence[str]) -> subprocess.Popen[bytes]:
    """This will start the web as the head of a group of its own, at this end of a line."""
    tied = {**os.environ, _HELD: "1"}
    return subprocess.Popen(words, stdin=subprocess.PIPE, env=tied, start_new_session=True)  # noqa: S603


def end(web: subprocess.Popen[bytes]) -> None:
    """This will ask the web to stop, and end all of its group that has not stopped in time."""
    web.terminate()
    with suppress(subprocess.TimeoutExpired):
        web.wait(timeout=GRACE)
    with suppress(ProcessLookupError):
        os.killpg(web.pid, signal.SIGKILL)
    web.wait()


def follow() -> None:
    """This will end this process and its group once ``serve`` is gone; nothing where ``serve`` did not start it."""
    if os.environ.get(_HELD):
        threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    while os.read(0, 1):
        pass
    head = os.getpgrp()
    with suppress(ProcessLookupError):
        os.kill(head, signal.SIGTERM)
        time.sleep(GRACE)
    os.killpg(head, signal.SIGKILL)
