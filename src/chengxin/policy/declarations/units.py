"""What a unit makes of the text ``0.60``: yuan a cubic metre become micro-yuan, points stay whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from chengxin.core.errors import InputError
from chengxin.core.money import micro_yuan, parse_yuan
from chengxin.core.periods import Period
from chengxin.policy.page import Page, Shape, is_code
from chengxin.policy.values import NOT_YET

COUNTS = ("分", "日", "天", "工作日", "月", "年", "个", "次", "人", "户", "条", "级", "倍", "小时", "‰")
_KNOWN = "元、万元、元/…、%、权重、期限、" + "、".join(COUNTS)


@dataclass(frozen=True)
class Unit:
    """A unit as values are typed by it. ``read`` gives the integer (or word), or raises ``ValueError``."""

    shape: Shape
    read: Callable[[str], int | str]

    def number(self, text: str) -> int:
        """This will read a number; a word raises ``ValueError``."""
        value = self.read(text)
        if not isinstance(value, int):
            raise ValueError(text)
        return value


def unit_of(text: str, page: Page) -> Unit:
    """This will know a unit by its name; an unknown one is complained of where it stands."""
    if "/" in text and text.startswith("元"):
        return Unit(
            ("单价，元，至多六位小数", "a price in yuan, six decimals at most", "0.60"),
            _or_not_yet(micro_yuan),
        )
    if text in COUNTS:
        return Unit((f"整数（{text}）", f"a whole number ({text})", "3"), _or_not_yet(_whole))
    known = _UNITS.get(text)
    if known is None:
        page.complain(page.mark("unit"), "values.unit_unknown", unit=text, known=_KNOWN)
        return _UNITS[""]
    return known


def written(value: int | str, unit: str) -> str:
    """This will write a value as a declaration does: 600000 of ``元/立方米`` is ``0.6``. It reads back to the same."""
    scale = _SCALES.get(unit, 1_000_000 if unit.startswith("元/") else 1)
    if isinstance(value, str) or scale == 1:
        return str(value)
    whole, rest = divmod(abs(value), scale)
    fraction = f"{rest:0{len(str(scale)) - 1}d}".rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{'.' if fraction else ''}{fraction}"


_SCALES = {"元": 100, "%": 100, "万元": 1_000_000, "权重": 1_000_000}
"""How many of what is kept make one of the unit; of a price, a million; of anything counted, one."""


def _or_not_yet(read: Callable[[str], int]) -> Callable[[str], int | str]:
    def number(text: str) -> int | str:
        if text == NOT_YET:
            return NOT_YET
        if not re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", text):
            raise ValueError(text)
        try:
            return read(text)
        except InputError as error:
            raise ValueError(text) from error

    return number


def _whole(text: str) -> int:
    return int(text)


def _basis_points(text: str) -> int:
    return parse_yuan(text)


def _word(text: str) -> int | str:
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    if is_code(text) or re.fullmatch(r"[一-龥（）A-Za-z0-9]+", text):
        return text
    raise ValueError(text)


def _period(text: str) -> str:
    return text if text == NOT_YET else str(Period.parse(text))


_UNITS = {
    "": Unit(
        ("一个词或整数；有小数的要写单位", "a word or a whole number; decimals need a unit", "not_yet"), _word
    ),
    "元": Unit(
        ("金额，元，至多两位小数", "money in yuan, two decimals at most", "1200.50"), _or_not_yet(parse_yuan)
    ),
    "万元": Unit(
        ("金额，万元，至多六位小数", "money in 万元, six decimals at most", "12.5"),
        _or_not_yet(lambda text: parse_yuan(text, "万元")),
    ),
    "%": Unit(
        ("百分数，至多两位小数", "a percentage, two decimals at most", "12.50"), _or_not_yet(_basis_points)
    ),
    "权重": Unit(("权重，至多六位小数", "a weight, six decimals at most", "0.125"), _or_not_yet(micro_yuan)),
    "期限": Unit(("期限", "a period", "5 wd"), _period),
}
