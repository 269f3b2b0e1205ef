"""The kinds of work a task may be. Each is idempotent: doing it twice does it once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from chengxin.core.errors import MissingError
from chengxin.faces.models import Task
from chengxin.faces.premises import premises
from chengxin.faces.reception import Hand, receive
from chengxin.findings.reckon import reckon
from chengxin.ledger.models import Official

Say = Callable[[str, int, int], None]
Work = Callable[[Task, Say], dict[str, Any]]


def load(task: Task, say: Say) -> dict[str, Any]:
    """This will take an upload: ``{item, path, agency, door, file_name, mapping?, told_on?, key}`` → the receipt."""
    here = premises()
    wish = task.payload
    item = here.house.items.get(wish["item"])
    if item is None:
        raise MissingError("cli.no_item", item=wish["item"], known="、".join(sorted(here.house.items)))
    hand = Hand(
        Official.objects.get(pk=task.official or 0), wish["agency"], wish["door"], wish.get("told_on")
    )
    path = Path(wish["path"])
    receipt = receive(
        here,
        item,
        path,
        hand,
        mapping=wish.get("mapping"),
        idempotency_key=wish["key"],
        progress=say,
        file_name=wish["file_name"],
    )
    path.unlink(missing_ok=True)
    return receipt.as_dict()


def reckoning(task: Task, say: Say) -> dict[str, Any]:
    """This will reckon ``{program, finding, as_of}`` and give ``{run, rows, sha256, seconds}``."""
    from datetime import date

    here = premises()
    wish = task.payload
    say("reckon", 0, 0)
    run = reckon(
        wish["program"],
        wish["finding"],
        date.fromisoformat(wish["as_of"]),
        store=here.store,
        house=here.house,
        bundle=here.bundle,
        now=here.now,
    )
    return {"run": run.pk, "rows": run.rows, "sha256": run.result_sha256, "seconds": run.seconds}


KINDS: dict[str, Work] = {"load": load, "reckon": reckoning}
