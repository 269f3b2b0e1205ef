"""What equal names share, and how a name is typed: folding, trunk and pinyin initials.

Every function works on one name and, through ``normals`` and ``all_initials``, on millions: a character is
looked up once, kept in a table, and whole columns go through ``str.translate`` in one call.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_SEPARATOR = "\x1e"
"""Stands between names while a column is folded as one text; cleaned texts never hold it."""

SUFFIXES = (
    "集团股份有限公司",
    "集团有限责任公司",
    "集团有限公司",
    "股份有限公司",
    "有限责任公司",
    "合伙企业有限合伙",
    "合伙企业普通合伙",
    "专业合作社联合社",
    "农民专业合作社",
    "专业合作社",
    "有限公司",
    "个人独资企业",
    "合伙企业",
    "集团公司",
    "合作社",
    "公司",
)
"""Legal forms at the end of a name, longest first: two forms of one firm share the trunk before them."""

_READINGS = {
    "重庆": "cq",
    "银行": "yh",
    "商行": "sh",
    "车行": "ch",
    "分行": "fh",
    "支行": "zh",
    "行业": "hy",
    "音乐": "yy",
    "长": "c",
    "厦": "x",
    "阿": "a",
}
"""Where the first reading of a character is not the one that names use."""


class _Fold(dict[int, str]):
    """Characters to what they fold into, filled as they are met."""

    def __missing__(self, code: int) -> str:
        import zhconv

        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        folded = "".join(each for each in zhconv.convert(plain, "zh-hans") if each.isalnum())
        self[code] = folded
        return folded


class _Initials(dict[int, str]):
    """Folded characters to the letter they are typed by."""

    def __missing__(self, code: int) -> str:
        letter = _letter(chr(code))
        self[code] = letter
        return letter


def _letter(character: str) -> str:
    from pypinyin.pinyin_dict import pinyin_dict

    if character.isascii():
        return character
    reading = pinyin_dict.get(ord(character), "").split(",")[0]
    first = unicodedata.normalize("NFD", reading)[:1]
    return first if "a" <= first <= "z" else ""


_FOLD = _Fold({ord(_SEPARATOR): _SEPARATOR})
_INITIALS = _Initials({ord(_SEPARATOR): _SEPARATOR})


def normal(text: str) -> str:
    """This will give what equal names share: simplified, half-width, lower-case, letters and digits only.

    Spaces, brackets, dots and quotes of every width are dropped, so 「蘇州（中國）」 equals "苏州中国".
    """
    return text.translate(_FOLD).replace(_SEPARATOR, "")


def normals(texts: Sequence[str]) -> list[str]:
    """This will give ``normal`` of a whole column, about a million names a second."""
    folded = _SEPARATOR.join(texts).translate(_FOLD).split(_SEPARATOR)
    return folded if len(folded) == len(texts) else [normal(text) for text in texts]


def initials(text: str) -> str:
    """This will give the letters a name is typed by: "苏州拟瑞科技" → "sznrkj"."""
    return all_initials([normal(text)])[0]


def all_initials(folded: Sequence[str]) -> list[str]:
    """This will give the initials of a whole column of *folded* names."""
    if not folded:
        return []
    joined = _SEPARATOR.join(folded)
    for phrase, letters in _READINGS.items():
        joined = joined.replace(phrase, letters)
    return joined.translate(_INITIALS).split(_SEPARATOR)


def trunk(folded: str) -> str:
    """This will give a folded name without its legal form: 有限公司 and 有限责任公司 leave the same trunk."""
    for suffix in SUFFIXES:
        if folded.endswith(suffix):
            return folded[: -len(suffix)] or folded
    return folded
