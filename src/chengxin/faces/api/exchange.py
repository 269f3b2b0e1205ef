"""The exchange for a body's own system: fetch what changed, take signed files, acknowledge."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from chengxin.effects.exchange import pulling, receipts
from chengxin.effects.exchange.envelope import public_key
from chengxin.faces.premises import Premises, premises

router = Router()
LINES = "application/jsonl; charset=utf-8"


class EventPage(Schema):
    """CloudEvents after the cursor, in order; ask again with ``after`` = ``next``."""

    events: list[dict[str, Any]]
    next: int


class ReceiptIn(Schema):
    """What was taken in, by number of event, and what was done with it."""

    events: list[int]
    result: str = "held"
    subscription: str = ""


class ReceiptOut(Schema):
    """How many of them had not been acknowledged before."""

    acknowledged: int


class KeyOut(Schema):
    """The public key by which ed25519 signatures and files are checked."""

    ed25519: str


@router.get("/exchange/changes", response=EventPage, summary="自某号以来的变动 / what changed since")
def exchange_changes(request: HttpRequest, after: int = 0, subscription: str = "") -> dict[str, Any]:
    """Events within the subscription, in order; asking on acknowledges those before the cursor."""
    here = premises()
    mine = pulling.subscriber_of(request.official, subscription)  # type: ignore[attr-defined]
    events, following = pulling.changed_since(mine, after, now=here.now, **_keys(here))
    return {"events": events, "next": following}


@router.post("/exchange/acknowledgements", response=ReceiptOut, summary="确认收悉 / acknowledge")
def acknowledgements(request: HttpRequest, receipt: ReceiptIn) -> dict[str, int]:
    """``held``: taken in; ``taken_back``: a withdrawal carried out; ``not_ours``: nobody of that number here."""
    mine = pulling.subscriber_of(request.official, receipt.subscription)  # type: ignore[attr-defined]
    count = receipts.acknowledge(mine, receipt.events, receipt.result, now=premises().now)
    return {"acknowledged": count}


@router.get("/exchange/files/{kind}.jsonl", summary="全量与增量文件 / full and delta files")
def exchange_file(
    request: HttpRequest,
    kind: Literal["full", "delta"],
    after: int = 0,
    until: int = 0,
    subscription: str = "",
) -> HttpResponse:
    """JSON lines. Without ``until`` up to now; the header Chengxin-Until says how far, and is the next ``after``."""
    body, reached = _file(request, kind, after, until, subscription)
    answer = HttpResponse(body, content_type=LINES)
    answer["Chengxin-Until"] = str(reached)
    answer["Content-Disposition"] = f'attachment; filename="chengxin-{kind}-{after}-{reached}.jsonl"'
    return answer


@router.get("/exchange/files/{kind}.jsonl.sig", summary="文件的签名 / a file's detached signature")
def exchange_signature(
    request: HttpRequest, kind: Literal["full", "delta"], until: int, after: int = 0, subscription: str = ""
) -> HttpResponse:
    """Ed25519 over the file with the same ``after`` and ``until``, in base64."""
    body, _reached = _file(request, kind, after, until, subscription)
    return HttpResponse(pulling.detached(body, settings.EXCHANGE_KEY), content_type="text/plain")


@router.get("/exchange/key", response=KeyOut, summary="公钥 / the public key", auth=None)
def exchange_key(request: HttpRequest) -> dict[str, str]:
    """Also standing in the signature's word ``v1a`` of a webhook."""
    return {"ed25519": public_key(settings.EXCHANGE_KEY)}


def _file(request: HttpRequest, kind: str, after: int, until: int, subscription: str) -> tuple[bytes, int]:
    here = premises()
    mine = pulling.subscriber_of(request.official, subscription)  # type: ignore[attr-defined]
    reached = min(until, pulling.newest(mine)) if until else pulling.newest(mine)
    start = 0 if kind == "full" else max(after, 1)
    return pulling.file(mine, after=start, until=reached, now=here.now, **_keys(here)), reached


def _keys(here: Premises) -> dict[str, Any]:
    return {"house": here.house, "key": settings.EXCHANGE_KEY, "wrap": settings.WRAP_KEY}
