"""How often somebody tries: failed log-ins and filings, counted in a table that every process sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from chengxin.core.errors import DeniedError
from chengxin.faces.models import Attempt

FORGOTTEN: Final = timedelta(days=1)
_LONGEST: Final = 120


def refuse(key: str, *, most: int, within: timedelta, now: datetime) -> None:
    """This will refuse who tried ``most`` times within a span."""
    if Attempt.objects.filter(key=key[:_LONGEST], at__gt=now - within).count() >= most:
        raise DeniedError("my.too_many", most=most, minutes=int(within.total_seconds() // 60))


def note(key: str, *, now: datetime) -> None:
    """This will count one try, and forget those of yesterday."""
    Attempt.objects.filter(at__lt=now - FORGOTTEN).delete()
    Attempt.objects.create(key=key[:_LONGEST], at=now)
