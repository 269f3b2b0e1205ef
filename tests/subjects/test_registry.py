"""One subject a code, whoever asks and whenever it is cut off."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengxin.core.errors import HouseFault, MissingError
from chengxin.subjects import persons, registration, registry
from chengxin.subjects.models import Identifier, Name, Subject

Enter = Callable[..., list[int]]

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def table(**columns: list[object]) -> pa.Table:
    count = len(next(iter(columns.values())))
    return pa.table({"scheme": ["uscc"] * count, **columns})


def test_a_second_registration_takes_nothing_new(now: datetime) -> None:
    rows = table(code=["A" * 18, "B" * 18], name=["拟甲厂", "拟乙厂"], region=["320500", "320600"])
    first = registry.register(rows, "organisation", now)
    again = registry.register(rows, "organisation", now + timedelta(days=1))
    assert (first.new, first.known, again.new, again.known, again.renamed) == (2, 0, 0, 2, 0)
    assert first.subject.to_pylist() == again.subject.to_pylist()
    assert (Subject.objects.count(), Identifier.objects.count(), Name.objects.count()) == (2, 2, 2)


def test_a_code_that_stands_twice_is_one_subject_with_its_second_name_kept(now: datetime) -> None:
    rows = table(code=["A" * 18, "A" * 18, "A" * 18], name=["拟甲厂", "拟乙厂", "拟甲（厂）"])
    result = registry.register(rows, "organisation", now)
    again = registry.register(rows, "organisation", now)
    assert (result.new, result.known, result.renamed, again.renamed) == (1, 2, 0, 0)
    card = registry.card(result.subject[0].as_py())
    assert (card.name, card.former, card.others) == ("拟甲厂", (), ("拟乙厂",))


def test_slices_of_any_size_give_the_same(now: datetime) -> None:
    rows = table(code=[f"C{n:017d}" for n in range(601)], name=[f"拟{n}厂" for n in range(601)])
    result = registry.register(rows, "organisation", now, size=250)
    assert result.new == len(set(result.subject.to_pylist())) == Name.objects.count() == 601


def test_a_new_name_makes_the_old_one_a_former_one(now: datetime) -> None:
    later = now + timedelta(days=30)
    registry.register(table(code=["A" * 18], name=["拟甲厂"]), "organisation", now)
    renamed = table(code=["A" * 18], name=["拟甲有限公司"], named_from=[date(2026, 3, 20)])
    result = registry.register(renamed, "organisation", later)
    assert result.renamed == 1
    subject = result.subject[0].as_py()
    card = registry.card(subject)
    assert (card.name, [(one.text, one.valid_to) for one in card.former]) == (
        "拟甲有限公司",
        [("拟甲厂", date(2026, 3, 20))],
    )
    assert registry.card(subject, as_of=now).name == "拟甲厂"
    old_file_again = registry.register(table(code=["A" * 18], name=["拟甲厂"]), "organisation", later)
    assert (old_file_again.renamed, registry.card(subject).name) == (0, "拟甲有限公司")


def test_the_day_of_founding_is_not_taken_for_the_day_of_a_new_name(now: datetime) -> None:
    founded = {"code": ["A" * 18], "named_from": [date(2001, 5, 1)]}
    registry.register(table(**founded, name=["拟甲厂"]), "organisation", now)
    later = datetime(2026, 4, 1, 17, 0, tzinfo=now.tzinfo)
    subject = (
        registry.register(table(**founded, name=["拟甲有限公司"]), "organisation", later).subject[0].as_py()
    )
    assert registry.card(subject).former[0].valid_to == date(2026, 4, 2)


def test_further_codes_find_the_subject_and_are_hung_on_it(now: datetime) -> None:
    old = pa.table({"scheme": ["regno"], "code": ["320500000000012"], "name": ["拟甲厂"]})
    subject = registry.register(old, "organisation", now).subject[0].as_py()
    unified = table(code=["A" * 18], name=["拟甲厂"], regno=["320500000000012"], taxno=["T1"])
    result = registry.register(unified, "organisation", now)
    assert (result.new, result.subject.to_pylist(), result.clashing) == (0, [subject], 0)
    assert registry.card(subject).codes == {"regno": "320500000000012", "uscc": "A" * 18, "taxno": "T1"}
    assert registry.card(subject).code == "A" * 18


def test_a_further_code_of_another_firm_merges_nothing(now: datetime) -> None:
    first = table(code=["A" * 18], name=["拟甲厂"], regno=["320500000000012"])
    second = table(code=["B" * 18], name=["拟乙厂"], regno=["320500000000012"])
    one = registry.register(first, "organisation", now).subject[0].as_py()
    result = registry.register(second, "organisation", now)
    assert (result.new, result.clashing) == (1, 1)
    assert result.subject[0].as_py() != one
    assert registry.subject_of("regno", "320500000000012") == one


def test_resolving_keeps_the_order_and_leaves_the_unknown_open(enter: Enter) -> None:
    one, two = enter("拟甲厂", "拟乙厂", codes=["A" * 18, "B" * 18])
    pairs = pa.table(
        {"scheme": ["uscc", "regno", "uscc", "uscc", None], "code": ["B" * 18, "1", "A" * 18, None, "A" * 18]}
    )
    assert registry.resolve(pairs)["subject"].to_pylist() == [two, None, one, None, None]
    assert registry.resolve([("uscc", "A" * 18), ("uscc", "nobody")]) == {("uscc", "A" * 18): one}


@pytest.mark.parametrize("few", [0, 20_000])
def test_few_and_many_resolve_alike(enter: Enter, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr("chengxin.subjects.resolution._FEW", few)
    one, two, _, _ = enter(
        "拟甲厂", "拟乙厂", "拟丙厂", "拟丁厂",
        codes=["91320500MA00000010", "91320500MA0000002X", "91320500MA00000037", "92320500MA00000037"],
    )  # fmt: skip
    asked = pa.table(
        {"scheme": ["orgcode"] * 4, "code": ["MA0000001", "MA0000002", "MA0000003", "MA0000009"]}
    )
    assert registry.resolve(asked)["subject"].to_pylist() == [one, two, None, None]


def test_a_body_code_finds_the_firm_that_alone_bears_it(enter: Enter) -> None:
    (one,) = enter("拟甲厂", codes=["91320500MA00000010"])
    assert registry.subject_of("orgcode", "MA0000001") == one
    assert registry.subject_of_code("ma000000-1") == one
    enter("拟乙厂", codes=["52320500MA00000015"])
    assert registry.subject_of("orgcode", "MA0000001") is None


def test_the_index_over_body_codes_is_used() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the planner of PostgreSQL prefers a scan of an empty table")
    with connection.cursor() as cursor:
        cursor.execute(
            "explain query plan select subject from subjects_identifier "
            "where scheme = 'uscc' and substr(code, 9, 9) in ('MA0000001')"
        )
        assert "subjects_body_code" in cursor.fetchall()[0][3]


def test_codes_are_known_from_the_moment_they_were_learned(enter: Enter, now: datetime) -> None:
    (one,) = enter("拟甲厂", codes=["A" * 18])
    assert registry.subject_of("uscc", "A" * 18, as_of=now) == one
    assert registry.subject_of("uscc", "A" * 18, as_of=now - timedelta(seconds=1)) is None
    assert registry.subject_of("uscc", "A" * 18, as_of=date(2026, 3, 2)) == one
    assert registry.identities(date(2026, 3, 1)).num_rows == 0
    assert registry.identities(now).to_pylist() == [{"scheme": "uscc", "code": "A" * 18, "subject": one}]


def test_names_with_anything_in_them_come_back_whole(enter: Enter) -> None:
    from chengxin.subjects import bulk

    texts = ['拟"甲",厂', "拟\\N乙\\厂", "拟'丙'厂;--", "拟\t丁\n厂", "拟%s{}厂"]
    enter(*texts)
    read = (
        bulk.read({"id": pa.int64(), "text": pa.string()}, "subjects_name").sort_by("id")["text"].to_pylist()
    )
    assert sorted(read) == sorted(text.replace("\t", " ").replace("\n", " ") for text in texts)


def test_cards_of_many_take_as_many_questions_as_of_one(enter: Enter) -> None:
    numbers = enter(*(f"拟{n}厂" for n in range(40)))
    with CaptureQueriesContext(connection) as captured:
        assert set(registry.cards(numbers)) == set(numbers)
    assert len(captured) == 3


def test_an_unknown_subject_has_no_card() -> None:
    with pytest.raises(MissingError):
        registry.card(404)


def test_a_persons_number_is_found_by_digest_and_kept_encrypted(now: datetime, secret: str) -> None:
    number = "11010119900307123X"
    code, cipher = persons.digest(number, "digest key"), persons.ciphers([number], secret)[0]
    rows = pa.table({"scheme": ["id_number"], "code": [code], "name": ["拟某"], "cipher": [cipher]})
    subject = registry.register(rows, "person", now).subject[0].as_py()
    assert registry.subject_of("id_number", persons.digest(number, "digest key")) == subject
    assert persons.reveal(subject, secret) == number
    assert registry.card(subject).codes == {}
    with pytest.raises(HouseFault):
        persons.reveal(subject, "another key")
    assert number not in str(list(Identifier.objects.values())) + str(cipher)


def test_a_missing_code_is_no_subject(now: datetime) -> None:
    result = registry.register(table(code=["A" * 18, None], name=["拟甲厂", "拟乙厂"]), "organisation", now)
    assert (result.new, result.known, result.subject.to_pylist()[1]) == (1, 0, None)


def test_creating_needs_a_moment() -> None:
    with pytest.raises(ValueError, match="moment"):
        registry.resolve([("uscc", "A" * 18)], create=True)


# What needs other processes.

RACE = """
rows = firms(3000)
registry.identities()
print("ready", flush=True)
sys.stdin.readline()
result = registry.register(rows, "organisation", NOW, size=500)
print(json.dumps([result.new, result.known, result.subject.to_pylist()]))
"""
COUNTS = """
from chengxin.subjects.models import Identifier, Name, Subject
linked = set(Identifier.objects.values_list("subject", flat=True))
named = set(Name.objects.values_list("subject", flat=True))
there = set(Subject.objects.values_list("id", flat=True))
print(json.dumps([Identifier.objects.count(), Name.objects.count(), linked == there, named == there]))
"""


def test_two_intakes_that_race_create_one_subject_each(installation: Any) -> None:
    running = [installation.start(RACE) for _ in range(2)]
    for one in running:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
    for one in running:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    import json

    first, second = (json.loads(one.communicate(timeout=120)[0].splitlines()[-1]) for one in running)
    assert first[0] + second[0] == 3000
    assert first[2] == second[2]
    assert installation.run(COUNTS) == [3000, 3000, True, True]


STOPPED = """
plain = registration.insert_slice
def watched(*given):
    done = plain(*given)
    print("slice", flush=True)
    return done
registration.insert_slice = watched
registry.register(firms(4000), "organisation", NOW, size=250)
"""


def test_a_killed_registration_is_completed_by_running_it_again(installation: Any) -> None:
    running = installation.start(STOPPED)
    assert running.stdout is not None
    for _ in range(3):
        assert running.stdout.readline() == "slice\n"
    running.send_signal(signal.SIGKILL)
    running.communicate()
    count, names, linked, named = installation.run(COUNTS)
    assert 0 < count < 4000
    assert (names, linked, named) == (count, True, True)
    rest = "r = registry.register(firms(4000), 'organisation', NOW); print(json.dumps([r.new, r.known]))"
    assert installation.run(rest) == [4000 - count, count]
    assert installation.run(COUNTS) == [4000, 4000, True, True]


def test_a_slow_slice_makes_the_next_one_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000))
    monkeypatch.setattr(registration.time, "perf_counter", lambda: next(clock))
    sizes = [part.num_rows for part in registration.slices(pa.table({"a": list(range(9000))}), 5000)]
    assert sizes == [5000, 1000, 1000, 1000, 1000]
