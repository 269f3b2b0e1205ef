"""A records room of one small item, handed in through the ordinary intake, and read back by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.db import transaction

from chengxin.core.clock import CHINA
from chengxin.engine import duck
from chengxin.engine.run import ItemInput
from chengxin.engine.store import Store
from chengxin.ledger.models import Official
from chengxin.ledger.scope import Scope
from chengxin.policy.house import House
from chengxin.policy.items import Choice, Column, Item
from chengxin.records import asof, intake, shelving, whom
from chengxin.records.models import Batch, Sheet
from chengxin.records.pieces import Folder
from chengxin.records.timeline import Line, timeline
from chengxin.subjects.registry import resolve

EVERYTHING = Scope.of(classes=("public", "shared", "restricted"))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def column(name: str, kind: Any, **more: Any) -> Column:
    return Column(name, name, name, kind, "law#1", "public", **more)


PENALTY = Item(
    name="penalty",
    title="处罚",
    title_en="Penalty",
    about="organisation",
    basis="law#1",
    reporters=("environment",),
    disclosure="public",
    retention="5 y",
    frequency="monthly",
    columns={
        "uscc": column("uscc", "identifier", scheme="uscc"),
        "plant": column("plant", "code"),
        "number": column("number", "text", required=True),
        "kind": column(
            "kind", "choice", allowed={"fine": Choice("罚款", "fine"), "warn": Choice("警告", "warning")}
        ),
        "amount": column("amount", "money", unit="元"),
        "division": column("division", "region"),
        "decided_on": column("decided_on", "date"),
        "ends_on": column("ends_on", "date"),
    },
    keys=("number",),
    identifies=(("plant_test", "plant"), ("uscc", "uscc")),
    region_column="division",
    valid_from="decided_on",
    valid_to="ends_on",
    title_template="处罚 {number}：{kind}",
)
HOUSE = House({}, {}, {"penalty": PENALTY}, {}, {}, {}, {})


@dataclass
class Room:
    """What the tests do: hand in, read what counts, look at the pieces."""

    store: Store
    official: Official
    house: House = field(default_factory=lambda: HOUSE)
    attested: list[int] = field(default_factory=list)

    @contextmanager
    def afresh(self) -> Iterator[Room]:
        """An empty room beside this one, for one example of many; what it wrote is rolled back."""
        with transaction.atomic():
            yield Room(Store(self.store.temp(".home")), self.official)
            transaction.set_rollback(True)

    def take(self, rows: Sequence[Mapping[str, Any]], on: date = date(2026, 1, 5), **words: Any) -> Batch:
        """Hands rows in as JSON lines; a row needs a ``number`` at least."""
        path = self.store.temp(".jsonl")
        path.write_text("".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows), "utf-8")
        told: dict[str, Any] = {
            "store": self.store, "house": self.house, "bundle": "0" * 64, "agency": "nj-environment",
            "official": self.official, "door": "cli", "now": at(on), "told_on": on,
        }  # fmt: skip
        receipt = intake.take(PENALTY, path, attest=self.attest, **{**told, **words})
        return receipt.batch

    def attest(self, batch: Batch) -> None:
        self.attested.append(batch.pk)

    def know(self, *codes: str, since: datetime = LONG_AGO) -> list[int]:
        """The registry learns plants; gives their subjects."""
        pairs = [("plant_test", code) for code in codes]
        found = resolve(pairs, kind="organisation", now=since, create=True)
        return [found[pair] for pair in pairs]

    def lines(self, subject: int, as_of: date | None = None, scope: Scope = EVERYTHING) -> list[Line]:
        return timeline(subject, scope, store=self.store, as_of=as_of)

    def numbers(self, subject: int, as_of: date | None = None) -> list[str]:
        """The numbers of a subject's penalties, as its timeline titles say them."""
        return sorted(
            line.title.removeprefix("处罚 ").partition("：")[0] for line in self.lines(subject, as_of)
        )

    def inputs(self, on: date) -> ItemInput:
        return asof.inputs("penalty", on, store=self.store, house=self.house)

    def counting(self, on: date) -> list[str]:
        """The numbers and amounts that count as of a day, read from the evidence alone."""
        given = self.inputs(on)
        files = [self.store.sheet(sheet.sha256) for sheet in given.sheets]
        if not files:
            return []
        less = f"ANTI JOIN read_parquet('{given.gone}') AS g ON g.record = s.record" if given.gone else ""
        rows = self.sql(f"SELECT number, amount FROM read_parquet({duck.paths(files)}) AS s {less}")
        return sorted(f"{number}={amount // 100 if amount is not None else ''}" for number, amount in rows)

    def pieces(self, folder: str = "penalty") -> list[tuple[Any, ...]]:
        """Every row of the shelf (or of the timeline), sorted, with the columns by name."""
        shelf = Folder(self.store.timeline() if folder == "timeline" else self.store.shelves(folder))
        files = [path for group in shelf.manifest().groups for path in shelf.files(group)]
        if not files:
            return []
        source = f"read_parquet({duck.paths(files)}, union_by_name = true)"
        names = sorted({name for name, *_ in self.sql(f"DESCRIBE FROM {source}")} - {"row"})
        return self.sql(f"SELECT {', '.join(names)} FROM {source} ORDER BY ALL")

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        connection = duck.connect(temp=self.store.temp().parent)
        try:
            return connection.execute(text).fetchall()
        finally:
            connection.close()


def length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sheet is a long one from now on."""
    monkeypatch.setattr(shelving, "SMALL", 0)
    monkeypatch.setattr(intake, "SMALL", 0)
    monkeypatch.setattr(whom, "FEW", -1)


def at(on: date, hour: int = 10) -> datetime:
    return datetime.combine(on, time(hour), CHINA)


def record(batch: Batch, position: int = 1) -> int:
    return Sheet.objects.get(batch=batch).pk << 32 | position


def penalty(number: str, plant: str | None = "P1", amount: int = 100, **more: Any) -> dict[str, Any]:
    return {"number": number, "plant": plant, "amount": amount, "kind": "罚款", **more}


def room_of(store: Store, official: Callable[..., Official]) -> Room:
    return Room(store, official("steward", agency="nj-environment"))
