"""Records that may not be removed yet: an open matter, or an effect in force, rests on them."""

from __future__ import annotations

from datetime import date

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Q

from chengxin.cases.edges import ENDED, State
from chengxin.cases.models import Act, Schedule, Standpoint
from chengxin.effects.models import Standing
from chengxin.engine.store import Store


def held_records(store: Store, on: date) -> frozenset[int]:
    """This will give the records that effects not yet over on a day, and matters still moving, rest on."""
    holding = Standing.objects.filter(Q(until=None) | Q(until__gt=on)).exclude(record=None)
    held = set(holding.values_list("record", flat=True))
    moving = Standpoint.objects.exclude(state__in=[*ENDED, State.KEPT]).values("case")
    cited = Act.objects.filter(case__in=moving, cites__records__isnull=False)
    for cites in cited.values_list("cites", flat=True).iterator():
        held.update(cites.get("records") or ())
    for sha256 in Schedule.objects.filter(case__in=moving).values_list("sha256", flat=True):
        sheet = pq.ParquetFile(store.sheet(sha256))
        if "because" in sheet.schema_arrow.names:
            held.update(pc.unique(pc.list_flatten(sheet.read(columns=["because"])["because"])).to_pylist())
    return frozenset(int(record) for record in held if record)
