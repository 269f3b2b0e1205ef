"""What the company billed, collected and is owed, held against what was issued: to the fen, by account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from chengxin.cases.acts import act
from chengxin.cases.models import Act
from chengxin.effects.bills import Hand, files, lines_of, total
from chengxin.effects.models import BillFile
from chengxin.engine.store import Store


@dataclass(frozen=True, slots=True)
class Returned:
    """What the company tells of one account, in fen."""

    account: str
    billed: int
    collected: int
    owed: int
    record: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """An account that does not agree: what ours says and what theirs says, in fen."""

    account: str
    what: str
    """not_returned, not_issued, billed (another amount), or owed (billed is not collected + owed)."""
    ours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One period of one company. It agrees when there is no difference."""

    issued: int
    adjusted: int
    billed: int
    collected: int
    owed: int
    differences: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        """Whether every account agrees, and so the totals do."""
        return not self.differences


def reconcile(bill: BillFile, returned: Iterable[Returned], *, store: Store) -> Reconciliation:
    """This will hold what came back against the bill file with its adjustments."""
    ours: dict[str, int] = defaultdict(int)
    for file in files(bill):
        for line in lines_of(file, store).select(["account", "fen"]).to_pylist():
            ours[line["account"]] += line["fen"]
    theirs = _added(returned)
    found = [
        difference
        for account in sorted({*ours, *theirs})
        for difference in _differences(account, ours.get(account), theirs.get(account))
    ]
    return Reconciliation(
        issued=bill.fen,
        adjusted=total(bill) - bill.fen,
        billed=sum(one.billed for one in theirs.values()),
        collected=sum(one.collected for one in theirs.values()),
        owed=sum(one.owed for one in theirs.values()),
        differences=tuple(found),
    )


def record_return(bill: BillFile, result: Reconciliation, records: Iterable[int], *, hand: Hand) -> Act:
    """This will write down in the book of bills what the company returned for a bill file."""
    issued = Act.objects.select_related("case").get(pk=bill.act)
    return act(
        issued.case, "return_bill", official=hand.official, agency=hand.agency, on=hand.on, at=hand.at,
        bundle=hand.bundle, cites={"acts": [issued.pk], "records": sorted(records)},
        detail={"bill": bill.pk, "billed": result.billed, "collected": result.collected, "owed": result.owed,
                "differences": len(result.differences)},
    )  # fmt: skip


def _added(returned: Iterable[Returned]) -> dict[str, Returned]:
    """Several lines of one account (two readings in a period) count together."""
    found: dict[str, Returned] = {}
    for one in returned:
        before = found.get(one.account, Returned(one.account, 0, 0, 0))
        found[one.account] = Returned(
            one.account, before.billed + one.billed, before.collected + one.collected, before.owed + one.owed
        )
    return found


def _differences(account: str, ours: int | None, theirs: Returned | None) -> list[Difference]:
    if theirs is None:
        return [Difference(account, "not_returned", ours or 0, 0)] if ours else []
    if ours is None:
        return [Difference(account, "not_issued", 0, theirs.billed)]
    found = []
    if theirs.billed != ours:
        found.append(Difference(account, "billed", ours, theirs.billed))
    if theirs.collected + theirs.owed != theirs.billed:
        found.append(Difference(account, "owed", theirs.billed, theirs.collected + theirs.owed))
    return found
