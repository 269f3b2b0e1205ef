"""How far long work is: a count, a stage and an estimate, fetched again every second until it ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Progress:
    """One piece of work under way; ``{% progress it %}`` writes it and ``poll`` answers with it again."""

    title: str
    stage: str
    done: int
    total: int
    poll: str
    began: datetime
    now: datetime

    @property
    def percent(self) -> int:
        return min(99, 100 * self.done // self.total) if self.total else 0

    @property
    def seconds(self) -> int:
        return max(0, int((self.now - self.began).total_seconds()))

    @property
    def estimate(self) -> str:
        """This will say how long is left, once enough is done to tell."""
        if self.done < 1 or self.total <= self.done or self.seconds < 2:
            return ""
        left = round(self.seconds * (self.total - self.done) / self.done)
        return _("约还需 %(seconds)d 秒") % {"seconds": left} if left else ""
