"""The oracle of terms sees what it should: one thing wrong at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.house import oracle, oracle_terms

REASONS = {"exhibits": [1]}
ROAD: list[tuple[Any, ...]] = [
    ("propose", 1, {}, {}),
    ("legal_review", 2, {"opinion": "agree"}, REASONS),
    ("serve", 1, {}, {}),
    ("decide", 3, {}, {}),
    ("serve_decision", 1, {}, {}),
    ("answer_objection", 1, {"apology_by": "2026-05-12"}, {}),
    ("shorten", 3, {"was": "2029-03-31", "until": "2027-03-31"}, {}),
    ("suspend", 3, {"article": "gone#1"}, {}),
    ("apologise", 1, {"told": []}, {}),
    ("revoke", 3, {}, REASONS),
    ("certify", 1, {"told": []}, {}),
]
"""Kind, official, what it says, what it cites: all as it should be."""


def told(*changes: tuple[int, tuple[Any, ...] | None], procedure: str = "ordered") -> list[str]:
    """What the oracle says of the road with some of its acts changed, or left out."""
    road: list[tuple[Any, ...] | None] = list(ROAD)
    for place, act in changes:
        road[place] = act
    acts = [
        (
            number,
            5,
            kind,
            None,
            "2026-05-09",
            official,
            "a",
            '["x#1"]',
            json.dumps(cites),
            json.dumps(detail),
            "b",
        )
        for number, (kind, official, detail, cites) in enumerate((one for one in road if one), 1)
    ]
    rows = {
        oracle.ACTS: acts,
        oracle.STANDING: [],
        oracle_terms.PROCEDURES: [(5, procedure)],
        oracle_terms.HEADS: [(3,)],
    }
    return [
        *oracle_terms.eased(rows.__getitem__, ["ordered"], ["proposed"], lambda name, on: name == "x#1"),
        *oracle_terms.apologised(rows.__getitem__),
        *oracle_terms.unreviewed(rows.__getitem__, ["ordered"]),
    ]


def test_the_road_as_it_should_be_has_nothing_wrong() -> None:
    assert told() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((6, ("shorten", 3, {"was": "2027-03-31", "until": "2029-03-31"}, {})), "prolongs"),
        ((6, ("shorten", 4, {"was": "2029-03-31", "until": "2027-03-31"}, {})), "signed by no head"),
        ((4, None), "shortens what does not bind"),
        ((7, ("suspend", 3, {"article": "x#1"}, {})), "in force"),
        ((5, ("answer_objection", 1, {}, {})), "apologises for nothing"),
        ((9, ("apologise", 1, {"told": []}, {})), "apologises twice"),
        ((8, None), "certifies before the apology"),
        ((9, None), "certifies what still stands"),
        ((8, ("apologise", 1, {"told": [{"to": "a"}]}, {})), "does not say who was told"),
        ((1, ("legal_review", 1, {"opinion": "agree"}, REASONS)), "reviews its own case"),
        ((1, ("legal_review", 2, {"opinion": "agree"}, {})), "without reasons"),
        ((1, ("legal_review", 2, {"opinion": "disagree"}, REASONS)), "decides over the legal review"),
        ((1, None), "decides over the legal review"),
    ],
)
def test_one_thing_wrong_is_said(change: tuple[int, Any], said: str) -> None:
    assert any(said in one for one in told(change)), told(change)


def test_the_clock_shortens_only_what_an_article_orders() -> None:
    by_the_clock = (6, ("shorten", None, {"was": "2029-03-31", "until": "2027-03-31"}, {}))
    assert told(by_the_clock) == []
    assert any("no article orders" in one for one in told(by_the_clock, procedure="proposed"))
    assert any("names no article" in one for one in told(by_the_clock, procedure="plain"))
