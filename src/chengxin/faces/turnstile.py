"""The short road to the gate: asked a thousand times a second, it goes past what only pages need.

Sessions, CSRF, languages, messages, static files and content policies are for people with browsers. A question
to the gate brings its own key; everything it is refused for stands in its own view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final
from wsgiref.types import StartResponse

from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections

from chengxin.faces.api import problems
from chengxin.faces.api.gate import gate

ADDRESS: Final = "/api/v1/gate"
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def before(house: Application) -> Application:
    """This will stand before the house and let in by itself whoever comes to the gate."""

    def application(environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != ADDRESS:
            return house(environ, start)
        close_old_connections()
        request = WSGIRequest(environ)
        try:
            request.get_host()
            answer = gate(request)
        except DisallowedHost:
            answer = problems.problem(400, "request.host", "不认识这个域名 / not a name of this house")
        headers = [
            *answer.items(),
            ("X-Content-Type-Options", "nosniff"),
            ("Content-Length", str(len(answer.content))),
        ]
        start(f"{answer.status_code} {answer.reason_phrase}", headers)
        return [answer.content]

    return application
