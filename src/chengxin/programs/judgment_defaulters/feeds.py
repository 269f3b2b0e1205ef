"""What the court's signed feed may tell, and the one exclusion that a row shows by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from chengxin.core.errors import RowRefused

ITEMS: Final = (
    "judgment_defaulter",
    "judgment_defaulter_person",
    "consumption_restriction",
    "consumption_restriction_person",
)
ADULT: Final = 18
_BORN: Final = slice(6, 14)


def check(item: str, values: Mapping[str, Any]) -> None:
    """This will refuse the listing of a minor: the other exclusions are for the court, which knows the assets."""
    if item != "judgment_defaulter_person":
        return
    born, published = str(values.get("id_number") or "")[_BORN], str(values.get("published_on") or "")
    try:
        birthday = date(int(born[:4]), int(born[4:6]), int(born[6:]))
        on = date.fromisoformat(published)
    except ValueError:
        return  # the intake says what is wrong with the number or the day
    if on.year - birthday.year - ((on.month, on.day) < (birthday.month, birthday.day)) < ADULT:
        raise RowRefused("feed.listed_as_minor")
