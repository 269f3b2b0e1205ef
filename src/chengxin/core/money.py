"""Money and quantities as integers: fen, micro-yuan a unit, thousandths of a unit. No float comes near.

The amounts of capital are read with their currency, whichever of twenty notations the registry used:
``500万人民币``, ``1,166(万元人民币)``, ``3.4000(万美元)``, ``２００万``, ``50(万元(人民币))``.
"""

from __future__ import annotations

import re
from typing import Literal

from chengxin.core.errors import InputError

CURRENCIES: tuple[tuple[str, str], ...] = (
    ("美元", "USD"),
    ("美金", "USD"),
    ("日元", "JPY"),
    ("欧元", "EUR"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("英镑", "GBP"),
    ("新加坡", "SGD"),
    ("澳大利亚", "AUD"),
    ("澳元", "AUD"),
    ("加拿大", "CAD"),
    ("加元", "CAD"),
    ("瑞士", "CHF"),
    ("瑞典", "SEK"),
    ("丹麦", "DKK"),
    ("挪威", "NOK"),
    ("德国马克", "DEM"),
    ("法国法郎", "FRF"),
    ("台币", "TWD"),
    ("韩", "KRW"),
    ("泰", "THB"),
    ("香港元", "HKD"),
)
"""What betrays a currency in a text about capital; nothing of these means yuan."""

_SCALES = (("亿", 100_000_000), ("万", 10_000), ("千", 1_000))
_FROM = "".join(chr(0xFF01 + i) for i in range(94) if i != 6) + "￥"
_TO = "".join(chr(0x21 + i) for i in range(94) if i != 6) + "¥"
"""Full-width to half-width, but for the apostrophe, which SQL text would have to double."""
_HALF = str.maketrans(_FROM, _TO)
_BLANK = re.compile(r"[ \t\r\n　\xA0]+")
_CAPITAL = re.compile(r"^[^0-9]{0,6}(?P<whole>[0-9][0-9,]*)(?P<fraction>(?:\.[0-9]*)?)(?P<unit>.*)$")
_AMOUNT = re.compile(
    r"(?P<sign>[-+]?)[¥$]?(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<fraction>(?:\.[0-9]*)?)(?P<unit>.*)"
)
_YUAN_UNITS = {"千元": 1_000}
_YUAN_UNITS |= dict.fromkeys(("", "元", "元整", "圆", "人民币", "元人民币"), 1)
_YUAN_UNITS |= dict.fromkeys(("万", "万元", "万元人民币", "万人民币"), 10_000)
_YUAN_UNITS |= dict.fromkeys(("亿", "亿元"), 100_000_000)


def parse_yuan(text: str, unit: str = "元") -> int:
    """This will read an amount of yuan as fen, exactly: ``1,234.5`` → 123450, ``12.345678万元`` → 12345678.

    ``unit`` is what a bare number counts (the catalogue says ``万元`` for fines). A part of a fen is
    refused, not rounded: ``InputError``.
    """
    plain = _plain(text).removeprefix("人民币")
    found = _AMOUNT.fullmatch(plain)
    scale = _YUAN_UNITS.get(found["unit"].strip("()")) if found else None
    if found is None or scale is None:
        raise InputError("money.unreadable", text=text)
    if found["unit"] == "":
        scale = _YUAN_UNITS[unit]
    return _exact(text, found, scale * 100)


def micro_yuan(text: str) -> int:
    """This will read a unit price as micro-yuan: ``0.60`` → 600000."""
    return _decimal(text, 1_000_000)


def milli(text: str) -> int:
    """This will read a quantity as thousandths of its unit: ``12.5`` → 12500."""
    return _decimal(text, 1_000)


def times(price: int, quantity: int) -> int:
    """This will give fen for micro-yuan a unit times thousandths of a unit, rounded half up once.

    A negative product (an adjustment) rounds as its positive does, so that the two cancel.
    """
    product = price * quantity
    fen = (abs(product) + 5_000_000) // 10_000_000
    return -fen if product < 0 else fen


def format_fen(fen: int, language: Literal["zh", "en"] = "zh") -> str:
    """This will write fen for people: ``1,234.50元`` in Chinese, ``¥1,234.50`` in English."""
    sign = "-" if fen < 0 else ""
    amount = f"{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
    return f"{sign}{amount}元" if language == "zh" else f"{sign}¥{amount}"


def format_micro(price: int) -> str:
    """This will write micro-yuan as yuan with at least two decimals: 600000 → ``0.60``."""
    whole, rest = divmod(abs(price), 1_000_000)
    fraction = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if price < 0 else ''}{whole}.{fraction}"


def parse_capital(text: str, bare: str = "万元") -> tuple[int, str] | None:
    """This will read capital as hundredths of its currency and the currency's code; None if unreadable.

    Registries count capital in 万元, so that is what a bare number means unless ``bare`` says ``元``.
    """
    plain = _plain(text)
    found = _CAPITAL.match(plain)
    if found is None:
        return None
    micro = int(found["whole"].replace(",", "") + found["fraction"][1:7].ljust(6, "0"))
    hundredths = (micro * _scale(found["unit"].strip("()") or bare) + 5_000) // 10_000
    return (hundredths, _currency(plain)) if hundredths < 2**63 else None


def _scale(unit: str) -> int:
    return next((scale for word, scale in _SCALES if word in unit), 1)


def _currency(plain: str) -> str:
    return next((code for word, code in CURRENCIES if word in plain), "CNY")


def sql_capital(col: str, bare: str = "万元") -> str:
    """This will give the DuckDB expression of ``parse_capital``: a struct ``{fen: bigint, currency: text}``.

    Both fields are null where the text is unreadable. Write ``({expr}).fen`` for one of them.
    """
    plain = f"regexp_replace(translate({col}, '{_FROM}', '{_TO}'), '{_BLANK.pattern}', '', 'g')"
    parts = f"regexp_extract(text, '{_CAPITAL.pattern}', ['whole', 'fraction', 'unit'])"
    unit = f"coalesce(nullif(trim(part.unit, '()'), ''), '{bare}')"
    scales = " ".join(f"when contains({unit}, '{word}') then {scale}" for word, scale in _SCALES)
    codes = " ".join(f"when contains(text, '{word}') then '{code}'" for word, code in CURRENCIES)
    digits = "nullif(replace(part.whole, ',', ''), '') || rpad(substr(part.fraction, 2, 6), 6, '0')"
    # More than any currency holds, and still far from where the product would leave 128 bits.
    micro = f"least(try_cast({digits} as hugeint), {10**27}::hugeint)"
    fen = f"try_cast(({micro} * (case {scales} else 1 end) + 5000) // 10000 as bigint)"
    currency = f"case when {fen} is not null then case {codes} else 'CNY' end end"
    read = f"{{'fen': {fen}, 'currency': {currency}}}"
    return f"list_transform([{plain}], lambda text: list_transform([{parts}], lambda part: {read})[1])[1]"


def _plain(text: str) -> str:
    return _BLANK.sub("", text.translate(_HALF))


def _decimal(text: str, scale: int) -> int:
    found = _AMOUNT.fullmatch(_plain(text))
    if found is None or found["unit"]:
        raise InputError("money.unreadable", text=text)
    return _exact(text, found, scale)


def _exact(text: str, found: re.Match[str], scale: int) -> int:
    fraction = found["fraction"][1:].rstrip("0")
    digits = int(found["number"].replace(",", "") + fraction)
    units, over = divmod(digits * scale, int("1" + "0" * len(fraction)))
    if over:
        raise InputError("money.too_fine", text=text)
    return -units if found["sign"] == "-" else units
