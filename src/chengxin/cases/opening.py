"""Opening a case, and the numbers of cases and documents: 机关〔年份〕序号."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db import IntegrityError, transaction

from chengxin.cases.models import Case
from chengxin.core.errors import MissingError
from chengxin.core.hashing import hash_bytes
from chengxin.ledger.counters import reserve
from chengxin.ledger.models import Agency


def open_case(
    *,
    program: str,
    procedure: str,
    agency: str,
    region: str,
    title: str,
    on: date,
    subject: int | None = None,
) -> Case:
    """This will open a case under the next number of its agency and year; nothing has happened in it yet.

    ``subject`` None: a mass decision, or a book that is kept. Call it before the first act.
    """
    return Case.objects.create(
        number=next_number(agency, "案", on),
        program=program,
        procedure=procedure,
        subject=subject,
        region=region,
        agency=agency,
        title=title[:200],
        opened_on=on,
    )


def open_book(
    *,
    program: str,
    procedure: str,
    agency: str,
    region: str,
    title: str,
    number: str,
    on: date,
    subject: int | None = None,
) -> Case:
    """This will give the case under a fixed number, opening it if nobody has: receipts, adoptions, mandates."""
    found = Case.objects.filter(number=number).first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Case.objects.create(
                number=number, program=program, procedure=procedure, agency=agency, region=region,
                title=title[:200], opened_on=on, subject=subject,
            )  # fmt: skip
    except IntegrityError:
        return Case.objects.get(number=number)


def next_number(agency: str, word: str, on: date) -> str:
    """This will spend the next number of an agency's series in a year: ``示例市发改委决〔2016〕12号``.

    ``word`` names the series: 案 cases, 告 notices, 决 decisions, 执 execution documents, 退 exits …
    """
    return next(next_numbers(agency, word, on, 1))


def next_numbers(agency: str, word: str, on: date, count: int) -> Iterator[str]:
    """This will spend ``count`` numbers of a series at once."""
    body = Agency.objects.filter(pk=agency).first()
    if body is None:
        raise MissingError("act.no_such_agency", agency=agency)
    series = hash_bytes(f"{body.name}/{word}".encode())[:16]
    first = reserve(f"no/{on.year}/{series}", count)
    return (f"{body.name}{word}〔{on.year}〕{first + i}号" for i in range(count))
