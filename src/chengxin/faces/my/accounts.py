"""Accounts of the door ``my``: whom an identity stands for, today, and the session that remembers it."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from chengxin.faces.entrance import idle
from chengxin.faces.models import Account
from chengxin.kit.pages import Party

_REMEMBERED: Final = "party"


def account_of(provider: str, identity: str, today: date) -> Account | None:
    """This will give the account an identity opens today; a mandate that ended opens nothing."""
    return _open(today).filter(provider=provider, identity=identity).first()


def come_in(request: HttpRequest, account: Account) -> None:
    """This will begin a session of its own for an account; whoever else was logged in there is out."""
    request.session.flush()
    request.session[_REMEMBERED] = account.pk
    rotate_token(request)


def go_out(request: HttpRequest) -> None:
    """This will end the session."""
    request.session.flush()


def party_of(request: HttpRequest, today: date) -> Party | None:
    """This will give who came in, if the session was used lately and the account is still open today."""
    number = request.session.get(_REMEMBERED)
    account = _open(today).filter(pk=number).first() if number else None
    if account is None or idle(request, timezone.now()):
        return None
    return Party(account.pk, account.subject, account.name, account.agent, account.may_file, account.until)


def _open(today: date) -> QuerySet[Account]:
    return Account.objects.filter(Q(until__isnull=True) | Q(until__gt=today), since__lte=today)
