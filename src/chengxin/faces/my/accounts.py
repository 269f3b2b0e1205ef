"""Accounts of the door ``my``: whom an identity stands for, today, and the session that remembers it.

An account is one subject's own. For another it acts under a mandate, which the session names and each request reads
anew: taken back or over, it carries nothing more.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from chengxin.cases import mandates
from chengxin.core.errors import RefusedByLaw
from chengxin.faces.entrance import idle
from chengxin.faces.models import Account
from chengxin.kit.pages import Party
from chengxin.ledger.looks.log import BY_MANDATE, look
from chengxin.subjects.linkage import follow, gathered

_REMEMBERED: Final = "party"
_UNDER: Final = "mandate"


def account_of(provider: str, identity: str, today: date) -> Account | None:
    """This will give the account an identity opens today; one that ended opens nothing."""
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
    if _UNDER in request.session:
        return _agent(request, account, today)
    return Party(account.pk, account.subject, account.name, account.until)


def act_under(request: HttpRequest, mandate: int | None) -> None:
    """This will act under a mandate from now on, or for oneself again."""
    request.session.pop(_UNDER, None)
    if mandate is not None:
        request.session[_UNDER] = mandate
    rotate_token(request)


def note_look(party: Party, door: str, now: datetime) -> None:
    """This will log that an agent is about to see its party's file; if it cannot, nothing is shown (law 7)."""
    if party.agent:
        look(
            BY_MANDATE,
            [party.subject],
            door=door[:60],
            purpose="受托代理查看",
            case_number=party.number,
            now=now,
        )


def _agent(request: HttpRequest, account: Account, today: date) -> Party:
    """Whoever acts under a mandate that holds no more is told so once, and is itself again."""
    under = mandates.find(request.session[_UNDER])
    if under is None or under.agent not in gathered(follow(account.subject)) or not under.is_open(today):
        del request.session[_UNDER]
        if under is None:
            raise RefusedByLaw("mandate.none", case="—")
        raise RefusedByLaw("mandate.over", number=under.number, since=under.since, until=under.ends)
    party = follow(under.party)
    return Party(account.pk, party, account.name, under.until, under.act, under.number, under.covers)


def _open(today: date) -> QuerySet[Account]:
    return Account.objects.filter(Q(until__isnull=True) | Q(until__gt=today), since__lte=today)
