"""Coming in and going out; what one may do here and what one looked at."""

from __future__ import annotations

from django import forms
from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import DeniedError
from chengxin.faces import entrance, locks, outside, presence
from chengxin.kit import Column, Empty, Table, Visit, page, spoken
from chengxin.ledger.looks.models import Look
from chengxin.ledger.roles import ROLES

EVERYONE = ("read", "read_ledger", "operate", "enrol", "assign", "verify", "gate", "read_batches")

OWN = "django.contrib.auth.backends.ModelBackend"


class LogInForm(AuthenticationForm):
    """Name and password. The sentence on failure does not say which of the two was wrong."""

    username = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label=gettext_lazy("口令"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def get_invalid_login_error(self) -> forms.ValidationError:
        """This will say the same whether the name or the password was wrong."""
        return forms.ValidationError(_("账号或口令不对，请再试一次。连续六次不对会锁定一刻钟。"))


@page("login", door="desk", public=True, name="login", title="登录", methods=("GET", "HEAD", "POST"))
def log_in(visit: Visit) -> HttpResponseBase:
    """This will let an official in; after six failures the pair of name and address waits a quarter hour."""
    request = visit.request
    if visit.official is not None:
        return visit.go("desk:today")
    form = LogInForm(request, data=request.POST) if request.method == "POST" else LogInForm(request)
    if request.method == "POST":
        if form.is_valid():
            comer = form.get_user()
            login(request, comer)
            presence.renew(request, timezone.now())
            step = entrance.missing_step(request, comer)
            return visit.go(step) if step else HttpResponseRedirect(_wanted(request))
        if getattr(request, "axes_locked_out", False):
            request.axes_locked_out = False  # type: ignore[attr-defined]  # answered here, in our own words
            name = str(request.POST.get("username", ""))
            until = locks.locked({name}, visit.now).get(name)
            return visit.render("faces/desk/locked.html", until=until, status=429)
    status = 400 if request.method == "POST" else 200
    return visit.render(
        "faces/desk/log_in.html", form=form, wanted=_wanted(request), outside=outside.is_on(), status=status
    )


@page("outside", door="desk", public=True, name="outside_login", title="单点登录")
def outside_login(visit: Visit) -> HttpResponseBase:
    """This will send the comer to the identity provider; who is in already goes there to prove it anew."""
    anew = "anew" in visit.asked
    if visit.official is not None and not anew:
        return visit.go("desk:today")
    return outside.lead_out(visit.request, anew=anew) if outside.is_on() else visit.go("desk:login")


@page("outside/back", door="desk", public=True, name="outside_back", title="单点登录")
def outside_back(visit: Visit) -> HttpResponseBase:
    """This will let in whom the identity provider proved, if an account here is linked to that person."""
    if not outside.is_on():
        return visit.go("desk:login")
    if visit.official is not None:
        return _proved_anew(visit)
    comer = outside.come_back(visit.request)
    wanted = visit.request.session.get("oidc_login_next")
    login(visit.request, comer, backend=OWN)
    visit.request.session[entrance.CAME_FROM_OUTSIDE] = True
    presence.renew(visit.request, timezone.now())
    step = entrance.missing_step(visit.request, comer)
    if step or not wanted:
        return visit.go(step or "desk:today")
    return HttpResponseRedirect(wanted)


def _proved_anew(visit: Visit) -> HttpResponseBase:
    """Whoever is in has been to the provider again: it counts for the same person alone."""
    if outside.come_back(visit.request, anew=True).pk != visit.who.pk:
        raise DeniedError("outside.another_person")
    presence.renew(visit.request, timezone.now())
    return visit.render("faces/desk/proved.html")


def _wanted(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/desk/"


@page("logout", door="desk", public=True, name="logout", methods=("POST",))
def log_out(visit: Visit) -> HttpResponseBase:
    """This will end the session."""
    logout(visit.request)
    return visit.go("public:home")


@page("me", door="desk", verbs=EVERYONE, title="我的职责与记录")
def me(visit: Visit) -> HttpResponseBase:
    """This will show an official's own roles, and every look it took."""
    held = [
        {"it": one, "role": spoken(ROLES[one.role].zh, ROLES[one.role].en)}
        for one in visit.who.assignments.select_related("region").order_by("-since")
        if one.role in ROLES
    ]
    table = Table(
        "my-looks",
        columns=[
            Column("at", "时间", kind="time"),
            Column("subject", "主体编号", kind="quantity"),
            Column("purpose", "事由", wide=True),
            Column("case_number", "案号"),
            Column("door", "页面"),
        ],
        rows=Look.objects.filter(official=visit.who.pk),
        order="-at",
        search=("purpose", "case_number"),
        empty=Empty("您还没有查看过未公示的信息", "每次查看都会先在这里留下一行。"),
    )
    return visit.render(
        "faces/desk/me.html", held=held, table=table, has_factor=entrance.has_factor(visit.who)
    )
