"""The signed delta feed of a body that decides elsewhere: add, change, delete, and urgent removal at any time.

A delta is numbered, and taken in its order; the same number again gets the same answer. Each row is answered by
itself. A removal is the record told again with its end; an urgent one has no number, waits for nobody, and
nothing older brings back what it removed. The content is the sender's: it is checked for whom it names, and
never mended here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from chengxin.cases.receipt import receive_batch
from chengxin.core.errors import (
    ChengxinError,
    ConflictError,
    DeniedError,
    InputError,
    MissingError,
    RowRefused,
)
from chengxin.core.hashing import hash_bytes
from chengxin.core.identifiers import is_valid, normalise
from chengxin.effects import resting
from chengxin.effects.exchange.envelope import is_signed
from chengxin.effects.models import Standing
from chengxin.faces.jobs import exchange
from chengxin.faces.premises import Premises
from chengxin.ledger.models import Official
from chengxin.ledger.officials import require
from chengxin.policy.items import Item
from chengxin.records.models import Batch
from chengxin.records.reading import read_records
from chengxin.records.turns import turn
from chengxin.subjects.persons import ciphers, digest
from chengxin.subjects.registry import register, subjects_of_codes

OPERATIONS: Final = ("add", "change", "delete", "urgent_removal")
REMOVALS: Final = frozenset({"delete", "urgent_removal"})
MOST: Final = 5_000
"""Rows of one delta; a whole list comes as a file, through the reception."""
TOLERANCE: Final = timedelta(minutes=5)
Words = Mapping[str, str]


@dataclass
class _Row:
    """One row of a delta, and what became of it."""

    number: int
    operation: str
    item: Item | None = None
    values: dict[str, Any] = field(default_factory=dict)
    subject: int | None = None
    result: str = ""
    """taken, held (known already, or nobody listed whom to remove), refused"""
    why: dict[str, Any] = field(default_factory=dict)

    def refuse(self, error: ChengxinError) -> None:
        self.result, self.why = "refused", error.as_dict()

    @property
    def name(self) -> tuple[str, str, str]:
        """Whom and which listing it speaks of."""
        assert self.item is not None  # noqa: S101 - asked after the item is known
        _scheme, column = self.item.identifies[0]
        return (
            self.item.name,
            normalise(str(self.values.get(column) or "")) or "",
            resting.part_of(self.item, self.values),
        )

    def told(self) -> dict[str, Any]:
        return {"row": self.number, "operation": self.operation, "result": self.result, **self.why}


def take(
    here: Premises,
    program: str,
    body: bytes,
    words: Words,
    *,
    official: Official,
    door: str,
    fresh: bool = True,
) -> dict[str, Any]:
    """This will take a delta and answer for each row: ``{sequence, urgent, counts, rows}``.

    ``fresh``: the signature's moment must lie within five minutes; a file that was carried here may be older.
    Raises ``DeniedError`` where the signature does not hold, ``ConflictError`` where the number is out of order.
    """
    require(official, "hand_in", on=here.today)
    rules = _rules(here, program)
    _refuse_unsigned(here, words, body, official, fresh=fresh)
    delta = _read(body)
    folder = here.store.home / "feeds" / program / str(official.agency_id)
    folder.mkdir(parents=True, exist_ok=True)
    with turn(here.store, f"feed-{program}-{official.agency_id}"):
        name = (
            f"urgent-{hash_bytes(words['webhook-id'].encode())[:16]}"
            if delta["urgent"]
            else f"{delta['sequence']:012d}"
        )
        kept = folder / f"{name}.json"
        if kept.exists():
            return _again(kept, body, delta)
        if not delta["urgent"]:
            _refuse_out_of_order(folder, delta["sequence"])
        rows = [
            _Row(n, str(row.get("operation", "")), values=row) for n, row in enumerate(delta["rows"], start=1)
        ]
        _take_rows(here, rules, rows, delta, official=official, door=door)
        answer = _answer(delta, rows)
        received = {
            "sha256": hash_bytes(body),
            "received_at": here.now.isoformat(),
            "made_at": delta["made_at"],
        }
        _keep(kept, {**received, "answer": answer})
    if delta["urgent"]:
        exchange.make()  # everyone who was told is told again now, not at the next round
    return answer


def _rules(here: Premises, program: str) -> Any:
    taking = {name for name, one in here.house.programs.items() if "feeds" in one.offers}
    if program not in taking:
        raise MissingError("feed.no_program", program=program, known="、".join(sorted(taking)) or "—")
    return import_module(f"chengxin.programs.{program}.feeds")


def _refuse_unsigned(here: Premises, words: Words, body: bytes, official: Official, *, fresh: bool) -> None:
    keys = [key for agency, key in settings.FEED_KEYS if agency == official.agency_id]
    if not keys:
        raise DeniedError("feed.no_key", agency=official.agency.name)
    moment = words.get("webhook-timestamp", "")
    if not words.get("webhook-id") or not moment.isdigit() or not is_signed(words, body, keys):
        raise DeniedError("feed.signature")
    if fresh and abs(here.now - datetime.fromtimestamp(int(moment), UTC)) > TOLERANCE:
        raise DeniedError("feed.stale", moment=moment)


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
        urgent = told.get("urgent") is True
        rows, sequence = told["rows"], 0 if urgent else told["sequence"]
        made_at = datetime.fromisoformat(told["made_at"]).isoformat()
        fits = isinstance(sequence, int) and sequence >= (0 if urgent else 1) and 0 < len(rows) <= MOST
        if not fits or not all(isinstance(row, dict) for row in rows):
            raise ValueError(sequence)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("feed.unreadable", most=MOST) from error
    if urgent and any(row.get("operation") != "urgent_removal" for row in rows):
        raise InputError("feed.urgent_only_removes")
    return {"urgent": urgent, "sequence": sequence, "rows": rows, "made_at": made_at}


def _again(kept: Path, body: bytes, delta: Mapping[str, Any]) -> dict[str, Any]:
    """The same answer to the same delta."""
    before = json.loads(kept.read_text("utf-8"))
    if before["sha256"] != hash_bytes(body):
        raise ConflictError("feed.another_body", sequence=delta["sequence"] or kept.stem)
    answer: dict[str, Any] = before["answer"]
    return answer


def _refuse_out_of_order(folder: Path, sequence: int) -> None:
    """Numbers begin where the sender begins, and go up by one."""
    taken = [int(path.stem) for path in folder.glob("[0-9]*.json")]
    if taken and sequence != max(taken) + 1:
        raise ConflictError("feed.out_of_order", sequence=sequence, expected=max(taken) + 1)


def _take_rows(
    here: Premises,
    rules: Any,
    rows: Sequence[_Row],
    delta: Mapping[str, Any],
    *,
    official: Official,
    door: str,
) -> None:
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        try:
            _understand(here, rules, row, seen)
        except ChengxinError as error:
            row.refuse(error)
    _find([row for row in rows if not row.result])
    held = _held([row for row in rows if not row.result])
    for row in (row for row in rows if not row.result):
        try:
            _judge(here, rules, row, held.get((row.subject or 0, row.name[2]), []))
        except ChengxinError as error:
            row.refuse(error)
    _open(here, [row for row in rows if not row.result and row.operation not in REMOVALS])
    for item in {row.item.name: row.item for row in rows if row.item}.values():
        of_item = [row for row in rows if row.item is item and not row.result]
        if of_item:
            _hand_in(here, item, of_item, delta, official=official, door=door)


def _understand(here: Premises, rules: Any, row: _Row, seen: set[tuple[str, str, str]]) -> None:
    """This will read whose row it is, by the catalogue's own names of the columns."""
    told = row.values
    row.item = here.house.items.get(str(told.get("item", ""))) if told.get("item") in rules.ITEMS else None
    values = told.get("values")
    row.values = {}
    if row.operation not in OPERATIONS:
        raise RowRefused("feed.operation", operation=row.operation, known="、".join(OPERATIONS))
    if row.item is None or not isinstance(values, dict):
        raise RowRefused("feed.item", item=told.get("item", "—"), known="、".join(rules.ITEMS))
    headers = row.item.headers()
    row.values = {headers.get(str(name)) or str(name): value for name, value in values.items()}
    (_scheme, column), *_others = row.item.identifies
    missing = [name for name in row.item.keys if not str(row.values.get(name) or "").strip()]
    if missing:
        titles = "、".join(row.item.columns[name].title for name in missing)
        raise RowRefused("feed.no_name", columns=titles)
    if "*" in str(row.values[column]):
        raise RowRefused("feed.masked")
    if row.name in seen:
        raise RowRefused("feed.twice")
    seen.add(row.name)


def _find(rows: Sequence[_Row]) -> None:
    """This will find whom the rows name, as far as anybody bears the codes."""
    found = subjects_of_codes([row.name[1] for row in rows], settings.DIGEST_KEY)
    for row, subject in zip(rows, found, strict=True):
        row.subject = subject


def _open(here: Premises, rows: Sequence[_Row]) -> None:
    """This will open the natural persons nobody knew, their number enciphered; the intake opens organisations."""
    people: dict[str, _Row] = {}
    for row in rows:
        number = row.name[1]
        if row.item and row.item.identifies[0][0] == "id_number" and is_valid("id_number", number):
            people[number] = row
    if people:
        register(
            pa.table(
                {
                    "scheme": ["id_number"] * len(people),
                    "code": [digest(number, settings.DIGEST_KEY) for number in people],
                    "name": [str(row.values.get("name") or "") for row in people.values()],
                    "region": [str(row.values.get("division") or "") for row in people.values()],
                    "cipher": pa.array(ciphers(list(people), settings.WRAP_KEY), pa.binary()),
                }
            ),
            "person",
            here.now,
        )


def _held(rows: Sequence[_Row]) -> dict[tuple[int, str], list[Standing]]:
    lines = Standing.objects.filter(
        record__isnull=False, subject__in={row.subject for row in rows if row.subject is not None}
    )
    found: dict[tuple[int, str], list[Standing]] = {}
    for line in lines:
        found.setdefault((line.subject, line.part), []).append(line)
    return found


def _judge(here: Premises, rules: Any, row: _Row, lines: Sequence[Standing]) -> None:
    """This will refuse what cannot be, and put the whole record in the place of a removal's few words."""
    item = row.item
    assert item is not None  # noqa: S101 - rows without one are refused already
    ends = next((line.until for line in lines if line.until is not None and line.until <= here.today), None)
    if row.operation in REMOVALS:
        _remove(here, row, lines, gone=ends is not None or not lines)
        return
    rules.check(item.name, row.values)
    if row.operation == "change" and not lines:
        raise RowRefused("feed.unknown")
    begun = _day(row.values.get(item.valid_from))
    if ends is not None and (begun is None or begun < ends):
        still = _day(row.values.get(item.valid_to))
        if still is None or still > ends:
            raise RowRefused("feed.removed", ended=ends)


def _remove(here: Premises, row: _Row, lines: Sequence[Standing], *, gone: bool) -> None:
    item = row.item
    assert item is not None  # noqa: S101 - rows without one are refused already
    ends_on = _day(row.values.get(item.valid_to)) or here.today
    if ends_on > here.today:
        raise RowRefused("feed.not_gone", ends_on=ends_on)
    if gone:
        row.result = "held"
        return
    record = max(line.record or 0 for line in lines)
    before = read_records([record], store=here.store)[record]
    known = {name: before.get(name) for name in item.columns}
    said = {name: value for name, value in row.values.items() if value not in (None, "")}
    row.values = {**known, **said, item.valid_to: ends_on.isoformat()}


def _hand_in(
    here: Premises,
    item: Item,
    rows: Sequence[_Row],
    delta: Mapping[str, Any],
    *,
    official: Official,
    door: str,
) -> None:
    """This will take the rows of one item through the intake, and settle what rests on them at once."""
    path = here.store.temp(".jsonl")
    names = list(item.columns)
    lines = [
        json.dumps({name: _written(row.values.get(name)) for name in names}, ensure_ascii=False)
        for row in rows
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    try:
        receipt = receive_batch(
            item, path, store=here.store, house=here.house, bundle=here.adopted, agency=str(official.agency_id),
            official=official, door=door, now=here.now, told_on=here.today, digest_key=settings.DIGEST_KEY,
            file_name=f"delta-{delta['sequence'] or 'urgent'}.jsonl",
        )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)
    resting.settle(receipt.batch, store=here.store, house=here.house, now=here.now)
    for row in rows:
        row.result = "taken"
    for place, why in _refused(here, receipt.batch):
        rows[place - 1].result, rows[place - 1].why = "refused", why


def _refused(here: Premises, batch: Batch) -> Iterator[tuple[int, dict[str, Any]]]:
    if not batch.refused_sha256:
        return
    for each in pq.read_table(here.store.refused(batch.refused_sha256)).to_pylist():
        words = {"id": each["reason"], "zh": each["zh"], "en": each["en"], "hint_zh": each["remedy_zh"],
                 "hint_en": each["remedy_en"]}  # fmt: skip
        yield int(each["position"]), words


def _answer(delta: Mapping[str, Any], rows: Sequence[_Row]) -> dict[str, Any]:
    counts = {result: sum(row.result == result for row in rows) for result in ("taken", "held", "refused")}
    return {
        "sequence": delta["sequence"],
        "urgent": delta["urgent"],
        "counts": counts,
        "rows": [row.told() for row in rows],
    }


def _keep(path: Path, told: Mapping[str, Any]) -> None:
    """The answer is on disk before it is given."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(told, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
