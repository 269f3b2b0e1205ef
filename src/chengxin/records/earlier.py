"""What we knew of an item before a file came: the digests of every earlier row, and which are gone."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from chengxin.engine.duck import DuckDBPyConnection, paths
from chengxin.engine.store import Store

from . import asof
from .models import Batch, Sheet
from .pieces import Folder


def known(
    connection: DuckDBPyConnection, item: str, store: Store, *, corrects: Batch | None = None
) -> str | None:
    """This will give the SQL of ``(record, d1, d2, agency, gone)`` over the item's sheets; None if it has none.

    Rows of the batch that is being corrected are gone: it is taken back in the same transaction, and what it
    had replaced counts again. So what comes in its place replaces that in its turn.
    """
    found = list(Sheet.objects.filter(item=item).order_by("id").values_list("id", "sha256", "batch__agency"))
    if not found:
        return None
    what = asof.known(item, None, store=store)
    if corrects is not None:
        corrected = set(corrects.sheets.values_list("id", flat=True))
        what = replace(what, present=tuple(number for number in what.present if number not in corrected))
    counting = set(what.present)
    tellers = pa.table(
        {
            "sheet": pa.array([number for number, _, _ in found], pa.int64()),
            "agency": pa.array([agency for _, _, agency in found], pa.string()),
            "counts": pa.array([number in counting for number, _, _ in found], pa.bool_()),
        }
    )
    connection.register("tellers", tellers)
    connection.execute(f"create or replace temp table gone_before as {asof.gone_sql(connection, what)}")
    return f"""
        select s.record, s.digest_1 as d1, s.digest_2 as d2, t.agency,
               not t.counts or g.record is not null as gone
        from ({_digests(item, {number: sha256 for number, sha256, _ in found}, store)}) s
        join tellers t on t.sheet = s.record >> 32 left join gone_before g on g.record = s.record"""


def _digests(item: str, sheets: dict[int, str], store: Store) -> str:
    """This will give the SQL of ``(record, digest_1, digest_2)``: from the shelf, which is few files, and from
    each sheet that the shelf does not hold as it is now.
    """
    folder = Folder(store.shelves(item))
    manifest = folder.manifest()
    shelved = [path for group in manifest.groups for path in folder.files(group)]
    stale = [number for number, sha256 in manifest.sheets.items() if sheets.get(number) != sha256]
    loose = [store.sheet(sha) for number, sha in sheets.items() if manifest.sheets.get(number) != sha]
    parts = []
    if shelved:
        less = f" where record >> 32 not in ({', '.join(map(str, stale))})" if stale else ""
        parts.append(f"select record, digest_1, digest_2 from read_parquet({paths(shelved)}){less}")
    if loose:
        parts.append(f"select record, digest_1, digest_2 from read_parquet({paths(loose)})")
    return " union all ".join(parts)
