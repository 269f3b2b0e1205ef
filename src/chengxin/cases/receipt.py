"""The act of receipt: every door loads through here, so a batch and its receipt stand or fall together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted, open_bundle
from chengxin.cases.edges import EDGES
from chengxin.cases.models import Case
from chengxin.cases.opening import open_book
from chengxin.cases.procedure import KERNEL
from chengxin.cases.rules import agency_of
from chengxin.core.clock import day_of
from chengxin.core.errors import DeniedError
from chengxin.engine.store import Store
from chengxin.ledger.models import Official
from chengxin.policy.house import House
from chengxin.policy.items import Item
from chengxin.records.correction import confirm_issued_so
from chengxin.records.hot import take_row
from chengxin.records.intake import Receipt, nil_report, take
from chengxin.records.models import Batch

KEEPER = "platform"
"""The duty of the platform's keeper, who enters what bodies sent that have no access of their own."""
SENDER = "sender"
"""Who attests hearing and service of a decision that came as a record: never we."""


def receive_batch(
    item: Item,
    path: Path,
    *,
    store: Store,
    house: House,
    bundle: Adopted | str,
    agency: str,
    official: Official,
    door: str,
    now: datetime,
    told_on: date,
    **words: Any,
) -> Receipt:
    """This will take a file of one item in and write the act of receipt in the same transaction.

    ``words`` go to ``records.intake.take`` as they are: mapping, idempotency_key, progress, file_name …
    """
    adopted = _adopted(bundle, store)
    attest = attesting(item, agency=agency, official=official, now=now, bundle=adopted)
    return take(
        item, path, attest=attest, store=store, house=house, bundle=adopted.sha256, agency=agency,
        official=official, door=door, now=now, told_on=told_on, **words,
    )  # fmt: skip


def receive_row(
    item: Item,
    values: Mapping[str, Any],
    *,
    store: Store,
    house: House,
    bundle: Adopted | str,
    agency: str,
    official: Official,
    door: str,
    now: datetime,
    told_on: date,
    **words: Any,
) -> Receipt:
    """This will take one record, told in a form or by a call, with its act of receipt; visible at once."""
    adopted = _adopted(bundle, store)
    attest = attesting(item, agency=agency, official=official, now=now, bundle=adopted)
    return take_row(
        item, values, attest=attest, store=store, house=house, bundle=adopted.sha256, agency=agency,
        official=official, door=door, now=now, told_on=told_on, **words,
    )  # fmt: skip


def receive_nil(
    item: Item,
    *,
    store: Store,
    bundle: Adopted | str,
    agency: str,
    official: Official,
    door: str,
    now: datetime,
    told_on: date,
    **words: Any,
) -> Receipt:
    """This will take a report that there is nothing to report, with its act of receipt."""
    adopted = _adopted(bundle, store)
    attest = attesting(item, agency=agency, official=official, now=now, bundle=adopted)
    return nil_report(
        item=item, attest=attest, store=store, house=adopted.house, bundle=adopted.sha256, agency=agency,
        official=official, door=door, now=now, told_on=told_on, **words,
    )  # fmt: skip


def receive_confirmed(
    batch: Batch,
    row: int,
    *,
    official: Official,
    reason: str,
    now: datetime,
    store: Store,
    house: House,
    bundle: Adopted | str,
) -> Receipt:
    """This will take a refused row whose code an official confirmed as issued so, with its act of receipt."""
    adopted = _adopted(bundle, store)
    item = house.items[batch.item]
    attest = attesting(item, agency=batch.agency, official=official, now=now, bundle=adopted)
    return confirm_issued_so(
        batch, row, official=official, reason=reason, now=now, store=store, house=house,
        bundle=adopted.sha256, attest=attest,
    )  # fmt: skip


def book_of(item: Item, *, agency: str, on: date) -> Case:
    """This will give the book of receipts of an agency, an item and a year."""
    body = agency_of(agency)
    return open_book(
        program=KERNEL, procedure="receipt", agency=agency, region=body.region_id, on=on,
        title=f"{item.title} {on.year} 收件", number=f"{agency}/receipts/{item.name}/{on.year}",
    )  # fmt: skip


def attesting(
    item: Item, *, agency: str, official: Official, now: datetime, bundle: Adopted
) -> Callable[[Batch], None]:
    """This will give what intake calls inside the transaction that writes the batch.

    The book is opened there too, if nobody has this year: a file that is refused leaves nothing behind. Raises
    ``DeniedError`` where the catalogue does not name the body's duty as one that tells of the item.
    """
    body = agency_of(agency)
    if body.duty not in (*item.reporters, KEEPER):
        raise DeniedError(
            "batch.not_reporter", agency=body.name, item=item.title, item_en=item.title_en,
            duty=body.duty, reporters=", ".join(item.reporters),
        )  # fmt: skip

    def attest(batch: Batch) -> None:
        book = book_of(item, agency=agency, on=day_of(now))
        sheets = [sheet.sha256 for sheet in batch.sheets.order_by("id")]
        act(
            book, "receive", official=official, agency=book.agency, on=day_of(now), at=now, bundle=bundle,
            articles=_articles(item, bundle, day_of(now)), detail=_said(batch, item),
            cites={"batches": [batch.pk], "sheets": sheets},
        )  # fmt: skip

    return attest


def _adopted(bundle: Adopted | str, store: Store) -> Adopted:
    return bundle if isinstance(bundle, Adopted) else open_bundle(bundle, store)


def _said(batch: Batch, item: Item) -> dict[str, Any]:
    """What the receipt says. Of a decision made elsewhere: hearing and service are attested by the sender."""
    said: dict[str, Any] = {
        "item": item.name, "told_on": batch.told_on.isoformat(), "read": batch.read, "taken": batch.taken,
        "held": batch.held, "quarantined": batch.quarantined, "unlinked": batch.unlinked, "nil": batch.nil,
    }  # fmt: skip
    return {**said, "attested_by": SENDER} if item.carries else said


def _articles(item: Item, bundle: Adopted, on: date) -> tuple[str, ...]:
    """The item's own article and the one on receiving, those in force; else the item's own."""
    both = (item.basis, EDGES["receive"].anchor)
    found = tuple(
        name
        for name in both
        if (article := bundle.house.articles.get(name)) is not None and article.in_force(on)
    )
    return found or (item.basis,)
