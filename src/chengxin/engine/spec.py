"""What a run is: one SQL text over files named by hash, as the canonical ``run.json`` that is sealed.

DuckDB, Spark and ``replay`` execute that file and nothing else: no clock, no case file, no setting has a say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from chengxin.core.canonical import canonical_json
from chengxin.core.errors import HouseFault

Grain = Literal["subject", "population"]
FORM = 1
"""Of the run.json. A house reads every form it ever sealed."""

_BESIDE = ("gone", "hot", "identities", "linked")


@dataclass(frozen=True, slots=True, order=True)
class SheetRef:
    """A sheet as a run cites it. ``record`` in the file is ``id << 32 | row``."""

    id: int
    sha256: str
    rows: int
    told_on: date
    """The day T of «department D told us P on day T»."""
    agency: str
    region: str


@dataclass(frozen=True, slots=True)
class ItemInput:
    """What is known of one catalogue item as of a day: its sheets, less what is gone, plus the hot rows.

    ``gone`` is a Parquet sealed as ``input`` with one column ``record bigint``: what was superseded or
    withdrawn by that day. ``hot`` is one sealed as ``input``: single records that are in no sheet yet, in the
    shape of a sheet with three columns more, ``told date, agency varchar, region varchar`` (the row's own
    region if it names one, else the batch's). Both are paths given by ``Store.input(sha256)``; None means
    there are none.
    """

    sheets: list[SheetRef]
    gone: Path | None = None
    hot: Path | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A shelf as a run may use it in place of the sheets it covers. Never part of the run: an accelerator.

    The files hold **every** row of the sheets they cover, linked or not, sorted by subject: ``subject`` (as
    linked when shelved, before merges; null when unlinked), ``scheme, code, record, told, agency, region``
    (the row's own, else the batch's) and the catalogue columns. ``sheets`` says which sheets that is, by id
    and hash: a sheet redacted since is not covered. The caller vouches that no row was linked through a code
    learned after the run's day; ``replay`` never uses shelves, so a shelf that lies is found out.
    """

    files: list[Path]
    sheets: Mapping[int, str]
    merged: Mapping[int, int] = field(default_factory=dict)
    """Subjects merged away as of the day, each with the one it is read under."""


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """An item's input in the run.json: columns with their DuckDB types, and its files by hash.

    ``identities (scheme, code, subject)`` are the codes its rows mention, ``linked (record, subject)`` the
    rows an official linked, both as of the day and read through merges; None when there are none.
    """

    columns: Mapping[str, str]
    sheets: tuple[SheetRef, ...]
    gone: str | None = None
    hot: str | None = None
    identities: str | None = None
    linked: str | None = None

    def inputs(self) -> list[str]:
        """This will give the hashes of what it needs beside the sheets."""
        return [each for each in (self.gone, self.hot, self.identities, self.linked) if each]


@dataclass(frozen=True, slots=True)
class Dependency:
    """Another finding this one reads: the run that gave it, and the hash of its rows (not of its file)."""

    run: str
    rows: str


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """A row of the table ``policy``: a value under the day it begins, in the region it holds."""

    name: str
    """``table.value``, as ``surcharge.red``"""
    region: str
    since: date
    until: date | None
    """The first day it no longer holds."""
    value: int | None
    text: str | None
    unit: str
    basis: str
    status: str


@dataclass(frozen=True, slots=True)
class RunSpec:
    """A run before it is executed. Equal specs have the same bytes, so the same name."""

    program: str
    finding: str
    as_of: date
    grain: Grain
    sql: str
    bundle: str
    items: Mapping[str, ItemSpec]
    policy: tuple[PolicyValue, ...] = ()
    findings: Mapping[str, Dependency] = field(default_factory=dict)

    def body(self) -> bytes:
        """This will write the run.json: canonical JSON, so that equal runs are equal bytes."""
        return canonical_json(
            {
                "form": FORM,
                "program": self.program,
                "finding": self.finding,
                "as_of": self.as_of.isoformat(),
                "grain": self.grain,
                "sql": self.sql,
                "bundle": self.bundle,
                "items": {name: _write_item(item) for name, item in self.items.items()},
                "policy": [_write_value(value) for value in self.policy],
                "findings": {name: {"run": d.run, "rows": d.rows} for name, d in self.findings.items()},
            }
        )

    @classmethod
    def read(cls, body: bytes) -> RunSpec:
        """This will read a run.json back."""
        told = json.loads(body)
        if told.get("form") != FORM:
            raise HouseFault("run.unknown_form", form=told.get("form"))
        return cls(
            program=told["program"],
            finding=told["finding"],
            as_of=date.fromisoformat(told["as_of"]),
            grain=told["grain"],
            sql=told["sql"],
            bundle=told["bundle"],
            items={name: _read_item(item) for name, item in told["items"].items()},
            policy=tuple(_read_value(value) for value in told["policy"]),
            findings={name: Dependency(**each) for name, each in told["findings"].items()},
        )


def item_spec(
    given: ItemInput, columns: Mapping[str, str], *, identities: str | None = None, linked: str | None = None
) -> ItemSpec:
    """This will turn an item's as-of input into what the run.json says of it: hashes, in order of sheet."""
    return ItemSpec(
        columns=dict(columns),
        sheets=tuple(sorted(given.sheets)),
        gone=given.gone.stem if given.gone else None,
        hot=given.hot.stem if given.hot else None,
        identities=identities,
        linked=linked,
    )


def _write_item(item: ItemSpec) -> dict[str, Any]:
    return {
        "columns": dict(item.columns),
        "sheets": [[s.id, s.sha256, s.rows, s.told_on.isoformat(), s.agency, s.region] for s in item.sheets],
        **{each: getattr(item, each) for each in _BESIDE},
    }


def _read_item(told: dict[str, Any]) -> ItemSpec:
    sheets = tuple(
        SheetRef(number, sha256, rows, date.fromisoformat(day), agency, region)
        for number, sha256, rows, day, agency, region in told["sheets"]
    )
    return ItemSpec(columns=told["columns"], sheets=sheets, **{each: told[each] for each in _BESIDE})


def _write_value(each: PolicyValue) -> list[Any]:
    until = each.until.isoformat() if each.until else None
    return [
        *(each.name, each.region, each.since.isoformat(), until),
        *(each.value, each.text, each.unit, each.basis, each.status),
    ]


def _read_value(told: list[Any]) -> PolicyValue:
    name, region, since, until, *rest = told
    ends = date.fromisoformat(until) if until else None
    return PolicyValue(name, region, date.fromisoformat(since), ends, *rest)
