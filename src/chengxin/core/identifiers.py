"""Codes that name a subject, each scheme said twice: as a Python scalar and as a DuckDB expression.

========== ====== =============================================================================
uscc       18     unified social credit code, GB 32100-2015: weights 3^i, modulo 31
regno      15/13  registration number: 15 digits with a check digit (ISO 7064 MOD 11,10); forms without
                  one are the older 13 digits, cooperatives' 320321NA000205X and 企合苏总字第000063
orgcode    9      organisation code, GB 11714: weights 3,7,9,10,5,8,4,2, modulo 11
id_number  18     citizen number, GB 11643-1999: province, birth date, modulo 11
permit     22     pollution permit: a unified social credit code, 3 digits and a character
========== ====== =============================================================================

Both sides judge a *normal* code: put raw text through ``normalise`` / ``sql_normalise`` first. Both are
checked against each other and against python-stdnum. A code that fails is a guess at a typing error,
never a fact about the subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100: no I, O, S, V, Z."""
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
_ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91"

_USCC = f"[{ALPHABET}][0-9]{{7}}[{ALPHABET}]{{10}}"
_SHAPES = {
    "uscc": _USCC,
    "regno": "[0-9]{13}|[0-9]{15}|[0-9]{6}N[AB][0-9]{6}X|企[合独外作][一-龥]{1,5}字第[0-9]{4,6}",
    "orgcode": "[0-9A-Z]{8}[0-9X]",
    "id_number": f"({PROVINCES})[0-9]{{4}}(18|19|20)[0-9]{{2}}[01][0-9][0-3][0-9]{{4}}[0-9X]",
    "permit": f"{_USCC}[0-9]{{3}}[0-9A-Z]",
}
SCHEMES = tuple(_SHAPES)
_SHAPE = {scheme: re.compile(shape) for scheme, shape in _SHAPES.items()}

# What a form, a spreadsheet or an input method leaves in a code.
_WIDE = "".join(chr(c) for c in range(0xFF01, 0xFF5F))
_HALF = "".join(chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F))
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_FROM, _TO = _WIDE + _LOWER, _HALF.translate(str.maketrans(_LOWER, _LOWER.upper())) + _LOWER.upper()
_FOLD = str.maketrans(_FROM, _TO)
_INVISIBLE = (
    r"[\x{9}-\x{D}\x{20}\x{A0}\x{AD}\x{2000}-\x{200F}\x{2028}\x{2029}\x{202F}\x{205F}\x{2060}\x{3000}"
    r"\x{FEFF}]"
)
_INVISIBLE_PY = re.compile(re.sub(r"\\x\{([0-9A-F]+)\}", lambda m: re.escape(chr(int(m[1], 16))), _INVISIBLE))
_ORG_DASH = r"^([0-9A-Z]{8})-([0-9A-Z])$"


def normalise(text: str) -> str:
    """This will make the text half-width and upper-case, without blanks or a leading apostrophe.

    A dash stays, since it may tell two accounts apart, but for the one that organisation codes are
    written with (``71093123-8``).
    """
    code = _INVISIBLE_PY.sub("", text).translate(_FOLD).lstrip("'`")
    return re.sub(_ORG_DASH, r"\1\2", code)


def is_valid(scheme: str, code: str) -> bool:
    """This will say whether a normal code has the shape and the check character of the scheme.

    A scheme that has no check (an agency's own account number) raises ``KeyError``.
    """
    return bool(_SHAPE[scheme].fullmatch(code)) and _CHECKS[scheme](code)


def classify(text: str) -> tuple[str, str] | None:
    """This will name the one scheme under which the text is valid, with the normal code.

    A number that could be a person's and a body's is a person's, because that is the safe side.
    """
    code = normalise(text)
    for scheme in ("id_number", "uscc", "permit", "regno", "orgcode"):
        if is_valid(scheme, code):
            return scheme, code
    return None


def mask(scheme: str, code: str) -> str:
    """This will hide the middle of what names a person or an account; codes of bodies are public."""
    if scheme in ("uscc", "regno", "orgcode", "permit"):
        return code
    head, tail = (3, 4) if scheme == "id_number" else (min(2, len(code) // 4), min(2, len(code) // 4))
    return code[:head] + "*" * max(len(code) - head - tail, 0) + code[len(code) - tail :]


def uscc_check(body: str) -> str:
    """This will give the check character of the first 17 characters of a unified social credit code."""
    return ALPHABET[-_weigh(ALPHABET, USCC_WEIGHTS, body) % 31]


def orgcode_check(body: str) -> str:
    """This will give the check character of the first 8 characters of an organisation code."""
    return "0123456789X"[-_weigh(_ALNUM, ORG_WEIGHTS, body) % 11]


def id_number_check(body: str) -> str:
    """This will give the check character of the first 17 digits of a citizen number."""
    return ID_CHECKS[_weigh(_ALNUM, ID_WEIGHTS, body) % 11]


def regno_check(body: str) -> str:
    """This will give the check digit of the first 14 digits of a registration number."""
    carry = 10
    for digit in body:
        carry = ((carry + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - carry) % 10)


def _weigh(alphabet: str, weights: Sequence[int], body: str) -> int:
    return sum(alphabet.index(c) * w for c, w in zip(body, weights, strict=False))


def _born(code: str) -> bool:
    try:
        date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return False
    return True


_CHECKS: dict[str, Callable[[str], bool]] = {
    "uscc": lambda code: code[17] == uscc_check(code[:17]),
    "regno": lambda code: not re.fullmatch("[0-9]{15}", code) or code[14] == regno_check(code[:14]),
    "orgcode": lambda code: code[8] == orgcode_check(code[:8]),
    "id_number": lambda code: code[17] == id_number_check(code[:17]) and _born(code),
    "permit": lambda code: code[17] == uscc_check(code[:17]),
}


# --- the same, as DuckDB expressions ---------------------------------------------------------------


def sql_normalise(col: str) -> str:
    """This will give the DuckDB expression of ``normalise`` for a text column; null stays null."""
    seen = f"regexp_replace({col}, '{_INVISIBLE}', '', 'g')"
    folded = f"ltrim(translate({seen}, '{_quote(_FROM)}', '{_quote(_TO)}'), '''`')"
    mended = rf"regexp_replace({folded}, '{_ORG_DASH}', '\1\2')"
    return f"(case when regexp_full_match({col}, '[0-9A-Z]*') then {col} else {mended} end)"


def sql_valid(scheme: str, col: str) -> str:
    """This will give the DuckDB expression of ``is_valid`` for a normal text column; null is not valid."""
    return f"coalesce(regexp_full_match({col}, '{_SHAPES[scheme]}') and {_SQL_CHECKS[scheme](col)}, false)"


def sql_scheme(schemes: Sequence[str], col: str) -> str:
    """This will give the DuckDB expression naming the first scheme that holds for a normal code, or null."""
    branches = " ".join(f"when {sql_valid(scheme, col)} then '{scheme}'" for scheme in schemes)
    return f"(case {branches} end)"


def _quote(text: str) -> str:
    return text.replace("'", "''")


def _sql_sum(alphabet: str, weights: Sequence[int], col: str) -> str:
    """This will weigh characters 1, 2, … by where each stands in the alphabet."""
    terms = (f"{w}*(strpos('{alphabet}', {col}[{i}])-1)" for i, w in enumerate(weights, start=1))
    return f"({' + '.join(terms)})"


def _sql_uscc(col: str) -> str:
    total = _sql_sum(ALPHABET, (*USCC_WEIGHTS, 1), col)
    return f"{total} % 31 = 0"


def _sql_regno(col: str) -> str:
    carry = "10"
    for i in range(1, 15):
        carry = f"((({carry} + ascii({col}[{i}]) - 49) % 10 + 1) * 2 % 11)"
    return f"(not regexp_full_match({col}, '[0-9]{{15}}') or (11 - {carry}) % 10 = ascii({col}[15]) - 48)"


def _sql_orgcode(col: str) -> str:
    total = _sql_sum(_ALNUM, ORG_WEIGHTS, col)
    return f"({total} + strpos('0123456789X', {col}[9]) - 1) % 11 = 0"


def _sql_id_number(col: str) -> str:
    total = _sql_sum("0123456789", ID_WEIGHTS, col)
    born = f"try_strptime({col}[7:14], '%Y%m%d') is not null"
    return f"substr('{ID_CHECKS}', {total} % 11 + 1, 1) = {col}[18] and {born}"


_SQL_CHECKS: dict[str, Callable[[str], str]] = {
    "uscc": _sql_uscc,
    "regno": _sql_regno,
    "orgcode": _sql_orgcode,
    "id_number": _sql_id_number,
    "permit": _sql_uscc,
}
