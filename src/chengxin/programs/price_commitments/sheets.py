"""Commitments as a table, counted without walking them row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

PROGRAM: Final = "price_commitments"


def counted(table: pa.Table, matters: Sequence[str]) -> list[dict[str, Any]]:
    """This will count commitments by division and matter: a row a division, with ``total`` and ``running``."""
    runs = [int(state == "running") for state in table["state"].to_pylist()]
    by = table.append_column("runs", pa.array(runs, pa.int64()))
    groups = by.group_by(["division", "matter"]).aggregate([("record", "count"), ("runs", "sum")])
    found: dict[str, dict[str, Any]] = {}
    for group in groups.to_pylist():
        row = found.setdefault(
            group["division"],
            {"division": group["division"], **dict.fromkeys(matters, 0), "total": 0, "running": 0},
        )
        row[group["matter"]] = group["record_count"]
        row["total"] += group["record_count"]
        row["running"] += group["runs_sum"]
    return [found[division] for division in sorted(found)]


def summed(rows: Sequence[Mapping[str, Any]], matters: Sequence[str]) -> dict[str, int]:
    """This will add the divisions up."""
    return {name: sum(row[name] for row in rows) for name in (*matters, "total", "running")}


def without_parts(table: pa.Table, parts: Sequence[str]) -> pa.Table:
    """This will leave out the rows of some parts: what a list already took up."""
    return table.filter(pc.invert(pc.is_in(table["part"], pa.array(parts, pa.string()))))


def without_subjects(table: pa.Table, subjects: Sequence[int]) -> pa.Table:
    """This will leave out the rows of some subjects."""
    return table.filter(pc.invert(pc.is_in(table["subject"], pa.array(subjects, pa.int64()))))
