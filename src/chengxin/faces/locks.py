"""Which accounts are locked after failed log-ins, and until when: as the log-in itself counts them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings


def locked(usernames: Iterable[str], now: datetime) -> dict[str, datetime]:
    """This will give, of these accounts, those locked at some address, each with when its lock ends by itself."""
    held = timedelta(hours=settings.AXES_COOLOFF_TIME)
    found = AccessAttempt.objects.filter(
        username__in=set(usernames), attempt_time__gt=now - held,
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
    )  # fmt: skip
    ends: dict[str, datetime] = {}
    for username, at in found.values_list("username", "attempt_time"):
        ends[username] = max(at + held, ends.get(username, at))
    return ends
