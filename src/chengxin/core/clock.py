"""Days of the civil calendar in China. Who asks the clock is a door; here a moment is an argument."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    """This will give the civil day in China at that moment. A moment without a zone raises ``ValueError``."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} says no zone")
    return moment.astimezone(CHINA).date()
