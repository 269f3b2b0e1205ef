"""The levy list as the schedule of a decision: a finding's rows in the words the decision uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyarrow as pa

PROGRAM: Final = "sewage_tariff"
TIERS: Final = {"red": "红色", "red_again": "连续红色", "black": "黑色"}
_KEPT: Final = ("plant_code", "division", "tier", "surcharge", "colour")
_FIELDS: list[tuple[str, pa.DataType]] = [
    ("subject", pa.int64()),
    ("part", pa.string()),
    ("plant_code", pa.string()),
    ("division", pa.string()),
    ("tier", pa.string()),
    ("surcharge", pa.int64()),
    ("colour", pa.string()),
    ("rating_period", pa.string()),
    ("published_on", pa.date32()),
    ("because", pa.list_(pa.int64())),
]
_FORM = pa.schema(_FIELDS)


def schedule_of(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """This will give the rows as a schedule: one line a plant, named by the plant's code as its ``part``."""
    lines = [
        {
            **{name: row[name] for name in ("subject", "published_on", "because", *_KEPT)},
            "part": row["plant_code"],
            "rating_period": row["period"],
        }
        for row in rows
    ]
    return pa.Table.from_pylist(lines, schema=_FORM)
