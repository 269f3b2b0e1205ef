"""One run over sheets, over shelves, over shuffled rows, for one subject, and again: always the same rows."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.core.errors import DeclarationError, HouseFault, InputError
from chengxin.engine import run
from chengxin.engine.run import Dependency, ItemInput, PolicyValue, RunSpec, SheetRef
from chengxin.engine.store import Store

from .conftest import COLUMNS, HEAVY, Bench

DAY = date(2020, 5, 1)
AFTER = date(2024, 6, 1)


def read(result: run.RunResult) -> list[dict[str, Any]]:
    return pq.read_table(result.path).to_pylist()


def by_hand(bench: Bench, gone: set[int], linked: dict[int, int], as_of: date) -> list[dict[str, Any]]:
    """The rule of ``HEAVY`` in plain Python."""
    mine: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in bench.rows:
        subject = linked.get(row["record"], bench.codes.get(row["code"]))
        if subject and row["record"] not in gone and row["decided_on"] and row["decided_on"] <= as_of:
            mine[subject].append(row)
    found = []
    for subject, rows in sorted(mine.items()):
        amounts = [row["amount"] for row in rows if row["amount"] is not None]
        total = sum(amounts) if amounts else None
        found.append(
            {
                "subject": subject,
                "tier": "heavy" if total is not None and total >= 1000 else "light",
                "times": len(rows),
                "total": total,
                "newest": max(row["decided_on"] for row in rows),
                "because": sorted(row["record"] for row in rows),
            }
        )
    return found


def test_a_rule_runs_over_what_is_known_on_the_day(bench: Bench) -> None:
    bench.codes = {"A": 11, "B": 12}
    first = bench.sheet(
        1, [("A", "fine", 600, DAY, True), ("B", "fine", 5, DAY, False), ("C", "fine", 9, DAY, False)]
    )
    bench.sheet(2, [("A", "fine", 700, DAY, True), ("A", "fine", 10_000, AFTER, True)])
    result = run.execute(bench.spec(gone=[1 << 32 | 1]), bench.store)
    assert read(result) == [
        {
            "subject": 11,
            "tier": "heavy",
            "times": 2,
            "total": 1300,
            "newest": DAY,
            "because": [1 << 32, 2 << 32],
        }
    ]
    assert result.path == bench.store.result(result.sha256)
    assert first.rows == 3


def test_a_row_linked_by_an_official_counts_for_that_subject(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 1, DAY, True), (None, "fine", 2, DAY, True)])
    found = read(run.execute(bench.spec(linked={1 << 32 | 1: 77}), bench.store))
    assert [(row["subject"], row["total"]) for row in found] == [(11, 1), (77, 2)]


def test_hot_rows_are_seen_beside_the_sheets(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 1, DAY, True)])
    hot = [{"record": 9 << 32, "scheme": "uscc", "code": "A", "kind": "fine", "amount": 2, "decided_on": DAY,
            "grave": None, "told": DAY, "agency": "desk", "region": "320500"}]  # fmt: skip
    sha256 = bench.seal(hot, COLUMNS | {"told": "DATE", "agency": "VARCHAR", "region": "VARCHAR"}, "input")
    (row,) = read(run.execute(bench.spec(hot=sha256), bench.store))
    assert (row["total"], row["because"]) == (3, [1 << 32, 9 << 32])


def test_what_a_batch_says_once_each_row_says(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 1, DAY, True)], told=date(2021, 2, 3))
    sql = "select subject, told, agency, region, [record] as because from penalty"
    (row,) = read(run.execute(bench.spec(sql), bench.store))
    assert (row["told"], row["agency"], row["region"]) == (date(2021, 2, 3), "agency1", "320500")


def test_a_region_of_the_row_stands_before_its_batchs(bench: Bench) -> None:
    bench.codes = {"A": 11, "B": 12}
    rows = [
        {"record": 1 << 32 | place, "row": place, "scheme": "uscc", "code": code, "region": region}
        for place, (code, region) in enumerate([("A", "320581"), ("B", None)])
    ]
    sha256 = bench.seal(rows, {"row": "BIGINT", "region": "VARCHAR"}, "sheet")
    bench.refs.append(SheetRef(1, sha256, 2, DAY, "a", "320500"))
    spec = bench.spec("select subject, region, [record] as because from penalty")
    spec = replace(spec, items={"penalty": replace(spec.items["penalty"], columns={"region": "VARCHAR"})})
    assert [row["region"] for row in read(run.execute(spec, bench.store))] == ["320581", "320500"]


def test_a_column_an_old_sheet_does_not_have_is_null(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 1, DAY, True)])
    spec = bench.spec("select subject, basis, [record] as because from penalty")
    wider = replace(spec.items["penalty"], columns=COLUMNS | {"basis": "VARCHAR"})
    assert read(run.execute(replace(spec, items={"penalty": wider}), bench.store))[0]["basis"] is None


def test_an_item_nobody_reported_gives_no_rows(bench: Bench) -> None:
    assert run.execute(bench.spec(), bench.store).rows == 0


def test_a_value_holds_in_its_region_and_the_deepest_counts(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 1, DAY, True)])
    values = tuple(
        PolicyValue("fee.base", region, date(2016, 1, 1), None, value, None, "", "law#1", "adopted")
        for region, value in (("", 1), ("320000", 2), ("320500", 3), ("320600", 9))
    )
    sql = """
        select penalty.subject, arg_max(policy.value, policy.depth) as fee, list(penalty.record) as because
        from penalty join policy on policy.region in
          (penalty.region, left(penalty.region, 4) || '00', left(penalty.region, 2) || '0000', '')
        group by penalty.subject"""
    assert read(run.execute(bench.spec(sql, policy=values), bench.store))[0]["fee"] == 3


def test_a_finding_reads_another_and_restores_it_when_it_was_thrown_away(bench: Bench) -> None:
    bench.codes = {"A": 11, "B": 12}
    bench.sheet(1, [("A", "fine", 2000, DAY, True), ("B", "fine", 1, DAY, True)])
    before = bench.spec()
    sha256 = run.seal(before, bench.store)
    earlier = run.execute(before, bench.store)
    sql = "select subject, because from heavy where tier = 'heavy'"
    rests_on = {"heavy": Dependency(sha256, earlier.sha256)}
    after = RunSpec("credit", "listed", DAY, "subject", sql, "0" * 64, {}, findings=rests_on)
    first = run.execute(after, bench.store)
    assert [row["subject"] for row in read(first)] == [11]
    earlier.path.unlink()
    assert run.execute(after, bench.store).sha256 == first.sha256


def test_a_run_is_replayed_from_its_run_json_alone(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 600, DAY, True)])
    spec = bench.spec()
    sha256 = run.seal(spec, bench.store)
    first = run.execute(spec, bench.store, shelves={"penalty": bench.shelf()})
    first.path.unlink()
    assert run.replay(sha256, bench.store).sha256 == first.sha256


def test_a_redacted_sheet_is_not_read_from_an_old_shelf(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 600, DAY, True)])
    shelf = bench.shelf()
    bench.refs.clear()
    bench.sheet(1, [("A", "fine", 1, DAY, True)])
    (row,) = read(run.execute(bench.spec(), bench.store, shelves={"penalty": shelf}))
    assert row["total"] == 1


def _tamper(path: Path) -> None:
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def _remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(("harm", "said"), [(_tamper, "not what its hash says"), (_remove, "is not there")])
@pytest.mark.parametrize("which", ["sheet", "gone", "identities", "linked", "run"])
def test_a_harmed_input_stops_the_run(
    bench: Bench, which: str, harm: Callable[[Path], None], said: str
) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 600, DAY, True), ("A", "fine", 600, DAY, True)])
    spec = bench.spec(gone=[1 << 32], linked={1 << 32 | 1: 12})
    sha256 = run.seal(spec, bench.store)
    run.execute(spec, bench.store)
    item, store = spec.items["penalty"], bench.store
    harm(
        {
            "sheet": lambda: store.sheet(item.sheets[0].sha256),
            "run": lambda: store.runs(sha256),
            "gone": lambda: store.input(str(item.gone)),
            "identities": lambda: store.input(str(item.identities)),
            "linked": lambda: store.input(str(item.linked)),
        }[which]()
    )
    with pytest.raises(HouseFault, match=said):
        run.replay(sha256, store)


def test_rows_changed_on_disk_are_not_given_out(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 600, DAY, True)])
    result = run.execute(bench.spec(), bench.store)
    table = pq.read_table(result.path)
    result.path.chmod(0o640)
    pq.write_table(table.set_column(1, "tier", pa.array(["heavy"])), result.path)
    with pytest.raises(HouseFault, match="not what its hash says"):
        run.read_result(result.sha256, bench.store)


def test_a_rule_cannot_read_past_the_house(bench: Bench, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("subject,because\n1,[1]\n")
    sql = f"select subject::bigint as subject, [1]::bigint[] as because from read_csv('{secret}')"
    with pytest.raises(Exception, match="disabled"):
        run.execute(bench.spec(sql), bench.store)


def test_only_known_engines_run(bench: Bench) -> None:
    with pytest.raises(InputError, match="no engine"):
        run.execute(bench.spec(), bench.store, engine="abacus")


def test_a_float_never_leaves_a_run(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(1, [("A", "fine", 600, DAY, True)])
    with pytest.raises(DeclarationError, match="not a whole number"):
        run.execute(
            bench.spec("select subject, amount / 2 as half, [record] as because from penalty"), bench.store
        )


def test_the_run_json_of_equal_runs_is_equal_and_reads_back(bench: Bench) -> None:
    bench.codes = {"A": 11}
    bench.sheet(2, [("A", "fine", 600, DAY, True)])
    bench.sheet(1, [("A", "fine", 600, DAY, True)])
    spec = bench.spec(gone=[1 << 32])
    turned = replace(spec.items["penalty"], columns=dict(reversed(COLUMNS.items())))
    assert replace(spec, items={"penalty": turned}).body() == spec.body()
    assert RunSpec.read(spec.body()) == spec
    assert run.load(run.seal(spec, bench.store), bench.store) == spec


def test_a_run_json_of_another_form_is_not_guessed_at() -> None:
    with pytest.raises(HouseFault, match="form 99"):
        RunSpec.read(b'{"form":99}')


def test_an_item_input_becomes_hashes_in_order_of_sheet() -> None:
    one, two = (SheetRef(number, str(number) * 64, 1, DAY, "a", "") for number in (1, 2))
    spec = run.item_spec(ItemInput([two, one], gone=Path("inputs/ab/abc.parquet")), COLUMNS)
    assert (spec.sheets, spec.gone, spec.hot) == ((one, two), "abc", None)


codes = st.sampled_from(["A", "B", "C", "D", None])
amounts = st.none() | st.integers(0, 2000)
days = st.none() | st.sampled_from([DAY, AFTER])
table = st.lists(st.tuples(codes, st.sampled_from(["fine", "ban"]), amounts, days, st.booleans()), max_size=6)


@settings(max_examples=30, deadline=None)
@given(
    tables=st.lists(table, min_size=1, max_size=4),
    known=st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), st.integers(11, 13), max_size=4),
    picks=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 5)), max_size=6),
    by_hand_links=st.dictionaries(
        st.tuples(st.integers(1, 4), st.integers(0, 5)), st.integers(11, 15), max_size=3
    ),
    shelved=st.sets(st.integers(1, 4)),
    merged=st.sampled_from([{}, {91: 11}]),
)
def test_shelves_sheets_and_plain_python_agree(
    *, tables: Any, known: Any, picks: Any, by_hand_links: Any, shelved: Any, merged: Any
) -> None:
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Store(Path(name)), codes=known)
        for number, rows in enumerate(tables, 1):
            bench.sheet(number, rows)
        gone = {sheet << 32 | place for sheet, place in picks}
        linked = {sheet << 32 | place: subject for (sheet, place), subject in by_hand_links.items()}
        spec = bench.spec(HEAVY, gone=gone, linked=linked)
        from_sheets = run.execute(spec, bench.store)
        assert read(from_sheets) == by_hand(bench, gone, linked, spec.as_of)
        from_shelves = run.execute(spec, bench.store, shelves={"penalty": bench.shelf(shelved, merged)})
        assert from_shelves.sha256 == from_sheets.sha256
        for subject in {*[row["subject"] for row in read(from_sheets)][:1], 99}:
            alone = [row for row in read(from_sheets) if row["subject"] == subject]
            assert run.trace(spec, bench.store, subject).to_pylist() == alone
            assert run.read_result(from_sheets.sha256, bench.store, subject).to_pylist() == alone


@settings(max_examples=15, deadline=None)
@given(rows=table, seed=st.randoms(use_true_random=False))
def test_the_order_rows_came_in_does_not_matter(rows: Any, seed: Any) -> None:
    """All but ``because``, which names records by their place, is the same for rows sent in another order."""
    sql = HEAVY.replace("fined.because", "[1]::bigint[] as because")
    results = set()
    for _ in range(2):
        with tempfile.TemporaryDirectory() as name:
            bench = Bench(Store(Path(name)), codes={"A": 11, "B": 12, "C": 12})
            bench.sheet(1, rows)
            results.add(run.execute(bench.spec(sql), bench.store).sha256)
        seed.shuffle(rows)
    assert len(results) == 1
