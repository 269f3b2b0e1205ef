"""One's own account: the password, the second factor, and the recovery codes."""

from __future__ import annotations

from typing import Any

import segno
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.http.response import HttpResponseBase
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.faces import entrance, presence
from chengxin.kit import Visit, ask, page
from chengxin.ledger import administration
from chengxin.ledger.models import Official

ISSUER = "Chengxin"


class OwnPasswordForm(PasswordChangeForm):
    """The old one, and the new one twice."""

    old_password = forms.CharField(
        label=gettext_lazy("现在的口令"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip
    new_password1 = forms.CharField(
        label=gettext_lazy("新口令"), strip=False,
        help_text=gettext_lazy("至少十位，不要全是数字，也不要与姓名、账号相近。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    new_password2 = forms.CharField(
        label=gettext_lazy("再输一次新口令"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *words: Any, user: Official, **given: Any) -> None:
        super().__init__(user, *words, **given)
        self.error_messages = {
            "password_mismatch": _("两次输入的新口令不一样。"),
            "password_incorrect": _("现在的口令不对。"),
        }

    def clean_new_password1(self) -> str:
        """This will refuse the old password as the new one."""
        new = str(self.cleaned_data["new_password1"])
        if self.user.check_password(new):
            raise forms.ValidationError(_("新口令要与现在的不同。"))
        return new


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("六位动态口令"), max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )  # fmt: skip


class SpareCodeForm(CodeForm):
    code = forms.CharField(
        label=gettext_lazy("六位动态口令或恢复码"), max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )  # fmt: skip


@page("password", door="desk", public=True, name="own_password", title="更改口令",
      methods=("GET", "HEAD", "POST"))  # fmt: skip
def own_password(visit: Visit) -> HttpResponseBase:
    """This will change one's own password; other sessions of the account end with the old one."""
    comer = entrance.comer_of(visit.request)
    if comer is None:
        return visit.go("desk:login")
    if entrance.missing_step(visit.request, comer) == "desk:factor":
        return visit.go("desk:factor")
    first = comer.initial_password
    asked = ask(visit, OwnPasswordForm, user=comer)
    if asked.done:
        comer.set_password(asked.form.cleaned_data["new_password1"])
        administration.own_password(comer, at=visit.now)
        update_session_auth_hash(visit.request, comer)
        visit.say(_("口令已更改，其他地方的登录已经失效。"))
        return _on(visit, comer)
    lead = _("这是别人为您设的首次口令，请先换成只有您知道的。") if first else ""
    return visit.render("kit/ask.html", asked=asked, title=_("更改口令"), submit=_("更改"), lead=lead)


@page("factor", door="desk", public=True, name="factor", title="动态口令", methods=("GET", "HEAD", "POST"))
def factor(visit: Visit) -> HttpResponseBase:
    """This will ask for the second factor after the password."""
    comer = entrance.comer_of(visit.request)
    if comer is None:
        return visit.go("desk:login")
    if entrance.is_verified(visit.request) or not entrance.has_factor(comer):
        return _on(visit, comer)
    asked = ask(visit, SpareCodeForm)
    if asked.done and entrance.accept(visit.request, comer, asked.form.cleaned_data["code"]):
        return _on(visit, comer)
    if asked.done:
        asked.form.add_error("code", _("口令不对，或者刚刚用过；连续不对，下一次要等得更久。"))
    return visit.render(
        "kit/ask.html", asked=asked, title=_("动态口令"), submit=_("继续"),
        lead=_("打开手机上的验证器，输入现在显示的六位数字。手机不在身边，用一个恢复码。"),
        status=400 if visit.request.method == "POST" else 200,
    )  # fmt: skip


@page("factor/enrol", door="desk", public=True, name="enrol_factor", title="启用动态口令",
      methods=("GET", "HEAD", "POST"))  # fmt: skip
def enrol_factor(visit: Visit) -> HttpResponseBase:
    """This will enrol a second factor: scan, give its first code, keep the recovery codes, which show once."""
    comer = entrance.comer_of(visit.request)
    if comer is None:
        return visit.go("desk:login")
    step = entrance.missing_step(visit.request, comer)
    if step not in {"", "desk:enrol_factor"}:
        return visit.go(step)
    again = presence.ask_where_stale(visit) if visit.official is not None else None
    if again is not None:
        return again
    asked = ask(visit, CodeForm)
    if asked.done:
        codes = entrance.enrol_factor(visit.request, comer, asked.form.cleaned_data["code"].replace(" ", ""))
        if codes:
            administration.own_factor(comer, at=visit.now)
            return visit.render(
                "faces/desk/once.html", title=_("恢复码"), shown=codes, back=visit.url("desk:today"),
                lead=_("动态口令已启用。手机丢失时，每个恢复码可以代替一次；只显示这一次，请抄下收好。"),
            )  # fmt: skip
        asked.form.add_error("code", _("口令不对；请核对手机的时间，等下一组数字再试。"))
    device = entrance.fresh_factor(comer)
    return visit.render(
        "faces/desk/enrol_factor.html", asked=asked, qr=_drawn(device.config_url), key=_grouped(device.config_url),
        status=400 if visit.request.method == "POST" else 200,
    )  # fmt: skip


def _on(visit: Visit, comer: Official) -> HttpResponseBase:
    return visit.go(entrance.missing_step(visit.request, comer) or "desk:today")


def _drawn(address: str) -> str:
    return mark_safe(segno.make(address, error="m").svg_inline(scale=5, border=2))  # noqa: S308 - drawn here


def _grouped(address: str) -> str:
    """The secret as a person types it where a camera cannot be used."""
    return address.split("secret=", 1)[1].split("&", 1)[0]
