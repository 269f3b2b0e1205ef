"""Merging pieces: a handful after each batch, into few files by ranges of subjects at night."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from chengxin.engine import duck
from chengxin.engine.store import Store

from .pieces import Folder, Group, Piece, Written
from .shelving import LINE_GROUP, LINES, SHELF_GROUP, opened

FAN = 8
"""Small groups of one size that are merged as soon as there are so many."""
AT_ONCE = 500_000
"""Rows that are merged while a department waits for its receipt."""
RANGE = 4_000_000
"""Rows of a file of a shelf, unless one subject has more."""
GROWTH = 4
"""A group is left alone at night while it is so many times larger than all the smaller ones."""
ORDER = "subject, CASE WHEN subject IS NULL THEN code END, record"


def tidy(folder: Folder, store: Store) -> int:
    """This will merge small groups of one size where they have become many. Gives how many it merged."""
    merged = 0
    with folder.merging() as alone:
        while alone and (chosen := _crowded(folder.manifest().groups)):
            merged += len(chosen) if _merged(folder, chosen, store) else 0
    return merged


def merge(folder: Folder, store: Store) -> int:
    """This will merge what is small against the rest, so that few groups are left. Gives how many it merged."""
    with folder.merging() as alone:
        chosen = _outgrown(folder.manifest().groups) if alone else []
        return len(chosen) if chosen and _merged(folder, chosen, store) else 0


def without(folder: Folder, sheets: Collection[int], store: Store) -> None:
    """This will write every group that holds some sheets again without them, whoever else is merging."""
    done = False
    while not done:
        done = True
        for group in folder.manifest().groups:
            if any(number in group.sheets for number in sheets):
                done &= folder.swap([group], _rewritten(folder, [group], store, leaving=frozenset(sheets)))


def _crowded(groups: Sequence[Group]) -> list[Group]:
    """This will find the smallest size of which there are many, and the groups of that size."""
    sizes: dict[int, list[Group]] = {}
    for group in groups:
        if group.rows < AT_ONCE:
            sizes.setdefault((max(group.rows, 1).bit_length() - 1) // 3, []).append(group)
    for size in sorted(sizes):
        if len(sizes[size]) >= FAN and sum(group.rows for group in sizes[size]) <= AT_ONCE:
            return sizes[size]
    return []


def _outgrown(groups: Sequence[Group]) -> list[Group]:
    """This will find the smaller groups that together come near to the next larger one."""
    by_size = sorted(groups, key=lambda group: group.rows)
    chosen, sums = 0, 0
    for place, group in enumerate(by_size):
        if place and group.rows <= GROWTH * sums:
            chosen = place + 1
        sums += group.rows
    return by_size[:chosen]


def _merged(folder: Folder, groups: Sequence[Group], store: Store) -> bool:
    return folder.swap(groups, _rewritten(folder, groups, store))


def _rewritten(
    folder: Folder, groups: Sequence[Group], store: Store, *, leaving: frozenset[int] = frozenset()
) -> list[Written]:
    """This will write groups as one, without some sheets; by ranges where it is large."""
    sheets = {
        number: sha256 for group in groups for number, sha256 in group.sheets.items() if number not in leaving
    }
    if not sheets:
        return []
    files = [path for group in groups for path in folder.files(group)]
    timeline = folder.path.name == "timeline"
    kept = f"{'sheet' if timeline else 'record >> 32'} NOT IN ({', '.join(map(str, sorted(leaving)))})"
    source = f"read_parquet({duck.paths(files)}, union_by_name = true)"
    row_group, most = (LINE_GROUP, min(RANGE, LINES)) if timeline else (SHELF_GROUP, RANGE)
    written = []
    with opened(sum(group.rows for group in groups), store) as connection:
        for bound in _ranges([piece for group in groups for piece in group.pieces], most):
            path = store.temp(".parquet")
            where = " AND ".join([bound, *([kept] if leaving else [])])
            ((rows,),) = connection.execute(
                f"COPY (SELECT * FROM {source} WHERE {where} ORDER BY {ORDER}) TO {duck.literal(str(path))} "
                f"(FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE {row_group})"
            ).fetchall()
            if rows:
                written.append(path)
            else:
                path.unlink()
    return [Written(written, sheets)]


def _ranges(pieces: Sequence[Piece], most: int) -> list[str]:
    """This will cut the subjects into ranges of about as many rows, each a condition; nobody's rows apart."""
    rows = sum(piece.rows for piece in pieces)
    if rows <= most:
        return ["true"]
    cuts = _cuts(pieces, -(-rows // most))
    edges = [None, *cuts, None]
    bounds = []
    for low, high in pairwise(edges):
        parts = ["subject IS NOT NULL"]
        parts += [f"subject >= {low}"] if low is not None else []
        parts += [f"subject < {high}"] if high is not None else []
        bounds.append(" AND ".join(parts))
    return [*bounds, "subject IS NULL"]


def _cuts(pieces: Sequence[Piece], parts: int) -> list[int]:
    """This will give subjects between which about as many rows lie, each piece taken as even."""
    spans = [(p.low, p.high, p.rows - p.loose) for p in pieces if p.low is not None and p.high is not None]
    if not spans:
        return []
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    total = sum(rows for _, _, rows in spans)
    cuts = []
    for part in range(1, parts):
        left, right = low, high
        while left < right:
            middle = (left + right) // 2
            below = sum(rows * _share(first, last, middle) for first, last, rows in spans)
            left, right = (middle + 1, right) if below * parts < total * part else (left, middle)
        cuts.append(left)
    return sorted(set(cuts))


def _share(low: int, high: int, at: int) -> float:
    return min(max((at - low) / max(high - low, 1), 0.0), 1.0)
