"""Taking a file in: judged, sealed, then made visible by one short transaction, or not at all.

What is done before the transaction leaves only files nobody names and numbers nobody uses; what is done after
it (shelves, names to search) can be done again. So a kill at any moment leaves a batch whole or absent.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from chengxin.core.errors import ConflictError
from chengxin.engine import duck
from chengxin.engine.duck import DuckDBPyConnection
from chengxin.engine.store import Kind, Store
from chengxin.ledger.agencies import with_predecessors
from chengxin.ledger.counters import reserve
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Agency, Official
from chengxin.policy.house import House
from chengxin.policy.items import Item

from . import earlier, files, judging, lexicon, mapping, persons, sheets, sniffing, whom
from .judging import Judgement
from .landing import Landed
from .models import Batch, Sheet
from .quality import Quality
from .shelving import SMALL
from .turns import turn
from .whom import Newcomers, Registry

Progress = Callable[[str, int, int], None]
STAGES = ("read", "judge", "link", "seal", "shelve")
MEMORY = "3500MB"


@dataclass(frozen=True)
class Receipt:
    """What a department gets back: how each of its rows ended."""

    batch: Batch
    seconds: float

    @property
    def quarantined(self) -> int:
        return self.batch.quarantined

    def as_dict(self) -> dict[str, Any]:
        """This will give the answer of ``load --json``: read = taken + held + quarantined; unlinked ⊂ taken."""
        counts = ("read", "taken", "held", "quarantined", "unlinked")
        return {
            "batch": self.batch.pk,
            **{name: getattr(self.batch, name) for name in counts},
            "by_reason": self.batch.by_reason,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Hand:
    """Who hands what in, when, under which bundle, and through which door."""

    item: Item
    store: Store
    house: House
    bundle: str
    agency: str
    official: Official
    door: str
    now: datetime
    told_on: date
    file_name: str = ""
    idempotency_key: str | None = None
    corrects: Batch | None = None
    digest_key: str = ""
    """Needed for items that tell ID numbers of persons."""


@dataclass(frozen=True)
class _Read:
    """A file as it was read: its texts, its hash and, of a long one, whom the registry knew meanwhile."""

    landed: Landed
    sha256: str
    registry: Registry | None


@dataclass
class _Table:
    """A file on the table while it is taken: its connection, what it was judged to be, what was sealed."""

    hand: Hand
    connection: DuckDBPyConnection
    work: Path
    quality: Quality
    sha256: str
    sheet: int
    counts: Judgement
    new: Newcomers | None
    written: dict[Kind, Path] = field(default_factory=dict)
    sealed: dict[str, str] = field(default_factory=dict)
    by_reason: dict[str, int] = field(default_factory=dict)
    size: int = 0

    @property
    def long(self) -> bool:
        """This will say whether its sheet is written as a shelf is, so that it need not be sorted again."""
        return self.counts.taken > SMALL


def take(
    item: Item,
    path: Path,
    *,
    attest: Callable[[Batch], None],
    mapping: str | None = None,
    waived: tuple[str, ...] = (),
    progress: Progress | None = None,
    **words: Any,
) -> Receipt:
    """This will take a file of one item and give its receipt; ``words`` are the fields of :class:`Hand`.

    ``attest`` runs inside the transaction that makes the batch visible: the act of receipt. ``mapping`` names a
    declared mapping; ``waived`` columns whose code an official confirmed as issued so. The same idempotency key
    of the same agency gives the same receipt again. Raises ``FileRefused``, and then nothing was taken.
    """
    hand = Hand(item=item, **words)
    began = time.perf_counter()
    say = progress or (lambda _stage, _done, _total: None)
    before = _before(hand, path)
    if before is not None:
        return Receipt(before, time.perf_counter() - began)
    work = hand.store.temp(".intake")
    work.mkdir(parents=True)
    connection = duck.connect(
        temp=work / "spill", keep_order=True, keep_blocks=not sniffing.is_short(path), memory=MEMORY
    )
    try:
        say("read", 0, len(STAGES))
        read = _land(hand, path, mapping, connection, work)
        with turn(hand.store, item.name):
            before = _before(hand, path)
            if before is not None:  # the same call, sent twice at once
                return Receipt(before, time.perf_counter() - began)
            table = _judge(hand, read, waived=waived, connection=connection, work=work, say=say)
            _link(table, say)
            _seal(table, say)
            batch = _record(table, attest)
            say("shelve", 4, len(STAGES))
            _follow(batch, hand)
    finally:
        connection.close()
        shutil.rmtree(work, ignore_errors=True)
    say("done", len(STAGES), len(STAGES))
    return Receipt(batch, time.perf_counter() - began)


def nil_report(*, attest: Callable[[Batch], None], item: Item, **words: Any) -> Receipt:
    """This will record that a body has nothing to report of an item for now: a report, not a silence."""
    hand = Hand(item=item, **words)
    before = _before(hand)
    if before is None:
        with transaction.atomic():
            before = _batch(hand, nil=True)
            enter("batch", f"records_batch:{before.pk}", {"item": item.name, "nil": True}, at=hand.now)
            attest(before)
    return Receipt(before, 0.0)


def _before(hand: Hand, path: Path | None = None) -> Batch | None:
    """This will find the batch that came under the same key; ``ConflictError`` where it was another file."""
    if not hand.idempotency_key:
        return None
    batch = Batch.objects.filter(agency=hand.agency, idempotency_key=hand.idempotency_key).first()
    sha256 = sniffing.fingerprint(path).sha256 if batch and path else ""
    if batch and (batch.item, batch.source_sha256) != (hand.item.name, sha256):
        raise ConflictError("batch.key_reused", key=hand.idempotency_key)
    return batch


def _land(hand: Hand, path: Path, name: str | None, connection: DuckDBPyConnection, work: Path) -> _Read:
    """This will read the file; beside a long one it is hashed and the registry read."""
    with ThreadPoolExecutor(2) as beside:
        print_ = beside.submit(sniffing.fingerprint, path)
        short = sniffing.is_short(path)
        counted = print_.result() if short else None
        if name:
            landed = beside.submit(mapping.land, name, path, hand.item, connection, work)
        else:
            landed = beside.submit(files.land, path, hand.item, connection, work, counted)
        registry = None if short else whom.registry(hand.item)
        return _Read(landed.result(), print_.result().sha256, registry)


def _judge(
    hand: Hand,
    read: _Read,
    *,
    waived: tuple[str, ...],
    connection: DuckDBPyConnection,
    work: Path,
    say: Progress,
) -> _Table:
    """This will judge every row, and find whom it brings that nobody knew."""
    persons.prepare(connection, hand.item, hand.digest_key)
    quality = lexicon.learn(connection, Quality(hand.item, read.landed, hand.told_on, waived))
    say("judge", 1, len(STAGES))
    whom.know(connection, quality, read.registry)
    judging.judge(connection, quality)
    sheet = reserve("sheet")
    bodies = with_predecessors(hand.agency)
    known = earlier.known(connection, hand.item.name, hand.store, corrects=hand.corrects)
    judging.compare(
        connection, sheet, known, same_bodies=sorted(bodies), correcting=hand.corrects is not None
    )
    counts = judging.counted(connection, read.landed.broken)
    new = whom.newcomers(connection, quality, now=hand.now, on=hand.told_on) if counts.taken else None
    return _Table(hand, connection, work, quality, read.sha256, sheet, counts, new)


def _link(table: _Table, say: Progress) -> None:
    """This will open a subject for each proven code nobody bore, and write the rows: those of a long file in the
    order of their subjects, so after that, and others beside it."""
    say("link", 2, len(STAGES))
    hand = table.hand
    with ThreadPoolExecutor(1) as beside:
        written = beside.submit(_write_refused if table.long else _write, table)
        if table.new is not None:
            whom.bring(table.new, hand.item, now=hand.now, on=hand.told_on)
        written.result()
    if table.new is not None and table.long:
        whom.meet(table.connection, table.new)
        _write_taken(table)


def _write(table: _Table) -> None:
    """This will write what goes back, what was taken, and what is superseded."""
    _write_refused(table)
    if table.counts.taken:
        _write_taken(table)


def _write_refused(table: _Table) -> None:
    refused: Path | None = None
    if table.counts.quarantined:
        refused = table.written["refused"] = table.work / "refused.parquet"
        sheets.write_refused(table.connection, table.quality, refused)
    table.by_reason = sheets.by_reason(table.connection, refused, table.quality.landed)


def _write_taken(table: _Table) -> None:
    sheet = table.written["sheet"] = table.work / "sheet.parquet"
    write = sheets.write_in_order if table.long else sheets.write_sheet
    write(table.connection, table.quality, table.sheet, sheet)
    table.size = sheet.stat().st_size
    superseded = table.work / "superseded.parquet"
    if sheets.write_superseded(table.connection, superseded):
        table.written["superseded"] = superseded


def _seal(table: _Table, say: Progress) -> None:
    """This will put what was written under the hashes of its bytes."""
    say("seal", 3, len(STAGES))
    for kind, path in table.written.items():
        table.sealed[kind] = table.hand.store.seal_file(path, kind)


def _record(table: _Table, attest: Callable[[Batch], None]) -> Batch:
    """This will make the batch visible, with its sheet, its ledger entry and its act of receipt: all or nothing."""
    hand, counts = table.hand, table.counts
    with transaction.atomic():
        batch = _batch(
            hand,
            source_sha256=table.sha256,
            read=counts.read,
            taken=counts.taken,
            held=counts.held,
            quarantined=counts.quarantined,
            unlinked=table.new.unlinked if table.new else 0,
            by_reason=table.by_reason,
            refused_sha256=table.sealed.get("refused", ""),
            supersedes_sha256=table.sealed.get("superseded", ""),
        )
        if sheet := table.sealed.get("sheet"):
            Sheet.objects.create(
                id=table.sheet,
                batch=batch,
                item=hand.item.name,
                sha256=sheet,
                rows=counts.taken,
                size=table.size,
            )
        enter("batch", f"records_batch:{batch.pk}", {"item": hand.item.name, **table.sealed}, at=hand.now)
        attest(batch)
    return batch


def _batch(hand: Hand, **more: Any) -> Batch:
    region = Agency.objects.values_list("region_id", flat=True).get(pk=hand.agency)
    return Batch.objects.create(
        item=hand.item.name,
        agency=hand.agency,
        official=hand.official.pk,
        region=region,
        door=hand.door,
        file_name=hand.file_name[:200],
        idempotency_key=hand.idempotency_key,
        received_at=hand.now,
        told_on=hand.told_on,
        bundle=hand.bundle,
        corrects=hand.corrects,
        **more,
    )


def _follow(batch: Batch, hand: Hand) -> None:
    """This will put the rows on their shelf and the names into the index. Both can be done again at any time."""
    from chengxin.subjects import search

    from . import shelves

    shelves.shelve(batch, store=hand.store, house=hand.house)
    search.index_names(hand.store)
