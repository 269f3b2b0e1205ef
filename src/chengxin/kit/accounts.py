"""Bill files as a program's page issues, adjusts and reconciles them."""

from __future__ import annotations

from django.db.models import QuerySet

from chengxin.core.errors import MissingError
from chengxin.effects import bills
from chengxin.effects.bills import Hand
from chengxin.effects.models import BillFile
from chengxin.kit.casework import Found
from chengxin.kit.pages import Visit


def bill_files(program: str) -> QuerySet[BillFile]:
    """This will give the bill files of a program, adjustments apart, the newest first."""
    return BillFile.objects.filter(program=program, adjusts=None).order_by("-period", "-id")


def bill_file(program: str, number: int) -> BillFile:
    """This will give one bill file or adjustment of a program."""
    held = BillFile.objects.filter(program=program, pk=number).select_related("adjusts").first()
    if held is None:
        raise MissingError("door.no_such", number=number)
    return held


def issue_bill(visit: Visit, program: str, company: str, period: str, found: Found) -> BillFile:
    """This will issue the bill file of a company and period."""
    return bills.issue(
        found.rows, program=program, company=company, period=period, run_sha256=found.run_sha256,
        hand=_hand(visit),
    )  # fmt: skip


def adjust_bill(visit: Visit, bill: BillFile, found: Found) -> BillFile | None:
    """This will issue the differences between a bill file and what is found now, if there are any."""
    return bills.adjust(bill, found.rows, run_sha256=found.run_sha256, hand=_hand(visit))


def _hand(visit: Visit) -> Hand:
    return Hand(
        official=visit.who, agency=visit.who.agency_id, on=visit.today, at=visit.now, bundle=visit.adopted,
        store=visit.store, secret=visit.secret,
    )  # fmt: skip
