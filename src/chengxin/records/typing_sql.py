r"""How a text becomes a value of the catalogue's types, as DuckDB expressions in three layers.

``cleaned`` trims; ``usual`` reads the notation nearly every row is written in; ``rest`` keeps, half-width, the few
texts that notation did not fit, and ``unusual`` reads those. What neither reads is null, so that *there was a
text and there is no value* is the refusal. The layers exist because texts repeat: a function of one column is
evaluated once for each distinct text, and a branch that hardly any row takes must cost the others nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chengxin.core import identifiers
from chengxin.core.money import sql_capital
from chengxin.engine.duck import literal

if TYPE_CHECKING:
    from chengxin.policy.items import Column

_WIDE = "".join(chr(0xFF01 + i) for i in range(94)) + "\u3000\uffe5\u3002"
_HALF = "".join(chr(0x21 + i) for i in range(94)) + " ¥."
_FOLD = str.maketrans(_WIDE, _HALF)
_BLANKS = " \t\r\n\v\f\xa0\u2002\u2003\u2009\u200b\u200c\u200d\u2060\u3000\ufeff"
_ANY_BLANK = r"[\x{0}-\x{20}\x{A0}\x{2000}-\x{200F}\x{2060}\x{3000}\x{FEFF}]"
_NOTHING = r"\s*(-{1,3}|—{1,2}|/|\\|无|空|NULL|null|#?N/A|n/a|nan|NaN|None)?\s*"
_DATES = (
    "%Y年%m月%d日",
    "%Y年%m月%d号",
    "%Y年%m月%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
)
FIRST_DAY, LAST_DAY = "1850-01-01", "9999-12-31"
_YUAN = {"": 1, "元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
_SCALES = "when '千' then 1000 when '万' then 10000 when '百万' then 1000000 when '亿' then 100000000 else 1"
RUINED = r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]{1,3}"
"""A code that a spreadsheet took for a number."""


def cleaned(column: Column, text: str) -> str:
    """This will trim a text and make nothing of an empty one; outside prose also of a dash or 无.

    Hardly any text has anything to trim, so it is looked for where that is quick to see.
    """
    nothing = f"strlen({text}) < 9 and regexp_full_match({text}, {literal(_NOTHING)})"
    if column.type == "identifier":
        normal = f"nullif({identifiers.sql_normalise(text)}, '')"
        usual_code = f"regexp_full_match({text}, '[0-9A-Z]{{9,}}')"
        return f"(case when {usual_code} then {text} when {nothing} then null else {normal} end)"
    blanks = literal(_BLANKS)
    edges = f"contains({blanks}, left({text}, 1)) or contains({blanks}, right({text}, 1))"
    trimmed = f"nullif(case when {edges} then trim({text}, {blanks}) else {text} end, '')"
    if column.type in ("text", "choice", "bool"):
        return trimmed
    return f"(case when {nothing} then null else {trimmed} end)"


def rest(column: Column, text: str) -> str | None:
    """This will keep what the usual notation did not fit, made half-width; None where that reads everything."""
    if column.type in ("text", "identifier"):
        return None
    return f"(case when {text} is not null and {usual(column, text)} is null then {folded(text)} end)"


def value(column: Column, text: str, remaining: str, *, epoch_1904: bool = False) -> str:
    """This will give the column's value over its cleaned text and over what remained of it."""
    if column.type in ("text", "identifier"):
        return text
    return f"coalesce({usual(column, text)}, {unusual(column, remaining, epoch_1904=epoch_1904)})"


def folded(text: str) -> str:
    """This will make full-width characters half-width."""
    return f"translate({text}, {literal(_WIDE)}, {literal(_HALF)})"


def usual(column: Column, text: str) -> str:
    """This will read the notation of nearly every row."""
    if column.type == "choice":
        return _choice(column, text)
    if column.type == "date":
        return f"try_cast({text} as date)"
    if column.type == "money":
        return capital(text) if column.scheme == "capital" else _bare(text, *_fine(column))
    if column.type == "quantity":
        return _bare(text, 3, 1000)
    if column.type == "bool":
        return _truth(text)
    shape, read = _SHAPES[column.type]
    return f"(case when regexp_full_match({text}, {literal(shape)}) then {read.format(text)} end)"


_SHAPES = {
    "code": ("[0-9A-Za-z_.-]+", "{}"),
    "month": ("[12][0-9]{3}-(0[1-9]|1[0-2])", "{}"),
    "year": ("[12][0-9]{3}", "try_cast({} as bigint)"),
    "int": ("-?[0-9]{1,18}", "try_cast({} as bigint)"),
    "region": ("[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?", "{}[:6]"),
}


def unusual(column: Column, text: str, *, epoch_1904: bool) -> str:
    """This will read every other notation, over half-width texts."""
    if column.type == "date":
        return _day(text, epoch_1904=epoch_1904)
    if column.type == "money" and column.scheme != "capital":
        return _money(text, _fine(column)[1] // 100)
    if column.type == "choice":
        return _choice(column, text)
    return _UNUSUAL[column.type](text)


def capital(text: str) -> str:
    """This will read capital in any notation and currency, as hundredths of the currency."""
    return f"({sql_capital(text)}).fen"


def _choice(column: Column, text: str) -> str:
    """This will find the code of an allowed value by the code itself, its labels and its aliases."""
    known: dict[str, str] = {}
    for code, allowed in column.allowed.items():
        for word in (code, allowed.zh, allowed.en, *allowed.aliases):
            known.setdefault(word.strip().lower(), code)
            known.setdefault(word.strip().translate(_FOLD).lower(), code)
    branches = " ".join(f"when {literal(word)} then {literal(code)}" for word, code in known.items())
    return f"(case lower({text}) {branches} end)" if branches else "null::varchar"


def _code(text: str) -> str:
    """This will lift a code as it is, without blanks inside or a leading apostrophe. Its case is its own."""
    return f"nullif(ltrim(regexp_replace({text}, {literal(_ANY_BLANK)}, '', 'g'), '''`'), '')"


def _day(text: str, *, epoch_1904: bool) -> str:
    """This will read a day in many notations, and a spreadsheet's day number.

    A year of two digits reads as the first century, which falls before ``FIRST_DAY``: the judge refuses it.
    """
    plain = f"regexp_replace({text}, '\\s*(年|月|日|号)\\s*', '\\1', 'g')"
    formats = ", ".join(literal(each) for each in _DATES)
    origin = "1904-01-01" if epoch_1904 else "1899-12-30"
    number = f"try_cast(regexp_extract({plain}, '^([1-9][0-9]{{4}})(\\.[0-9]+)?$', 1) as integer)"
    slashed = f"try_cast({plain} as date)"
    return f"coalesce(date '{origin}' + {number}, {slashed}, try_strptime({plain}, [{formats}])::date)"


def _month(text: str) -> str:
    pattern = "'^([12][0-9]{3})\\s*[-./年]?\\s*([0-9]{1,2})\\s*月?份?([-./]?[0-9]{1,2}日?)?( 00:00:00)?$'"
    year, month = (f"regexp_extract({text}, {pattern}, {group})" for group in (1, 2))
    number = f"try_cast(nullif({month}, '') as integer)"
    return f"(case when {number} between 1 and 12 then {year} || '-' || lpad({month}, 2, '0') end)"


def _whole(text: str) -> str:
    """This will read an integer: ``1,234`` and ``5.0`` are integers, ``5.5`` is not."""
    digits = f"regexp_extract(replace({text}, ',', ''), '^([-+]?[0-9]+)(\\.0+)?$', 1)"
    return f"try_cast(nullif({digits}, '') as bigint)"


def _fine(column: Column) -> tuple[int, int]:
    """This will give how many decimals a bare amount may have and how many fen it counts in its unit."""
    bare = _YUAN[column.unit]
    return min(len(str(bare)) + 1, 6), bare * 100


def _bare(text: str, digits: int, scale: int) -> str:
    """This will read digits whose decimals are few enough for the result to be whole, and fit 18 digits."""
    most = max(1, 12 - len(str(scale)))
    shaped = f"regexp_full_match({text}, '-?[0-9]{{1,{most}}}(\\.[0-9]{{1,{digits}}})?')"
    return f"(case when {shaped} then (try_cast({text} as decimal(18, 6)) * {scale})::bigint end)"


def _money(text: str, bare: int) -> str:
    """This will read an amount as fen, exactly; a part of a fen is no amount."""
    plain = f"regexp_replace({text}, '[\\s¥,]|人民币', '', 'g')"
    pattern = r"'^([-+]?[0-9]+(\.[0-9]*)?)(千|万|百万|亿)?(元|圆)?整?$'"
    number, times, spelled = (f"regexp_extract({plain}, {pattern}, {group})" for group in (1, 3, 4))
    scale = f"case when {times} = '' and {spelled} = '' then {bare} else (case {times} {_SCALES} end) end"
    return _exactly(f"try_cast(nullif({number}, '') as decimal(24, 8)) * ({scale})", 100)


def _exactly(amount: str, scale: int) -> str:
    scaled = f"({amount}) * {scale}"
    return f"(case when {scaled} = round({scaled}, 0) then try_cast({scaled} as bigint) end)"


_YES = ("是", "有", "1", "y", "yes", "true", "t", "√", "1.0")
_NO = ("否", "无", "没有", "0", "n", "no", "false", "f", "×", "0.0")


def _truth(text: str) -> str:
    yes = " ".join(f"when {literal(word)} then true" for word in _YES)
    no = " ".join(f"when {literal(word)} then false" for word in _NO)
    return f"(case lower({text}) {yes} {no} end)"


def _year(text: str) -> str:
    digits = f"regexp_extract({text}, '^([12][0-9]{{3}})(\\.0+)?\\s*年?度?$', 1)"
    return f"try_cast(nullif({digits}, '') as bigint)"


def _thousandths(text: str) -> str:
    return _exactly(f"try_cast(replace({text}, ',', '') as decimal(24, 8))", 1000)


def _region(text: str) -> str:
    return f"(case when regexp_full_match({text}, {literal(_SHAPES['region'][0])}) then {text}[:6] end)"


def _unread(_text: str) -> str:
    return "null::bigint"


_UNUSUAL: dict[str, Callable[[str], str]] = {
    "money": _unread,
    "quantity": _thousandths,
    "bool": _truth,
    "code": _code,
    "month": _month,
    "year": _year,
    "int": _whole,
    "region": _region,
}
