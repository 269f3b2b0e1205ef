"""Which text columns of sheets hold few distinct texts, as Parquet itself found when it wrote them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from pathlib import Path

import pyarrow.parquet as pq

MOST = 32_768
"""Bytes the distinct texts of a row group may take together."""
_TEXT = "BYTE_ARRAY"
_KEYS = ("scheme", "code")


def columns(files: Iterable[Path], keys: Container[str] = _KEYS) -> list[str]:
    """This will name the text columns, but for ``keys``, whose every row group kept a small dictionary."""
    wide: set[str] = set()
    found: dict[str, None] = {}
    for path in files:
        metadata = pq.read_metadata(path)
        for group in range(metadata.num_row_groups):
            for place in range(metadata.num_columns):
                chunk = metadata.row_group(group).column(place)
                if chunk.physical_type == _TEXT:
                    found[chunk.path_in_schema] = None
                    if not _is_small(chunk):
                        wide.add(chunk.path_in_schema)
    return [column for column in found if column not in wide and column not in keys]


def _is_small(chunk: pq.ColumnChunkMetaData) -> bool:
    if chunk.dictionary_page_offset is None:
        return False
    return bool(chunk.data_page_offset - chunk.dictionary_page_offset <= MOST)
