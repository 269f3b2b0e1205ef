"""Looks that wait at the same time share one commit; each answer still waits for its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from chengxin.ledger.looks.together import Together


def test_whoever_waits_goes_with_the_next_and_nobody_is_lost() -> None:
    groups: list[list[int]] = []
    first_is_writing, go_on = threading.Event(), threading.Event()

    def write(slips: Sequence[int]) -> Sequence[int]:
        groups.append(list(slips))
        first_is_writing.set()
        assert go_on.wait(10)
        return [2 * slip for slip in slips]

    together = Together(write)
    told: dict[int, int] = {}

    def ask(slip: int) -> None:
        told[slip] = together.join(slip)

    threads = [threading.Thread(target=ask, args=(0,))]
    threads[0].start()
    assert first_is_writing.wait(10)
    threads += [threading.Thread(target=ask, args=(n,)) for n in range(1, 20)]
    for thread in threads[1:]:
        thread.start()
    while len(together._waiting) < 19:
        threading.Event().wait(0.001)
    assert groups == [[0]]
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(groups) == 2
    assert sorted(groups[1]) == list(range(1, 20))
    assert told == {n: 2 * n for n in range(20)}


def test_where_it_fails_all_who_shared_it_are_told_and_the_next_goes_on() -> None:
    def write(slips: Sequence[int]) -> Sequence[int]:
        if 13 in slips:
            raise OSError("no room")
        return slips

    together = Together(write)
    with pytest.raises(OSError, match="no room"):
        together.join(13)
    assert together.join(14) == 14
