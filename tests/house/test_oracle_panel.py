"""The judge of panels and hearings sees what it should: one thing wrong at a time, in tables written by hand."""

from __future__ import annotations

import json
from typing import Any

from tests.house import oracle, oracle_panel

MEMBERS = [{"member": name, "interests": [], "clear_of": ["party"]} for name in "abc"]
VOICES = [
    {"member": n, "vote": v, "reasons": 1}
    for n, v in zip("abc", ("support", "oppose", "oppose"), strict=True)
]
ADVICE = {"voices": VOICES, "pro": 1, "contra": 2, "advice": "oppose"}
ASKED = {"plain": (3, frozenset({"party"}))}


def tables(*acts: tuple[str, int | None, dict[str, Any], list[int]], adverse: int = 0) -> Any:
    """Acts ``(kind, row, detail, papers)`` of one list, numbered from 1; ``adverse``: the act an effect binds by."""
    lying = [
        (
            number,
            5,
            kind,
            row,
            "2026-03-02",
            1,
            "a",
            '["x"]',
            json.dumps({"exhibits": papers}),
            json.dumps(said),
            "b",
        )
        for number, (kind, row, said, papers) in enumerate(acts, 1)
    ]
    effect = (9, 7, 7, 5, adverse, None, 1, "e", "x", "a", "2026-03-02", None, "repaired", "2027-03-01", "{}")
    known: dict[str, list[Any]] = {
        oracle.ACTS: lying, oracle.STANDING: [effect] if adverse else [],
        oracle.PROCEDURES: [(5, "plain")], oracle_panel.ABOUT: [(5, None)],
    }  # fmt: skip
    return known.__getitem__


def test_who_sits_and_what_each_says() -> None:
    named = ("convene_panel", 7, {"members": MEMBERS}, [])
    assert oracle_panel.unadvised(tables(named, ("panel_advice", 7, ADVICE, [1])), ASKED) == []
    for members in (
        MEMBERS[:2], [*MEMBERS[:2], MEMBERS[0]], [*MEMBERS[:2], {**MEMBERS[2], "interests": [7]}],
        [*MEMBERS[:2], {**MEMBERS[2], "clear_of": []}],
    ):  # fmt: skip
        assert oracle_panel.unadvised(tables(("convene_panel", 7, {"members": members}, [])), ASKED)
    for said, papers in (
        ({**ADVICE, "voices": VOICES[:2]}, [1]), (ADVICE, []), ({**ADVICE, "advice": "support"}, [1]),
        ({**ADVICE, "pro": 2, "contra": 1}, [1]),
    ):  # fmt: skip
        assert oracle_panel.unadvised(tables(named, ("panel_advice", 7, said, papers)), ASKED)


def test_whom_a_panel_holds_back() -> None:
    named, advised = ("convene_panel", 7, {"members": MEMBERS}, []), ("panel_advice", 7, ADVICE, [1])
    bound = ("serve_decision", 7, {"decision": 3}, [])
    whole, own = ("decide", None, {}, []), ("decide", 7, {}, [1])
    assert oracle_panel.unadvised(tables(named, advised, own, bound, adverse=4), ASKED) == []
    assert len(oracle_panel.unadvised(tables(named, advised, whole, bound, adverse=4), ASKED)) == 1
    assert len(oracle_panel.unadvised(tables(named, named, own, bound, adverse=4), ASKED)) == 1, (
        "it still sat"
    )
    assert len(oracle_panel.unadvised(tables(named, advised, ("decide", 7, {}, [])), ASKED)) == 1


def test_what_a_notice_tells_of_a_hearing() -> None:
    weighs, opened = {"plain": ("fine", 100)}, frozenset({"plain"})

    def said(notice: dict[str, Any], served: dict[str, Any]) -> list[str]:
        told = tables(("notify", 7, notice, []), ("serve", 7, {"served_on": "2026-03-02", **served}, []))
        return oracle_panel.untold(told, weighs, opened)

    small, large = ([{"body": {"fine": n}}, {"fine": 50}] for n in (49, 50))
    assert said({"hearing": True, "lines": large}, {"hearing_until": "2026-03-09"}) == []
    assert said({"hearing": False, "lines": small}, {}) == []
    assert len(said({"hearing": True, "lines": large}, {"hearing_until": "2026-03-06"})) == 1, (
        "four working days"
    )
    assert len(said({"hearing": True, "lines": small}, {"hearing_until": "2026-03-09"})) == 1
    assert len(said({"hearing": True, "lines": large}, {})) == 1
