"""Findings as the schedules of decisions, counted and narrowed without walking them row by row."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

PROGRAM: Final = "tax_conduct"
GRADES: Final = ("A", "B", "M", "C", "D")
GRADED: Final = ("subject", "division", "year", "score", "grade", "grade_before", "adverse")


def mix(table: pa.Table, column: str) -> Counter[str]:
    """This will count the rows of a table by what stands in a column."""
    counted = table.group_by(column).aggregate([(column, "count")])
    pairs = zip(counted[column].to_pylist(), counted[f"{column}_count"].to_pylist(), strict=True)
    return Counter({str(value): int(count or 0) for value, count in pairs if value is not None})


def without(table: pa.Table, subjects: list[int]) -> pa.Table:
    """This will leave out the rows of some subjects."""
    return table.filter(pc.invert(pc.is_in(table["subject"], pa.array(subjects, pa.int64()))))


def by_act(table: pa.Table) -> pa.Table:
    """This will tell the lines of one subject apart by the document that found each conduct: its ``part``."""
    return table.append_column("part", table["document_number"])
