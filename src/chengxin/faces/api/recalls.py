"""Beside the gate: what changed or ended since a caller was told, its acknowledgement, and the offline list."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema

from chengxin.effects.exchange import pulling, told
from chengxin.effects.exchange.offline import offline_list
from chengxin.faces.premises import premises
from chengxin.ledger.models import Official
from chengxin.ledger.officials import require

router = Router()


class RecallPage(Schema):
    """What became of measures the gate named to you, in order; ask on with ``after`` = ``next``."""

    recalls: list[dict[str, Any]]
    next: int


class TakenIn(Schema):
    """Events taken in, and what was done: ``held``, ``taken_back`` or ``not_ours``."""

    events: list[int]
    result: str = "taken_back"


class TakenInCount(Schema):
    """How many of them had not been acknowledged before."""

    acknowledged: int


@router.get(
    "/gate/recalls", response=RecallPage, summary="核查结果的变更与撤回 / what became of what you were told"
)
def gate_recalls(request: HttpRequest, after: int = 0) -> dict[str, Any]:
    """Each names the matter and your own case number; a natural person is named by nothing else."""
    here, official = premises(), _caller(request)
    found, following = told.fetch(official, after, now=here.now)
    return {"recalls": found, "next": following}


@router.post("/gate/recalls", response=TakenInCount, summary="确认撤回 / acknowledge")
def gate_recalls_taken_in(request: HttpRequest, taken: TakenIn) -> dict[str, int]:
    """Until then you stand on the board of withdrawals as somebody who was told and has not taken it back."""
    count = told.acknowledge([_caller(request).pk], taken.events, taken.result, now=premises().now)
    return {"acknowledged": count}


@router.get("/gate/list", summary="离线名单 / the signed list for a counter that is cut off")
def gate_list(request: HttpRequest, subscription: str = "") -> dict[str, Any]:
    """``list`` is the very text that ``signature`` (ed25519, base64) stands for. It lapses 24 hours later."""
    here = premises()
    mine = pulling.subscriber_of(_caller(request), subscription)
    return offline_list(
        mine, adopted=here.adopted, key=settings.EXCHANGE_KEY, wrap=settings.WRAP_KEY, now=here.now
    )


def _caller(request: HttpRequest) -> Official:
    official: Official = request.official  # type: ignore[attr-defined]
    require(official, "gate", on=premises().today)
    return official
