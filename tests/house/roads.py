"""How far a walk goes, on which roads, what it found, and the log of a long one.

The gate walks a few thousand acts on the same roads each time. By hand, on new ones, as far as one likes::

    CHENGXIN_WALK_ACTS=1000000 HYPOTHESIS_PROFILE=seek CHENGXIN_WALK_LOG=walk.log \\
        python -m pytest tests/house/test_law_02.py -k whatever

A finding is logged with its seed and all that was tried; the walk goes on, and fails at its end.
"""

from __future__ import annotations

import os
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, SystemRandom

LENGTHS = (10, 30, 80)
ACTS_IN_GATE = 4_000
GATE = 2026
"""The seed of the gate's roads."""
EVERY = 25
"""Sequences between two lines of the log."""
MOST = 5
"""Findings after which one has seen enough."""

Sequence = Callable[[int, int], Counter[str]]
"""Walks one sequence (seed, length), judges it, and says what came through; fails with all that was tried."""


def acts_asked(share: int = 1) -> int:
    """How many acts to draw in all; ``share``: how many times less a dearer walk draws."""
    return int(os.environ.get("CHENGXIN_WALK_ACTS", ACTS_IN_GATE)) // share


@dataclass
class Roads:
    """The sequences of one walk, and what came of them."""

    asked: int
    came: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        new = os.environ.get("HYPOTHESIS_PROFILE") == "seek"
        self.seed = SystemRandom().getrandbits(32) if new else GATE
        self.log = os.environ.get("CHENGXIN_WALK_LOG", "")
        self.begun = time.process_time()

    def walk(self, sequence: Sequence, lengths: tuple[int, ...] = LENGTHS) -> Counter[str]:
        """This will walk until so many acts were drawn, and fail with what was found on the way."""
        draw = Random(self.seed)
        self._say(f"roads {self.seed}: {self.asked} acts")
        while self.came["drawn"] < self.asked and len(self.found) < MOST:
            seed, length = draw.getrandbits(32), draw.choice(lengths)
            try:
                self.came.update(sequence(seed, length))
            except Exception:  # whatever breaks is a finding: it is told with its seed, and the walk goes on
                self.found.append(f"seed {seed}, length {length}\n{traceback.format_exc()}")
                self._say(self.found[-1])
                self.came["drawn"] += length
            self.came["sequences"] += 1
            if self.came["sequences"] % EVERY == 0:
                self._say(self._stands())
        self._say(f"over: {self._stands()} {dict(self.came)}")
        assert not self.found, "\n\n".join(self.found)
        return self.came

    def _stands(self) -> str:
        drawn, seconds = self.came["drawn"], time.process_time() - self.begun
        return (
            f"{drawn} of {self.asked} acts in {self.came['sequences']} sequences, {self.came['refused']} refused, "
            f"{self.came['effects']} effects, {len(self.found)} found; {seconds:.0f} s of one core, "
            f"{drawn / seconds:.0f} acts/s"
        )

    def _say(self, text: str) -> None:
        if self.log:
            with Path(self.log).open("a", encoding="utf-8") as written:
                written.write(f"{text}\n")
