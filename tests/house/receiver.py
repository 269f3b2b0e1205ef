"""A subscriber's own system on the loopback: it answers as one likes, and keeps a book of what it was told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@dataclass
class Book:
    """Of each line (as it is named outside) the newest thing that was said of it; ``sick``: it takes nothing in."""

    url: str = ""
    sick: bool = False
    lines: dict[str, dict[str, Any]] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)

    def take(self, event: dict[str, Any]) -> None:
        line, number = event["data"]["line"], int(event["id"])
        if number >= self.newest.get(line, 0):
            self.newest[line], self.lines[line] = number, event["data"]

    def forget(self) -> None:
        self.sick = False
        self.lines.clear()
        self.newest.clear()


@contextmanager
def receiving() -> Iterator[Book]:
    """This will receive in a thread of its own until the block is left."""
    book = Book()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not book.sick:
                book.take(json.loads(body))
            said = b"" if book.sick else b'{"acknowledged": true, "result": "held"}'
            self.send_response(500 if book.sick else 200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_words: Any) -> None:
            """It says nothing on the test's own page."""

    server = HTTPServer(("127.0.0.1", 0), Door)
    book.url = f"http://127.0.0.1:{server.server_port}/told"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield book
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
