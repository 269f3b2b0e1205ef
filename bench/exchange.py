"""Events per second and the lag from commit to receipt, through the served doors and receivers of their own.

    python -m bench.exchange [--lines 2000] [--receivers 2]

The lines come into force before the doors open, and all are told: that gives events per second. Then objections
are filed one by one while they are told: the lag is from the act to the receiver's disk.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench.installed import environment, percentiles, serving

STAGE = str(Path(__file__).parents[1] / "tests" / "effects" / "exchange_stage.py")
BOUND = 600.0
MADE = """select e.id, n.at, e.kind from effects_event e join ledger_seal s on s.number = e.number
          join ledger_entry n on n.id = s.entry_id"""


def stage(home: Path, *words: str) -> Any:
    """This will do something in the home, in a process of its own."""
    done = subprocess.run(
        [sys.executable, STAGE, *words], env=environment(home), capture_output=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def receive(port: int, journal: Path) -> None:
    """This will take events, write when each came, and acknowledge."""
    with journal.open("a", encoding="utf-8") as file:

        class Receiver(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                file.write(f"{self.headers['webhook-id'][4:]} {time.time()}\n")
                file.flush()
                said = b'{"acknowledged": true, "result": "held"}'
                self.send_response(200)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)
                self.wfile.flush()

            def log_message(self, *_words: Any) -> None:
                pass

        ThreadingHTTPServer(("127.0.0.1", port), Receiver).serve_forever()


def measure(lines: int, receivers: int, home: Path) -> dict[str, Any]:
    """This will tell so many lines to so many receivers, then change a tenth of them one by one."""
    home.mkdir(parents=True, exist_ok=True)
    ports = {f"receiver-{n}": _free() for n in range(receivers)}
    running = [
        subprocess.Popen([sys.executable, "-m", "bench.exchange", "--receive", str(port), str(home / name)])
        for name, port in ports.items()
    ]
    try:
        wishes = {name: {"url": f"http://127.0.0.1:{port}/"} for name, port in ports.items()}
        stage(home, "subscriptions", json.dumps(wishes))
        levied = stage(home, "levy", str(lines))
        with serving(home):
            began = time.perf_counter()
            _await(home, ports, lines)
            seconds = time.perf_counter() - began
            changed = levied["subjects"][: max(1, lines // 10)]
            stage(home, "step", str(levied["case"]), "object", json.dumps(changed))
            _await(home, ports, lines + len(changed))
    finally:
        for one in running:
            one.kill()
            one.wait()
    return {
        "lines": lines,
        "receivers": receivers,
        "events_per_second": round(lines * receivers / seconds),
        "seconds": round(seconds, 1),
        "changes": len(changed),
        "lag": percentiles(_lags(home, ports)),
        "cores": os.cpu_count(),
    }


def _await(home: Path, names: Any, events: int) -> None:
    """Until each receiver has so many different events."""
    ends = time.monotonic() + BOUND
    while any(len(_came(home / name)) < events for name in names):
        if time.monotonic() > ends:
            raise SystemExit(f"not all of {events} events came in {BOUND} s")
        time.sleep(0.05)


def _came(journal: Path) -> dict[int, float]:
    """When each event came first."""
    rows = journal.read_text("utf-8").splitlines() if journal.exists() else []
    came: dict[int, float] = {}
    for row in rows:
        number, _, at = row.partition(" ")
        came.setdefault(int(number), float(at or 0))
    return came


def _lags(home: Path, names: Any) -> list[float]:
    from datetime import UTC, datetime

    with sqlite3.connect(home / "case.sqlite3") as connection:
        made = {
            number: datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
            for number, at, kind in connection.execute(MADE)
            if kind == "changed"
        }
    return [
        at - made[number] for name in names for number, at in _came(home / name).items() if number in made
    ]


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=2_000)
    parser.add_argument("--receivers", type=int, default=2)
    parser.add_argument("--receive", nargs=2, metavar=("PORT", "JOURNAL"))
    options = parser.parse_args()
    if options.receive:
        receive(int(options.receive[0]), Path(options.receive[1]))
        return
    with tempfile.TemporaryDirectory(
        prefix="chengxin-bench-", dir=os.environ.get("BENCH_SCRATCH")
    ) as scratch:
        print(json.dumps(measure(options.lines, options.receivers, Path(scratch) / "home")))


if __name__ == "__main__":
    main()
