"""Who is shown first among equals: the larger and the older, never the better or the worse behaved."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from .bulk import Column, pc

_OLDEST = 40
"""Years after which age says no more."""


def prominence(capital_fen: Column, founded: Column, on: date) -> Column:
    """This will give 100 a power of ten of capital in yuan plus 10 a full year of age, at most 40 years.

    What is unknown counts nothing. Made once, at registration, so that every index has the same order.
    """
    fen = pc.cast(pc.max_element_wise(pc.fill_null(capital_fen, 0), 100), pa.float64())
    weight = pc.floor(pc.multiply(pc.log10(pc.divide(fen, 100.0)), 100.0))
    days = pc.days_between(pc.fill_null(founded, on), pa.scalar(on, pa.date32()))
    years = pc.divide(pc.multiply(pc.cast(days, pa.int64()), 4), 1461)
    age = pc.multiply(pc.min_element_wise(pc.max_element_wise(years, 0), _OLDEST), 10)
    return pc.cast(pc.add(pc.cast(weight, pa.int64()), age), pa.int32())
