"""Asking the segments of the index, step by step: the best kind of match first, until there is enough."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from . import tokens
from .names import normal, trunk
from .segments import Group, Opened, manifest

_LOOKED_AT = 100_000
"""Candidates of one step that are looked at, in prominence order. Nearly every one matches, as the pairs of a
word overlap; the bound is for the question that is made to search long."""
_MANY = 900
_LONGEST = 60
"""Characters of a question that are read."""


Row = tuple[int, int, str, int]


@dataclass(frozen=True)
class Found:
    """An entry of the index that was met, and how."""

    subject: int
    name: int
    normal: str
    prominence: int
    reason: str


@dataclass(frozen=True)
class Question:
    """``bounds`` are prefixes of divisions, any of which holds, and ``kinds`` likewise; empty: no bound."""

    text: str
    limit: int
    bounds: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()

    @property
    def enough(self) -> int:
        """Entries to fetch: some may bear several of the names found, or be merged."""
        return self.limit + max(10, self.limit // 4)

    @property
    def words(self) -> list[str]:
        """The folded words: what stands between spaces is found in any order."""
        return [word for word in map(normal, self.text[:_LONGEST].split()) if word]

    @property
    def filters(self) -> list[str]:
        bounds = [tokens.within(self.bounds)] if self.bounds else []
        return [*bounds, tokens.of_kinds(self.kinds)] if self.kinds else bounds

    @property
    def conditions(self) -> list[tuple[str, list[str]]]:
        """The filters as plain SQL, each with its values."""
        asked = []
        if self.bounds:
            either = " or ".join("substr(region, 1, ?) = ?" for _ in self.bounds)
            asked.append(
                (f"({either})", [part for each in sorted(self.bounds) for part in (str(len(each)), each)])
            )
        if self.kinds:
            asked.append((f"kind in ({', '.join('?' for _ in self.kinds)})", sorted(self.kinds)))
        return asked


@dataclass(frozen=True)
class Step:
    """One way of matching: what the index is asked and what an entry must then show."""

    reason: str
    asked: Callable[[tokens.Shares], str] | None
    shows: str
    values: tuple[str, ...]
    looked_at: int = _LOOKED_AT


def find(folder: Path, group: Group, question: Question) -> list[Found]:
    """This will give what matches, the better ways of matching first, each in prominence order."""
    found: list[Found] = []
    for step in _steps(question):
        met = {each.subject for each in found}
        if len(met) >= question.limit or (met and step.reason in ("form", "typo")):
            break
        found += [each for each in _ask(folder, group, step, question) if each.subject not in met]
    return found


def exactly(folder: Path, group: Group, normals: Sequence[str]) -> dict[str, set[int]]:
    """This will give the subjects that ever bore each of many whole names, by the folded name."""
    met: dict[str, set[int]] = {}
    for opened in _open(folder, group):
        for low in range(0, len(normals), _MANY):
            part = normals[low : low + _MANY]
            sql = f"select normal, subject from entry where normal in ({', '.join('?' * len(part))})"
            for folded, subject in opened.connection.execute(sql, part):
                met.setdefault(folded, set()).add(subject)
    return met


def _steps(question: Question) -> Iterator[Step]:
    words = question.words
    if not words:
        return
    yield from _by_name(words)
    letters = "".join(words)
    if letters.isascii() and letters.isalpha() and len(letters) >= 2:
        at = "instr(initials, ?) > 0" if len(letters) > 2 else "initials >= ? and substr(initials, 1, 2) = ?"
        values = (letters,) if len(letters) > 2 else (letters, letters)
        yield Step("initials", partial(tokens.typed, letters), at, values)
        return
    yield from _nearly(letters)


def _by_name(words: Sequence[str]) -> Iterator[Step]:
    whole = "".join(words)
    yield Step("exact", None, "normal = ?", (whole,))
    if len(words) == 1 and len(whole) > 1:
        yield _beginning("begins", whole)
    shows = " and ".join("instr(normal, ?) > 0" for _ in words)
    yield Step("contains", partial(tokens.contains, words), shows, tuple(words))


def _beginning(reason: str, word: str) -> Step:
    return Step(reason, partial(tokens.begins, word), "substr(normal, 1, ?) = ?", (str(len(word)), word))


def _nearly(whole: str) -> Iterator[Step]:
    """This will ask, where nothing was found, for another legal form and for one wrong character."""
    stem = trunk(whole)
    if stem != whole and len(stem) > 1:
        yield _beginning("form", stem)
    if len(whole) > 3:
        patterns = _one_off(whole)
        ways = " or ".join("normal like ?" for _ in patterns)
        yield Step("typo", partial(tokens.mistyped, whole), f"({ways})", patterns, looked_at=5000)


def _one_off(whole: str) -> tuple[str, ...]:
    """This will write the patterns of a word with one character wrong, one too many or one left out."""
    wrong = {f"%{whole[:at]}_{whole[at + 1 :]}%" for at in range(len(whole))}
    many = {f"%{whole[:at]}{whole[at + 1 :]}%" for at in range(len(whole))}
    short = {f"%{whole[:at]}_{whole[at:]}%" for at in range(1, len(whole))}
    return (*sorted(wrong), *sorted(many), *sorted(short))


def _ask(folder: Path, group: Group, step: Step, question: Question) -> list[Found]:
    """This will put a step to every segment and bring the answers into one order."""
    answers = [row for opened in _open(folder, group) for row in _rows(opened, step, question)]
    answers.sort(key=lambda row: (-row[3], row[1]))
    return [Found(*row, reason=step.reason) for row in answers[: question.enough]]


def _rows(opened: Opened, step: Step, question: Question) -> list[Row]:
    """This will ask one segment. A whole name has an index of its own; all else goes by tokens."""
    conditions, values = [step.shows], list(step.values)
    if step.asked:
        source = f"(select rowid as met from words where words match ? order by rowid limit {step.looked_at})"
        source += " cross join entry on at = met"
        values.insert(0, " AND ".join([step.asked(opened.shares), *question.filters]))
    else:
        source = "entry"
        conditions += [condition for condition, _ in question.conditions]
        values += [value for _, bound in question.conditions for value in bound]
    sql = f"select subject, name, normal, prominence from {source} where {' and '.join(conditions)}"
    order = "" if step.asked else " order by at"
    return opened.connection.execute(f"{sql}{order} limit ?", (*values, question.enough)).fetchall()


_mine = threading.local()
"""A thread's open segments: ``{path: Opened}``."""


def _open(folder: Path, group: Group) -> list[Opened]:
    """This will open the segments that hold, once a thread, again if one was replaced meanwhile."""
    mine: dict[Path, Opened] = _mine.__dict__.setdefault("open", {})
    for _ in range(5):
        paths = [folder / segment.file for segment in manifest(folder).of(group)]
        try:
            opened = {path: mine.get(path) or Opened.at(path) for path in paths}
        except sqlite3.OperationalError:
            continue
        for path in [path for path in mine if path.parent == folder and not path.exists()]:
            mine.pop(path).connection.close()
        mine.update(opened)
        return list(opened.values())
    return []
