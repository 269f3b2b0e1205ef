"""YAML as text with marks: every scalar stays a string and knows its line; a schema gives it its type later.

``on:`` is the word *on*, ``0.60`` four characters. Twice the same key, an anchor, an alias, a tag or a merge
is refused: a declaration holds names, values, dates and lists, and nothing that refers or computes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from chengxin.policy.problems import Complaints, Mark

_LOADER: type[yaml.CSafeLoader] | type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = ("", "~", "null")


@dataclass(frozen=True)
class Scalar:
    """A text as written, and whether it was quoted."""

    text: str
    quoted: bool
    mark: Mark

    @property
    def is_null(self) -> bool:
        """This will say whether it was left empty or written as null."""
        return not self.quoted and self.text in _NULL


@dataclass(frozen=True)
class Series:
    """A list."""

    nodes: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True)
class Table:
    """A mapping with textual keys, in the order they were written."""

    entries: dict[str, Node]
    keys: dict[str, Mark]
    mark: Mark


Node = Scalar | Series | Table


def read_table(path: Path, complain: Complaints) -> Table | None:
    """This will read a file whose top is a mapping; what is wrong is complained of, and None given."""
    file = shown(path)
    try:
        text = path.read_text("utf-8")
        strange = next(_strange(text, file), None)
        if strange is not None:
            complain(strange, "policy.reference")
            return None
        composed = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError:
        complain(Mark(file, 1), "policy.not_utf8")
        return None
    except yaml.MarkedYAMLError as error:
        line = getattr(error.problem_mark, "line", 0) + 1
        complain(Mark(file, line), "policy.broken", what=error.problem or error.context or "")
        return None
    node = _convert(composed, file, complain) if composed is not None else None
    if not isinstance(node, Table):
        complain(Mark(file, 1), "policy.not_a_mapping")
        return None
    return node


def shown(path: Path) -> str:
    """This will write a path as a person in the working folder would."""
    resolved = path.resolve()
    return str(resolved.relative_to(Path.cwd())) if resolved.is_relative_to(Path.cwd()) else str(resolved)


def _strange(text: str, file: str) -> Iterator[Mark]:
    """This will find anchors, aliases and tags."""
    for event in yaml.parse(text, Loader=_LOADER):
        named = getattr(event, "anchor", None)
        tagged = getattr(event, "tag", None) not in (None, "!")
        if named or tagged:
            yield Mark(file, getattr(event.start_mark, "line", 0) + 1)


def _convert(node: yaml.Node, file: str, complain: Complaints) -> Node:
    mark = Mark(file, node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value, node.style in ("'", '"', "|", ">"), mark)
    if isinstance(node, yaml.SequenceNode):
        return Series(tuple(_convert(each, file, complain) for each in node.value), mark)
    entries: dict[str, Node] = {}
    keys: dict[str, Mark] = {}
    for key, value in node.value:
        place = Mark(file, key.start_mark.line + 1)
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            complain(place, "policy.reference")
        elif key.value in entries:
            complain(place, "policy.duplicate_key", key=key.value, first=keys[key.value].line)
        else:
            entries[key.value], keys[key.value] = _convert(value, file, complain), place
    return Table(entries, keys, mark)
