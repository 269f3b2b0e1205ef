"""Coming in at the door ``my`` through an identity provider, and going out."""

from __future__ import annotations

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from chengxin.faces.my import accounts, identity
from chengxin.kit import Visit, page

_WANTED = "wanted"


@page("login", door="my", public=True, name="login", title="登录我的信用")
def log_in(visit: Visit) -> HttpResponseBase:
    """This will lead to the identity provider; where there are several one chooses, where none it says so."""
    if visit.party is not None:
        return visit.go("my:home")
    visit.request.session[_WANTED] = visit.asked.get("next", "")
    open_ones = identity.providers()
    if len(open_ones) == 1:
        return visit.go("my:prove", provider=open_ones[0].name)
    return visit.render("faces/my/providers.html", providers=open_ones)


@page("login/<slug:provider>", door="my", public=True, title="登录我的信用", methods=("GET", "HEAD", "POST"))
def prove(visit: Visit, provider: str) -> HttpResponseBase:
    """This will let in who is proved and has an account here; an identity bound to nobody is told so."""
    vouching = identity.provider(provider)
    proved = vouching.proved(visit)
    if not proved:
        return vouching.ask(visit)
    account = accounts.account_of(vouching.name, proved, visit.today)
    if account is None:
        return visit.render("faces/my/unbound.html", status=403)
    wanted = str(visit.request.session.get(_WANTED, ""))
    accounts.come_in(visit.request, account)
    return HttpResponseRedirect(wanted if _safe(visit, wanted) else visit.url("my:home"))


def _safe(visit: Visit, wanted: str) -> bool:
    request = visit.request
    within = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return within and wanted.startswith("/my/")


@page("logout", door="my", public=True, name="logout", methods=("POST",))
def log_out(visit: Visit) -> HttpResponseBase:
    """This will end the session."""
    accounts.go_out(visit.request)
    return visit.go("public:home")
