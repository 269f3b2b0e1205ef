"""Whether it is still the same person: before a binding step the desk asks again who sits there.

By the one-time code where the account has one, by a new single sign-on where the session came by it, and by the
password otherwise. What was filled in waits in the page that asks, and goes on when the proof holds; failures count
as failed log-ins do. Machines speak by keys and are not asked.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy

from chengxin.faces import entrance, locks, outside
from chengxin.kit import Visit
from chengxin.ledger.models import Official

FIELD: Final = "presence"
FILES: Final = "presence_file"
_PROVEN: Final = "proven"
_OURS: Final = frozenset({"csrfmiddlewaretoken", FIELD})


class PasswordForm(forms.Form):
    presence = forms.CharField(
        label=gettext_lazy("口令"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip


class CodeForm(forms.Form):
    presence = forms.CharField(
        label=gettext_lazy("六位动态口令或恢复码"), max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )  # fmt: skip


class OutsideForm(forms.Form):
    """Nothing to fill in: the proof is given at the identity provider, in a window of its own."""

    presence = forms.CharField(widget=forms.HiddenInput(), initial="1")


FORMS: Final = {"password": PasswordForm, "code": CodeForm, "outside": OutsideForm}


def renew(request: HttpRequest, now: datetime) -> None:
    """This will note that whoever sits there has just proved who it is."""
    request.session[_PROVEN] = int(now.timestamp())


def is_fresh(request: HttpRequest, official: Official, now: datetime) -> bool:
    """This will say whether the last proof of this session is recent enough; logging in was the first."""
    known = request.session.get(_PROVEN)
    if not isinstance(known, int):
        known = int(official.last_login.timestamp()) if official.last_login else 0
        request.session[_PROVEN] = known
    minutes: int = settings.PROOF_MINUTES
    return now.timestamp() - known <= minutes * 60


def ask_where_stale(visit: Visit) -> HttpResponseBase | None:
    """This will ask who sits there before anything is posted, where the last proof is old; ``None``: go on."""
    if visit.request.method != "POST" or is_fresh(visit.request, visit.who, timezone.now()):
        return None
    return ask_again(visit)


def take_up(visit: Visit) -> None:
    """This will give back the files that waited while the proof was given elsewhere: in another window."""
    if FILES in visit.request.POST:
        _lay_aside_proof(visit.request)
        _give_files_back(visit)


def ask_again(visit: Visit) -> HttpResponseBase | None:
    """This will ask who sits there, keeping what was filled in; ``None``: it has been proved, go on."""
    kind = _kind(visit.request, visit.who)
    form = FORMS[kind](visit.request.POST) if FIELD in visit.request.POST else None
    _lay_aside_proof(visit.request)
    if form is not None and form.is_valid():
        if _holds(visit, kind, form.cleaned_data[FIELD]):
            _give_files_back(visit)
            visit.proved = True
            return None
        if getattr(visit.request, "axes_locked_out", False):
            visit.request.axes_locked_out = False  # type: ignore[attr-defined]  # answered here, in our own words
            until = locks.locked({visit.who.username}, visit.now).get(visit.who.username)
            return visit.render("faces/desk/locked.html", until=until, status=429)
        form.add_error(None if kind == "outside" else FIELD, _WRONG[kind])
    return visit.render(
        "faces/desk/presence.html", form=form or FORMS[kind](), kind=kind, minutes=settings.PROOF_MINUTES,
        carried=_carried(visit), address=visit.request.get_full_path(), status=400 if form else 200,
    )  # fmt: skip


_WRONG: Final = {
    "password": gettext_lazy("口令不对；连续不对会与登录一样锁定。"),
    "code": gettext_lazy("口令不对，或者刚刚用过；连续不对会与登录一样锁定。"),
    "outside": gettext_lazy("还没有收到身份平台的新证明；请先在那里重新登录。"),
}


def _kind(request: HttpRequest, official: Official) -> str:
    if entrance.has_factor(official):
        return "code"
    came_from_outside = outside.is_on() and request.session.get(entrance.CAME_FROM_OUTSIDE)
    return "outside" if came_from_outside else "password"


def _holds(visit: Visit, kind: str, said: str) -> bool:
    request, official, now = visit.request, visit.who, timezone.now()
    if kind == "outside":
        return is_fresh(request, official, now)
    if kind == "password":
        found = authenticate(request, username=official.username, password=said)
        holds = found is not None and found.pk == official.pk
    else:
        holds = _code_holds(request, official, said)
    if holds:
        renew(request, now)
    return holds


def _code_holds(request: HttpRequest, official: Official, said: str) -> bool:
    """A wrong code counts where a wrong password does, beside the wait the device itself asks for."""
    known = {"username": official.username}
    if not AxesProxyHandler.is_allowed(request, known):
        request.axes_locked_out = True  # type: ignore[attr-defined]
        return False
    if entrance.accept(request, official, said):
        return True
    AxesProxyHandler.user_login_failed(__name__, known, request)
    return False


def _lay_aside_proof(request: HttpRequest) -> None:
    """The page itself never sees a password, nor carries it into a page to be checked."""
    left = request.POST.copy()
    left.pop(FIELD, None)
    request.POST = left  # type: ignore[assignment]


def _carried(visit: Visit) -> list[tuple[str, str]]:
    said = [(name, value) for name, values in visit.request.POST.lists() for value in values]
    return [*((name, str(value)) for name, value in said if name not in _OURS), *_laid_down(visit)]


def _laid_down(visit: Visit) -> list[tuple[str, str]]:
    """A file cannot wait in a page: it lies in the home's ``tmp``, which the clock sweeps, under a name this
    session alone knows."""
    known: dict[str, Any] = visit.request.session.get(FILES, {})
    laid = []
    for field, uploads in visit.request.FILES.lists():
        for upload in uploads:
            place = visit.store.temp()
            place.touch(mode=0o600)
            with place.open("wb") as file:
                file.writelines(upload.chunks())
            known[place.name] = [field, upload.name, upload.content_type]
            laid.append((FILES, place.name))
    if laid:
        visit.request.session[FILES] = known
    return laid


def _give_files_back(visit: Visit) -> None:
    request = visit.request
    known: dict[str, Any] = request.session.get(FILES, {})
    for name in request.POST.getlist(FILES):
        if name not in known:
            continue
        field, called, media = known.pop(name)
        place: Path = visit.store.temp().with_name(name)
        if place.exists():
            request.FILES.appendlist(field, SimpleUploadedFile(called, place.read_bytes(), media))
            place.unlink()
    request.session[FILES] = known
