"""The levy, the exits and the bills once more, in plain Python over the sheets' rows.

No SQL and another way of counting, written from the README and not from the findings: prices are
fractions of a yuan, days are walked one by one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]
GOOD = {"green", "blue", "yellow"}
PRICE = {"red": Fraction(6, 10), "red_again": Fraction(1), "black": Fraction(1)}


def month_after(day: date) -> date:
    later = day.replace(day=1) + timedelta(days=31)
    return later.replace(day=1)


def half_up(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2)) if amount >= 0 else -int(-amount + Fraction(1, 2))


def levies(grades: Iterable[Row], on: date) -> dict[tuple[str, str], tuple[str, date | None]]:
    """(firm, plant) → (tier, free from)."""
    ratings: dict[tuple[str, str], dict[str, Row]] = defaultdict(dict)
    repairs: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in grades:
        if row["published_on"] > on:
            continue
        key = (row["code"], row["plant_code"] or "")
        if row["kind"] == "repair":
            repairs[key].append(row)
            continue
        ended = row["period"] if "H" in row["period"] else row["period"] + "H2"
        held = ratings[key].get(ended)
        if held is None or row["published_on"] > held["published_on"]:
            ratings[key][ended] = row
    found = {}
    for key, periods in ratings.items():
        *before, last = (periods[each] for each in sorted(periods))
        again = bool(before) and before[-1]["colour"] == "red"
        tier = {"black": "black", "red": "red_again" if again else "red"}.get(last["colour"])
        days = [
            r["published_on"]
            for r in repairs[key]
            if r["colour"] in GOOD and r["published_on"] >= last["published_on"]
        ]
        free = month_after(min(days)) if days else None
        if tier and (free is None or on < free):
            found[key] = (tier, free)
    return found


def bills(
    accounts: Iterable[Row],
    readings: Iterable[Row],
    tariffs: Iterable[Row],
    *,
    base: Callable[[Row], Fraction],
    next_cycle: Callable[[Row], bool] = lambda _: False,
) -> dict[tuple[str, str, str, date], tuple[int, int, int]]:
    """(account, firm, plant, read to) → (litres, surcharged litres, fen)."""
    by_account = defaultdict(list)
    for account in accounts:
        if account["confirmed_on"]:
            by_account[account["account"]].append(account)
    owed = defaultdict(list)
    for tariff in tariffs:
        owed[tariff["code"]].append(tariff)
    found = {}
    for reading in readings:
        last = reading["to_on"] - timedelta(days=1)
        sharers = [
            a
            for a in by_account[reading["account"]]
            if a["from_on"] <= last and (a["to_on"] is None or last < a["to_on"])
        ]
        sharers.sort(key=lambda a: (a["subject"], a["plant_code"] or "", a["record"]))
        counted = 0
        for account in sharers:
            litres = (
                reading["volume"] * (counted + account["share"]) // 1000 - reading["volume"] * counted // 1000
            )
            counted += account["share"]
            key = (account["account"], account["code"], account["plant_code"] or "", reading["to_on"])
            found[key] = _line(
                account,
                reading,
                litres,
                owed[account["code"]],
                base=base(account),
                next_cycle=next_cycle(account),
            )
    return found


def _line(
    account: Row, reading: Row, litres: int, tariffs: list[Row], *, base: Fraction, next_cycle: bool
) -> tuple[int, int, int]:
    days = [
        reading["from_on"] + timedelta(days=n) for n in range((reading["to_on"] - reading["from_on"]).days)
    ]
    by_tariff: dict[int, int] = defaultdict(int)
    price = {}
    for day in days:
        holding = [
            t
            for t in tariffs
            if (t["plant_code"] or "") in (account["plant_code"] or "", "")
            and t["from_on"] <= day
            and not (next_cycle and t["from_on"] > reading["from_on"])
        ]
        if not holding:
            continue
        newest = max(holding, key=lambda t: (t["from_on"], t["surcharge"], t["record"]))
        if newest["to_on"] is None or day < newest["to_on"]:
            by_tariff[newest["record"]] += 1
            price[newest["record"]] = Fraction(newest["surcharge"], 1_000_000)
    surcharged = {each: half_up(Fraction(litres * count, len(days))) for each, count in by_tariff.items()}
    yuan = Fraction(litres, 1000) * base + sum(Fraction(surcharged[t], 1000) * price[t] for t in surcharged)
    return litres, sum(surcharged.values()), half_up(yuan * 100)
