"""What we knew of an item before a file came: the digests of every earlier row, and which are gone."""

from __future__ import annotations

import pyarrow as pa

from chengxin.engine.duck import DuckDBPyConnection, paths
from chengxin.engine.store import Store

from .models import Batch, Sheet, Withdrawal


def known(
    connection: DuckDBPyConnection, item: str, store: Store, *, corrects: Batch | None = None
) -> str | None:
    """This will give the SQL of ``(record, d1, d2, agency, gone)`` over the item's sheets; None if it has none.

    Rows of the batch that is being corrected are gone: it is taken back in the same transaction.
    """
    found = list(Sheet.objects.filter(item=item).order_by("id").values_list("id", "sha256", "batch__agency"))
    if not found:
        return None
    files = [store.sheet(sha256) for _, sha256, _ in found]
    tellers = pa.table({"sheet": [row[0] for row in found], "agency": [row[2] for row in found]})
    connection.register("tellers", tellers)
    connection.execute(f"create or replace temp table gone_before as {_gone(item, store, corrects)}")
    return f"""
        select s.record, s.digest_1 as d1, s.digest_2 as d2, t.agency, g.record is not null as gone
        from read_parquet({paths(files)}) s join tellers t on t.sheet = s.record >> 32
        left join gone_before g on g.record = s.record"""


def _gone(item: str, store: Store, corrects: Batch | None) -> str:
    """This will give the SQL of every record that no longer counts: superseded, or taken back."""
    batches = Batch.objects.filter(item=item)
    hashes = batches.exclude(supersedes_sha256="").values_list("supersedes_sha256", flat=True)
    superseded = [store.superseded(sha256) for sha256 in hashes]
    back = Withdrawal.objects.filter(batch__item=item)
    taken_back = {*back.filter(record=None).values_list("batch", flat=True), corrects and corrects.pk}
    whole = Sheet.objects.filter(batch__in=taken_back - {None}).values_list("sha256", flat=True)
    rows = back.exclude(record=None).values_list("record", flat=True)
    parts = ["select null::bigint as record where false"]
    if superseded:
        parts.append(f"select record from read_parquet({paths(superseded)})")
    if numbers := ", ".join(map(str, rows)):
        parts.append(f"select unnest([{numbers}])::bigint")
    if whole:
        parts.append(f"select record from read_parquet({paths([store.sheet(sha256) for sha256 in whole])})")
    return f"select distinct record from ({' union all '.join(parts)})"
