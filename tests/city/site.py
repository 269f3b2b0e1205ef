"""A built city as people meet it: served by the installed command, asked over HTTP, a cookie jar a person."""

from __future__ import annotations

import contextlib
import html
import http.client
import http.cookiejar
import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.city.built import City

WAIT = 120.0


@dataclass(frozen=True)
class Answer:
    """What came back: a redirect is an answer too."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """What a person reads of a page: its main part without marks."""
        page = self.body.decode("utf-8", "replace")
        main = re.search(r"<main.*?</main>", page, re.DOTALL)
        bare = re.sub(r"<(script|style|svg)\b.*?</\1>", "", main[0] if main else page, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", bare))).strip()

    @property
    def place(self) -> str:
        """The path a redirect leads to, with its query."""
        found = urllib.parse.urlsplit(self.headers["Location"] or "")
        return f"{found.path}?{found.query}" if found.query else found.path

    def all(self, pattern: str) -> list[str]:
        """Each thing of the page's source a pattern catches, once, in order."""
        return list(dict.fromkeys(re.findall(pattern, self.body.decode("utf-8", "replace"))))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Person:
    """One browser's worth of cookies, logged in or not."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.jar = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar), _Stay).open

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(urllib.request.Request(self.root + path, headers=headers))

    def post(self, path: str, said: Mapping[str, Any] | None = None, *, token: bool = True) -> Answer:
        mark = {"csrfmiddlewaretoken": self.token} if token else {}
        data = urllib.parse.urlencode({**(said or {}), **mark}, doseq=True).encode()
        headers = {"Referer": self.root + path, "Origin": self.root}
        return self._ask(urllib.request.Request(self.root + path, data=data, headers=headers))

    @property
    def token(self) -> str:
        return next((one.value or "" for one in self.jar if one.name == "csrftoken"), "")

    def _ask(self, request: urllib.request.Request) -> Answer:
        try:
            with self.open(request, timeout=WAIT) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            return Answer(refused.code, refused.headers, refused.read())  # type: ignore[arg-type]


@dataclass
class Site:
    """The served city; ``person("price-officer")`` comes in with that log-in, once."""

    city: City
    root: str
    logins: Mapping[str, str]
    log: Path
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str = "") -> Person:
        if name not in self.people:
            one = self.people[name] = Person(self.root)
            if name:
                one.get("/desk/login")
                came = one.post("/desk/login", {"username": name, "password": self.logins[name]})
                assert came.status == 302, came.text
        return self.people[name]

    def party(self, identity: str) -> Person:
        """One of the invented firms or people, come in at its own door, once."""
        if identity not in self.people:
            one = self.people[identity] = Person(self.root)
            one.get("/my/login/local")
            password = _parties(self.city.home)[identity]
            came = one.post("/my/login/local", {"identity": identity, "password": password})
            assert came.status == 302, came.text
        return self.people[identity]


def _parties(home: Path) -> dict[str, str]:
    told = json.loads((home / "demo.json").read_text("utf-8"))["parties"]
    return {one["identity"]: one["password"] for one in told}


@contextlib.contextmanager
def served(city: City, home: Path) -> Iterator[Site]:
    """This will serve a copy of a city on a free port of this machine until it is left."""
    shutil.copytree(city.home, home)
    copy, log = City(home), home.with_suffix(".log")
    copy.run("tick")  # adverse items stay dark until a first round of the clock is over
    with opened(copy, free_port(), log) as root:
        yield Site(copy, root, logins(home), log)


@contextlib.contextmanager
def opened(city: City, port: int, log: Path) -> Iterator[str]:
    """This will serve a city itself, by the clock its environment says, until it is left."""
    command = [sys.executable, "-m", "chengxin.faces.cli", "serve", "--port", str(port)]
    with log.open("ab") as said:
        running = subprocess.Popen(command, env=city.environment, stdout=said, stderr=said)
        try:
            root = f"http://127.0.0.1:{port}"
            _await(root, running, log)
            yield root
        finally:
            running.terminate()
            running.wait(timeout=30)


def logins(home: Path) -> dict[str, str]:
    """This will give the password of each official of a built city."""
    told = json.loads((home / "demo.json").read_text("utf-8"))["logins"]
    return {one["username"]: one["password"] for one in told}


def free_port() -> int:
    """This will name a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(root: str, running: subprocess.Popen[bytes], log: Path) -> None:
    """A server says nothing when it is ready but the answer itself: ask until it answers."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until and running.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{root}/desk/login", timeout=WAIT):
            return
        _give_it_time(running)
    raise AssertionError(f"the site did not open: {log.read_text('utf-8', 'replace')[-2000:]}")


def _give_it_time(running: subprocess.Popen[bytes]) -> None:
    """This will wait a little for the server, and stop at once if it ended."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        running.wait(timeout=0.2)
