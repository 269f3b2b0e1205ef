"""When a code was learned: a file that was told late carries the day it was told with it.

A reader as of a past day knows only codes learned by then. A history handed in today and told as of its own
years would find none of its firms in them, though the very file names their codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import transaction

from chengxin.core.clock import CHINA

from .models import Identifier

_SLICE = 2_000


def told_on(scheme: str, codes: Sequence[str], on: date) -> int:
    """This will date back to the beginning of a day what was learned later of those codes; gives how many.

    Runs already made keep the codes they were given: those are sealed with them.
    """
    begins, dated = datetime.combine(on, time(), CHINA), 0
    for low in range(0, len(codes), _SLICE):
        with transaction.atomic():
            later = Identifier.objects.filter(
                scheme=scheme, code__in=codes[low : low + _SLICE], since__gt=begins
            )
            dated += later.update(since=begins)
    return dated
