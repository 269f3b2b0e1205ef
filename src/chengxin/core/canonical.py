"""Canonical JSON (RFC 8785): one byte string for one value, so that a hash speaks of the value.

It goes one step past the RFC, which knows IEEE doubles only: an ``int`` is always written digit by
digit, however large, because our record numbers are 64-bit.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any


def canonical_json(value: Any) -> bytes:
    """This will write JSON types only (mapping, list, tuple, str, int, float, bool, None) as UTF-8.

    Dates, decimals, sets and the like raise ``TypeError``: whoever hashes them says how they are written.
    NaN, infinities and lone surrogates raise ``ValueError``.
    """
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts).encode("utf-8")


def digest(value: Any) -> str:
    """This will give the SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def _write(value: Any, parts: list[str]) -> None:
    if value is None or isinstance(value, (bool, int, float, str)):
        parts.append(_scalar(value))
    elif isinstance(value, Mapping):
        _write_mapping(value, parts)
    elif isinstance(value, (list, tuple)):
        _write_list(value, parts)
    else:
        raise TypeError(f"{type(value).__name__} is not a JSON type: {value!r}")


def _scalar(value: bool | int | float | str | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False)
    return str(int(value)) if isinstance(value, int) else _number(value)


def _write_mapping(value: Mapping[Any, Any], parts: list[str]) -> None:
    for key in value:
        if not isinstance(key, str):
            raise TypeError(f"a JSON key is a string, not {key!r}")
    separator = "{"
    for key in sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass")):
        parts.append(f"{separator}{json.dumps(str(key), ensure_ascii=False)}:")
        _write(value[key], parts)
        separator = ","
    parts.append("}" if value else "{}")


def _write_list(value: list[Any] | tuple[Any, ...], parts: list[str]) -> None:
    separator = "["
    for item in value:
        parts.append(separator)
        _write(item, parts)
        separator = ","
    parts.append("]" if value else "[]")


def _number(value: float) -> str:
    """This will write a double as ECMAScript does: the shortest digits that come back to it."""
    if not math.isfinite(value):
        raise ValueError(f"{value!r} cannot be written in JSON")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    return sign + _place(digits.rstrip("0"), point)


def _place(digits: str, point: int) -> str:
    """This will set the decimal point after ``point`` digits, or use an exponent outside -6 … 21."""
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    head = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{head}e{point - 1:+d}"
