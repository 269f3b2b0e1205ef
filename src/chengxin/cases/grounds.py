"""The ground an effect stands on, below the decision: a record, the sealed sheet it lies in, its batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from chengxin.core.canonical import digest
from chengxin.core.hashing import hash_file
from chengxin.engine.store import Store
from chengxin.policy.house import House
from chengxin.policy.items import Item
from chengxin.records.models import Sheet
from chengxin.records.reading import read_records


@dataclass(frozen=True, slots=True)
class Ground:
    """One record as it was told, and where it lies."""

    record: int
    item: str
    title: str
    agency: str
    region: str
    told_on: date
    batch: int
    sheet: int
    sha256: str
    """Of the sheet."""
    digest: str
    """Of the record's values."""


@dataclass
class Grounds:
    """Reads records and hashes them again; each record and each file once."""

    store: Store
    house: House
    _known: dict[int, Ground | None] = field(default_factory=dict)
    _hashed: dict[Path, str] = field(default_factory=dict)

    def of(self, record: int) -> Ground | None:
        """This will give the ground of a record; None where it was lawfully removed."""
        if record not in self._known:
            self._known[record] = self._read(record)
        return self._known[record]

    def unchanged(self, record: int, sha256: str) -> bool:
        """This will say whether a record still says what the chain says it said."""
        ground = self.of(record)
        return (ground is None and not sha256) or (ground is not None and ground.digest == sha256)

    def sealed(self, link_id: str, sha256: str) -> bool:
        """This will say whether a batch's sheet is still the file its hash names."""
        held = Sheet.objects.filter(pk=link_id.split(":")[2]).first()
        return held is not None and held.sha256 == sha256 and self.intact(self.store.sheet(sha256), sha256)

    def intact(self, path: Path, sha256: str) -> bool:
        """This will say whether a sealed file is there and has its hash."""
        if path not in self._hashed:
            self._hashed[path] = hash_file(path) if path.exists() else ""
        return self._hashed[path] == sha256

    def _read(self, record: int) -> Ground | None:
        values = read_records([record], store=self.store).get(record)
        if values is None:
            return None
        said = plain(values)
        sheet = Sheet.objects.select_related("batch").get(pk=record >> 32)
        batch, item = sheet.batch, self.house.items[sheet.item]
        return Ground(
            record=record,
            item=item.name,
            title=title_of(item, said),
            agency=batch.agency,
            region=str(said.get(item.region_column) or batch.region),
            told_on=batch.told_on,
            batch=batch.pk,
            sheet=sheet.pk,
            sha256=sheet.sha256,
            digest=digest(said),
        )


def title_of(item: Item, values: Mapping[str, Any]) -> str:
    """This will say a record in one line, by the item's template, choices in their Chinese words."""
    words = {name: _word(item, name, values.get(name)) for name in item.columns}
    return item.title_template.format(**words) if item.title_template else item.title


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """This will write a record's values as JSON types: days as text, nothing else changed."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _word(item: Item, name: str, value: Any) -> str:
    choice = item.columns[name].allowed.get(str(value))
    return choice.zh if choice else ("" if value is None else str(value))
