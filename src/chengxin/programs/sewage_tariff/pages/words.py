"""What every page of the program says alike: tiers, prices, names, and how rows get their firm's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from chengxin.core.money import format_micro
from chengxin.kit import divisions, named
from chengxin.programs.sewage_tariff.levy import PROGRAM, TIERS

__all__ = ["PROGRAM", "TIERS", "WHY", "cubic_metres", "divisions", "named_plants", "price", "yuan_of"]
WHY: Final = {"repaired": "修复到黄色及以上", "rated": "新一次评价到黄色及以上", "corrected": "颜色已更正"}


def price(micro: int | None) -> str:
    """This will write a price: 0.60 元/立方米."""
    return "—" if micro is None else _("%(price)s 元/立方米") % {"price": format_micro(micro)}


def yuan_of(micro: int) -> str:
    """This will write a price under a head that names the unit: 0.60."""
    return format_micro(micro)


def cubic_metres(milli: int) -> str:
    """This will write a volume kept in thousandths, with separators."""
    return f"{milli // 1000:,}.{milli % 1000:03d}"


def named_plants(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """This will put each row's firm and plant beside it."""
    listed = named(rows)
    for row in listed:
        row["plant"] = row.get("plant_code") or row.get("part") or "—"
    return listed
