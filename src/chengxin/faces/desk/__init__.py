"""The desk: a left rail by task, a worklist by the clock, and every list within the official's scope."""

from __future__ import annotations

from chengxin.faces.desk import (
    batches,
    callers,
    cases,
    due,
    exchange,
    gate,
    intake,
    log_in,
    lookup,
    mismatches,
    oversight,
    own,
    papers,
    people,
    pictures,
    proposals,
    quarantine,
    repealed,
    single,
    sooner,
    today,
    unlinked,
)

PAGES = (
    today,
    intake,
    single,
    batches,
    quarantine,
    unlinked,
    lookup,
    gate,
    pictures,
    cases,
    due,
    papers,
    mismatches,
    sooner,
    repealed,
    oversight,
    proposals,
    exchange,
    callers,
    people,
    log_in,
    own,
)
"""In the order of the rail."""
