"""Every row ends in exactly one way, and the fast road judges as the slow one does."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chengxin.core.errors import HouseFault
from chengxin.engine import duck
from chengxin.engine.store import Store
from chengxin.policy.items import Choice, Column, Item, Proof
from chengxin.records import delimited, files, judging, landing, lexicon, low, sheets, sniffing
from chengxin.records.intake import take
from chengxin.records.quality import Quality
from chengxin.subjects import persons
from chengxin.subjects.registry import subject_of
from tests.records.shelf_room import HOUSE, PENALTY, Room, at, penalty, room_of

TOLD = date(2026, 3, 2)
GOOD = [
    "91320691MA0DEMO00X",
    "91320600MA0DEM0A15",
    "９１３２０６９１ＭＡ０ＤＥＭＯ００Ｘ",
    "91320691ma0demo00x",
]
POOLS: dict[str, list[str]] = {
    "uscc": [*GOOD, "9.164E+17", "91320691MA0DEMO000", "913206", "", "-"],
    "number": ["N1", "N2", "Ｎ１", " N1 ", "", "x" * 21],
    "kind": ["罚款", "fine", "FINE", "打板子", "", "（罚）"],
    "amount": ["1", "1.00", "1,000.5", "五元", "", "0.001", "3万元"],
    "decided_on": ["2016-01-02", "2016年1月2日", "42371", "2019-02-30", "2030-01-01", "16-01-02", ""],
    "ends_on": ["2019-01-02", "2015-01-01", "", "长期"],
    "division": ["320100", "３２０１００", "南京", ""],
    "share": ["1", "0.5", "x", ""],
    "open": ["是", "N", "也许", ""],
    "code": ["a_b", "A 1", "9.1E+17", ""],
}


def column(name: str, kind: Any, **more: Any) -> Column:
    return Column(name, name, name, kind, "law#1", "public", **more)


ITEM = Item(
    name="trial",
    title="试",
    title_en="Trial",
    about="organisation",
    basis="law#1",
    reporters=("environment",),
    disclosure="public",
    retention="5 y",
    frequency="monthly",
    columns={
        "uscc": column("uscc", "identifier", scheme="uscc"),
        "number": column("number", "text", required=True, max_length=20),
        "kind": column("kind", "choice", allowed={"fine": Choice("罚款", "fine", ("(罚)",))}),
        "amount": column("amount", "money", unit="元"),
        "decided_on": column("decided_on", "date"),
        "ends_on": column("ends_on", "date"),
        "division": column("division", "region"),
        "share": column("share", "int"),
        "open": column("open", "bool"),
        "code": column("code", "code"),
    },
    carries="decision",
    proves=Proof("number", "decided_on", "ends_on"),
    keys=("number", "uscc"),
    required_one_of=(("uscc", "code"),),
    identifies=(("uscc", "uscc"),),
)
ROWS = st.lists(
    st.fixed_dictionaries({k: st.sampled_from(v) for k, v in POOLS.items()}), min_size=1, max_size=40
)


def judged(
    rows: list[dict[str, str]], work: Path, *, learned: bool
) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """Judges rows as a file, and gives the counts, what would be sealed, and what goes back."""
    connection = duck.connect(temp=work, keep_order=True)
    connection.execute(
        "create temp table identities (scheme varchar, code varchar, subject bigint, bearer bigint)"
    )
    connection.execute("insert into identities values ('uscc', '91320691MA0DEMO00X', 7, 7)")
    path = work / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(POOLS))
        writer.writeheader()
        writer.writerows(rows)
    landed = files.land(path, ITEM, connection, work, sniffing.fingerprint(path))
    quality = Quality(ITEM, landed, TOLD)
    quality = lexicon.learn(connection, quality) if learned else quality
    judging.judge(connection, quality)
    judging.compare(connection, 3, None, same_bodies=["a"], correcting=False)
    counts = judging.counted(connection, landed.broken)
    sheets.write_sheet(connection, quality, 3, work / "sheet.parquet")
    sheets.write_refused(connection, quality, work / "refused.parquet")
    sealed = connection.execute(f"select * from '{work}/sheet.parquet'").fetchall()
    refused = connection.execute(f"select * from '{work}/refused.parquet'").fetchall()
    connection.close()
    told = {
        "taken": counts.taken,
        "held": counts.held,
        "quarantined": counts.quarantined,
        "read": counts.read,
    }
    return told | {"lexicon": len(quality.lexicon)}, sealed, refused


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS)
def test_every_row_ends_in_one_way(rows: list[dict[str, str]], tmp_path: Path) -> None:
    if not any(text.strip() for row in rows for text in row.values()):
        return
    counts, sealed, refused = judged(rows, tmp_path, learned=False)
    blank = sum(not any(text.strip() for text in row.values()) for row in rows)
    assert counts["read"] == counts["taken"] + counts["held"] + counts["quarantined"] == len(rows) - blank
    assert len(sealed) == counts["taken"] and len(refused) == counts["quarantined"]
    numbers = [row[1] for row in sealed] + [row[0] for row in refused]
    assert len(set(numbers)) == len(numbers), "no row twice"
    assert all(2 <= number <= len(rows) + 1 for number in numbers), (
        "the sender's own numbers, below the header"
    )


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS)
def test_a_lexicon_says_what_the_rows_say(rows: list[dict[str, str]], tmp_path: Path) -> None:
    """Each distinct text read once, or every row by itself: the same rows, numbers and digests."""
    if not any(text.strip() for row in rows for text in row.values()):
        return
    slow = judged(rows, tmp_path, learned=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing, "MANY", 0)
        patch.setattr(low, "columns", lambda files, keys=(): list(POOLS))
        fast = judged(rows, tmp_path, learned=True)
    assert fast[0]["lexicon"] > 0
    assert slow[1:] == fast[1:]


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=ROWS, seen=st.integers(2, 12))
def test_a_long_file_says_what_a_short_one_says(
    rows: list[dict[str, str]], seen: int, tmp_path: Path
) -> None:
    """Whether a text was among the first that were looked at, or stands beside, changes nothing."""
    if not any(text.strip() for row in rows for text in row.values()):
        return
    short = judged(rows, tmp_path, learned=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(landing, "MANY", 0)
        patch.setattr(delimited, "_LONG", 0)
        patch.setattr(delimited, "_SAMPLE", seen)
        patch.setattr(delimited, "_REPEATS", 1)
        long = judged(rows, tmp_path, learned=True)
    assert {**long[0], "lexicon": 0} == short[0]
    assert long[1] == short[1]
    assert [row[:4] for row in long[2]] == [row[:4] for row in short[2]]


@pytest.mark.django_db(databases=["default", "looks"])
class TestTelling:
    """What is told again, otherwise, or by another body."""

    @pytest.fixture
    def room(self, store: Store, official: Callable[..., Any]) -> Room:
        return room_of(store, official)

    def test_the_same_file_again_takes_nothing(self, room: Room) -> None:
        rows = [penalty(f"N{n}") for n in range(5)]
        assert room.take(rows).taken == 5
        again = room.take(rows, date(2026, 1, 6))
        assert (again.taken, again.held, again.read) == (0, 5, 5)

    def test_a_column_that_is_left_out_is_the_same_as_one_that_is_empty(self, room: Room) -> None:
        room.take([penalty("N1", division="")])
        assert room.take([penalty("N1")]).held == 1

    def test_the_same_in_another_notation_is_held(self, room: Room) -> None:
        room.take([penalty("N1", amount=1000, decided_on="2025-12-01")])
        again = room.take([penalty("N1", amount="1,000.00", decided_on="2025年12月1日")])
        assert (again.taken, again.held) == (0, 1)

    def test_a_newer_content_supersedes(self, room: Room) -> None:
        room.take([penalty("N1", amount=100), penalty("N2")])
        newer = room.take([penalty("N1", amount=200)], date(2026, 1, 6))
        assert newer.taken == 1 and newer.supersedes_sha256
        assert room.counting(date(2026, 1, 6)) == ["N1=200", "N2=100"]
        assert room.counting(date(2026, 1, 5)) == ["N1=100", "N2=100"], "the days before stay as they were"

    def test_a_whole_history_sent_again_takes_nothing(self, room: Room) -> None:
        history = [penalty("N1", amount=1), penalty("N1", amount=2), penalty("N1", amount=1)]
        assert room.take(history).taken == 3
        assert room.counting(date(2026, 1, 5)) == ["N1=1"]
        again = room.take(history, date(2026, 1, 6))
        assert (again.taken, again.held) == (0, 3)

    def test_what_was_so_once_and_is_so_again_is_taken(self, room: Room) -> None:
        for amount, day in ((1, 5), (2, 6), (1, 7)):
            assert room.take([penalty("N1", amount=amount)], date(2026, 1, day)).taken == 1
        assert room.counting(date(2026, 1, 7)) == ["N1=1"]

    def test_another_body_may_say_the_same_and_not_otherwise(self, room: Room) -> None:
        room.take([penalty("N1", amount=1)])
        same = room.take([penalty("N1", amount=1)], agency="nt-environment")
        other = room.take([penalty("N1", amount=2)], agency="nt-environment")
        assert (same.held, other.taken, other.quarantined) == (1, 0, 1)
        assert other.by_reason == {"other_body": 1}

    def test_numbers_below_an_unreadable_line_are_the_senders(self, room: Room) -> None:
        path = room.store.temp(".csv")
        lines = ["number,amount,kind", "N1,1,罚款", '"N2"x,1,罚款', "", "N3,x,罚款", "N4,1,罚款,,,,,,9"]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        connection = duck.connect(temp=room.store.temp().parent, keep_order=True)
        work = room.store.temp(".work")
        work.mkdir()
        landed = files.land(path, PENALTY, connection, work, sniffing.fingerprint(path))
        rows = dict(
            connection.execute(f"select number, row from ({landed.relation()}) where number <> ''").fetchall()
        )
        assert rows["N1"] == 2 and rows["N3"] == 5
        assert landed.broken == 2


def test_json_keeps_what_a_program_wrote(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_text(json.dumps({"number": "N1", "uscc": GOOD[0], "share": 3, "open": True}) + "\n", "utf-8")
    connection = duck.connect(temp=tmp_path, keep_order=True)
    landed = files.land(path, ITEM, connection, tmp_path, sniffing.fingerprint(path))
    ((share, opened),) = connection.execute(f"select share, open from ({landed.relation()})").fetchall()
    assert (share, opened) == ("3", "true")


@pytest.mark.django_db(databases=["default", "looks"])
def test_a_persons_number_is_sealed_as_its_digest(
    store: Store, official: Callable[..., Any], secret: str
) -> None:
    """Neither the sheet nor the refused rows hold an ID number, and the registry knows it by the same digest."""
    number, broken = "11010519491231002X", "110105194912310021"
    item = replace(
        ITEM,
        about="person",
        columns={
            "person": column("person", "identifier", scheme="id_number", required=True),
            "number": column("number", "text", required=True),
        },
        keys=("number",),
        required_one_of=(),
        identifies=(("id_number", "person"),),
        proves=None,
        carries=None,
    )
    path = store.temp(".jsonl")
    path.write_text(
        "".join(json.dumps({"person": p, "number": p[-2:]}) + "\n" for p in (number, broken)), "utf-8"
    )
    told: dict[str, Any] = {
        "store": store, "house": replace(HOUSE, items={"trial": item}), "bundle": "0" * 64, "door": "cli",
        "agency": "nj-environment", "official": official("steward", agency="nj-environment"), "told_on": TOLD,
        "now": at(TOLD), "attest": lambda batch: None,
    }  # fmt: skip
    with pytest.raises(HouseFault):
        take(item, path, **told)
    batch = take(item, path, digest_key=secret, **told).batch
    assert (batch.taken, batch.quarantined) == (1, 1)
    for file in (store.sheet(batch.sheets.get().sha256), store.refused(batch.refused_sha256)):
        body = str(pq.read_table(file).to_pylist())
        assert number not in body and broken not in body
    sealed = pq.read_table(store.sheet(batch.sheets.get().sha256)).to_pylist()[0]
    assert sealed["code"] == sealed["person"] == persons.digest(number, secret)
    assert subject_of("id_number", persons.digest(number, secret)) is not None
