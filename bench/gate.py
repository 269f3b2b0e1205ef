"""How many checks the gate answers a second, each look on disk first; beside it an address that does nothing.

    python -m bench.gate [--home FOLDER] [--firms 20000] [--seconds 10] [--connections 16]

One process asks over kept connections, on the same machine as the served doors. On one firm in twenty stands a
measure. Afterwards the rows of the log of looks are counted: there is one for each answer. ``asking_us`` is what
asking itself costs of the same two cores, in microseconds of each check. Where Debian's ``wrk`` is installed it
asks too, which costs less, and its figures stand under ``wrk``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.installed import environment, percentiles, serving

TARGET_A_SECOND, TARGET_P99_MS = 1_500.0, 60.0
BATCH, TARGET_BATCH_SECONDS = 3_260, 2.0
MAKE = """
import dataclasses, json, sys
from datetime import timedelta
from chengxin.faces import boot
boot.setup_django(); boot.ready(quiet=True)
import pyarrow as pa
from bench.data import organisations
from chengxin.cases.adoption import confirm, propose
from chengxin.effects.models import Caller, Standing
from chengxin.faces.jobs import clock
from chengxin.faces.premises import premises
from chengxin.ledger.models import Assignment, Job, Official
from chengxin.ledger.officials import issue_key
from chengxin.policy.programs import Effect, Matter
from chengxin.subjects.registry import register
from pathlib import Path
import tempfile
here, system = premises(), boot.system_official()
program = here.house.programs["sewage_tariff"]
basis = next(iter(program.effects.values())).basis
limit = Effect("bench_limit", "measure", adverse=True, title="限制", title_en="Limit", basis=basis, on_objection="none",
               listed="dir-2024#B1", group="B", matters=(Matter("bench", "测速", "bench", "discretionary"),))
program = dataclasses.replace(program, effects={**program.effects, "bench_limit": limit})
house = dataclasses.replace(here.house, programs={**here.house.programs, "sewage_tariff": program})
words = {"on": here.today, "at": here.now, "store": here.store}
hands = []
for role in ("legal", "head"):
    hands.append(Official.objects.create(username=f"bench-{role}", name=role, agency=system.agency))
    Assignment.objects.create(official=hands[-1], role=role, region_id=system.agency.region_id, since=here.today)
confirm(propose(house, official=hands[0], since=here.today, **words), official=hands[1], **words)
rows = organisations(int(sys.argv[1]), temp=Path(tempfile.mkdtemp()))
codes = rows["code"]
table = pa.table({"scheme": pa.repeat(pa.scalar("uscc"), len(codes)), "code": codes, "name": rows["name"]})
subjects = register(table, "organisation", here.now).subject.to_pylist()
Standing.objects.bulk_create([
    Standing(subject=subject, kind="measure", program="sewage_tariff", effect="bench_limit", title="限制", adverse=True,
             article=basis, agency=str(system.agency_id), since=here.today, until=here.today + timedelta(days=90))
    for subject in subjects[::20]], batch_size=1000)
Caller.objects.create(official=system.pk, per_minute=10**9, per_day=10**9)
Job.objects.update_or_create(name="tick", defaults={"finished_at": here.now})
print(json.dumps({"key": issue_key(system, "bench", now=here.now), "codes": codes.to_pylist()}))
"""
COUNT = """
from chengxin.faces import boot
boot.setup_django()
from chengxin.ledger.looks.models import Look
print(Look.objects.count())
"""


def python(home: Path, program: str, *words: str) -> Any:
    """This will run a program in a home and read the JSON it prints last."""
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        check=True,
        capture_output=True,
        text=True,
        env=environment(home),
    )
    return json.loads(done.stdout.splitlines()[-1])


WRK = """
local bodies, place = {}, 0
for line in io.lines(os.getenv("QUESTIONS")) do bodies[#bodies + 1] = line end
local headers = { ["Authorization"] = "Bearer " .. os.getenv("KEY"), ["Content-Type"] = "application/json" }
function request()
  place = place % #bodies + 1
  return wrk.format("POST", "/api/v1/gate", headers, bodies[place])
end
function done(summary, latency)
  local lost = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  local told = '{"checks": %d, "seconds": %.3f, "p50_ms": %.1f, "p99_ms": %.1f, "refused": %d, "lost": %d}\\n'
  io.write(string.format(told,
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status, lost))
end
"""


def wrk(
    port: int, bodies: list[dict[str, Any]], key: str, seconds: float, connections: int
) -> dict[str, Any] | None:
    """This will have Debian's ``wrk`` ask, if it is installed: checks a second, p50, p99, what was not answered."""
    if shutil.which("wrk") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        script, questions = Path(folder) / "gate.lua", Path(folder) / "questions"
        script.write_text(WRK, "utf-8")
        questions.write_text("\n".join(json.dumps(body) for body in bodies), "utf-8")
        words = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "-s", str(script)]
        done = subprocess.run(
            [*words, f"http://127.0.0.1:{port}/"],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "QUESTIONS": str(questions), "KEY": key},
        )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told | {"a_second": round(told["checks"] / told["seconds"])}


class Line:
    """One kept connection that always has one question under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = 0.0
        self.heard = b""

    def ask(self, question: bytes) -> None:
        self.heard, self.asked = b"", time.perf_counter()
        self.socket.sendall(question)

    def hear(self) -> bytes | None:
        """This will take what has come, and give the body once it is whole."""
        self.heard += self.socket.recv(65536)
        head, found, body = self.heard.partition(b"\r\n\r\n")
        if not found:
            return None
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 302")):
            raise SystemExit(self.heard.decode("utf-8", "replace"))
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return body if len(body) >= int(length) else None


def press(
    port: int, question: Callable[[int], bytes], seconds: float, connections: int
) -> tuple[list[float], list[bytes]]:
    """This will ask over kept connections for so long; seconds of each answer, and the answers."""
    waiting, took, answers = selectors.DefaultSelector(), [], []
    lines = [Line(port) for _ in range(connections)]
    until, asked = time.perf_counter() + seconds, 0
    for line in lines:
        waiting.register(line.socket, selectors.EVENT_READ, line)
        line.ask(question(asked))
        asked += 1
    while len(answers) < asked:
        for key, _events in waiting.select():
            body = key.data.hear()
            if body is not None:
                now = time.perf_counter()
                took.append(now - key.data.asked)
                answers.append(body)
                if now < until:
                    key.data.ask(question(asked))
                    asked += 1
    for line in lines:
        line.socket.close()
    return took, answers


def request(method: str, path: str, key: str, body: dict[str, Any] | None = None) -> bytes:
    told = json.dumps(body).encode() if body else b""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(told)}\r\n\r\n".encode() + told


def measure(home: Path, firms: int, seconds: float, connections: int) -> dict[str, Any]:
    """This will serve a home, press the gate and then the address that does nothing, and count the looks."""
    home.mkdir(parents=True, exist_ok=True)
    made = python(home, MAKE, str(firms))
    key, codes = made["key"], made["codes"]
    asked = {"matter": "bench", "purpose": "测速", "case": "测〔2026〕1号"}
    bodies = [{"code": code, **asked} for code in codes]
    questions = [request("POST", "/api/v1/gate", key, body) for body in bodies]
    nothing = request("GET", "/language", key)
    with serving(home) as port:
        for _ in range(3):  # until every web process is up
            press(port, lambda n: questions[n % firms], 3.0, connections)
        before, own = python(home, COUNT), time.process_time()
        took, answers = press(port, lambda n: questions[n % firms], seconds, connections)
        own = time.process_time() - own
        looks = python(home, COUNT) - before
        by_wrk = wrk(port, bodies, key, seconds, connections)
        if by_wrk:
            by_wrk["looks_written"] = python(home, COUNT) - before - looks
        bare, _ = press(port, lambda _n: nothing, seconds / 2, connections)
        began = time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", port)
        body = json.dumps({"codes": codes[:BATCH], **asked})
        line.request("POST", "/api/v1/gate", body, {"Authorization": f"Bearer {key}"})
        batch = json.loads(line.getresponse().read())["answers"]
        batch_seconds = time.perf_counter() - began
    said = [json.loads(answer)["answer"] for answer in answers]
    figures = percentiles(took)
    return {
        "database": os.environ.get("DATABASE_URL", "sqlite").partition(":")[0],
        "connections": connections,
        "checks": len(took),
        "a_second": round(len(took) / seconds),
        **figures,
        "looks_written": looks,
        "may_apply": said.count("may_apply"),
        "none": said.count("none"),
        "asking_us": round(own / len(took) * 1_000_000),
        "wrk": by_wrk,
        "nothing_a_second": round(len(bare) / (seconds / 2)),
        "batch": len(batch),
        "batch_seconds": round(batch_seconds, 2),
        "load_average": round(os.getloadavg()[0], 1),
        "within": len(took) / seconds >= TARGET_A_SECOND
        and figures["p99_ms"] <= TARGET_P99_MS
        and batch_seconds <= TARGET_BATCH_SECONDS
        and looks == len(took),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--firms", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as folder:
        home = options.home or Path(folder) / "home"
        told = measure(home, options.firms, options.seconds, options.connections)
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
