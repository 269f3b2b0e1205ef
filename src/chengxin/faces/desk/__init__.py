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
    own,
    papers,
    people,
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
    pictures,
    cases,
    papers,
    oversight,
    exchange,
    people,
    log_in,
    own,
)
"""In the order of the rail."""
