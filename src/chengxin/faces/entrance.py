"""What stands between a log-in and the desk: the second factor, the first password, and how long a session holds.

Whoever has given a password has *come*; only who has also done what is asked of them is *in*. Until then every
page treats the comer as a stranger, and leads to the step that is missing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY, login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from chengxin.core.clock import day_of
from chengxin.faces.models import Factor
from chengxin.ledger.models import Official
from chengxin.ledger.officials import assignments

RECOVERY_CODES: Final = 8
SEEN_EVERY: Final = timedelta(minutes=5)
EVERYBODY: Final = "all"
CAME_FROM_OUTSIDE: Final = "came_from_outside"
_SEEN: Final = "seen"


def comer_of(request: HttpRequest) -> Official | None:
    """This will give who has logged in with a password or by single sign-on and is still active."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Official) and user.is_active else None


def official_of(request: HttpRequest) -> Official | None:
    """This will give the official who is in: logged in, active, and with no step left. Read once a request."""
    known: Official | None
    if not hasattr(request, "is_in"):
        comer = comer_of(request)
        ended = comer is not None and idle(request, timezone.now())
        known = None if comer is None or ended or missing_step(request, comer) else comer
        request.is_in = known  # type: ignore[attr-defined]
    known = request.is_in  # type: ignore[attr-defined]
    return known


def missing_step(request: HttpRequest, comer: Official) -> str:
    """This will name the page of the step that is missing; empty: none is."""
    first = comer.initial_password and not request.session.get(CAME_FROM_OUTSIDE)
    if not is_verified(request):
        if has_factor(comer):
            return "desk:factor"
        if is_demanded_of(comer):
            return "desk:own_password" if first else "desk:enrol_factor"
    return "desk:own_password" if first else ""


def is_demanded_of(official: Official) -> bool:
    """This will say whether the deployment asks a second factor of one of the duties the official holds today."""
    if EVERYBODY in settings.SECOND_FACTOR:
        return True
    today = day_of(timezone.now())
    return bool(settings.SECOND_FACTOR) and any(
        held.role in settings.SECOND_FACTOR for held in assignments(official, today)
    )


def is_verified(request: HttpRequest) -> bool:
    """This will say whether this session has shown a second factor."""
    verified: bool = DEVICE_ID_SESSION_KEY in request.session
    return verified


def has_factor(official: Official) -> bool:
    """This will say whether the official has enrolled a second factor."""
    return bool(Factor.objects.filter(user=official, confirmed=True).exists())


def fresh_factor(official: Official) -> Factor:
    """This will give the device that is being enrolled; it counts for nothing before its first code."""
    with transaction.atomic():
        Official.objects.select_for_update().get(pk=official.pk)
        waiting = Factor.objects.filter(user=official, confirmed=False).order_by("-pk").first()
        return waiting or Factor.begin(official)


def enrol_factor(request: HttpRequest, official: Official, code: str) -> list[str]:
    """This will take the first code of a new device and give the recovery codes, once; nothing if it is wrong.

    A device enrolled before ends with it, and so do its recovery codes.
    """
    with transaction.atomic():
        device = Factor.objects.select_for_update().get(pk=fresh_factor(official).pk)
        if not device.verify_token(code):
            return []
        Factor.objects.filter(user=official).exclude(pk=device.pk).delete()
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = _recovery(official)
    login(request, device)
    return codes


def accept(request: HttpRequest, official: Official, code: str) -> bool:
    """This will take a code of the device, or a recovery code (spent by it), for this session.

    Each wrong one makes the next wait longer; a code is taken once.
    """
    plain = code.replace(" ", "").replace("-", "").lower()
    with transaction.atomic():
        for device in Factor.objects.select_for_update().filter(user=official, confirmed=True):
            if plain.isdigit() and device.verify_token(plain):
                login(request, device)
                return True
        for spare in StaticDevice.objects.select_for_update().filter(user=official, confirmed=True):
            if not plain.isdigit() and spare.verify_token(_digest(official, plain)):
                login(request, spare)
                return True
    return False


def remove_factor(official: Official) -> None:
    """This will forget an official's second factor and its recovery codes."""
    Factor.objects.filter(user=official).delete()
    StaticDevice.objects.filter(user=official).delete()


def _recovery(official: Official) -> list[str]:
    """Only digests are kept: whoever reads the database cannot come in by them."""
    StaticDevice.objects.filter(user=official).delete()
    device = StaticDevice.objects.create(user=official, name="recovery", confirmed=True)
    codes = [f"{secrets.token_hex(4)}-r{secrets.token_hex(4)}" for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(official, code.replace("-", ""))) for code in codes
    )
    return codes


def _digest(official: Official, code: str) -> str:
    key = f"recovery:{settings.SECRET_KEY}".encode()
    return hmac.new(key, f"{official.pk}:{code}".encode(), hashlib.sha256).hexdigest()[:16]


def idle(request: HttpRequest, now: datetime) -> bool:
    """This will end a session nobody used for the time the deployment allows, and mark the others as seen."""
    seen = request.session.get(_SEEN)
    since = now.timestamp() - seen if isinstance(seen, int) else 0
    if since > settings.IDLE_MINUTES * 60:
        logout(request)
        return True
    if seen is None or since > SEEN_EVERY.total_seconds():
        request.session[_SEEN] = int(now.timestamp())
    return False
