"""``POST /api/v1/gate``: one subject or a batch. A plain view: what desks wait for goes by the shortest road.

Its words and answers stand in the API's own description (``DESCRIBED``); its problems are those of every door.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from chengxin.core.errors import ChengxinError, DeniedError, InputError
from chengxin.effects.gate import matters
from chengxin.faces import gating
from chengxin.faces.api import problems
from chengxin.faces.premises import Premises, premises

log = structlog.get_logger("chengxin.api")
_WORDS: Final = ("matter", "item", "role", "purpose", "case")
_EITHER: Final = ("matter", "item", "role")
"""Words that may be missing."""


@csrf_exempt
def gate(request: HttpRequest) -> HttpResponse:
    """This will answer ``{code, matter, role?, purpose, case}``, or ``codes`` for many in their order.

    ``GET`` lists the matters there are.
    """
    try:
        if request.method == "GET":
            here = premises()
            gating.caller(key_of(request), here)
            return _told({"matters": _matters(here)})
        if request.method != "POST":
            return problems.problem(405, "request.method", "用 POST 核查 / ask with POST")
        return _answer(key_of(request), request.body)
    except ChengxinError as error:
        return _refused(request, error)
    except RequestDataTooBig:
        return problems.problem(413, "request.too_large", "请求太大，请分批 / too large, ask in parts")
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("fault", reference=reference, path=request.path)
        return problems.problem(500, "house.fault", "系统出错 / our own fault", reference=reference)


def _refused(request: HttpRequest, error: ChengxinError) -> HttpResponse:
    if error.id != "door.no_key" and error.status < 500:
        try:
            gating.refused(key_of(request), error)
        except DatabaseError:
            log.exception("refusal not kept", error=error.id)
    return problems.of(error)


def key_of(request: HttpRequest) -> str:
    """This will give the key a request bears; without one it is refused."""
    kind, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() != "bearer":
        raise DeniedError("door.no_key")
    return str(secret.strip())


def _answer(key: str, body: bytes) -> HttpResponse:
    asked = _read(body)
    codes: list[str] = asked.get("codes", [asked.get("code")])
    served = gating.machine(gating.Slip(key, words_of(asked), codes))
    own = {"matter": served.matter, "item": asked["item"]} if "item" in asked else {}
    if "codes" not in asked:
        return _told(own | served.answers[0].as_dict(), served.left.headers)
    told = zip(codes, served.answers, strict=True)
    answers = [{"code": code, **answer.as_dict()} for code, answer in told]
    return _told({**own, "answers": answers}, served.left.headers)


def words_of(asked: Mapping[str, Any]) -> gating.Words:
    """This will give what a question says besides whom it is about."""
    return gating.Words(**{name: asked.get(name, "") for name in _WORDS})


def read_words(body: bytes) -> gating.Words:
    """This will read a question about nobody yet; raises ``InputError`` with what is wrong in it."""
    return words_of(_object(body))


def _object(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise InputError("gate.unreadable", what=error) from error
    if not isinstance(asked, dict):
        raise InputError("gate.unreadable", what="{…}")
    if ("matter" in asked) == ("item" in asked):
        raise InputError("gate.unreadable", what="matter | item")
    for name in _WORDS:
        if not _is_text(asked.get(name, "" if name in _EITHER else None)):
            raise InputError("gate.unreadable", what=name)
    return asked


def _read(body: bytes) -> dict[str, Any]:
    asked = _object(body)
    codes = asked.get("codes", [asked.get("code")])
    if ("code" in asked) == ("codes" in asked) or not isinstance(codes, list):
        raise InputError("gate.unreadable", what="code | codes")
    if not all(isinstance(code, str) for code in codes):
        raise InputError("gate.unreadable", what="code | codes")
    return asked


def _is_text(value: Any) -> bool:
    """What either database can keep: half a character, or a zero, would fail the whole group."""
    return (
        isinstance(value, str) and "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    )


def _matters(here: Premises) -> list[dict[str, Any]]:
    found = matters(here.house)
    return [{"matter": name, "title": each.title, "title_en": each.title_en} for name, each in found.items()]


def _told(value: Any, more: Mapping[str, str] | None = None) -> HttpResponse:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(
        body,
        content_type="application/json; charset=utf-8",
        headers={"Cache-Control": "no-store", **(more or {})},
    )


_TEXT: Final = {"type": "string"}
_ANSWER: Final = {
    "type": "object",
    "required": ["answer", "measures", "basis", "case"],
    "properties": {
        "answer": {"enum": ["none", "may_apply", "unknown"]},
        "measures": {"type": "array", "items": {"type": "object"}},
        "basis": {"type": "array", "items": _TEXT},
        "case": {"type": "array", "items": _TEXT},
        "sentence": _TEXT,
        "sentence_en": _TEXT,
    },
}
_ASKED: Final = {
    "type": "object",
    "required": ["purpose", "case"],
    "properties": {
        **dict.fromkeys((*_WORDS, "code"), _TEXT),
        "codes": {"type": "array", "items": _TEXT, "maxItems": gating.MOST},
    },
}
DESCRIBED: Final[dict[str, Any]] = {
    "post": {
        "operationId": "gate_ask",
        "tags": ["gate 核查"],
        "summary": "办事前核查 / ask before going on",
        "description": "One `code`, or `codes` in their order (`{answers: […]}`); the `matter`, or `item`: your own "
        "code of it. Every look is logged first. RateLimit-* say what is left of the quota; over it: 429.",
        "security": [{"Key": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _ASKED}}},
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": _ANSWER}}}},
    },
    "get": {
        "operationId": "gate_matters",
        "tags": ["gate 核查"],
        "summary": "可核查的事项 / matters there are",
        "security": [{"Key": []}],
        "responses": {"200": {"description": "OK"}},
    },
}
