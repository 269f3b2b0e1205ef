"""Shelves can be thrown away: what is built again is the same, and no crash leaves a sheet out for good."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chengxin.engine import run as engine
from chengxin.engine.store import Store
from chengxin.findings.inputs import item_of
from chengxin.records import merging, shelves
from chengxin.records.models import Sheet
from chengxin.records.pieces import Folder
from chengxin.subjects.linkage import link, merge
from tests.records.shelf_room import Room, at, length, penalty, record, room_of

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
DAY = date(2026, 1, 5)


@pytest.fixture(params=["short", "long"])
def room(
    request: pytest.FixtureRequest,
    store: Store,
    official: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Room:
    """Whether a sheet is sorted for its shelf or, being long, as it is written, nobody can tell."""
    if request.param == "long":
        length(monkeypatch)
    return room_of(store, official)


def told(room: Room, batches: list[list[tuple[str, str | None, int]]]) -> None:
    for place, rows in enumerate(batches):
        room.take([penalty(*row) for row in rows], DAY + timedelta(days=place))


ROW = st.tuples(
    st.sampled_from([f"N{n}" for n in range(6)]),
    st.sampled_from(["P1", "P2", "P3", None]),
    st.integers(1, 3),
)


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(batches=st.lists(st.lists(ROW, min_size=1, max_size=5), min_size=1, max_size=5))
def test_shelves_built_again_hold_the_same_rows(room: Room, batches: list[Any]) -> None:
    """Piece by piece as the batches came, or all at once from the sheets: row for row the same."""
    with room.afresh() as here:
        told(here, batches)
        before = here.pieces(), here.pieces("timeline")
        counts = shelves.reshelve(here.store, here.house, now=at(DAY))
        assert (here.pieces(), here.pieces("timeline")) == before
        assert counts["rows"] == sum(sheet.rows for sheet in Sheet.objects.all()) == len(before[0])


def test_one_item_is_built_again_alone(room: Room) -> None:
    told(room, [[("N1", "P1", 1)], [("N2", "P2", 2), ("N3", None, 3)]])
    before = room.pieces(), room.pieces("timeline")
    shelves.reshelve(room.store, room.house, "penalty", now=at(DAY))
    assert (room.pieces(), room.pieces("timeline")) == before


def test_merging_changes_no_row(room: Room) -> None:
    told(room, [[(f"N{n}", f"P{n % 3}", n)] for n in range(20)])
    before = room.pieces(), room.pieces("timeline")
    folder = Folder(room.store.shelves("penalty"))
    assert len(folder.manifest().groups) < merging.FAN + 2  # merged as they came
    shelves.merge(room.store, room.house)
    assert (room.pieces(), room.pieces("timeline")) == before
    assert len(folder.manifest().groups) == 1


def test_large_merges_are_cut_by_subject(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    told(room, [[(f"N{n}", f"P{n % 7}", n) for n in range(30)] + [("X", None, 1)], [("M1", "P1", 1)]])
    before = room.pieces(), room.pieces("timeline")
    monkeypatch.setattr(merging, "RANGE", 6)
    monkeypatch.setattr(merging, "GROWTH", 100)
    shelves.merge(room.store, room.house)
    assert (room.pieces(), room.pieces("timeline")) == before
    (group,) = Folder(room.store.shelves("penalty")).manifest().groups
    spans = sorted((piece.low, piece.high) for piece in group.pieces if piece.low is not None)
    assert len(spans) > 2
    assert all(high < low for (_, high), (low, _) in itertools.pairwise(spans))
    assert [piece.loose for piece in group.pieces if piece.low is None] == [1]


def test_a_sheet_on_no_shelf_is_found(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the batch is visible: the rows are shelved by whoever comes next."""
    (subject,) = room.know("P1")
    with monkeypatch.context() as patch:
        patch.setattr(shelves, "shelve", lambda *_, **__: 0)
        room.take([penalty("N1")])
    assert room.numbers(subject) == []
    assert shelves.catch_up(room.store, room.house) == 1
    assert room.numbers(subject) == ["N1"]
    assert shelves.catch_up(room.store, room.house) == 0


@pytest.mark.parametrize("lost", ["shelf", "timeline"])
def test_a_crash_between_shelf_and_timeline_leaves_nothing_twice(room: Room, lost: str) -> None:
    told(room, [[("N1", "P1", 1)], [("N2", "P1", 2)]])
    before = room.pieces(), room.pieces("timeline")
    folder = Folder(room.store.timeline() if lost == "timeline" else room.store.shelves("penalty"))
    folder.swap([folder.manifest().groups[-1]], [])
    shelves.catch_up(room.store, room.house)
    assert (room.pieces(), room.pieces("timeline")) == before


def test_files_nobody_names_are_swept_and_readers_are_given_a_night(room: Room) -> None:
    told(room, [[("N1", "P1", 1)]])
    folder = Folder(room.store.timeline())
    (folder.path / "feedfacefeedface.parquet").write_bytes(b"half a piece")
    old = folder.files(folder.manifest().groups[0])
    told(room, [[("N2", "P2", 1)]])
    shelves.merge(room.store, room.house)
    assert not (folder.path / "feedfacefeedface.parquet").exists()
    assert all(path.exists() for path in old)
    shelves.merge(room.store, room.house)
    shelves.merge(room.store, room.house)
    named = [path for group in folder.manifest().groups for path in folder.files(group)]
    assert sorted(folder.path.glob("*.parquet")) == sorted(named)


SQL = """-- grain: subject
select subject, sum(amount)::bigint as total, list(record order by record) as because, count(*) as n,
       max(region) as region, max(told) as told
from penalty group by subject
"""


def test_a_run_over_shelves_gives_what_the_sheets_give(room: Room) -> None:
    """With late codes, merges, links by hand, supersessions and withdrawals in play."""
    one, two = room.know("P1", "P2")
    told(room, [[("N1", "P1", 1), ("N2", "P2", 2), ("N3", None, 3)], [("N1", "P1", 5), ("N4", "P9", 4)]])
    merge(two, one, official=1, reason="同一家", now=at(DAY))
    third = record(Sheet.objects.order_by("id").first().batch, 3)
    link(third, two, official=1, reason="核实", now=at(DAY))
    room.know("P9", since=at(DAY))
    as_of = DAY + timedelta(days=9)
    spec = engine.RunSpec(
        program="p", finding="f", as_of=as_of, grain="subject", sql=SQL, bundle="0" * 64,
        items={"penalty": item_of("penalty", as_of, store=room.store, house=room.house)},
    )  # fmt: skip
    shelf = shelves.covering("penalty", as_of, store=room.store)
    assert shelf is not None
    assert set(shelf.sheets) == set(Sheet.objects.values_list("id", flat=True))
    by_shelf = engine.execute(spec, room.store, shelves={"penalty": shelf})
    by_sheet = engine.execute(spec, room.store)
    assert by_shelf.sha256 == by_sheet.sha256
    assert by_shelf.rows == 2
