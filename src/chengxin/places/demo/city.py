"""The city as it truly is: firms, plants, colours, facts and water, as pure functions of an index.

The departments' files (``files.py``) tell this truth, with errors planted in them; ``truth.py`` says what a
platform that makes no mistake must find.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chengxin.places.demo.names import INDUSTRIES, draw, firm_name, industry_of, uscc

SIZES: Final = {"small": 2_000, "medium": 50_000, "large": 1_000_000}
CITY_CODE: Final = "320600"
COUNTIES: Final = ("320613", "320612", "320614", "320623", "320681", "320682", "320685")
NOT_YET: Final = "320623"
NEXT_CYCLE: Final = "320681"
YEARS: Final = (2021, 2022, 2023, 2024, 2025)
TODAY: Final = date(2026, 11, 3)
"""The day the files stop: the demo city's own «today»."""
FIRST_READING: Final = date(2024, 11, 1)
GOOD: Final = frozenset({"green", "blue", "yellow"})


@dataclass(frozen=True, slots=True)
class Firm:
    index: int
    uscc: str
    name: str
    region: str
    industry: str
    registered_on: date
    capital: int
    """In units of ten thousand yuan."""
    rated: bool
    plants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    firm: Firm
    plant: str
    period: str
    colour: str
    kind: str
    published_on: date
    document: str


@dataclass(frozen=True, slots=True)
class Fact:
    firm: Firm
    plant: str
    conduct: str
    occurred_on: date
    valid_until: date
    document: str


@dataclass(frozen=True, slots=True)
class Account:
    number: str
    firm: Firm
    plant: str
    share: int
    own_well: bool
    months: int
    confirmed: bool
    holder: Firm


@dataclass(frozen=True, slots=True)
class Reading:
    account: str
    holder: Firm
    from_on: date
    to_on: date
    volume: int
    """In thousandths of a cubic metre."""


def firm(index: int) -> Firm:
    """This will give the firm of that index, the same every time."""
    _, code, polluting = INDUSTRIES[industry_of(index)]
    region = COUNTIES[draw(1, index) % len(COUNTIES)]
    rated = polluting and draw(2, index) < 880_000
    two_plants = rated and draw(3, index) < 60_000
    return Firm(
        index=index,
        uscc=uscc(index, region),
        name=firm_name(index),
        region=region,
        industry=code,
        registered_on=date(1995, 1, 1) + timedelta(days=draw(4, index) % 9_300),
        capital=(10, 50, 100, 200, 500, 1_000, 3_000, 12_000)[draw(5, index) % 8],
        rated=rated,
        plants=(f"{index:07d}-1", f"{index:07d}-2") if two_plants else ("",),
    )


def firms(size: str) -> Iterator[Firm]:
    """This will give every firm of a city of that size, in order of registration with the platform."""
    return (firm(index) for index in range(SIZES[size]))


def rated_firms(size: str) -> Iterator[Firm]:
    """This will give the firms whose plants are rated."""
    return (each for each in firms(size) if each.rated)


def colour_of(each: Firm, place: int, year: int) -> str:
    """This will give the true colour: a plant's own habits and a little of each year's luck."""
    conduct = 7 * draw(11, each.index, place) + 3 * draw(12, each.index, place, year)
    for limit, colour in (
        (9_155_000, "black"),
        (8_480_000, "red"),
        (7_550_000, "yellow"),
        (4_230_000, "blue"),
    ):
        if conduct >= limit:
            return colour
    return "green"


def ratings(each: Firm, year: int) -> Iterator[Grade]:
    """This will give what the environment bureau published about a firm's plants for one year."""
    for place, plant in enumerate(each.plants):
        yield Grade(
            each,
            plant,
            str(year),
            colour_of(each, place, year),
            "rating",
            date(year + 1, 5, 20),
            f"云泽环信评〔{year + 1}〕1号",
        )


def repairs(each: Firm) -> Iterator[Grade]:
    """This will give the repairs published for red and black plants that put their house in order."""
    for year, first, days in ((2024, date(2025, 8, 5), 190), (2025, date(2026, 8, 10), 78)):
        for place, plant in enumerate(each.plants):
            if colour_of(each, place, year) in GOOD or draw(13, each.index, place, year) >= 400_000:
                continue
            on = first + timedelta(days=draw(14, each.index, place, year) % days)
            yield Grade(
                each, plant, str(year), "yellow", "repair", on, f"云泽环信修〔{on.year}〕{each.index + 1}号"
            )


def corrections(each: Firm) -> Iterator[Grade]:
    """This will give the ratings of 2025 that the bureau corrected after the price body had decided."""
    for place, plant in enumerate(each.plants):
        if (
            colour_of(each, place, 2025) == "red"
            and draw(15, each.index, place) < 250_000
            and not any(repair.plant == plant and repair.period == "2025" for repair in repairs(each))
        ):
            yield Grade(each, plant, "2025", "yellow", "rating", date(2026, 9, 14), "云泽环信更〔2026〕3号")


_CONDUCTS: Final = {
    "green": ("commitment_kept_2y",),
    "blue": (),
    "yellow": ("water_over_limit_fine", "warning"),
    "red": ("suspended_production",),
    "black": ("false_monitoring_data",),
}


def facts(each: Firm, year: int) -> Iterator[Fact]:
    """This will give the facts behind a year's colour: the 12-point model on 31 December comes to it."""
    for place, plant in enumerate(each.plants):
        for number, conduct in enumerate(_CONDUCTS[colour_of(each, place, year)]):
            on = date(year, 7, 1) + timedelta(days=draw(16, each.index, place, year, number) % 180)
            kind = "守" if conduct.startswith("commitment") else "罚"
            yield Fact(
                each,
                plant,
                conduct,
                on,
                date(year + 1, 1, 15),
                f"云泽环{kind}〔{year}〕{each.index + 1}-{place}{number}号",
            )


def accounts(each: Firm) -> Iterator[Account]:
    """This will give the accounts a rated firm uses: its own, at times a well or a shared meter."""
    months = 1 if draw(21, each.index) < 100_000 else 2
    confirmed = draw(22, each.index) >= 20_000
    partner = _sharer(each)
    for place, plant in enumerate(each.plants):
        share = 1000 if partner is None or place else 650
        yield Account(
            f"{each.region}{each.index:07d}{place}", each, plant, share, False, months, confirmed, each
        )
    if partner is not None:
        yield Account(
            f"{each.region}{each.index:07d}0", partner, partner.plants[0], 350, False, months, confirmed, each
        )
    if draw(23, each.index) < 60_000:
        yield Account(
            f"{each.region}{each.index:07d}9", each, each.plants[0], 1000, True, months, confirmed, each
        )


def _sharer(each: Firm) -> Firm | None:
    if draw(24, each.index) >= 50_000 or not each.index:
        return None
    neighbour = firm(each.index - 1)
    return neighbour if neighbour.rated else None


def readings(account: Account) -> Iterator[Reading]:
    """This will give two years of one meter's readings, each beginning where the last one ended."""
    day = 1 + draw(25, account.holder.index) % 27
    monthly = 200_000 + draw(26, account.holder.index, int(account.number[-1])) * 4
    for first in range(0, 24, account.months):
        from_on, to_on = month_start(first, day), month_start(first + account.months, day)
        if to_on > TODAY:
            return
        season = draw(27, account.holder.index, first) % 400 + 800
        yield Reading(
            account.number, account.holder, from_on, to_on, monthly * account.months * season // 1000
        )


def month_start(offset: int, day: int = 1) -> date:
    """This will give a day of the month that many months after the first reading."""
    months = FIRST_READING.year * 12 + FIRST_READING.month - 1 + offset
    return date(months // 12, months % 12 + 1, day)
