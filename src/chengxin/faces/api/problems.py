"""RFC 9457 problems: every refusal of the API has a type, a title, a status and, in both languages, how to mend it."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from chengxin.core.errors import ChengxinError, DeniedError

log = structlog.get_logger("chengxin.api")
BASE = "urn:chengxin:problem:"


def problem(status: int, kind: str, title: str, **more: Any) -> HttpResponse:
    """This will build an ``application/problem+json`` answer."""
    body = {"type": f"{BASE}{kind}", "title": title, "status": status, **more}
    return JsonResponse(
        body,
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def of(error: ChengxinError) -> HttpResponse:
    """This will say one of the house's own errors as a problem."""
    words = error.as_dict()
    if error.status >= 500:
        reference = secrets.token_hex(4)
        log.error("house fault", reference=reference, id=error.id)
        return problem(error.status, "house.fault", "系统出错 / our own fault", reference=reference)
    answer = problem(
        401 if error.id == "door.no_key" else error.status,
        error.id,
        f"{words['zh']} / {words['en']}",
        detail_zh=words["zh"],
        detail_en=words["en"],
        hint_zh=words["hint_zh"],
        hint_en=words["hint_en"],
    )
    if error.id == "door.no_key":
        answer["WWW-Authenticate"] = "Bearer"
    if "wait" in error.words:
        answer["Retry-After"] = str(error.words["wait"])
    return answer


def install(api: NinjaAPI) -> None:
    """This will make every way a call can fail answer with a problem, and none with a trace."""

    @api.exception_handler(ChengxinError)
    def ours(_request: HttpRequest, error: ChengxinError) -> HttpResponse:
        return of(error)

    @api.exception_handler(ValidationError)
    def words_off(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [{"where": ".".join(map(str, each["loc"])), "what": each["msg"]} for each in error.errors]
        return problem(422, "request.invalid", "请求的参数不对 / the call's words are off", errors=errors)

    @api.exception_handler(AuthenticationError)
    def no_key(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return of(DeniedError("door.no_key"))

    @api.exception_handler(Throttled)
    def too_many(_request: HttpRequest, error: Throttled) -> HttpResponse:
        wait = int(error.wait or 1)
        response = problem(
            429, "door.too_many", f"请求太密，请 {wait} 秒后再试 / too many calls, try again in {wait} s"
        )
        response["Retry-After"] = str(wait)
        return response

    @api.exception_handler(HttpError)
    def plain(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, "request.refused", str(error))

    @api.exception_handler(Exception)
    def fault(request: HttpRequest, _error: Exception) -> HttpResponse:
        reference = secrets.token_hex(4)
        log.exception("fault", reference=reference, path=request.path)
        return problem(500, "house.fault", "系统出错 / our own fault", reference=reference)
