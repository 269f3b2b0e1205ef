"""The oracle of tellings sees what it should: one thing wrong at a time."""

from __future__ import annotations

import json
from typing import Any

from tests.house import oracle, oracle_told
from tests.house.oracle_told import opaque

TODAY = "2026-06-01"
NAME = "7:3:no_loan::0"
ENDED = (7, 3, "no_loan", "", 0, "2026-04-10", "2026-05-06", False, False)
RUNS = (*ENDED[:6], "2027-04-10", False, False)


def state(until: str = "2026-05-06", *, ended: bool = True, marked: bool = False) -> str:
    return json.dumps({"until": until, "ended": ended, "marked": marked, "frozen": False})


BEGAN = ("water", NAME, 1, "came_into_force", state("2027-04-10", ended=False), "acknowledged", True, "held")
OVER = ("water", NAME, 2, "ended", state(), "acknowledged", True, "taken_back")
RECALLED = (9, opaque(NAME), "ended", state(), True)


def told(
    standing: list[Any], deliveries: list[Any], asked: list[Any] | None = None, *, settled: bool = True
) -> int:
    tables = {oracle_told.LINES: standing, oracle_told.TOLD: deliveries, oracle_told.ASKED: asked or []}
    return len(oracle_told.unrecalled(tables.__getitem__, TODAY, settled=settled))


def test_whoever_was_told_has_to_hear_of_the_end() -> None:
    assert told([ENDED], [BEGAN, OVER], [RECALLED]) == 0
    assert told([RUNS], [BEGAN]) == 0
    assert told([ENDED], [BEGAN]) == 1
    assert told([], [BEGAN]) == 1
    assert told([ENDED], [BEGAN, (*OVER[:5], "sent", True, "")]) == 1
    assert told([ENDED], [BEGAN, (*OVER[:5], "waiting", False, "")]) == 1
    assert told([ENDED], [BEGAN, (*OVER[:5], "waiting", False, "")], settled=False) == 0
    untold = (*BEGAN[:5], "waiting", False, "")
    assert told([ENDED], [untold]) == 0, "who never heard of it need not hear of its end"


def test_a_mark_is_told_too() -> None:
    assert told([(*RUNS[:7], True, False)], [BEGAN]) == 1
    changed = ("water", NAME, 2, "changed", state("2027-04-10", ended=False, marked=True), *BEGAN[5:])
    assert told([(*RUNS[:7], True, False)], [BEGAN, changed]) == 0


def test_who_asked_the_gate_has_to_hear_of_the_end() -> None:
    assert told([ENDED], [], [(9, opaque(NAME), None, None, False)]) == 1
    assert told([ENDED], [], [(9, opaque(NAME), "changed", state(ended=False), True)]) == 1
    assert told([ENDED], [], [(*RECALLED[:4], False)]) == 1
    assert told([RUNS], [], [(9, opaque(NAME), None, None, False)]) == 0
    assert told([ENDED], [], [(9, opaque("another"), "ended", state(), True)]) == 1


def filed(
    kind: str, account: int | None, subject: int | None, until: str = "2026-07-01", **detail: Any
) -> list[str]:
    """Firm 3 has the account 1, its agent 7 the account 2 and, in case 6, a mandate; 8 is somebody else."""
    said = {**({"account": account} if account else {}), **detail}
    given = json.dumps({"account": 1, "agent": 7, "until": until})
    tables: dict[str, list[Any]] = {
        oracle.ACTS: [
            (1, 5, kind, subject, "2026-06-01", None, "a", '["x"]', "{}", json.dumps(said), "b"),
            (9, 6, "give_mandate", None, "2026-05-01", None, "a", '["x"]', "{}", given, "b"),
        ],
        oracle_told.ACCOUNTS: [(1, 3), (2, 7), (4, 8)],
        oracle_told.ABOUT: [(5, 3), (6, 3)],
        oracle_told.SITES: [(11, 3)],
    }
    return oracle_told.intruded(tables.__getitem__)


def test_nobody_files_for_another() -> None:
    assert filed("object", 1, None) == filed("object", 1, 11) == filed("lapse", None, None) == []
    assert filed("serve", 1, None, means="e_service") == []
    for wrong in ((2, None), (4, None), (1, 8), (None, None), (99, None)):
        assert len(filed("object", *wrong)) == 1, wrong
    assert len(filed("serve", 1, None, means="in_person")) == 1


def test_an_agent_files_under_a_mandate_that_still_runs() -> None:
    assert filed("object", 2, None, mandate=9) == []
    assert len(filed("object", 2, None, until="2026-06-01", mandate=9)) == 1, "it is over on that day"
    assert len(filed("object", 4, None, mandate=9)) == 1, "another's mandate"
    assert len(filed("object", 2, None, mandate=1)) == 1, "no such mandate"
    assert len(filed("object", 2, 8, mandate=9)) == 1, "about another party"
