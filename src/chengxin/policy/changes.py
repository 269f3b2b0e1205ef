"""What a bundle would change: every thing that is added, taken away or worded otherwise, piece by piece.

Nothing is summed up: whoever confirms reads each article, item, value, procedure and line of a rule that differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import ndiff
from typing import Any, Final, Literal

from chengxin.policy.codec import to_json
from chengxin.policy.declarations.units import written
from chengxin.policy.house import House
from chengxin.policy.values import Values

SORTS: Final = {
    "instrument": "instruments",
    "article": "articles",
    "item": "items",
    "program": "programs",
    "table": "values",
    "procedure": "procedures",
    "rule": "findings",
}
"""What a house is made of, each with where it stands there."""
How = Literal["added", "removed", "changed"]
_NAMES: Final = ("since", "name", "act")
"""By which of their own words the members of a list are told apart."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``where`` names the piece of the thing; empty: the thing as a whole came or went."""

    sort: str
    name: str
    title: str
    title_en: str
    how: How
    where: str = ""
    was: str = ""
    now: str = ""


def changes(before: House, after: House) -> list[Change]:
    """This will give every difference between two houses, sort by sort, in the order of their names."""
    return [
        change
        for sort, room in SORTS.items()
        for name in sorted({*getattr(before, room), *getattr(after, room)})
        for change in _between(sort, name, getattr(before, room).get(name), getattr(after, room).get(name))
    ]


def _between(sort: str, name: str, was: Any, now: Any) -> Iterator[Change]:
    if was == now:
        return
    known = was if now is None else now
    title, title_en = getattr(known, "title", name), getattr(known, "title_en", name)
    if was is None or now is None:
        whole = "\n".join(f"{where}: {said}" for where, said in _pieces(known).items() if said)
        yield (
            Change(sort, name, title, title_en, "added", now=whole)
            if was is None
            else Change(sort, name, title, title_en, "removed", was=whole)
        )
        return
    old, new = _pieces(was), _pieces(now)
    for where in dict.fromkeys((*old, *new)):
        if old.get(where) != new.get(where):
            said = _lines(old.get(where, ""), new.get(where, ""))
            yield Change(sort, name, title, title_en, "changed", where, *said)


def _pieces(declared: Any) -> dict[str, str]:
    if isinstance(declared, Values):
        return dict(_cells(declared))
    return dict(_flat(to_json(declared), ""))


def _cells(table: Values) -> Iterator[tuple[str, str]]:
    yield from (("title", table.title), ("title_en", table.title_en))
    yield from (("unit", table.unit), ("basis", table.basis))
    for word, cells in (("", table.cells), ("minimum ", table.minimum)):
        for name, regions in cells.items():
            for region, held in regions.items():
                for cell in held:
                    until = f" –{cell.until}" if cell.until else ""
                    said = (
                        f"{written(cell.value, table.unit)}{until} {cell.basis} {cell.status} {cell.source}"
                    )
                    yield f"{word}{name} {region} {cell.since}".replace("  ", " "), said.strip()


def _flat(told: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(told, Mapping):
        for key, inner in told.items():
            yield from _flat(inner, f"{path}/{key}" if path else key)
    elif isinstance(told, list) and any(isinstance(one, (list, Mapping)) for one in told):
        for number, inner in enumerate(told):
            key, said = _member(number, inner)
            yield from _flat(said, f"{path}/{key}")
    elif isinstance(told, list):
        yield path, ", ".join(map(str, told))
    else:
        yield path, "" if told is None else str(told)


def _member(number: int, inner: Any) -> tuple[str, Any]:
    """A pair of a dict that was written as a list, a thing with a name of its own, or one of many."""
    if isinstance(inner, list) and len(inner) == 2 and isinstance(inner[0], str):
        return inner[0], inner[1]
    named = (
        next((str(inner[key]) for key in _NAMES if key in inner), "") if isinstance(inner, Mapping) else ""
    )
    return named or str(number + 1), inner


def _lines(was: str, now: str) -> tuple[str, str]:
    """Of a text of many lines, a rule, only the lines that differ."""
    if "\n" not in was and "\n" not in now:
        return was, now
    told = list(ndiff(was.splitlines(), now.splitlines()))
    gone, come = ("\n".join(line[2:] for line in told if line.startswith(mark)) for mark in ("- ", "+ "))
    return gone, come
