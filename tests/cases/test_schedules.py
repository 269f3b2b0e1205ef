"""Mass decisions: favourable rows in force with the schedule, adverse ones each from their own service."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from levy import MEMBERS, Desk, beside, mass, on_all, rows, voices

from chengxin.cases import schedules, standpoints
from chengxin.cases.acts import SLICE
from chengxin.cases.edges import EDGES, State
from chengxin.cases.models import Act, Standpoint
from chengxin.core.errors import ChengxinError, ConflictError, InputError, RefusedByLaw
from chengxin.ledger.models import Entry

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def three(adverse: bool = True) -> Any:
    return rows(
        (3, "P1", "red", 600000), (1, "", "black", 1000000), (3, "P2", "red", 600000), adverse=adverse
    )


def test_a_schedule_is_sealed_sorted_and_cited_by_its_hash(desk: Desk, store: Any) -> None:
    case, schedule = mass(desk, store, three())
    proposed = Act.objects.get(case=case)
    assert proposed.cites["schedule"] == schedule.sha256
    assert proposed.detail == {"rows": 3, "adverse_rows": 3, "adverse": False}
    assert schedules.rows(schedule, store)["subject"].to_pylist() == [1, 3, 3]
    assert schedules.one_by_one(schedule, store) == [1, 3]
    assert schedules.verify(schedule, store)


def test_an_empty_schedule_or_a_row_twice_is_refused(desk: Desk, store: Any) -> None:
    with pytest.raises(InputError):
        mass(desk, store, rows())
    with pytest.raises(ConflictError):
        mass(desk, store, rows((1, "P1", "red", 1), (1, "P1", "red", 1)))


def test_each_adverse_row_is_heard_and_bound_by_itself(desk: Desk, store: Any) -> None:
    case, schedule = mass(desk, store, three())
    assert on_all(desk, store, schedule, "notify").taken == 2
    on_all(desk, store, schedule, "serve", [1])
    desk.wait(10)
    on_all(desk, store, schedule, "serve", [3])
    desk.do(case, "decide", {"from": "2016-11-01"}, schedule=schedule)
    states = dict(Standpoint.objects.filter(case=case, subject__gt=0).values_list("subject", "state"))
    assert states == {1: "decided", 3: "served"}, "3 still has time to state its case"
    assert on_all(desk, store, schedule, "serve_decision") == schedules.Tally(taken=1, passed=1)
    desk.wait(10)
    desk.do(case, "decide", {"from": "2016-11-01"}, schedule=schedule, subject=3)
    assert on_all(desk, store, schedule, "serve_decision") == schedules.Tally(taken=1, passed=1)
    bound = Act.objects.get(case=case, kind="serve_decision", subject=3)
    assert [line["part"] for line in bound.detail["lines"]] == ["P1", "P2"]
    assert bound.detail["lines"][0]["body"] == {"tier": "red", "surcharge": 600000}
    assert bound.cites == {"records": [3 << 32 | 1] * 2, "schedule": schedule.sha256}
    assert standpoints.point_of(case, 3).state is State.IN_FORCE


def test_favourable_rows_take_force_with_the_decision_and_need_no_row(desk: Desk, store: Any) -> None:
    case, schedule = mass(desk, store, rows((1, "", "A", 0), (2, "", "A", 0), adverse=False), "honour")
    desk.do(case, "decide", {"until": "2017-12-31"}, schedule=schedule)
    assert standpoints.points_of_rows(case, [1], favourable=[1])[1].state is State.IN_FORCE
    assert not Standpoint.objects.filter(case=case, subject__gt=0).exists()
    beside(desk, store, schedule, "object", 1)
    assert standpoints.point_of(case, 1).marked
    assert standpoints.point_of(case, 1).state is State.IN_FORCE


def test_a_favourable_row_that_filed_before_takes_force_with_the_others(desk: Desk, store: Any) -> None:
    """Its cached copy too, though an act beside the road had put it where the list stood."""
    table = rows((1, "", "red", 1), (2, "", "A", 0)).set_column(5, "adverse", [[True, False]])
    case, schedule = mass(desk, store, table)
    beside(desk, store, schedule, "withdraw_service", 2)
    with pytest.raises(RefusedByLaw) as road:
        beside(desk, store, schedule, "notify", 2)
    assert road.value.id == "act.fixed_by_procedure"
    with pytest.raises(RefusedByLaw) as said:
        desk.do(case, "object", {"adverse": False}, schedule=schedule, subject=1)
    assert said.value.id == "act.fixed_by_procedure", "the sheet says whom a list burdens, and nobody else"
    on_all(desk, store, schedule, "notify")
    on_all(desk, store, schedule, "serve")
    desk.wait(10)
    desk.do(case, "decide", {"from": "2016-11-01"}, schedule=schedule)
    states = dict(Standpoint.objects.filter(case=case, subject__gt=0).values_list("subject", "state"))
    assert states == {1: "decided", 2: "in_force"}
    before = standpoints.cached()
    standpoints.rebuild()
    assert standpoints.cached() == before


def test_a_row_taken_out_is_not_decided(desk: Desk, store: Any) -> None:
    case, schedule = mass(desk, store, three())
    on_all(desk, store, schedule, "notify")
    on_all(desk, store, schedule, "serve")
    desk.do(case, "take_out", schedule=schedule, subject=1)
    desk.wait(10)
    desk.do(case, "decide", {"from": "2016-11-01"}, schedule=schedule)
    assert on_all(desk, store, schedule, "serve_decision").taken == 1
    assert standpoints.point_of(case, 1).state is State.TAKEN_OUT


def test_the_parts_of_a_row_end_one_by_one(desk: Desk, store: Any) -> None:
    case, schedule = mass(desk, store, three())
    for kind in ("notify", "serve", "waive"):
        on_all(desk, store, schedule, kind)
    desk.do(case, "decide", {"from": "2016-11-01"}, schedule=schedule)
    on_all(desk, store, schedule, "serve_decision")
    desk.do(case, "repair", {"part": "P1", "ends_on": "2016-12-01"}, schedule=schedule, subject=3)
    assert standpoints.point_of(case, 3).state is State.IN_FORCE
    with pytest.raises(RefusedByLaw) as again:
        desk.do(case, "repair", {"part": "P1"}, schedule=schedule, subject=3)
    assert again.value.id == "act.no_such_part"
    desk.do(case, "repair", {"part": "P2", "ends_on": "2017-01-01"}, schedule=schedule, subject=3)
    point = standpoints.point_of(case, 3)
    assert (point.state, point.ends_on) == (State.REPAIRED, date(2017, 1, 1))


def test_a_step_over_many_rows_goes_on_where_it_was_cut_off(
    desk: Desk, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = rows(*[(n, "", "red", 600000) for n in range(1, SLICE * 2 + 51)])
    _, schedule = mass(desk, store, many)
    before = Entry.objects.filter(kind="act").count()
    seen: list[tuple[int, int]] = []

    def cut(done: int, of: int) -> None:
        seen.append((done, of))
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        schedules.act_on_all(
            schedule, "notify", official=desk.who("notify", "nj-price"), agency="nj-price", on=desk.on,
            at=Act.objects.latest("id").at, bundle=desk.bundle, store=store, progress=cut,
        )  # fmt: skip
    assert Act.objects.filter(kind="notify").count() == SLICE * 2
    assert on_all(desk, store, schedule, "notify") == schedules.Tally(taken=50, passed=SLICE * 2)
    assert Entry.objects.filter(kind="act").count() == before + 3, "one ledger entry a slice"
    numbers = [a.detail["number"] for a in Act.objects.filter(kind="notify").order_by("id")]
    assert len(set(numbers)) == SLICE * 2 + 50


def test_a_slice_is_written_quickly(desk: Desk, store: Any) -> None:
    many = rows(*[(n, "", "red", 600000) for n in range(1, SLICE * 5 + 1)])
    _, schedule = mass(desk, store, many)
    on_all(desk, store, schedule, "notify", [1])
    begun = time.perf_counter()
    on_all(desk, store, schedule, "notify")
    spent = (time.perf_counter() - begun) / 5
    assert spent < 0.5, f"{spent:.3f} s a slice, of which the transaction is a part"


def states_of(case: Any) -> dict[int, str]:
    """Where each row stands, as cached; and the cache is what its acts lead to."""
    cached = standpoints.cached()
    standpoints.rebuild()
    assert standpoints.cached() == cached
    return {row: fields[0] for (_, row), fields in cached.items() if row}


def served(desk: Desk, store: Any, procedure: str) -> Any:
    """Three firms of one list told today, and its schedule."""
    held = mass(desk, store, rows(*[(n, "", "red", 600000 * n) for n in (1, 2, 3)]), procedure)
    for kind in ("notify", "serve"):
        on_all(desk, store, held[1], kind)
    return held


def test_a_row_that_asks_for_a_hearing_holds_up_no_other(desk: Desk, store: Any) -> None:
    case, schedule = served(desk, store, "heard")
    desk.do(case, "ask_hearing", schedule=schedule, subject=2)
    desk.wait(20)
    assert on_all(desk, store, schedule, "decide") == schedules.Tally(taken=2, passed=1)
    assert on_all(desk, store, schedule, "serve_decision").taken == 2
    assert states_of(case) == {1: "in_force", 2: "served", 3: "in_force"}
    desk.do(case, "hold_hearing", {"told_on": "2016-10-09"}, schedule=schedule, subject=2)
    assert on_all(desk, store, schedule, "decide").taken == 1


def test_a_row_before_a_panel_holds_up_no_other_in_any_list(desk: Desk, store: Any) -> None:
    case, schedule = served(desk, store, "plain")
    for subject in (2, 3):
        desk.do(case, "convene_panel", {"members": MEMBERS}, schedule=schedule, subject=subject)
    desk.do(case, "panel_advice", voices("support", "oppose", "oppose"), schedule=schedule, subject=3)
    desk.wait(20)
    desk.do(case, "decide", {}, schedule=schedule)
    assert states_of(case) == {1: "decided", 2: "served", 3: "served"}, (
        "2 waits for it, 3 for written reasons"
    )
    desk.do(case, "panel_advice", voices("support", "support", "oppose"), schedule=schedule, subject=2)
    assert on_all(desk, store, schedule, "decide") == schedules.Tally(taken=1, passed=2)
    with pytest.raises(RefusedByLaw) as refusal:
        desk.do(case, "decide", schedule=schedule, subject=3)
    assert refusal.value.id == "panel.against_without_reasons"
    desk.do(case, "decide", schedule=schedule, subject=3, cites={"exhibits": [1]})
    assert states_of(case) == {1: "decided", 2: "decided", 3: "decided"}


def test_a_list_that_needs_a_panel_carries_whom_it_supports(desk: Desk, store: Any) -> None:
    case, schedule = served(desk, store, "advised")
    for subject, third in ((1, "support"), (2, "oppose")):
        desk.do(case, "convene_panel", {"members": MEMBERS}, schedule=schedule, subject=subject)
        desk.do(case, "panel_advice", voices("support", third, "oppose"), schedule=schedule, subject=subject)
    desk.wait(20)
    desk.do(case, "decide", {}, schedule=schedule)
    assert states_of(case) == {1: "decided", 2: "served", 3: "served"}
    with pytest.raises(RefusedByLaw) as refusal:
        desk.do(case, "take_out", schedule=schedule)
    assert refusal.value.id == "panel.against_without_reasons", "one of them is supported"


def test_a_notice_opens_a_hearing_to_the_rows_that_weigh_enough(desk: Desk, store: Any) -> None:
    case, _ = served(desk, store, "weighed")
    assert [bool(standpoints.point_of(case, row).hearing_until) for row in (1, 2, 3)] == [False, True, True]


ATTEMPTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *("notify", "serve", "state", "answer", "waive", "decide", "serve_decision", "object"),
                *("answer_objection", "take_out", "repair", "revoke", "review", "lapse"),
            ]
        ),
        st.sampled_from([None, 1, 2, 3]),
        st.integers(0, 12),
    ),
    min_size=8,
    max_size=30,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ATTEMPTS, st.sampled_from(["plain", "freezing"]), st.integers(0, 5))
def test_the_cached_copy_is_the_fold_whatever_was_tried(
    desk: Desk, store: Any, attempts: list[tuple[str, int | None, int]], procedure: str, along: int
) -> None:
    """After any walk, with refusals in between: what is cached is what a rebuild gives."""
    desk.on = date(2016, 10, 8)
    case, schedule = mass(
        desk,
        store,
        rows((1, "P1", "red", 1), (1, "P2", "red", 1), (2, "", "red", 1), (3, "", "red", 1)),
        procedure,
    )
    for kind in ("notify", "serve", "waive", "decide", "serve_decision")[:along]:
        if kind == "decide":
            desk.do(case, kind, schedule=schedule)
        else:
            on_all(desk, store, schedule, kind, [1, 2] if kind == "waive" else None)
    for kind, subject, days in attempts:
        desk.wait(days)
        detail: dict[str, Any] = {}
        if kind == "answer_objection":
            detail["objection"] = (
                Act.objects.filter(case=case, kind="object", subject=subject)
                .values_list("pk", flat=True)
                .last()
            )
        if kind == "review":
            detail["review_on"] = "2017-10-01"
        try:
            if kind == "serve_decision" and subject is not None:
                on_all(desk, store, schedule, kind, [subject])
            else:
                desk.do(case, kind, detail, schedule=schedule, subject=subject)
        except ChengxinError as refused:
            assert refused.sentence("zh") and refused.hint("en")
    cached = {key: value for key, value in standpoints.cached().items() if key[0] == case.pk}
    standpoints.rebuild()
    assert cached == {key: value for key, value in standpoints.cached().items() if key[0] == case.pk}
    for act in Act.objects.filter(case=case):
        assert act.kind in EDGES
