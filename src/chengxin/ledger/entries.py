"""Ledger entries: one line for each thing that was done, written in the transaction that did it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from chengxin.core.canonical import digest
from chengxin.core.errors import HouseFault

from .models import Entry


def enter(kind: str, ref: str, body: Mapping[str, Any], *, at: datetime) -> Entry:
    """This will write that ``kind`` was done to ``ref`` (``table:id``), with the digest of ``body``.

    The body itself is not kept: it stands where ``ref`` points, and the digest shows later that it is
    still the same. Call it inside the transaction that does the thing, so that neither stands alone.
    """
    if not connection.in_atomic_block:
        raise HouseFault("ledger.entry_alone", ref=ref)
    return Entry.objects.create(at=at, kind=kind, ref=ref, digest=digest(body))
