"""What is wrong with a declaration: where, what was expected, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chengxin.core.errors import DeclarationError, Language


@dataclass(frozen=True, order=True)
class Mark:
    """A place in a file. Lines count from 1."""

    file: str
    line: int


@dataclass(frozen=True)
class Problem:
    """One problem, with its sentence in both languages under its id."""

    file: str
    line: int
    id: str
    words: dict[str, Any] = field(default_factory=dict)

    def message(self, language: Language = "zh") -> str:
        """This will say what is wrong."""
        return DeclarationError(self.id, **self.words).sentence(language)

    def hint(self, language: Language = "zh") -> str:
        """This will say what to write instead."""
        return DeclarationError(self.id, **self.words).hint(language)

    def error(self) -> DeclarationError:
        """This will give it as the error that ``load`` raises."""
        return DeclarationError(self.id, file=self.file, line=self.line, **self.words)


class Complaints:
    """The list that readers and checks write to, so that one look tells every problem."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str, str], Problem] = {}

    def __call__(self, mark: Mark, id_: str, **words: Any) -> None:
        """This will note a problem; the same one twice is one."""
        problem = Problem(mark.file, mark.line, id_, words)
        self._found.setdefault((mark.file, mark.line, id_, repr(sorted(words.items()))), problem)

    def __len__(self) -> int:
        return len(self._found)

    def in_order(self) -> list[Problem]:
        """This will give them by file and line."""
        return sorted(self._found.values(), key=lambda problem: (problem.file, problem.line, problem.id))
