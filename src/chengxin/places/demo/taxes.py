"""What the tax service told, and its year: grades decided, a few contested, changes that nobody was told of yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from chengxin.cases import schedules
from chengxin.places.demo import plain
from chengxin.places.demo.names import draw
from chengxin.places.demo.plan import Plan
from chengxin.places.demo.teller import Matter, Teller

TITLE: Final = "纳税信用 · tax conduct"
PROGRAM: Final = "tax_conduct"
COUNT: Final = 60
BASES: Final = date(2026, 3, 10)
GRADED: Final = date(2026, 4, 1)
SERVED: Final = date(2026, 4, 3)
STATED: Final = date(2026, 4, 8)
DECIDED: Final = date(2026, 4, 20)
LATELY: Final = date(2026, 11, 2)
CONDUCTS: Final = (
    *("late_filing", "late_withholding", "late_payment", "late_accounts", "books_not_kept"),
    *("invoice_misuse", "inspection_refused", "arrears", "evasion", "false_invoices"),
)
PEOPLE: Final = (("计禾", 41), ("骆澄", 42), ("万苓", 43), ("安筱", 44), ("宁拓", 45), ("乔霖", 46))
"""Invented people, and the numbers their citizen numbers are made from."""


def plans() -> Iterator[Plan]:
    """This will give the year's bases, last year's grades, conducts old and new, and persons apart."""
    firms = plain.firms(22, COUNT)
    years = [_year(n, plain.of(each)) for n, each in enumerate(firms)]
    yield plain.plan("纳税信用评价基础信息", "tax_year", "yz-tax", BASES, years)
    grades = [_before(n, plain.of(each)) for n, each in enumerate(firms) if n % 3]
    yield plain.plan("2024年度纳税信用级别", "tax_grade", "yz-tax", date(2025, 4, 25), grades)
    conducts = [row for n, each in enumerate(firms) for row in _conducts(n, plain.of(each))]
    yield plain.plan("税收失信行为", "tax_conduct", "yz-tax", BASES, conducts)
    lately = [_conduct(n, 0, plain.of(firms[n]), date(2026, 10, 28)) for n in range(6)]
    yield plain.plan("税收失信行为-十月", "tax_conduct", "yz-tax", LATELY, lately)
    people = [{"id_number": plain.citizen(n), "name": name, "division": plain.COUNTY} for name, n in PEOPLE]
    yield plain.plan("自然人纳税人登记", "tax_person", "yz-tax", date(2025, 3, 2), people)
    theirs = [_conduct(n, 9, person, date(2026, 8, 3 + n)) for n, person in enumerate(people[:4])]
    yield plain.plan("自然人税收失信行为", "tax_conduct_person", "yz-tax", date(2026, 9, 2), theirs)


def _year(number: int, firm: dict[str, Any]) -> dict[str, Any]:
    full = draw(61, number) < 600_000
    registered = date(2025, 6, 1) if draw(62, number) < 90_000 else date(2016, 5, 1)
    said = {"year": 2025, "full_record": "是" if full else "否", "registered_on": registered}
    return {**firm, **said, "trading": "否" if draw(63, number) < 60_000 else "是"}


def _before(number: int, firm: dict[str, Any]) -> dict[str, Any]:
    proof = {"document_number": "云税评〔2025〕1号", "decided_on": date(2025, 4, 20)}
    named = {"code": firm["code"], "name": firm["name"], "year": 2024}
    return {**named, "grade": "ABBMC"[draw(64, number) % 5], **proof}


def _conducts(number: int, firm: dict[str, Any]) -> list[dict[str, Any]]:
    count = (0, 0, 0, 1, 2, 4)[draw(65, number) % 6]
    first = date(2025, 3, 1) + timedelta(days=draw(66, number) % 200)
    return [_conduct(number, place, firm, first + timedelta(days=40 * place)) for place in range(count)]


def _conduct(number: int, place: int, who: dict[str, Any], on: date) -> dict[str, Any]:
    mended = draw(67, number, place) < 400_000
    return {
        **who,
        "conduct": CONDUCTS[draw(68, number, place) % len(CONDUCTS)],
        "occurred_on": on - timedelta(days=12),
        "determined_on": on,
        "document_number": f"云税通〔{on.year}〕{number * 10 + place + 1}号",
        "corrected_on": on + timedelta(days=2) if mended and on < GRADED else None,
    }


def tell(teller: Teller) -> None:
    """This will grade the year: propose, tell, hear two, decide the whole, and serve most of what burdens."""
    run, table = teller.found("grade", GRADED, PROGRAM)
    matter = Matter(PROGRAM, "grading", "tax-officer", "2025 年度纳税信用评价")
    listed = teller.propose(matter, table, run, GRADED)
    if listed is None:
        return
    burdened = schedules.one_by_one(listed, teller.store)
    for kind, on in (("notify", GRADED), ("serve", SERVED)):
        teller.rows(listed, kind, on, who="tax-officer")
    for subject in burdened[:3]:
        teller.step(listed.case, "state", "tax-officer", STATED, subject=subject, schedule=listed)
    for subject in burdened[:1]:
        teller.step(listed.case, "answer", "tax-officer", STATED, subject=subject, schedule=listed)
    teller.step(listed.case, "decide", "tax-head", DECIDED, schedule=listed)
    teller.rows(listed, "serve_decision", date(2026, 4, 22), burdened[3:-2], who="tax-officer")
