"""A subject's timeline: one line for each record about it that counts, whatever the item, newest first.

The pieces hold lines by the subject that bore the row's code when it was shelved, before merges, and with
them what was superseded since. What can change without a row changing is asked of the case file at each
read: merges, links by hand, codes learned later, what was taken back, what was cut out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from chengxin.engine import duck, warm
from chengxin.engine.store import Store
from chengxin.ledger.scope import Scope
from chengxin.subjects.linkage import follow, gathered, in_force, moment
from chengxin.subjects.models import Identifier
from chengxin.subjects.resolution import subject_of

from . import asof
from .models import Sheet
from .pieces import Folder, Piece

COLUMNS = "item, record, agency, region, class, valid_from, valid_to, told, title"
_SCOPED = {"region": "region", "agency": "agency", "class": "class"}
_USCC = 18
"""Characters of a unified code; the ninth to the seventeenth are the old code of the body."""


class Line(NamedTuple):
    """One record as a list shows it."""

    item: str
    record: int
    agency: str
    region: str
    klass: str
    """public, shared, restricted or consent"""
    valid_from: date | None
    valid_to: date | None
    told: date
    title: str


class _Superseded(NamedTuple):
    item: str
    record: int
    by_record: int


Code = tuple[str, str]
_Found = tuple[list[Line], list[_Superseded]]


def timeline(subject: int, scope: Scope, *, store: Store, as_of: date | None = None) -> list[Line]:
    """This will give what counts about a subject within a scope, as of a day; without one, by now.

    A subject merged into another is read as that one, with everything told of either.
    """
    numbers = gathered(follow(subject, as_of), as_of)
    codes, late = _codes(numbers, as_of)
    rows = in_force(as_of).exclude(record=None).values_list("record", "subject")
    linked = {record: bearer for record, bearer in rows if record is not None}
    mine = {record for record, bearer in linked.items() if bearer in set(numbers)}
    with warm.lent(store) as connection:
        pages = _Pages(connection, Folder(store.timeline()), scope, as_of)
        found, superseded = pages.of(numbers, codes, late)
        if mine:
            own, own_superseded = pages.numbered(mine)
            found = [line for line in found if line.record not in mine] + own
            superseded += own_superseded
    others = linked.keys() - mine
    gone = others | _gone(superseded, as_of, store)
    left = [line for line in found if line.record not in gone] if gone else found
    return sorted(_counting(left, as_of), key=_NEWEST, reverse=True)


_NEWEST = itemgetter(Line._fields.index("told"), Line._fields.index("record"))


def _codes(numbers: list[int], as_of: date | None) -> tuple[list[Code], list[Code]]:
    """This will give the codes by which unshelved rows are the subject's, and those learned only later."""
    rows = Identifier.objects.filter(subject__in=numbers).order_by("id")
    known: list[Code] = []
    late: list[Code] = []
    last = moment(as_of) if as_of is not None else None
    for scheme, code, since in rows.values_list("scheme", "code", "since"):
        (late if last is not None and since > last else known).append((scheme, code))
    bodies = {code[8:17] for scheme, code in known if scheme == "uscc" and len(code) == _USCC}
    derived = [
        ("orgcode", body) for body in sorted(bodies) if subject_of("orgcode", body, as_of) == numbers[0]
    ]
    return [*known, *(pair for pair in derived if pair not in known)], late


class _Pages:
    """The pieces of the timeline that one question touches. One read gives lines and what was superseded."""

    def __init__(
        self, connection: duck.DuckDBPyConnection, folder: Folder, scope: Scope, as_of: date | None
    ) -> None:
        self.connection = connection
        self.folder = folder
        self.pieces = [piece for group in folder.manifest().groups for piece in group.pieces]
        self.condition, self.values = scope.sql(_SCOPED)
        self.told = f"told <= DATE '{as_of.isoformat()}'" if as_of is not None else "true"

    def of(self, numbers: list[int], codes: list[Code], late: list[Code]) -> _Found:
        """This will read the lines of some subjects, and those nobody bore then whose code is theirs now."""
        parts = []
        near = [piece for piece in self.pieces if any(_spans(piece, number) for number in numbers)]
        if near:
            early = f" AND NOT {_either(late)}" if late else ""
            parts.append(self._select(near, f"subject IN ({', '.join(map(str, numbers))}){early}"))
        loose = [piece for piece in self.pieces if piece.loose]
        if loose and codes:
            parts.append(self._select(loose, f"subject IS NULL AND {_either(codes)}"))
        return self._fetched(parts)

    def numbered(self, records: Collection[int]) -> _Found:
        """This will read lines by their number, wherever they stand: the few that an official linked."""
        among = f"record IN ({', '.join(map(str, sorted(records)))})"
        return self._fetched([self._select(self.pieces, among)] if self.pieces else [])

    def _select(self, pieces: list[Piece], which: str) -> str:
        source = duck.paths([self.folder.file(piece) for piece in pieces])
        return (
            f"SELECT {COLUMNS}, by_record FROM read_parquet({source}) "
            f"WHERE {which} AND {self.told} AND (by_record IS NOT NULL OR ({self.condition}))"
        )

    def _fetched(self, parts: list[str]) -> _Found:
        rows: list[tuple[Any, ...]] = []
        if parts:
            sql = "\nUNION ALL\n".join(parts)
            rows = self.connection.execute(sql, self.values * len(parts)).fetchall()
        return (
            [Line._make(row[:-1]) for row in rows if row[-1] is None],
            [
                _Superseded(item=row[0], record=row[1], by_record=row[-1])
                for row in rows
                if row[-1] is not None
            ],
        )


def _spans(piece: Piece, subject: int) -> bool:
    return piece.low is not None and piece.high is not None and piece.low <= subject <= piece.high


def _either(codes: Iterable[Code]) -> str:
    """This will say that a row names one of some codes; ``code`` alone prunes, the scheme decides."""
    listed = list(codes)
    plain = ", ".join(duck.literal(code) for _, code in listed)
    pairs = ", ".join(f"({duck.literal(scheme)}, {duck.literal(code)})" for scheme, code in listed)
    return f"(code IN ({plain}) AND (scheme, code) IN ({pairs}))"


def _gone(superseded: list[_Superseded], as_of: date | None, store: Store) -> set[int]:
    """This will give the superseded records; where a replacement was taken back, chains are followed."""
    if not superseded:
        return set()
    back = _TakenBack(as_of)
    gone = {each.record for each in superseded if not back(each.by_record)}
    doubtful = {each.item: set[int]() for each in superseded if back(each.by_record)}
    for each in superseded:
        if each.record not in gone and each.item in doubtful:
            doubtful[each.item].add(each.record)
    for item, records in doubtful.items():
        if records:
            gone |= _looked_through(item, records, as_of, store)
    return gone


def _looked_through(item: str, records: set[int], as_of: date | None, store: Store) -> set[int]:
    with warm.lent(store) as connection:
        sql = asof.gone_sql(connection, asof.known(item, as_of, store=store))
        among = ", ".join(map(str, sorted(records)))
        rows = connection.execute(f"SELECT record FROM ({sql}) WHERE record IN ({among})").fetchall()
    return {record for (record,) in rows}


class _TakenBack:
    """Sheets of withdrawn batches, and single records withdrawn, as of a day."""

    def __init__(self, as_of: date | None) -> None:
        made = asof.withdrawals(as_of)
        whole = made.filter(record=None).values("batch")
        self.sheets = frozenset(Sheet.objects.filter(batch__in=whole).values_list("id", flat=True))
        self.records = frozenset(made.exclude(record=None).values_list("record", flat=True))

    def __call__(self, record: int) -> bool:
        return record in self.records or record >> 32 in self.sheets

    def __bool__(self) -> bool:
        return bool(self.sheets or self.records)


def _counting(lines: list[Line], as_of: date | None) -> list[Line]:
    """This will leave out what was taken back, and what was lawfully removed and may still be shelved."""
    back, cut = _TakenBack(as_of), frozenset(asof.redacted(None))
    if not back and not cut:
        return lines
    return [line for line in lines if line.record not in cut and not back(line.record)]
