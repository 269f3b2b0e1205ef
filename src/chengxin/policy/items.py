"""The catalogue's contracts: what may be recorded, by whom, under which article, and in which shape.

Outside the catalogue nothing enters a credit record. What a sheet keeps of each column type:

============================  ==========  ====================================================
type                          DuckDB      written as
============================  ==========  ====================================================
text code choice identifier   VARCHAR     choice: the code, never the label; region: six digits
region
date                          DATE
month                         VARCHAR     ``2016-04``
year int                      BIGINT
money                         BIGINT      fen (a bare number counts in the column's ``unit``, 元 or 万元)
quantity                      BIGINT      thousandths of the column's ``unit``
bool                          BOOLEAN
============================  ==========  ====================================================

A money column whose scheme is ``capital`` is read in any notation and currency: hundredths of the
currency, whose code stands beside it in a column of its own, ``<name>_currency`` (VARCHAR).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

SubjectKind = Literal["organisation", "person", "site", "thing", "household", "region"]
ColumnType = Literal[
    "text",
    "code",
    "date",
    "month",
    "year",
    "int",
    "money",
    "quantity",
    "bool",
    "region",
    "choice",
    "identifier",
]
Disclosure = Literal["public", "shared", "restricted", "consent"]
"""Everybody; bodies within their duty; named roles only; nobody without the subject's filing."""

Carries = Literal["decision", "favour"]

CARRIES: tuple[Carries, ...] = get_args(Carries)
SUBJECT_KINDS: tuple[SubjectKind, ...] = get_args(SubjectKind)
COLUMN_TYPES: tuple[ColumnType, ...] = get_args(ColumnType)
DISCLOSURES: tuple[Disclosure, ...] = get_args(Disclosure)
_SQL: dict[ColumnType, str] = {"date": "DATE", "bool": "BOOLEAN"}
_SQL |= dict.fromkeys(("year", "int", "money", "quantity"), "BIGINT")


@dataclass(frozen=True)
class Choice:
    """One allowed value: how it is shown, and how senders write it."""

    zh: str
    en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column: its meaning, its type, its basis and disclosure (the item's, unless it says its own)."""

    name: str
    title: str
    title_en: str
    type: ColumnType
    basis: str
    disclosure: Disclosure
    scheme: str = ""
    unit: str = ""
    required: bool = False
    allowed: dict[str, Choice] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    example: str = ""
    max_length: int | None = None
    consent: bool = False
    """Never taken without the subject's consent filing (house law 5)."""

    @property
    def sql_type(self) -> str:
        """This will give the DuckDB type the column has in a sheet."""
        return _SQL.get(self.type, "VARCHAR")


@dataclass(frozen=True)
class Proof:
    """The columns that prove another body's decision; without them a row is kept and has no effect."""

    document: str
    decided_on: str
    ends_on: str = ""
    exit: str = ""
    """The named exit condition, where the decision ends on none of its own dates."""
    maker: str = ""
    """The column that names who decided, where the sender passes it on for another: whom to ask."""

    @property
    def columns(self) -> tuple[str, ...]:
        """This will name the columns that must be filled."""
        return tuple(name for name in (self.document, self.decided_on, self.ends_on) if name)


@dataclass(frozen=True)
class Item:
    """One catalogue item."""

    name: str
    title: str
    title_en: str
    about: SubjectKind
    basis: str
    reporters: tuple[str, ...]
    """Duties of the bodies that may report it; ``platform`` is the platform itself."""
    disclosure: Disclosure
    retention: str
    """A period: ``5 y`` from the end of what is recorded."""
    frequency: str
    columns: dict[str, Column]
    carries: Carries | None = None
    """A decision of its sender's: one that burdens, or may (``decision``), or only a benefit (``favour``)."""
    proves: Proof | None = None
    keys: tuple[str, ...] = ()
    """Columns whose values together are one record: the same again is held, another supersedes it."""
    required_one_of: tuple[tuple[str, ...], ...] = ()
    identifies: tuple[tuple[str, str], ...] = ()
    """(scheme, column), best first: the first that holds names the subject."""
    name_column: str = ""
    region_column: str = ""
    valid_from: str = ""
    valid_to: str = ""
    registers: bool = False
    """A row of it makes a subject known (a registry), rather than speaking of one."""
    ignores: tuple[str, ...] = ()
    """Headers that senders write and that are left out by name."""
    title_template: str = ""
    consent: bool = False

    def sql_types(self) -> dict[str, str]:
        """This will give every stored catalogue column with its DuckDB type, in order."""
        stored: dict[str, str] = {}
        for column in self.columns.values():
            stored[column.name] = column.sql_type
            if column.type == "money" and column.scheme == "capital":
                stored[f"{column.name}_currency"] = "VARCHAR"
        return stored

    def headers(self) -> dict[str, str]:
        """This will give every header a sender may write, with the column it means."""
        known: dict[str, str] = {}
        for column in self.columns.values():
            for header in (column.name, column.title, column.title_en, *column.aliases):
                known.setdefault(header, column.name)
        return known
