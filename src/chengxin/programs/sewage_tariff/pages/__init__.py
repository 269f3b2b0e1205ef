"""The pages: levy list, co-signing, execution document, bills, exits, revenue; and the public one."""

from chengxin.programs.sewage_tariff.pages.bills import (
    adjust,
    bill,
    bill_lines,
    bills,
    issue,
)
from chengxin.programs.sewage_tariff.pages.exits import end, exits
from chengxin.programs.sewage_tariff.pages.levies import cosign, execution, levies, propose
from chengxin.programs.sewage_tariff.pages.public import about, home_charts
from chengxin.programs.sewage_tariff.pages.revenue import revenue

__all__ = [
    "about",
    "adjust",
    "bill",
    "bill_lines",
    "bills",
    "cosign",
    "end",
    "execution",
    "exits",
    "home_charts",
    "issue",
    "levies",
    "propose",
    "revenue",
]
