"""Names and codes that read naturally and no real firm bears: an invented city, 演示 in every name."""

from __future__ import annotations

from typing import Final

CITY: Final = "云泽"
SEED: Final = 20161101
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_CHARACTERS: Final = (
    "启澜昊湉鼎苓瑞荟景澄润禾嘉沐铭远岑晟乾朗毅诚翰睿岚熙博岱拓珩逸岫霖捷桉川桐芸森旭辰和楷裕葭筱曜曦"
)
INDUSTRIES: Final = (
    ("纺织印染", "C17", True),
    ("精细化工", "C26", True),
    ("电镀", "C33", True),
    ("造纸", "C22", True),
    ("食品", "C14", True),
    ("制药", "C27", True),
    ("建材", "C30", True),
    ("皮革", "C19", True),
    ("机械", "C34", False),
    ("电子", "C39", False),
    ("商贸", "F51", False),
    ("物流", "G58", False),
    ("软件", "I65", False),
    ("餐饮管理", "H62", False),
)
"""(word in the name, GB/T 4754 division, whether its plants are rated)"""


def draw(topic: int, *keys: int) -> int:
    """This will give a number below a million that depends on the seed, the topic and the keys alone."""
    state = (SEED * 0x9E3779B97F4A7C15 + topic) & 0xFFFFFFFFFFFFFFFF
    for key in keys:
        state = (state ^ (key + 0x9E3779B97F4A7C15)) & 0xFFFFFFFFFFFFFFFF
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        state ^= state >> 31
    return (state >> 11) % 1_000_000


def industry_of(index: int) -> int:
    """This will give the place of a firm's industry in ``INDUSTRIES``."""
    return _spread(index) % len(INDUSTRIES)


def firm_name(index: int) -> str:
    """This will name the firm, never two alike: two characters for the first thirty thousand, then three."""
    spread = _spread(index)
    word = INDUSTRIES[spread % len(INDUSTRIES)][0]
    rest, size = spread // len(INDUSTRIES), len(_CHARACTERS)
    style = "".join(_CHARACTERS[rest // size**place % size] for place in range(2 if index < _two() else 3))
    return f"{CITY}{style}{word}（演示）有限公司"


def uscc(index: int, region: str) -> str:
    """This will make a code whose check characters hold, over a body code no registrar issues (YX…)."""
    body = f"YX{index:06d}" if index < 1_000_000 else f"YW{index - 1_000_000:06d}"
    total = sum(_body_value(letter) * weight for letter, weight in zip(body, _BODY_WEIGHTS, strict=True))
    rest = (11 - total % 11) % 11
    first = f"91{region}{body}{'X' if rest == 10 else rest}"
    weighted = sum(ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(first))
    return first + ALPHABET[(31 - weighted % 31) % 31]


def _two() -> int:
    return len(_CHARACTERS) ** 2 * len(INDUSTRIES)


def _spread(index: int) -> int:
    size = _two() if index < _two() else len(_CHARACTERS) ** 3 * len(INDUSTRIES)
    return index * 7919 % size


def _body_value(letter: str) -> int:
    return ord(letter) - 48 if letter.isdigit() else ord(letter) - 55
