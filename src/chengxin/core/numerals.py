"""Whole numbers in what somebody wrote into an address."""

from __future__ import annotations

import re
from typing import Final

LARGEST: Final = 10**18 - 1
"""It fits a column of either database."""
_WHOLE: Final = re.compile(r"[0-9]{1,18}")


def whole(text: str) -> int | None:
    """This will give the whole number a text writes in plain digits; None where it writes none.

    Python calls ² a digit and cannot read it, and reads numbers that no database keeps: neither is one here.
    """
    return int(text) if _WHOLE.fullmatch(text) else None
