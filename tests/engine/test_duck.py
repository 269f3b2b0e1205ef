from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from chengxin.engine import duck


@pytest.fixture
def connection(tmp_path: Path) -> duck.DuckDBPyConnection:
    return duck.connect(temp=tmp_path / "tmp")


def test_a_day_is_a_day_in_china(connection: duck.DuckDBPyConnection) -> None:
    told = connection.execute("SELECT (TIMESTAMPTZ '2024-01-01 17:00:00+00')::date::varchar").fetchall()
    assert told == [("2024-01-02",)]


def test_nulls_stand_last_whichever_way(connection: duck.DuckDBPyConnection) -> None:
    rows = "FROM (VALUES (1), (NULL), (2)) AS t(x)"
    assert connection.execute(f"SELECT x {rows} ORDER BY x DESC").fetchall() == [(2,), (1,), (None,)]


def test_no_extension_is_fetched(connection: duck.DuckDBPyConnection) -> None:
    with pytest.raises(duckdb.Error):
        connection.execute("SELECT * FROM read_csv('https://example.invalid/x.csv')")


def test_a_locked_connection_reads_the_house_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    connection = duck.connect(temp=home / "tmp")
    connection.execute(f"COPY (SELECT 1 AS a) TO {duck.literal(str(home / 'a.parquet'))} (FORMAT parquet)")
    outside = tmp_path / "b.csv"
    outside.write_text("a\n1\n")
    duck.lock(connection, home)
    assert connection.execute(f"FROM read_parquet({duck.paths([home / 'a.parquet'])})").fetchall() == [(1,)]
    with pytest.raises(duckdb.Error, match="disabled"):
        connection.execute(f"FROM read_csv({duck.literal(str(outside))})")
    with pytest.raises(duckdb.Error):
        connection.execute("SET enable_external_access = true")


def test_quotes_are_kept_inside(connection: duck.DuckDBPyConnection) -> None:
    odd = 'it\'s "odd"'
    told = connection.execute(f"SELECT {duck.literal(odd)} AS {duck.name(odd)}")
    assert [column[0] for column in told.description] == [odd]
    assert told.fetchall() == [(odd,)]
