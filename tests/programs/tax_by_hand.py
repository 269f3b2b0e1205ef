"""The yearly tax grades once more, in plain Python over a file's rows, written from the README and not from the SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]
POINTS = {"late_filing": 5, "late_withholding": 5, "late_payment": 5, "late_accounts": 3}
ELEVEN = 11
DIRECT = {"evasion", "arrears_evasion", "refund_fraud", "false_invoices", "resistance", "absconded"}
ORDER = ["A", "B", "M", "C", "D"]


def kept_share(found: date, corrected: date | None, on: date) -> Fraction:
    """What of the points stays lost."""
    if corrected is None or corrected > on:
        return Fraction(1)
    waited = (corrected - found).days
    for days, back in ((3, 100), (30, 80), (90, 40)):
        if waited <= days:
            return Fraction(100 - back, 100)
    return Fraction(80, 100)


def grades(
    years: Iterable[Row], conducts: Iterable[Row], before: Mapping[str, str], on: date
) -> dict[str, Any]:
    """code → (grade, points left, whether it burdens), under the measures of 2025."""
    lost: dict[str, Fraction] = defaultdict(Fraction)
    fixed: set[str] = set()
    for each in conducts:
        if each["excused"] or each["determined_on"] > on or each["occurred_on"].year != on.year - 1:
            continue
        if each["repaired_on"] and each["repaired_on"] <= on:
            continue
        points = POINTS.get(each["conduct"], ELEVEN)
        lost[each["code"]] += points * kept_share(each["determined_on"], each["corrected_on"], on)
        if each["conduct"] in DIRECT:
            fixed.add(each["code"])
    found = {}
    for year in years:
        code = year["code"]
        left = max(Fraction(0), (100 if year["full_record"] else 93) - lost[code])
        new = year["registered_on"].year >= year["year"] or not year["trading"]
        if code in fixed or left < 40:
            grade = "D"
        elif left < 70:
            grade = "C"
        elif new:
            grade = "M"
        else:
            grade = "A" if left >= 90 else "B"
        last = before.get(code)
        worse = last is not None and ORDER.index(grade) > ORDER.index(last)
        found[code] = (grade, left, grade in "CD" or worse)
    return found
