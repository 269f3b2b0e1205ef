"""The gate every page is mounted behind: the language, the clock, who asks, whether they may, and what an
error looks like. ``kit.page`` declares; this stands at the door."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.cases.adopted import current_bundle
from chengxin.core.clock import day_of
from chengxin.core.errors import ChengxinError, HouseFault, MissingError, StaleProof
from chengxin.core.numerals import LARGEST
from chengxin.faces import presence
from chengxin.faces.entrance import comer_of, missing_step, official_of
from chengxin.faces.jobs import queue
from chengxin.faces.my.accounts import note_look, party_of
from chengxin.faces.premises import clock, store
from chengxin.kit.pages import RAIL, Route, Visit, not_yours, routes_of
from chengxin.kit.words import language, spoken
from chengxin.ledger import officials
from chengxin.ledger.models import Official
from chengxin.ledger.roles import ROLES
from chengxin.ledger.scope import Scope, scope_of

log = logging.getLogger("chengxin.faces")

GROUPS = {
    "today": noop("今日"),
    "intake": noop("收数"),
    "lookup": noop("查阅"),
    "casework": noop("办理"),
    "accounts": noop("核算"),
    "oversight": noop("监督"),
}
_mounted: list[tuple[str, Route]] = []


def mount(*modules: ModuleType, door: str, namespace: str) -> list[URLPattern]:
    """This will give the addresses of the modules' pages of one door, each behind the gate."""
    patterns = []
    for route in (route for module in modules for route in routes_of(module)):
        if route.door == door:
            _mounted.append((namespace, route))
            patterns.append(path(route.path, _gate(route, namespace), name=route.name))
    return patterns


def mounted() -> list[tuple[str, Route]]:
    """This will list every page of the house with its namespace (a house test reads it)."""
    return list(_mounted)


def _gate(route: Route, namespace: str) -> Callable[..., HttpResponseBase]:
    def gate(request: HttpRequest, **captured: Any) -> HttpResponseBase:
        speak(request)
        if request.method not in route.methods:
            return HttpResponseNotAllowed(route.methods)
        try:
            _refuse_endless(captured)
            return _walk(route, namespace, request, captured)
        except ChengxinError as error:
            return explain(request, error)

    gate.__name__ = route.name
    gate.route = route  # type: ignore[attr-defined]
    return gate


def _refuse_endless(captured: Mapping[str, Any]) -> None:
    """A number that no column holds names nothing there is."""
    for number in captured.values():
        if isinstance(number, int) and number > LARGEST:
            raise MissingError("door.no_such", number=number)


def _walk(route: Route, namespace: str, request: HttpRequest, captured: dict[str, Any]) -> HttpResponseBase:
    official = official_of(request) if route.door != "my" else None
    if route.verbs and official is None:
        comer = comer_of(request)
        if comer is not None:
            return HttpResponseRedirect(reverse(missing_step(request, comer)))
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    visit = visit_of(request, route, official)
    if route.party and visit.party is None:
        return redirect_to_login(request.get_full_path(), reverse("my:login"))
    if route.verbs and not visit.verbs_held.intersection(route.verbs):
        raise not_yours(route.verbs)
    if route.duties:
        visit.require(next(verb for verb in route.verbs if visit.may(verb)), *route.duties)
    if route.party and visit.party is not None:
        note_look(visit.party, request.path, visit.now)
    if official is not None and route.door == "desk":
        visit.rail = rail_of(visit, namespace)
    answer = _answer(visit, captured)
    if route.door != "public" or official is not None:
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _answer(visit: Visit, captured: dict[str, Any]) -> HttpResponseBase:
    """Before a binding step who sits there is asked again; a page that learns only then that it binds, says so."""
    route, official = visit.route, visit.official
    if visit.request.method == "POST" and route.verbs and official is not None:
        visit.proved = presence.is_fresh(visit.request, official, timezone.now())
        if not visit.proved and route.binding(captured) and (asked := presence.ask_again(visit)) is not None:
            return asked
        if visit.proved:
            presence.take_up(visit)
    try:
        return route.view(visit, **captured)
    except StaleProof:
        return presence.ask_again(visit) or route.view(visit, **captured)


def speak(request: HttpRequest) -> None:
    """This will choose the language: the switch, the official's own, or Chinese; never the browser's."""
    known = {code for code, _word in settings.LANGUAGES}
    asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    official = official_of(request)
    own = official.language if official else ""
    translation.activate(asked if asked in known else own if own in known else settings.LANGUAGE_CODE)
    request.LANGUAGE_CODE = translation.get_language()


def visit_of(request: HttpRequest, route: Route, official: Official | None) -> Visit:
    """This will read the clock once, and put together all a page may know."""
    now = clock()
    today = day_of(now)
    roles = [ROLES[held.role] for held in officials.assignments(official, today)] if official else []
    return Visit(
        request=request,
        now=now,
        today=today,
        home=Path(settings.HOME),
        store=store(),
        scope=scope_of(official, today) if official else Scope.public(),
        official=official,
        party=party_of(request, today) if route.door == "my" else None,
        route=route,
        secret=settings.WRAP_KEY,
        adopt=cache(partial(current_bundle, today, store=store())),
        verbs_held=frozenset[str]().union(*(role.verbs for role in roles)),
        roles=tuple(dict.fromkeys(spoken(role.zh, role.en) for role in roles)),
        queue=(lambda kind, payload: queue(kind, payload, official.pk)) if official else None,
    )


def rail_of(visit: Visit, namespace: str) -> list[dict[str, Any]]:
    """This will draw the left rail: by task, then by program, only what this official may open.

    A program in which its body has no part is folded.
    """
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in RAIL}
    for space, route in _mounted:
        if route.rail and _opens(visit, route):
            href = reverse(f"{space}:{route.name}")
            here = (space, route.name) == (namespace, visit.route.name)
            shown = {"href": href, "title": _(route.title), "icon": route.icon, "here": here}
            groups.setdefault(space if space in visit.house.programs else route.rail, []).append(shown)
    rail = []
    for name, pages in groups.items():
        program = visit.house.programs.get(name)
        folded = program is not None and name != namespace and not _has_part(visit, name)
        title = spoken(program.title, program.title_en) if program else _(GROUPS[name])
        if pages:
            rail.append({"title": title, "pages": pages, "folded": folded, "program": program is not None})
    return sorted(rail, key=_place)


def _opens(visit: Visit, route: Route) -> bool:
    held = visit.verbs_held.intersection(route.verbs)
    return bool(held) and (not route.duties or visit.who.agency.duty in route.duties)


def _place(group: Mapping[str, Any]) -> int:
    """Of the house what comes first, the programs one has a part in, the others, what comes last."""
    if group["program"]:
        return 2 if group["folded"] else 1
    return 3 if group["title"] == _(GROUPS["oversight"]) else 0


def _has_part(visit: Visit, program: str) -> bool:
    """This will say whether the official's body reports what a program reads, or takes a step of its procedures."""
    house, duty = visit.house, visit.who.agency.duty
    parts = {duty for name in house.programs[program].reads for duty in house.items[name].reporters}
    for procedure in house.procedures.values():
        if procedure.program == program:
            parts |= {procedure.decides_by, *procedure.cosigners, *(step.by for step in procedure.steps)}
    return duty in parts


# errors, as pages


def explain(request: HttpRequest, error: ChengxinError) -> HttpResponse:
    """This will say what is wrong, why, and what next; our own faults get a reference number and a log."""
    reference = ""
    if isinstance(error, HouseFault):
        reference = secrets.token_hex(4).upper()
        log.error("%s at %s: %s", reference, request.path, error, exc_info=error)
    return trouble(
        request, error.status, error.sentence(language()), error.hint(language()), reference=reference
    )


def trouble(
    request: HttpRequest, status: int, sentence: str, hint: str, *, reference: str = ""
) -> HttpResponse:
    """This will write the error page in the frame of the public door, or as a notice for htmx."""
    template = "faces/trouble_part.html" if request.headers.get("HX-Request") else "faces/trouble.html"
    words = {"status": status, "sentence": sentence, "hint": hint, "reference": reference}
    return render(request, template, words, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will answer a request that cannot be read."""
    speak(request)
    return trouble(
        request, 400, _("这个请求读不懂"), _("请从首页重新进入；如果是复制来的地址，请检查是否完整。")
    )


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will answer who may not."""
    speak(request)
    return trouble(request, 403, _("您的岗位不能打开这一页"), _("需要时请向安全管理员申请相应职责。"))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """This will answer a form whose token does not fit."""
    speak(request)
    hint = _("请返回上一页刷新后再提交；登录状态可能已经变化。")
    return trouble(request, 403, _("这张表单已经失效，没有提交"), hint)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """This will answer an address that leads nowhere."""
    speak(request)
    return trouble(
        request, 404, _("没有这一页"), _("地址可能有误，或者内容已经依法停止公示。可以从首页查找。")
    )


def broken(request: HttpRequest) -> HttpResponse:
    """This will answer our own fault with a reference number; the traceback is in the log under it."""
    reference = secrets.token_hex(4).upper()
    log.error("%s at %s", reference, request.path, exc_info=True)
    try:
        speak(request)
        hint = _("没有任何内容被改动。请稍后再试；如果还是这样，请把下面的编号告诉我们。")
        return trouble(request, 500, _("系统出了差错"), hint, reference=reference)
    except Exception:
        log.exception("%s: the error page failed too", reference)
        return HttpResponse(f"系统出了差错 / our fault · {reference}", status=500, content_type="text/plain")


def programs(names: Iterable[str]) -> list[tuple[str, ModuleType]]:
    """This will import the pages of each program that has any."""
    from importlib import import_module
    from importlib.util import find_spec

    places = {name: f"chengxin.programs.{name}.pages" for name in names}
    return [(name, import_module(place)) for name, place in places.items() if find_spec(place) is not None]
