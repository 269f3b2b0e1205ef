"""Retention as a job: a record leaves its sheet when the period its catalogue item names is over.

The period runs from the end of what is recorded: the day its validity ends, or, where the item knows none, the
day it speaks of. What has no end yet is kept. So is what is *held*: records on which an open matter or an effect
in force rests, until that ends. The removal is a redaction like any other, with a scar under the item's article.
It looks at what lies there today and remembers nothing, so a record that a restored backup brought back goes
again at the next round.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime

from chengxin.core.clock import day_of
from chengxin.core.periods import Period, Workdays
from chengxin.engine import duck
from chengxin.engine.store import Store
from chengxin.ledger.models import Official
from chengxin.policy.house import House
from chengxin.policy.items import Item

from .lines import day_sql
from .models import Sheet
from .redaction import redact
from .timeline import Line

REASON = "保存期满 / retention is over"


@dataclass(frozen=True)
class Removed:
    """What one item lost in a round; ``kept`` says how many rows are past their period but still held."""

    item: str
    article: str
    retention: str
    records: int
    sheets: int
    kept: int


def remove_overdue(
    *,
    held: Container[int],
    official: Official,
    now: datetime,
    workdays: Workdays,
    store: Store,
    house: House,
) -> list[Removed]:
    """This will redact every record past its retention that nothing holds, and say so by item."""
    found = []
    for name in Sheet.objects.order_by("item").values_list("item", flat=True).distinct():
        item = house.items.get(name)
        if item is None:
            continue
        gone, sheets, kept = 0, 0, 0
        for sheet in Sheet.objects.filter(item=name, rows__gt=0).select_related("batch").order_by("id"):
            due = overdue(sheet, item, on=day_of(now), workdays=workdays, store=store)
            free = [record for record in due if record not in held]
            kept += len(due) - len(free)
            if free:
                redact(
                    free, article=item.basis, reason=REASON, official=official, now=now, store=store, house=house
                )  # fmt: skip
                gone, sheets = gone + len(free), sheets + 1
        if gone or kept:
            found.append(Removed(name, item.basis, item.retention, gone, sheets, kept))
    return found


def overdue(sheet: Sheet, item: Item, *, on: date, workdays: Workdays, store: Store) -> list[int]:
    """This will give the records of a sheet whose retention was over before a day."""
    period, path = Period.parse(item.retention), duck.literal(str(store.sheet(sheet.sha256)))
    ended = _ended_sql(item, sheet)
    connection = duck.connect(temp=store.home / "temp", threads=1)
    try:
        days = connection.execute(f"SELECT DISTINCT {ended} FROM read_parquet({path})").fetchall()
        over = [day for (day,) in days if day and period.last_day(day, workdays, counts_first=True) < on]
        if not over:
            return []
        wanted = ", ".join(f"DATE {duck.literal(day.isoformat())}" for day in over)
        rows = connection.execute(
            f"SELECT record FROM read_parquet({path}) WHERE {ended} IN ({wanted}) ORDER BY record"
        ).fetchall()
    finally:
        connection.close()
    return [int(record) for (record,) in rows]


def kept_until(item: Item, line: Line, workdays: Workdays) -> date | None:
    """This will give the first day on which a record is no longer kept; None for what has no end yet."""
    start = line.valid_to if _end_column(item) else line.valid_from or line.told
    return Period.parse(item.retention).end(start, workdays, counts_first=True) if start else None


def _end_column(item: Item) -> str:
    """The column that says when what a row records is over; empty where the item knows none."""
    ends = item.valid_to or (item.proves.ends_on if item.proves else "")
    return ends if ends in item.columns else ""


def _ended_sql(item: Item, sheet: Sheet) -> str:
    """The day on which what a row records was over: its own end, else the day it speaks of, else it was told."""
    proof = item.proves
    if ends := _end_column(item):
        return day_sql(item, ends, last=True)
    begins = item.valid_from or (proof.decided_on if proof else "")
    told = f"DATE {duck.literal(sheet.batch.told_on.isoformat())}"
    return f"coalesce({day_sql(item, begins)}, {told})"
