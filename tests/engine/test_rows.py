"""The hash of rows, recomputed by hand from its definition."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.core.errors import DeclarationError, HouseFault
from chengxin.engine import duck, rows

COLUMNS = [
    ("subject", "BIGINT"),
    ("tier", "VARCHAR"),
    ("on", "DATE"),
    ("grave", "BOOLEAN"),
    ("because", "BIGINT[]"),
]
TYPES = [pa.int64(), pa.string(), pa.date32(), pa.bool_(), pa.list_(pa.int64())]
SCHEMA = pa.schema([(name, kind) for (name, _), kind in zip(COLUMNS, TYPES, strict=True)])


def written(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "{" + ",".join(map(str, sorted(set(value)))) + "}"
    text = value.isoformat() if isinstance(value, date) else str(value)
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def by_hand(found: list[tuple[Any, ...]]) -> str:
    head = "subject:bigint\ttier:varchar\ton:date\tgrave:boolean\tbecause:bigint[]\n"
    lines = sorted((row[0], "\t".join(map(written, row)).encode()) for row in found)
    return hashlib.sha256(head.encode() + b"".join(line + b"\n" for _, line in lines)).hexdigest()


def hashed(found: list[tuple[Any, ...]], folder: Path) -> rows.Written:
    connection = duck.connect(temp=folder)
    table = pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in found], schema=SCHEMA)
    connection.register("given", table)
    return rows.write(connection, "SELECT * FROM given", needs_reasons=False, path=folder / "rows.parquet")


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
records = st.integers(-(2**63), 2**63 - 1)
row = st.tuples(
    st.integers(1, 5),
    st.none() | texts,
    st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)),
    st.none() | st.booleans(),
    st.none() | st.lists(records, max_size=4),
)


@settings(max_examples=40, deadline=None)
@given(found=st.lists(row, max_size=12), seed=st.randoms(use_true_random=False))
def test_the_hash_is_that_of_the_definition_in_whatever_order_rows_come(found: Any, seed: Any) -> None:
    shuffled = list(found)
    seed.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as name:
        result = hashed(shuffled, Path(name))
        assert (result.rows, result.sha256) == (len(found), by_hand(found))


def test_many_rows_hash_alike_across_row_groups_and_batches(tmp_path: Path) -> None:
    found = [(subject % 65_000, "红", None, None, [subject]) for subject in range(130_000)]
    assert hashed(found, tmp_path).sha256 == by_hand(found)


def test_a_file_whose_rows_were_moved_or_changed_is_refused(tmp_path: Path) -> None:
    result = hashed([(1, "a", None, None, [1]), (2, "b", None, None, [2])], tmp_path)
    rows.check(result.path, result.sha256, temp=tmp_path)
    table = pq.read_table(result.path)
    pq.write_table(table.take([1, 0]), result.path)
    with pytest.raises(HouseFault, match="not what its hash says"):
        rows.check(result.path, result.sha256, temp=tmp_path)


def test_layout_does_not_enter_the_hash(tmp_path: Path) -> None:
    result = hashed([(1, "a", date(2016, 10, 1), True, [2, 1]), (2, None, None, None, [])], tmp_path)
    pq.write_table(pq.read_table(result.path), result.path, compression="gzip", row_group_size=1)
    rows.check(result.path, result.sha256, temp=tmp_path)


@pytest.mark.parametrize("value", ["1.5", "1.5::double", "sum(1) OVER ()", "TIMESTAMP '2020-01-01'", "[1.5]"])
def test_only_whole_numbers_texts_days_and_records_are_kept(tmp_path: Path, value: str) -> None:
    connection = duck.connect(temp=tmp_path)
    with pytest.raises(DeclarationError, match="not a whole number"):
        rows.columns_of(connection, f"SELECT 1::bigint AS subject, {value} AS x, [1] AS because")


@pytest.mark.parametrize(
    "sql", ["SELECT 1::bigint AS subject", "SELECT [1] AS because", "SELECT 'a' AS subject, [1] AS because"]
)
def test_subject_and_because_are_asked_for(tmp_path: Path, sql: str) -> None:
    with pytest.raises(DeclarationError, match="does not give the column"):
        rows.columns_of(duck.connect(temp=tmp_path), sql)


@pytest.mark.parametrize("because", ["NULL::bigint[]", "[]::bigint[]", "[NULL]::bigint[]"])
def test_a_row_without_a_record_is_refused_where_reasons_are_needed(tmp_path: Path, because: str) -> None:
    sql = f"SELECT 1::bigint AS subject, {because} AS because"
    path = tmp_path / "rows.parquet"
    with pytest.raises(DeclarationError, match="rest on no record"):
        rows.write(duck.connect(temp=tmp_path), sql, needs_reasons=True, path=path)
    assert rows.write(duck.connect(temp=tmp_path), sql, needs_reasons=False, path=path).rows == 1


def test_a_row_about_nobody_is_refused(tmp_path: Path) -> None:
    sql = "SELECT NULL::bigint AS subject, [1] AS because"
    with pytest.raises(DeclarationError, match="name no subject"):
        rows.write(duck.connect(temp=tmp_path), sql, needs_reasons=False, path=tmp_path / "rows.parquet")
