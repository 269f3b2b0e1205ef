"""The desk: a left rail by task, a worklist by the clock, and every list within the official's scope."""

from __future__ import annotations

from chengxin.faces.desk import (
    batches,
    cases,
    exchange,
    intake,
    log_in,
    lookup,
    oversight,
    papers,
    pictures,
    quarantine,
    questions,
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
    pictures,
    cases,
    papers,
    oversight,
    questions,
    exchange,
    log_in,
)
"""In the order of the rail."""
