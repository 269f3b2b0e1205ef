"""How days, deadlines, codes and money read on a screen, in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.core.errors import MissingError

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip
HASH_SHOWN = 16
DUTIES = {
    "price": noop("价格"),
    "environment": noop("生态环境"),
    "finance": noop("财政"),
    "construction": noop("住建"),
    "water": noop("水务"),
    "water_company": noop("供水企业"),
    "credit": noop("信用"),
    "market": noop("市场监管"),
    "registrar": noop("登记机关"),
    "tax": noop("税务"),
    "transport": noop("交通运输"),
    "health": noop("卫生健康"),
    "labour": noop("人力资源社会保障"),
    "court": noop("法院"),
    "civil_affairs": noop("民政"),
    "civilisation": noop("文明办"),
    "union": noop("工会"),
    "establishment": noop("机构编制"),
    "platform": noop("本平台"),
}


def language() -> Literal["zh", "en"]:
    """This will name the language the page is being written in."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def spoken(zh: str, en: str) -> str:
    """This will choose between a house text's Chinese and its English (Chinese where there is no English)."""
    return en if language() == "en" and en else zh


def duty(name: str) -> str:
    """This will name the duty of a body."""
    return _(DUTIES[name]) if name in DUTIES else name


def day_words(day: date | None, today: date | None = None) -> str:
    """This will write a day as a clerk does; the year is left out when it is this year's."""
    if day is None:
        return ""
    with_year = today is None or today.year != day.year
    if language() == "en":
        return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if with_year else "")
    return (f"{day.year} 年 " if with_year else "") + f"{day.month} 月 {day.day} 日"


def countdown(due: date | None, today: date, is_workday: Callable[[date], bool] | None = None) -> str:
    """This will say how long is left, in words: «还剩 3 个工作日，截至 11 月 25 日». Never a red timer.

    ``due`` is the last day on which the step may be taken. With ``is_workday`` working days are counted,
    the last one included and today not. Natural days are counted without it, and to a day of a year whose
    holidays are not published yet.
    """
    if due is None:
        return ""
    until = day_words(due, today)
    if due < today:
        return _("期限已过 %(days)d 天（%(until)s）") % {"days": (today - due).days, "until": until}
    if due == today:
        return _("今天到期（%(until)s）") % {"until": until}
    days = [today + timedelta(days=n) for n in range(1, (due - today).days + 1)]
    left = _worked(days, is_workday)
    if left is None:
        return _("还剩 %(days)d 天，截至 %(until)s") % {"days": len(days), "until": until}
    return _("还剩 %(days)d 个工作日，截至 %(until)s") % {"days": left, "until": until}


def _worked(days: Sequence[date], is_workday: Callable[[date], bool] | None) -> int | None:
    """How many of the days are worked; none where nobody knows, or the holidays of that year are not published yet."""
    try:
        return None if is_workday is None else sum(map(is_workday, days))
    except MissingError:
        return None


def grouped(code: str) -> list[str]:
    """This will cut a code or a hash into groups of four for reading; a document number stays whole."""
    plain = code.strip()
    if not re.fullmatch(r"[0-9A-Za-z]{9,}", plain):
        return [plain]
    return [plain[start : start + 4] for start in range(0, len(plain), 4)]


def shortened(text: str, length: int = HASH_SHOWN) -> str:
    """This will keep the head of a hash; the whole one is copied by the tap."""
    return text if len(text) <= length + 2 else text[:length]


def yuan(fen: int | None) -> str:
    """This will write fen as yuan with separators, through the one place that formats money."""
    from chengxin.core.money import format_fen

    return "" if fen is None else format_fen(fen, language())
