"""The subject's own statement 主体说明: five hundred characters beside what burdens it (征信业管理条例 16)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases.models import Act
from chengxin.cases.point import Point
from chengxin.core.errors import InputError, RefusedByLaw

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

LONGEST: Final = 500
"""Characters."""


def measured(text: str) -> dict[str, int]:
    """This will give what the act says of a text, or refuse one that is empty or too long."""
    count = len(text.strip())
    if not 0 < count <= LONGEST:
        raise InputError("own_words.too_long", count=count, most=LONGEST)
    return {"characters": count}


def check(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a statement whose length nobody measured, or beside what burdens nobody."""
    count = detail.get("characters")
    if type(count) is not int or not 0 < count <= LONGEST:
        raise RefusedByLaw("own_words.not_measured", most=LONGEST)
    if not before.adverse:
        raise RefusedByLaw("own_words.burdens_nobody")


def exhibit_of(point: Point) -> int | None:
    """This will give the exhibit that holds the newest statement."""
    act = Act.objects.filter(pk=point.own_words).first() if point.own_words else None
    return int(act.cites["exhibits"][0]) if act else None
