"""The road of due process as a pure fold: what may follow what, and where a matter stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.cases.edges import EDGES, ENDED, TITLES, State, check, may_follow
from chengxin.cases.fold import Point, fold, fold_row, step
from chengxin.core.errors import RefusedByLaw

DAY = date(2016, 10, 8)


@dataclass(frozen=True)
class Did:
    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    id: int = 1
    on: date = DAY
    subject: int | None = None


def road(*steps: str | tuple[str, dict[str, Any]], subject: int | None = None, first: int = 1) -> list[Did]:
    pairs = [(one, {}) if isinstance(one, str) else one for one in steps]
    return [
        Did(kind, detail, first + n, DAY + timedelta(days=n), subject)
        for n, (kind, detail) in enumerate(pairs)
    ]


SERVED = ("serve", {"statement_until": "2016-10-17"})
DECIDED = ("decide", {"from": "2016-11-01", "exit": "repair", "review_on": "2017-11-01"})


def test_the_whole_road_of_an_adverse_decision() -> None:
    point = fold(road("propose", "notify", SERVED, "state", "answer", DECIDED, "serve_decision"))
    assert point.state is State.IN_FORCE
    assert (point.in_force_from, point.review_on) == (date(2016, 11, 1), date(2017, 11, 1))
    assert point.heard


def test_a_decision_before_notice_is_refused_and_the_refusal_teaches() -> None:
    with pytest.raises(RefusedByLaw) as refused:
        fold(road("decide"))
    said = "propose, receive, propose_adoption, adopt, confirm_text, issue_bill, give_mandate, withdraw_mandate, "
    said += "return_bill"
    assert refused.value.sentence("en") == f"'decide' cannot follow 'open'; what may come next: {said}"


def test_a_proposal_must_be_notified_before_it_is_decided() -> None:
    with pytest.raises(RefusedByLaw, match="'decide' cannot follow 'proposed'"):
        fold(road("propose", "decide"))


def test_what_burdens_nobody_may_be_decided_at_once() -> None:
    point = fold(road(("propose", {"adverse": False}), DECIDED))
    assert point.state is State.IN_FORCE


def test_service_after_the_promised_day_binds_from_service() -> None:
    late = [*road("propose", "notify", SERVED, "waive", ("decide", {"from": "2016-10-09"}), "serve_decision")]
    assert fold(late).in_force_from == late[-1].on


def test_objection_marks_at_once_and_freezes_only_where_the_article_says_so() -> None:
    bound = road("propose", "notify", SERVED, "waive", DECIDED, "serve_decision")
    marked = fold([*bound, Did("object", {"on_objection": "mark"}, 20)])
    frozen = fold([*bound, Did("object", {"on_objection": "freeze"}, 20)])
    silent = fold([*bound, Did("object", {"on_objection": "none"}, 20)])
    assert (marked.state, marked.marked) == (State.IN_FORCE, True)
    assert (frozen.state, frozen.marked) == (State.FROZEN, True)
    assert (silent.state, silent.marked) == (State.IN_FORCE, False)
    thawed = step(frozen, Did("answer_objection", {"objection": 20}, 21))
    assert (thawed.state, thawed.marked) == (State.IN_FORCE, False)


def test_an_objection_nobody_made_cannot_be_answered() -> None:
    bound = road("propose", "notify", SERVED)
    with pytest.raises(RefusedByLaw, match="no open objection numbered 7"):
        fold([*bound, Did("answer_objection", {"objection": 7}, 9)])


def test_the_repair_of_one_part_leaves_the_other_in_force() -> None:
    bound = road("propose", "notify", SERVED, "waive", DECIDED, "serve_decision")
    one = fold([*bound, Did("repair", {"part": "P1", "partial": True, "ends_on": "2016-12-01"}, 9)])
    assert one.state is State.IN_FORCE
    both = step(one, Did("repair", {"part": "P2", "partial": False, "ends_on": "2017-01-01"}, 10))
    assert (both.state, both.ends_on) == (State.REPAIRED, date(2017, 1, 1))


def whole(*kinds: str | tuple[str, dict[str, Any]], first: int) -> list[Did]:
    return road(*kinds, first=first)


def test_a_mass_decision_carries_only_the_rows_that_were_heard() -> None:
    acts = [
        Did("propose", {"adverse": False}, 1),
        *[Did("notify", {}, 2 + row, subject=row) for row in (1, 2, 3)],
        *[Did("serve", {"statement_until": "2016-10-17"}, 10 + row, subject=row) for row in (1, 2, 3)],
        Did("state", {}, 20, subject=2),
        Did("state", {}, 21, subject=3),
        Did("answer", {}, 22, subject=3),
        Did("decide", {"until": "2017-11-01"}, 30, on=date(2016, 10, 18)),
    ]
    states = {row: fold_row(acts, row).state for row in (1, 2, 3, 4)}
    assert states == {
        1: State.DECIDED,
        2: State.STATED,
        3: State.DECIDED,
        4: State.PROPOSED,
    }, "2 waits for its answer, 4 was never told: neither is bound"
    served = [*acts, Did("serve_decision", {}, 31, subject=1)]
    assert fold_row(served, 1).state is State.IN_FORCE
    assert fold_row(served, 3).state is State.DECIDED, "each row binds from its own service"
    assert fold_row(acts, 9, adverse=False).state is State.IN_FORCE, "a favourable row needs no service"


def test_on_the_last_day_to_state_a_row_is_not_yet_decided() -> None:
    acts = [
        Did("propose", {"adverse": False}, 1),
        Did("notify", {}, 2, subject=1),
        Did("serve", {"statement_until": "2016-10-17"}, 3, subject=1),
        Did("decide", {}, 4, on=date(2016, 10, 17)),
    ]
    assert fold_row(acts, 1).state is State.SERVED


def test_every_state_has_a_name_and_every_edge_a_sentence_and_an_anchor() -> None:
    assert set(TITLES) == set(State)
    for edge in EDGES.values():
        assert edge.zh and edge.en and "#" in edge.anchor


def test_what_has_ended_never_comes_back() -> None:
    for state in ENDED:
        assert all(EDGES[act].after is None for act in may_follow(state))


KINDS = st.sampled_from(sorted(EDGES))


@given(st.lists(KINDS, max_size=40), st.booleans())
def test_any_walk_keeps_to_the_drawing(kinds: list[str], adverse: bool) -> None:
    """Whatever is tried: a step is taken exactly where the drawing has an edge, and nothing binds unheard."""
    point = Point(adverse=adverse)
    seen: list[str] = []
    for n, kind in enumerate(kinds, 1):
        detail: dict[str, Any] = {"duty": "price", "statement_until": "2016-10-17"}
        detail |= {"clock": "step", "runs_out_on": "2016-10-17"}
        if kind in {"route", "answer_objection"} and point.objections:
            detail["objection"] = point.objections[0].act
        try:
            moved = step(point, Did(kind, detail, n))
        except RefusedByLaw:
            continue
        check(kind, point.state, adverse=adverse)
        point = moved
        seen.append(kind)
        if point.adverse and point.road is State.IN_FORCE:
            assert {"notify", "serve", "decide", "serve_decision"} <= set(seen)


def test_every_anchor_is_an_article_of_the_shipped_law() -> None:
    from chengxin.policy.house import load

    articles = load().articles
    assert {edge.anchor for edge in EDGES.values()} <= set(articles)
