"""A receiving body's desk to learn from: it is told by the exchange, and asks the gate before it goes on.

    python -m chengxin.faces.reference_desk --port 9200 --state desk.json --secret whsec_… \
        --platform http://127.0.0.1:8000 --token … --matter construction_qualification

``POST /events`` takes what the exchange tells, as ``reference_subscriber`` does. ``POST /matter`` with
``{number, code, role}`` answers ``{decision, because, feedback}``:

* *blocked* where the gate names a measure whose article binds the body: the desk may not go on;
* *warned* where the article leaves it to the body, or an objection stands beside the measure: an officer decides;
* *held* where the gate says *unknown* or cannot be reached: nobody is let through, and nobody refused, on silence;
* *passed* where there is none.

What was done goes back as a record of ``measure_feedback`` under the desk's own key. Standard library only.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from chengxin.faces.reference_subscriber import Desk, is_ours

CHINA = timedelta(hours=8)


@dataclass(frozen=True)
class Platform:
    """Where the platform is, and under which key this desk speaks to it."""

    address: str
    token: str
    division: str

    def check(self, code: str, matter: str, role: str, number: str) -> dict[str, Any]:
        """This will ask the gate; a platform that does not answer is *unknown*."""
        words = {"code": code, "matter": matter, "role": role, "purpose": "办理前核查", "case": number}
        asked = {name: value for name, value in words.items() if value}
        try:
            return self._post("/api/v1/gate", json.dumps(asked).encode(), "application/json")
        except (OSError, ValueError) as trouble:
            return {"answer": "unknown", "measures": [], "sentence": f"平台没有答复：{trouble}"}

    def feed_back(self, number: str, code: str, matter: str, result: str) -> dict[str, Any]:
        """This will tell what was done, as one record."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["number", "code", "division", "matter", "result", "officer", "acted_on"])
        today = (datetime.now(UTC) + CHINA).date().isoformat()
        writer.writerow([number, code, self.division, matter, result, "窗口", today])
        mark = secrets.token_hex(12)
        parts = [
            f'--{mark}\r\ncontent-disposition: form-data; name="item"\r\n\r\nmeasure_feedback\r\n',
            f'--{mark}\r\ncontent-disposition: form-data; name="file"; filename="feedback.csv"\r\n'
            f"content-type: text/csv\r\n\r\n{out.getvalue()}\r\n--{mark}--\r\n",
        ]
        kind, more = f"multipart/form-data; boundary={mark}", {"Idempotency-Key": f"{matter}-{number}"}
        try:
            return self._post("/api/v1/batches", "".join(parts).encode(), kind, more)
        except (OSError, ValueError) as trouble:
            return {"taken": 0, "trouble": str(trouble)}

    def _post(self, path: str, body: bytes, kind: str, more: dict[str, str] | None = None) -> dict[str, Any]:
        words = {"authorization": f"Bearer {self.token}", "content-type": kind, **(more or {})}
        request = urllib.request.Request(self.address + path, data=body, headers=words)  # noqa: S310 - the operator names the platform
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            told: dict[str, Any] = json.loads(answer.read())
        return told


def decide(told: dict[str, Any]) -> str:
    """This will say what the desk does on an answer of the gate."""
    if told["answer"] == "unknown":
        return "held"
    binding = [one for one in told["measures"] if one["binding"] == "mandatory" and not one["marked"]]
    if binding:
        return "blocked"
    return "warned" if told["measures"] else "passed"


def handle(platform: Platform, matter: str, asked: dict[str, str]) -> dict[str, Any]:
    """This will take one matter to its end: ask, decide, feed back."""
    told = platform.check(asked["code"], matter, asked.get("role", ""), asked["number"])
    decision = decide(told)
    because = [
        {name: one[name] for name in ("title", "citation", "binding", "contact", "document", "marked")}
        for one in told["measures"]
    ]
    answer: dict[str, Any] = {"decision": decision, "because": because, "sentence": told.get("sentence", "")}
    if decision != "held":
        answer["feedback"] = platform.feed_back(asked["number"], asked["code"], matter, decision)
    return answer


def main() -> None:
    """This will serve the desk until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--platform", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--matter", required=True)
    parser.add_argument("--division", default="320600")
    options = parser.parse_args()
    desk, platform = Desk(options.state), Platform(options.platform, options.token, options.division)

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path != "/events":
                return self._answer(200, handle(platform, options.matter, json.loads(body)))
            if not is_ours(options.secret, self.headers, body):
                return self._answer(401, {"error": "signature"})
            return self._answer(200, {"acknowledged": True, "result": desk.take(json.loads(body))})

        def _answer(self, status: int, words: dict[str, Any]) -> None:
            said = json.dumps(words, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json; charset=utf-8")
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_words: Any) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", options.port), Door).serve_forever()


if __name__ == "__main__":
    main()
