"""Who comes to the doors in a walk, and what they send: one post or question at a time.

A ``Letter`` says who sends what where; ``Browsers`` carries it with Django's client, each visitor with a session of
its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.house.town import PASSWORD, Town

LOG_IN = ("/desk/login", "/my/login")


@dataclass(frozen=True)
class Letter:
    """One request: ``who`` is an official's name, a firm's identity, a listener's name, or nobody."""

    who: str
    path: str
    words: Mapping[str, Any] | None = None
    """None: a page is read. With a key, or ``json``: the body of a question."""
    files: tuple[tuple[str, bytes], ...] = ()
    key: str = ""
    token: bool = True
    """False: the form comes without its token."""
    stale: bool = False
    """The session of another day is used, if there is one."""

    def __str__(self) -> str:
        how = "" if self.token else " without its token"
        said = f" {dict(self.words)}" if self.words is not None else ""
        files = f" with {[name for name, _ in self.files]}" if self.files else ""
        return f"{self.who or 'nobody'}{how}{' by an old session' * self.stale}: {self.path}{said}{files}"


@dataclass(frozen=True)
class Heard:
    """What came back."""

    status: int
    location: str = ""
    text: str = ""
    trouble: str = ""

    @property
    def done(self) -> bool:
        """It was taken: one is sent on, and not to log in."""
        return self.status == 302 and not self.location.startswith(LOG_IN)

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Browsers:
    """Visitors with a session each, in this process."""

    town: Town
    day: Any = None
    sessions: dict[str, tuple[Any, Client]] = field(default_factory=dict)

    def send(self, letter: Letter) -> Heard:
        client = self._of(letter) if not letter.key else Client(raise_request_exception=False)
        if not letter.token:
            strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
            strict.cookies = client.cookies
            client = strict
        answer = self._asked(client, letter)
        info = getattr(answer, "exc_info", None)
        text = "" if getattr(answer, "streaming", False) else answer.content.decode("utf-8", "replace")
        return Heard(
            answer.status_code, answer.headers.get("Location", ""), text, repr(info[1]) if info else ""
        )

    def _asked(self, client: Client, letter: Letter) -> Any:
        words: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {letter.key}"} if letter.key else {}
        if letter.words is None:
            return client.get(letter.path, **words)
        if letter.key:
            return client.post(
                letter.path, json.dumps(letter.words), content_type="application/json", **words
            )
        files = [SimpleUploadedFile(name, body) for name, body in letter.files]
        return client.post(letter.path, {**letter.words, **({"files": files} if files else {})})

    def _of(self, letter: Letter) -> Client:
        """A session lasts a day; an old one may be used again, to be told that it is over."""
        since, client = self.sessions.get(letter.who, (None, None))
        if client is None or (since != self.day and not letter.stale):
            client = self._come_in(letter.who)
            self.sessions[letter.who] = (self.day, client)
        return client

    def _come_in(self, who: str) -> Client:
        client = Client(raise_request_exception=False)
        if who in self.town.people:
            backend = "django.contrib.auth.backends.ModelBackend"
            client.force_login(self.town.people[who], backend=backend)
        elif who:
            answer = client.post("/my/login/local", {"identity": who, "password": PASSWORD})
            assert answer.status_code == 302, answer.content.decode()
        return client
