"""Bill files as a program's page issues, adjusts and reconciles them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa
from django.db.models import QuerySet

from chengxin.core.errors import MissingError
from chengxin.effects import bills, reconciliation
from chengxin.effects.bills import Hand
from chengxin.effects.models import BillFile
from chengxin.effects.reconciliation import Reconciliation, Returned
from chengxin.kit.casework import Found
from chengxin.kit.pages import Visit
from chengxin.ledger.content import open_exhibit
from chengxin.ledger.models import Agency, Exhibit


def bill_files(visit: Visit, program: str) -> QuerySet[BillFile]:
    """This will give the bill files of a program that the visitor may see, adjustments apart, the newest first."""
    return _seen(visit, program).filter(adjusts=None).order_by("-period", "-id")


def bill_file(visit: Visit, program: str, number: int) -> BillFile:
    """This will give one bill file or adjustment of a program; out of the visitor's scope there is none."""
    held = _seen(visit, program).filter(pk=number).select_related("adjusts").first()
    if held is None:
        raise MissingError("door.no_such", number=number)
    return held


def _seen(visit: Visit, program: str) -> QuerySet[BillFile]:
    companies = Agency.objects.filter(visit.scope.q({"agency": "code", "region": "region__code"}))
    return BillFile.objects.filter(program=program, company__in=companies.values("code"))


def bill_from(period: str) -> date:
    """This will give the first day on which the bill of a month (``2016-12``) may be issued."""
    return bills.first_day(period)


def refuse_bill(visit: Visit, program: str, *, company: str, period: str) -> None:
    """This will refuse, as ``issue_bill`` would, a month of a company that is not over or was billed."""
    bills.refuse_month(period, program=program, company=company, on=visit.today)


def issue_bill(
    visit: Visit, program: str, found: Found, lines: pa.Table, *, company: str, period: str
) -> BillFile:
    """This will issue the bill file of a company and period from some lines of a finding."""
    return bills.issue(
        lines, program=program, company=company, period=period, run_sha256=found.run_sha256,
        hand=_hand(visit),
    )  # fmt: skip


def adjust_bill(visit: Visit, bill: BillFile, found: Found, lines: pa.Table) -> BillFile | None:
    """This will issue the differences between a bill file and the lines found now, if there are any."""
    return bills.adjust(bill, lines, run_sha256=found.run_sha256, hand=_hand(visit))


def _hand(visit: Visit) -> Hand:
    return Hand(
        official=visit.who, agency=visit.who.agency_id, on=visit.today, at=visit.now, bundle=visit.adopted,
        store=visit.store, secret=visit.secret,
    )  # fmt: skip


def bill_lines(visit: Visit, bill: BillFile) -> pa.Table:
    """This will read the sealed lines of a bill file."""
    return bills.lines_of(bill, visit.store)


def bill_total(bill: BillFile) -> int:
    """This will add up, in fen, a bill file with its adjustments."""
    return bills.total(bill)


def bill_as_issued(visit: Visit, bill: BillFile) -> bytes:
    """This will give the company's file as it was issued, byte for byte."""
    return open_exhibit(Exhibit.objects.get(pk=bill.exhibit), visit.store, visit.secret)


def reconciled(visit: Visit, bill: BillFile, returned: Iterable[Mapping[str, Any]]) -> Reconciliation:
    """This will hold rows ``(account, billed, collected, owed)``, in fen, against a bill file as adjusted."""
    rows = [
        Returned(row["account"], row["billed"], row["collected"], row["owed"], row["because"][0])
        for row in returned
    ]
    return reconciliation.reconcile(bill, rows, store=visit.store)
