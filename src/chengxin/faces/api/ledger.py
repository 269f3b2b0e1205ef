"""What changed since a number: the ledger, read forward."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from chengxin.faces.premises import premises
from chengxin.ledger.models import Official, Seal
from chengxin.ledger.officials import require

router = Router()
PAGE = 500


class ChangeOut(Schema):
    """One sealed entry: its order number, what it speaks of, and the digest of what was written."""

    number: int
    at: Any
    kind: str
    ref: str
    digest: str


class ChangePage(Schema):
    """Entries after the cursor, in order; ask again with ``after`` = ``next``."""

    changes: list[ChangeOut]
    next: int


@router.get("/changes", response=ChangePage, summary="自某号以来 / what changed since a number")
def changes(request: HttpRequest, after: int = 0) -> dict[str, Any]:
    """Sealed entries in the order the sealer gave them, which is the order to follow."""
    official: Official = request.official  # type: ignore[attr-defined]
    require(official, "read_ledger", on=premises().today)
    rows = Seal.objects.filter(number__gt=after).select_related("entry").order_by("number")[:PAGE]
    told = [
        {
            "number": row.number,
            "at": row.entry.at,
            "kind": row.entry.kind,
            "ref": row.entry.ref,
            "digest": row.entry.digest,
        }
        for row in rows
    ]
    return {"changes": told, "next": told[-1]["number"] if told else after}
