"""A table part: sort, filter, page and export on the server; rows from a queryset, from Arrow or from a list.

::

    Table(
        "levies",
        columns=[Column("name", "企业", link=lambda row: f"/desk/subject/{row['subject']}"),
                 Column("colour", "颜色", kind="grade"),
                 Column("fen", "金额", kind="money"),
                 Column("due_on", "期限", kind="countdown")],
        rows=Standpoint.objects.filter(...),       # or pyarrow.Table, or a list of dicts / objects
        search=("name", "uscc"),
        filters=[Filter("colour", "颜色", {"red": "红色", "black": "黑色"})],
        order="-fen",
        subject="subject", purpose="核定加收名单",    # logged, one row per subject shown, before the answer
        empty=Empty("还没有名单", "先在“研判”里计算，名单就会出现在这里。"),
    )

Hand it to ``visit.render(..., table=table)`` and write ``{% table table %}`` in the template. Paging and
sorting come back through htmx as the table alone; ``?table=levies&export=xlsx`` gives every row that the same
filters show, through the same rows, so the export can show nothing that the list would not.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import render

from chengxin.core.numerals import whole
from chengxin.kit import export

if TYPE_CHECKING:
    from chengxin.kit.pages import Visit

Kind = Literal[
    "text", "code", "date", "time", "money", "int", "quantity", "grade", "state", "countdown", "hash", "spark"
]
NUMERIC = {"money", "int", "quantity"}
Rows = QuerySet[Any] | pa.Table | Sequence[Any]


@dataclass(frozen=True)
class Column:
    """One column. ``value`` is a key, an attribute path (``batch.item``) or a function of the row."""

    name: str
    title: str
    kind: Kind = "text"
    value: str | Callable[[Any], Any] = ""
    sort: str = ""
    """The field to sort by; empty: ``name`` where the value is a plain key; ``-`` for not sortable."""
    link: Callable[[Any], str] | None = None
    hint: str = ""
    wide: bool = False

    def of(self, row: Any) -> Any:
        """This will take the column's value out of a row."""
        if callable(self.value):
            return self.value(row)
        found = row
        for step in (self.value or self.name).split("."):
            found = found.get(step) if isinstance(found, Mapping) else getattr(found, step, None)
        return found

    @property
    def sort_key(self) -> str:
        if self.sort == "-" or (callable(self.value) and not self.sort):
            return ""
        return self.sort or str(self.value or self.name)


@dataclass(frozen=True)
class Filter:
    """One choice above the table: the column's key and its allowed values with their words."""

    name: str
    title: str
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Empty:
    """What an empty table says: what will appear here and how to get it there."""

    title: str
    hint: str = ""
    href: str = ""
    action: str = ""


@dataclass
class Cell:
    column: Column
    value: Any
    href: str

    @property
    def unsaid(self) -> bool:
        return self.value is None or self.value == ""


@dataclass
class Table:
    """See the module. ``prepare`` may add names to the rows of one page (a list in, a list out)."""

    name: str
    columns: Sequence[Column]
    rows: Rows
    search: Sequence[str] = ()
    filters: Sequence[Filter] = ()
    order: str = ""
    page_size: int = 50
    caption: str = ""
    subject: str | Callable[[Any], Any] = ""
    purpose: str = ""
    empty: Empty = field(default_factory=lambda: Empty("这里还没有内容"))
    prepare: Callable[[list[Any]], list[Any]] | None = None
    exports: bool = True
    row_link: Callable[[Any], str] | None = None

    # filled by bind()
    asked: dict[str, str] = field(default_factory=dict, init=False)
    shown: list[list[Cell]] = field(default_factory=list, init=False)
    total: int = field(default=0, init=False)
    unfiltered: bool = field(default=True, init=False)
    number: int = field(default=1, init=False)
    bound: bool = field(default=False, init=False)
    path: str = field(default="", init=False)

    def answer(self, visit: Visit) -> HttpResponseBase | None:
        """This will bind the table, and answer itself when only its export or its next page was asked for."""
        self.bind(visit)
        if visit.asked.get("export") and visit.asked.get("table", self.name) == self.name and self.exports:
            return export.answer(self, visit)
        headers = visit.request.headers
        if headers.get("HX-Request") and headers.get("HX-Target") == f"table-{self.name}":
            return render(
                visit.request, "kit/table.html", {"table": self, "visit": visit, "today": visit.today}
            )
        return None

    def bind(self, visit: Visit) -> Table:
        """This will read what was asked (``q``, ``sort``, ``page``, filters) and fetch one page of rows."""
        if self.bound:
            return self
        self.bound, self.path = True, visit.request.path
        self.asked = {
            key: value for key, value in visit.asked.items() if value and key not in {"export", "table"}
        }
        chosen = {f.name: self.asked[f.name] for f in self.filters if self.asked.get(f.name) in f.choices}
        words = self.asked.get("q", "").strip()
        self.unfiltered = not (chosen or (words and self.search))
        self.rows = _narrow(self.rows, chosen, words, self.search)
        self.rows = _sorted(self.rows, self._order())
        self.total = _count(self.rows)
        pages = max(1, -(-self.total // self.page_size))
        self.number = min(max(1, whole(self.asked.get("page", "1")) or 1), pages)
        if not visit.asked.get("export"):
            start = (self.number - 1) * self.page_size
            self.shown = [self._cells(row) for row in self.fetch(visit, start, start + self.page_size)]
        return self

    def fetch(self, visit: Visit, start: int, stop: int) -> list[Any]:
        """This will take rows, log the look at their subjects, and only then let them be shown."""
        rows = _slice(self.rows, start, stop)
        if self.prepare:
            rows = self.prepare(rows)
        if self.subject:
            who = Column("subject", "", value=self.subject)
            visit.look([s for row in rows if (s := who.of(row))], purpose=self.purpose)
        return rows

    def _cells(self, row: Any) -> list[Cell]:
        return [Cell(c, c.of(row), c.link(row) if c.link else "") for c in self.columns]

    def _order(self) -> str:
        asked = self.asked.get("sort", "")
        allowed = {c.sort_key for c in self.columns if c.sort_key}
        return asked if asked.lstrip("-") in allowed else self.order

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.page_size + 1

    @property
    def last(self) -> int:
        return min(self.total, self.number * self.page_size)

    def address(self, **changes: str) -> str:
        """This will give the address of the same table, asked differently."""
        asked = {**self.asked, **changes}
        return f"{self.path}?{urlencode({key: value for key, value in asked.items() if value})}"

    @property
    def _own(self) -> set[str]:
        """What is asked of this table, beside what the page itself was asked."""
        return {"q", "sort", "page", *(one.name for one in self.filters)}

    @property
    def kept(self) -> list[tuple[str, str]]:
        """This will give what the page was asked beside this table, so that a search within it keeps that."""
        return [(name, value) for name, value in self.asked.items() if name not in self._own]

    @property
    def cleared(self) -> str:
        """This will give the address of the same page without any condition of this table."""
        return self.address(**dict.fromkeys(self._own, ""))

    @property
    def previous_page(self) -> str:
        return self.address(page=str(self.number - 1)) if self.number > 1 else ""

    @property
    def next_page(self) -> str:
        return self.address(page=str(self.number + 1)) if self.number < self.pages else ""

    @property
    def exports_at(self) -> list[tuple[str, str]]:
        return [(kind, self.address(export=kind, table=self.name)) for kind in ("xlsx", "csv")]

    @property
    def heads(self) -> list[dict[str, Any]]:
        """This will give the heads: title, whether sorted and which way, and where a click leads."""
        now = self._order()
        heads = []
        for column in self.columns:
            key = column.sort_key
            way = "descending" if now == f"-{key}" else "ascending" if now == key else "none"
            flipped = f"-{key}" if way == "ascending" else key
            href = self.address(sort=flipped, page="") if key else ""
            heads.append({"column": column, "way": way if key else "", "href": href})
        return heads

    @property
    def choices(self) -> list[dict[str, Any]]:
        return [{"filter": f, "chosen": self.asked.get(f.name, "")} for f in self.filters]


def _narrow(rows: Rows, chosen: Mapping[str, str], words: str, search: Sequence[str]) -> Rows:
    if isinstance(rows, QuerySet):
        rows = rows.filter(**chosen)
        if words and search:
            rows = rows.filter(reduce(operator.or_, (Q(**{f"{name}__icontains": words}) for name in search)))
        return rows
    if isinstance(rows, pa.Table):
        for name, value in chosen.items():
            rows = rows.filter(pc.equal(pc.cast(rows[name], pa.string()), pa.scalar(value)))
        if words and search:
            hits = [_with(rows[name], words) for name in search]
            found = hits[0]
            for hit in hits[1:]:
                found = pc.or_(found, hit)
            rows = rows.filter(found)
        return rows
    kept: Iterable[Any] = rows
    for name, value in chosen.items():
        kept = [row for row in kept if str(Column(name, "").of(row)) == value]
    if words and search:
        low = words.lower()
        kept = [row for row in kept if any(low in str(Column(n, "").of(row) or "").lower() for n in search)]
    return list(kept)


def _with(column: Any, words: str) -> Any:
    return pc.fill_null(pc.match_substring(pc.cast(column, pa.string()), words, ignore_case=True), False)


def _sorted(rows: Rows, order: str) -> Rows:
    if not order:
        return rows
    key, downwards = order.lstrip("-"), order.startswith("-")
    if isinstance(rows, QuerySet):
        path = key.replace(".", "__")
        return rows.order_by(f"-{path}", "-pk") if downwards else rows.order_by(path, "pk")
    if isinstance(rows, pa.Table):
        return rows.sort_by([(key, "descending" if downwards else "ascending")])
    column = Column(key, "")
    filled = [row for row in rows if column.of(row) is not None]
    unset = [row for row in rows if column.of(row) is None]
    return sorted(filled, key=column.of, reverse=downwards) + unset


def _count(rows: Rows) -> int:
    if isinstance(rows, QuerySet):
        return rows.count()
    return int(rows.num_rows) if isinstance(rows, pa.Table) else len(rows)


def _slice(rows: Rows, start: int, stop: int) -> list[Any]:
    if isinstance(rows, pa.Table):
        return list(rows.slice(start, stop - start).to_pylist())
    return list(rows[start:stop])
