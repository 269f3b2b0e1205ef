"""The door for another body's own system that sends its decisions as a signed feed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from chengxin.faces import feed
from chengxin.faces.premises import premises

router = Router()


class FeedOut(Schema):
    """What became of each row; the same delta again gets the same answer."""

    sequence: int
    urgent: bool
    counts: dict[str, int]
    rows: list[dict[str, Any]]


@router.post("/feeds/{program}", response=FeedOut, summary="签名增量 / a signed delta")
def delta(request: HttpRequest, program: str) -> dict[str, Any]:
    """Standard Webhooks headers over the raw body; ``urgent`` removals need no number and wait for nobody."""
    words = {
        name: request.headers.get(name, "")
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
    }
    official = request.official  # type: ignore[attr-defined]
    return feed.take(premises(), program, request.body, words, official=official, door="api")
