"""A subscriber to learn from: takes events, checks their signature, keeps what stands in one state file.

    python -m chengxin.faces.reference_subscriber --port 9100 --state state.json --secret whsec_…

Standard library only. It shows all that a receiver must do: refuse what is not signed or too old; keep of each
line only what has the greatest ``sequence``; write its state to disk before it answers; answer the same message
twice alike. ``--late`` answers without acknowledging and does that afterwards at ``--platform`` with ``--token``;
``--slow`` and ``--fail`` misbehave, to see that nothing is lost.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import os
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

TOLERANCE = 300
"""Seconds a signature's moment may lie beside our clock."""


class Desk:
    """What the receiving body holds: of each line its last event, and the order in which they came."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()
        self.held: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        self.journal = path.with_suffix(".log").open("a", encoding="utf-8")

    def take(self, event: dict[str, Any]) -> str:
        """This will keep an event unless a later one of its line is held, and say what was done."""
        with self.lock:
            line = event["data"]["line"]
            before = self.held.get(line)
            if before is None or before["sequence"] < event["sequence"]:
                self.held[line] = event
                self._keep()
                self._journal(event)
        return "taken_back" if event["data"]["ended"] else "held"

    def _keep(self) -> None:
        fresh = self.path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(self.held, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)

    def _journal(self, event: dict[str, Any]) -> None:
        words = {"subject": event["subject"], "sequence": event["sequence"], "made": event["time"],
                 "taken": time.time()}  # fmt: skip
        self.journal.write(json.dumps(words) + "\n")
        self.journal.flush()


def is_ours(secret: str, words: Any, body: bytes) -> bool:
    """This will check a Standard Webhooks signature (HMAC-SHA-256) and that it is fresh."""
    identity, moment = words.get("webhook-id", ""), words.get("webhook-timestamp", "")
    if not moment.isdigit() or abs(time.time() - int(moment)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, f"{identity}.{moment}.".encode() + body, "sha256")).decode()
    given = [each.removeprefix("v1,") for each in words.get("webhook-signature", "").split()]
    return any(hmac.compare_digest(expected, each) for each in given)


def main() -> None:
    """This will receive until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--slow", type=float, default=0.0, help="seconds to think before each answer")
    parser.add_argument("--fail", type=int, default=0, help="answer 500 to so many messages first")
    parser.add_argument("--late", action="store_true", help="acknowledge afterwards, by the API")
    parser.add_argument("--platform", default="")
    parser.add_argument("--token", default="")
    options = parser.parse_args()
    desk, left = Desk(options.state), [options.fail]

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            time.sleep(options.slow)
            if not is_ours(options.secret, self.headers, body):
                return self._answer(401, {"error": "signature"})
            if left[0] > 0:
                left[0] -= 1
                return self._answer(500, {"error": "not now"})
            event = json.loads(body)
            result = desk.take(event)
            if options.late:
                self._answer(202, {})
                return _acknowledge(options.platform, options.token, int(event["id"]), result)
            return self._answer(200, {"acknowledged": True, "result": result})

        def _answer(self, status: int, words: dict[str, Any]) -> None:
            said = json.dumps(words).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)
            self.wfile.flush()

        def log_message(self, *_words: Any) -> None:
            pass

    ThreadingHTTPServer(("127.0.0.1", options.port), Receiver).serve_forever()


def _acknowledge(platform: str, token: str, event: int, result: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - the operator names the platform
        f"{platform}/api/v1/exchange/acknowledgements",
        data=json.dumps({"events": [event], "result": result}).encode(),
        headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20):  # noqa: S310
        pass


if __name__ == "__main__":
    main()
