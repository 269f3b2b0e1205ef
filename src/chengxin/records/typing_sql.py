"""How a text becomes a value of the catalogue's types, as DuckDB expressions over a cleaned text column.

Each gives null for what it cannot read, so that *there was a text and there is no value* is the refusal. The
usual notation is tried first and the rest only where it failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chengxin.core import identifiers
from chengxin.core.money import sql_capital
from chengxin.engine.duck import literal

if TYPE_CHECKING:
    from chengxin.policy.items import Column

_WIDE = "".join(chr(0xFF01 + i) for i in range(94)) + "　￥。"
_HALF = "".join(chr(0x21 + i) for i in range(94)) + " ¥."
_FOLD = str.maketrans(_WIDE, _HALF)
_BLANKS = " \t\r\n\v\f            　​﻿⁠"
_PLACEHOLDERS = r"-{1,3}|—{1,2}|/|\\|无|空|NULL|null|#?N/A|n/a|nan|NaN|None"
_DATES = ("%Y年%m月%d日", "%Y年%m月%d号", "%Y年%m月%d", "%Y.%m.%d", "%Y%m%d", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M:%S")
FIRST_DAY, LAST_DAY = "1850-01-01", "9999-12-31"
_YUAN = {"": 1, "元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
RUINED = r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]{1,3}"
"""A code that a spreadsheet took for a number."""


def cleaned(text: str, *, words: bool, varied: bool = False) -> str:
    """This will trim a text and make nothing of an empty one; outside prose also of a dash or 无.

    Where texts repeat the engine trims each distinct one once; where they are ``varied`` it is cheaper to look
    first whether there is anything to trim.
    """
    trimmed = f"trim({text}, {literal(_BLANKS)})"
    if varied:
        trimmed = f"(case when {_has_blanks(text)} then {trimmed} else {text} end)"
    trimmed = f"nullif({trimmed}, '')"
    if words:
        return trimmed
    nothing = f"strlen({text}) < 9 and regexp_full_match({text}, '\\s*({_PLACEHOLDERS})\\s*')"
    return f"(case when {nothing} then null else {trimmed} end)"


def _has_blanks(text: str) -> str:
    """This will say, cheaply, whether there is any blank in a text: most have none, and trimming is slow."""
    return f"regexp_matches({text}, '[\\x{{0}}-\\x{{20}}\\x{{A0}}\\x{{2000}}-\\x{{200F}}\\x{{2060}}\\x{{3000}}\\x{{FEFF}}]')"


def folded(text: str) -> str:
    """This will make full-width characters half-width, where there are any."""
    wide = f"translate({text}, {literal(_WIDE)}, {literal(_HALF)})"
    return f"(case when regexp_matches({text}, '[\\x{{FF01}}-\\x{{FF5E}}\\x{{3000}}￥。]') then {wide} else {text} end)"


def value(column: Column, text: str, *, epoch_1904: bool = False) -> str:
    """This will give the expression of the column's value over its ``ready`` text."""
    if column.type in ("text", "code", "identifier"):
        return text
    if column.type == "choice":
        return choice(column, text)
    if column.type == "date":
        return day(text, epoch_1904=epoch_1904)
    if column.type == "money":
        return f"({sql_capital(text)}).fen" if column.scheme == "capital" else money(text, column.unit)
    return _SIMPLE[column.type](text)


def ready(column: Column, text: str) -> str:
    """This will lift a cleaned text to where its type can be read: a code half-width and without blanks."""
    if column.type == "code":
        return code(text)
    if column.type == "identifier":
        return f"nullif({identifiers.sql_normalise(text)}, '')"
    return text


def code(text: str) -> str:
    """This will lift a code as it is, half-width and without blanks inside. Its case is its own."""
    plain = f"ltrim(regexp_replace({folded(text)}, '[\\s\\x{{3000}}\\x{{A0}}\\x{{200B}}\\x{{FEFF}}]+', '', 'g'), '''`')"
    return f"(case when regexp_full_match({text}, '[0-9A-Za-z_.-]*') then {text} else nullif({plain}, '') end)"


def choice(column: Column, text: str) -> str:
    """This will find the code of an allowed value by the code itself, its labels and its aliases."""
    known: dict[str, str] = {}
    for code_, allowed in column.allowed.items():
        for word in (code_, allowed.zh, allowed.en, *allowed.aliases):
            known.setdefault(word.strip().translate(_FOLD).lower(), code_)
    branches = " ".join(f"when {literal(word)} then {literal(code_)}" for word, code_ in known.items())
    if not branches:
        return "null::varchar"
    return f"coalesce(case lower({text}) {branches} end, {_apart(folded(text), f'case lower(t) {branches} end')})"


def day(text: str, *, epoch_1904: bool = False) -> str:
    """This will read a day in many notations; an impossible one (30 February) is null.

    A year of two digits reads as the first century, which falls before ``FIRST_DAY``: the judge refuses it.
    """
    formats = ", ".join(literal(each) for each in _DATES)
    origin = "1904-01-01" if epoch_1904 else "1899-12-30"
    other = _apart(
        f"regexp_replace({folded(text)}, '\\s*(年|月)\\s*', '\\1', 'g')",
        "case when regexp_full_match(t, '[1-9][0-9]{4}(\\.[0-9]+)?') "
        f"then date '{origin}' + try_cast(floor(try_cast(t as double)) as integer) "
        f"else try_strptime(t, [{formats}])::date end",
    )
    return f"coalesce(try_cast({text} as date), {other})"


def _apart(text: str, body: str) -> str:
    """This will evaluate ``body`` over ``t``, for a branch that is seldom taken.

    In a lambda, because the engine lifts what two branches share out of them and so evaluates it for every row.
    """
    return f"list_transform([{text}], lambda t: {body})[1]"


def month(text: str) -> str:
    """This will read a month as ``2016-04``."""
    pattern = "'^([12][0-9]{3})\\s*[-./年]?\\s*([0-9]{1,2})\\s*月?份?([-./]?[0-9]{1,2}日?)?$'"
    year_, month_ = (f"regexp_extract(t, {pattern}, {group})" for group in (1, 2))
    number = f"try_cast(nullif({month_}, '') as integer)"
    read = f"case when {number} between 1 and 12 then {year_} || '-' || lpad({month_}, 2, '0') end"
    usual = f"case when regexp_full_match({text}, '[12][0-9]{{3}}-(0[1-9]|1[0-2])') then {text} end"
    return f"coalesce({usual}, {_apart(folded(text), read)})"


def year(text: str) -> str:
    """This will read a year: ``2016``, ``2016年``, ``2016年度``."""
    digits = f"regexp_extract({folded(text)}, '^([12][0-9]{{3}})(\\.0+)?\\s*年?度?$', 1)"
    return f"try_cast(nullif({digits}, '') as bigint)"


def whole(text: str) -> str:
    """This will read an integer: ``1,234`` and ``5.0`` are integers, ``5.5`` is not."""
    digits = f"regexp_extract(replace({folded(text)}, ',', ''), '^([-+]?[0-9]+)(\\.0+)?$', 1)"
    usual = f"case when regexp_full_match({text}, '-?[0-9]{{1,18}}') then try_cast({text} as bigint) end"
    return f"coalesce({usual}, try_cast(nullif({digits}, '') as bigint))"


def money(text: str, unit: str) -> str:
    """This will read an amount as fen, exactly; a part of a fen is no amount. A bare number counts in ``unit``."""
    bare = _YUAN[unit]
    digits = len(str(bare)) + 1
    usual = _bare(text, digits, bare * 100)
    pattern = r"'^([-+]?[0-9]+(\.[0-9]*)?)(千|万|百万|亿)?(元|圆)?整?$'"
    number, times, spelled = (f"regexp_extract(t, {pattern}, {group})" for group in (1, 3, 4))
    scale = f"case {times} when '千' then 1000 when '万' then 10000 when '百万' then 1000000 when '亿' then 100000000 else 1 end"
    amount = f"try_cast(nullif({number}, '') as decimal(24, 8))"
    exact = _exactly(f"{amount} * (case when {times} = '' and {spelled} = '' then {bare} else {scale} end)", 100)
    other = _apart(f"regexp_replace({folded(text)}, '[\\s¥￥,]|人民币', '', 'g')", exact)
    return f"coalesce({usual}, {other})"


def quantity(text: str) -> str:
    """This will read a quantity as thousandths, exactly; less than nothing is no quantity."""
    other = _apart(f"replace({folded(text)}, ',', '')", _exactly("try_cast(t as decimal(24, 8))", 1000))
    return f"coalesce({_bare(text, 3, 1000)}, {other})"


def _bare(text: str, digits: int, scale: int) -> str:
    """This will read the usual notation, whose decimals are few enough for the result to be whole."""
    shaped = f"regexp_full_match({text}, '-?[0-9]{{1,9}}(\\.[0-9]{{1,{digits}}}0*)?')"
    return f"(case when {shaped} then (try_cast({text} as decimal(18, 6)) * {scale})::bigint end)"


def _exactly(amount: str, scale: int) -> str:
    scaled = f"({amount}) * {scale}"
    return f"(case when {scaled} = round({scaled}, 0) then try_cast({scaled} as bigint) end)"


_YES = ("是", "有", "1", "y", "yes", "true", "t", "√", "1.0")
_NO = ("否", "无", "没有", "0", "n", "no", "false", "f", "×", "0.0")


def truth(text: str) -> str:
    """This will read yes and no."""
    yes = " ".join(f"when {literal(word)} then true" for word in _YES)
    no = " ".join(f"when {literal(word)} then false" for word in _NO)
    return f"(case lower({folded(text)}) {yes} {no} end)"


def region(text: str) -> str:
    """This will read a division code: the first six of 6, 9 or 12 digits."""
    shaped = "'[1-9][0-9]{5}([0-9]{3}([0-9]{3})?)?'"
    usual = f"case when regexp_full_match({text}, {shaped}) then {text}[:6] end"
    return f"coalesce({usual}, {_apart(folded(text), f'case when regexp_full_match(t, {shaped}) then t[:6] end')})"


_SIMPLE = {
    "month": month,
    "year": year,
    "int": whole,
    "quantity": quantity,
    "bool": truth,
    "region": region,
}
