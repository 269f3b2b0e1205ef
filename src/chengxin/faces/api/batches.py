"""Handing in: a file with an idempotency key, its receipt, and the refused rows to mend."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status

from chengxin.core.errors import InputError, MissingError
from chengxin.faces.jobs import queue
from chengxin.faces.models import Task
from chengxin.faces.premises import Premises, premises
from chengxin.faces.reception import Hand, receive
from chengxin.ledger.models import Official
from chengxin.ledger.officials import require
from chengxin.ledger.scope import scope_of
from chengxin.records.models import Batch

router = Router()
PAGE = 50


class BatchOut(Schema):
    """A batch as its receipt tells it."""

    id: int
    item: str
    agency: str
    file_name: str
    told_on: Any
    read: int
    taken: int
    held: int
    quarantined: int
    unlinked: int
    by_reason: dict[str, int]
    nil: bool


class BatchPage(Schema):
    """A page of batches, the newest first; ``next`` is the cursor of the next page."""

    batches: list[BatchOut]
    next: int | None


class TaskOut(Schema):
    """How far the work is."""

    id: int
    state: str
    stage: str
    done: int
    total: int
    result: dict[str, Any]


@router.post(
    "/batches", response={200: dict[str, Any], 202: TaskOut}, summary="报送一份文件 / hand a file in"
)
def hand_in(
    request: HttpRequest, item: Form[str], file: File[UploadedFile], mapping: Form[str | None] = None
) -> Any:
    """The receipt, or 202 with a task to poll when the call says ``Prefer: respond-async``."""
    key = request.headers.get("Idempotency-Key")
    if not key:
        raise InputError("door.no_idempotency_key")
    here = premises()
    official: Official = request.official  # type: ignore[attr-defined]
    known = here.house.items.get(item)
    if known is None:
        raise MissingError("cli.no_item", item=item, known="、".join(sorted(here.house.items)))
    path = _keep(here, file)
    hand = Hand(official=official, agency=official.agency_id, door="api")
    name = Path(file.name or "upload").name
    if "respond-async" in request.headers.get("Prefer", ""):
        wish = {
            "item": item,
            "path": str(path),
            "agency": hand.agency,
            "door": "api",
            "file_name": name,
            "key": key,
        }
        return Status(202, queue("load", wish | ({"mapping": mapping} if mapping else {}), official.pk))
    try:
        receipt = receive(here, known, path, hand, mapping=mapping, idempotency_key=key, file_name=name)
        return Status(200, receipt.as_dict())
    finally:
        path.unlink(missing_ok=True)


def _keep(here: Premises, file: UploadedFile) -> Path:
    """This will lay the upload aside in the home, block by block."""
    folder = here.store.home / "uploads"
    folder.mkdir(exist_ok=True)
    path = folder / secrets.token_hex(16)
    with path.open("wb") as kept:
        for block in file.chunks():
            kept.write(block)
    return path


@router.get("/tasks/{task}", response=TaskOut, summary="进度 / progress of a task")
def progress(request: HttpRequest, task: int) -> Task:
    """A task of one's own."""
    found = Task.objects.filter(pk=task, official=request.official.pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise MissingError("door.no_task", task=task)
    return found


@router.get("/batches", response=BatchPage, summary="批次 / batches")
def batches(request: HttpRequest, before: int | None = None, item: str | None = None) -> dict[str, Any]:
    """Batches within the caller's scope."""
    rows = _within(request).order_by("-id")
    rows = rows.filter(id__lt=before) if before else rows
    rows = rows.filter(item=item) if item else rows
    page = list(rows[: PAGE + 1])
    return {"batches": page[:PAGE], "next": page[PAGE - 1].pk if len(page) > PAGE else None}


@router.get("/batches/{batch}", response=BatchOut, summary="一个批次 / one batch")
def batch_of(request: HttpRequest, batch: int) -> Batch:
    """One batch within the caller's scope."""
    return _one(request, batch)


@router.get("/batches/{batch}/refused.xlsx", summary="退回的行 / the refused rows, to mend and send again")
def refused(request: HttpRequest, batch: int) -> HttpResponse:
    """An Excel sheet with the sender's own row numbers, reasons and remedies."""
    from chengxin.records.templates import refused_workbook

    here = premises()
    row = _one(request, batch)
    body = refused_workbook(row, here.house.items[row.item], here.store)
    response = HttpResponse(
        body, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = f'attachment; filename="refused-{batch}.xlsx"'
    return response


def _within(request: HttpRequest) -> Any:
    here = premises()
    official: Official = request.official  # type: ignore[attr-defined]
    require(official, "read_batches", on=here.today)
    return Batch.objects.filter(scope_of(official, here.today).q({"agency": "agency", "region": "region"}))


def _one(request: HttpRequest, batch: int) -> Batch:
    found: Batch | None = _within(request).filter(pk=batch).first()
    if found is None:
        raise MissingError("door.no_batch", batch=batch)
    return found
