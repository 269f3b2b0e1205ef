"""Retention for the clock and the command: what is held, what goes, and what went under which article."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chengxin.effects import resting
from chengxin.effects.holding import held_records
from chengxin.faces import boot
from chengxin.faces.premises import Premises
from chengxin.records.retention import remove_overdue


def retain(here: Premises) -> list[dict[str, Any]]:
    """This will remove what is past its retention: ``[{item, article, retention, records, sheets, kept}]``."""
    removed = remove_overdue(
        held=held_records(here.store, here.today), official=boot.system_official(), now=here.now,
        workdays=here.adopted.workdays, store=here.store, house=here.house,
    )  # fmt: skip
    for one in removed:
        if one.records and one.item in resting.items(here.house):
            resting.refresh(one.item, store=here.store, house=here.house, now=here.now)
    return [asdict(one) for one in removed]
