"""The gate in a frame of another body's counter: a page for one case, opened by a ticket that lapses in minutes.

The counter's own server asks for the ticket under its key; the browser at the counter never sees the key. The page
may stand only in frames of the one origin its terms name. A ticket is void at once when its key is revoked.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from csp.decorators import csp_replace
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from chengxin.core.errors import ChengxinError, DeniedError, InputError
from chengxin.effects.exchange import callers
from chengxin.faces import gating
from chengxin.faces.api import problems
from chengxin.faces.api.gate import key_of, read_words
from chengxin.faces.metering import meter
from chengxin.faces.mounting import speak
from chengxin.faces.premises import Premises, premises
from chengxin.kit.words import language
from chengxin.ledger.models import Official
from chengxin.ledger.officials import holds_key, key_number, require

LASTS: Final = timedelta(minutes=15)
_SALT: Final = "gate widget"


@csrf_exempt
def ticket(request: HttpRequest) -> HttpResponse:
    """This will give the address of a page for ``{matter | item, purpose, case, role?}``: put it into an iframe."""
    try:
        if request.method != "POST":
            return problems.problem(405, "request.method", "用 POST / with POST")
        here, key = premises(), key_of(request)
        official = gating.caller(key, here)
        terms = callers.of([official.pk]).get(official.pk)
        if terms is None or not terms.origin:
            raise InputError("gate.no_origin")
        question = gating.in_our_words(read_words(request.body), terms)
    except ChengxinError as error:
        return problems.of(error)
    said = {"key": key_number(key), "official": official.pk, "origin": terms.origin, **vars(question)}
    address = reverse("gate_frame", args=[signing.dumps(said, salt=_SALT, compress=True)])
    body = {"url": request.build_absolute_uri(address), "lapses_at": (here.now + LASTS).isoformat()}
    return HttpResponse(
        json.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


@csrf_exempt
@xframe_options_exempt
def frame(request: HttpRequest, token: str) -> HttpResponseBase:
    """This will ask for a code and answer in the same frame; the ticket stands in for a log-in."""
    speak(request)
    here = premises()
    try:
        said = signing.loads(token, salt=_SALT, max_age=LASTS)
        official = _holder(said, here)
    except (signing.BadSignature, DeniedError):
        return _page(request, {"lapsed": True}, "'none'", status=403)
    code = request.POST.get("code", "").strip()
    context: dict[str, Any] = {"origin": said["origin"], "code": code, "case": said["case"]}
    if request.method == "POST" and code and "\x00" not in code:
        try:
            context["told"] = _answer(said, code, official, here)
        except ChengxinError as error:
            context["trouble"] = f"{error.sentence(language())} {error.hint(language())}"
    return _page(request, context, said["origin"])


def _holder(said: dict[str, Any], here: Premises) -> Official:
    official = Official.objects.filter(pk=said["official"], is_active=True).first()
    if official is None or not holds_key(official, said["key"]):
        raise DeniedError("door.no_key")
    require(official, "gate", on=here.today)
    return official


def _answer(said: dict[str, Any], code: str, official: Official, here: Premises) -> dict[str, Any]:
    terms = callers.of([official.pk]).get(official.pk)
    meter(here.store.home).take(official.pk, 1, gating.quota(terms), here.now)
    question = gating.Question(said["matter"], said["purpose"], said["case"], said["role"])
    (found,) = gating.ask_codes(question, [code], official=official, door="api:widget", here=here)
    return found.as_dict()


def _page(
    request: HttpRequest, context: dict[str, Any], ancestor: str, status: int = 200
) -> HttpResponseBase:
    @csp_replace({"frame-ancestors": [ancestor]})
    def shown(request: HttpRequest) -> HttpResponse:
        return render(request, "faces/widget.html", context, status=status)

    answer = shown(request)
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
