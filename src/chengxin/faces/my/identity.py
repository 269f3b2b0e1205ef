"""Who vouches for people at the door ``my``: identity providers, chosen by the setting ``IDENTITY``.

A provider proves an identity; which subject that is stands in ``Account`` and is nobody's to choose. One that
sends people elsewhere (a national identity platform) redirects in ``ask`` and reads what comes back in ``proved``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Protocol

from django import forms
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import MissingError
from chengxin.faces.models import Account
from chengxin.faces.my import attempts
from chengxin.kit import Visit


class Provider(Protocol):
    """What the door needs of an identity provider."""

    name: str
    """As accounts and addresses call it."""

    @property
    def title(self) -> str:
        """This will give the word on its button."""
        ...

    def proved(self, visit: Visit) -> str:
        """This will give the identity this request proves; empty where it proves none yet."""
        ...

    def ask(self, visit: Visit) -> HttpResponseBase:
        """This will ask for proof: a page, or the way to where it is given."""
        ...


class ProofForm(forms.Form):
    """Number and password. What is said on failure does not tell which of the two was wrong."""

    identity = forms.CharField(
        label=gettext_lazy("账号"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=gettext_lazy("口令"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class Local:
    """Invented people of the demo place with passwords of its own. Not meant for real ones: it proves nobody's
    identity, and the pages say so."""

    name: Final = "local"
    FAILURES: Final = 6
    WAIT: Final = timedelta(minutes=15)
    _NOBODY: Final = make_password(None)

    @property
    def title(self) -> str:
        return _("演示身份")

    def proved(self, visit: Visit) -> str:
        """This will check number and password; six failures make that pair of number and address wait."""
        if visit.request.method != "POST":
            return ""
        form = ProofForm(visit.request.POST)
        if not form.is_valid():
            return ""
        said = form.cleaned_data
        key = f"log-in {visit.request.META.get('REMOTE_ADDR', '')} {said['identity']}"
        attempts.refuse(key, most=self.FAILURES, within=self.WAIT, now=visit.now)
        account = Account.objects.filter(provider=self.name, identity=said["identity"]).first()
        if check_password(said["password"], account.password if account else self._NOBODY) and account:
            return account.identity
        attempts.note(key, now=visit.now)
        return ""

    def ask(self, visit: Visit) -> HttpResponseBase:
        """This will put the form; after a failure with one sentence."""
        failed = visit.request.method == "POST"
        form = ProofForm(visit.request.POST if failed else None)
        if failed and form.is_valid():
            form.add_error(None, _("账号或口令不对，请再试一次。连续六次不对会锁定一刻钟。"))
        return visit.render(
            "faces/my/log_in.html", form=form, title=self.title, status=400 if failed else 200
        )


def providers() -> list[Provider]:
    """This will give the configured providers."""
    return [import_string(path)() for path in settings.IDENTITY]


def provider(name: str) -> Provider:
    """This will find a configured provider by its name."""
    found = next((one for one in providers() if one.name == name), None)
    if found is None:
        raise MissingError("door.no_such", number=name)
    return found
