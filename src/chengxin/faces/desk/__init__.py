"""The desk: a left rail by task, a worklist by the clock, and every list within the official's scope."""

from __future__ import annotations

from chengxin.faces.desk import (
    batches,
    callers,
    cases,
    exchange,
    gate,
    intake,
    log_in,
    lookup,
    oversight,
    papers,
    pictures,
    quarantine,
    single,
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
    papers,
    oversight,
    exchange,
    callers,
    log_in,
)
"""In the order of the rail."""
