"""Strict reading of one mapping: each key is asked for by name and type; what nobody asked for is refused.

A reader goes on after a problem with an empty value of the right type, so that one look tells them all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Literal, TypeVar

from chengxin.core.errors import InputError
from chengxin.core.periods import Period
from chengxin.policy.marked import Node, Scalar, Series, Table
from chengxin.policy.problems import Complaints, Mark

T = TypeVar("T")
C = TypeVar("C", bound=str)

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_BASIS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*#[0-9A-Za-z一-龥().-]+")
_OPERATOR = re.compile(r"[<>=*^%|&!{}$]|[+/]|\s-\s|\b(?:if|and|or|not|case|when|then|else|select|lambda)\b")

Shape = tuple[str, str, str]
"""What was expected, in Chinese and in English, with an example."""
TEXT: Shape = ("一行文字", "one line of text", "title: 一行文字 one line")
CODE: Shape = (
    "代码（字母开头，只含字母、数字、下划线、点和短横）",
    "a code (letters, digits, _ . -)",
    "administrative_penalty",
)
BASIS: Shape = ("法规文件编号#条号", "instrument#article", "basis: apl-2021#44")
DAY: Shape = ("日期", "a date", "2016-01-01")
PERIOD: Shape = ("期限", "a period", "5 wd")
FLAG: Shape = ("true 或 false", "true or false", "required: true")
WHOLE: Shape = ("整数", "a whole number", "max_length: 200")
LIST: Shape = ("列表", "a list", "reporters: [environment]")
TABLE: Shape = ("键值表", "a mapping", "columns: {uscc: {title: 统一社会信用代码, type: identifier}}")
REGION: Shape = ("六位行政区划代码", "a division code of six digits", '"320600"')


class Page:
    """One mapping being read. ``close`` refuses the keys nobody asked for."""

    def __init__(self, table: Table, complain: Complaints) -> None:
        self.table = table
        self.complain = complain
        self._asked: dict[str, None] = {}

    def mark(self, key: str | None = None) -> Mark:
        """This will give the place of a key, or of the mapping itself."""
        return self.table.keys.get(key or "", self.table.mark)

    def close(self) -> None:
        """This will refuse every key that was not asked for."""
        for key, mark in self.table.keys.items():
            if key not in self._asked:
                self.complain(mark, "policy.unknown_key", key=key, known=", ".join(self._asked))

    def node(self, key: str, shape: Shape, *, required: bool = True) -> Node | None:
        """This will give what stands under a key; a missing required one is complained of."""
        self._asked[key] = None
        found = self.table.entries.get(key)
        if found is None or (isinstance(found, Scalar) and found.is_null):
            if required:
                example = f"{key}: {shape[2].rpartition(': ')[2] if shape != TABLE else '{…}'}"
                self.complain(self.mark(), "policy.missing_key", key=key, **_words((*shape[:2], example)))
            return None
        return found

    def text(self, key: str, *, required: bool = True) -> str:
        """This will read prose: any one line."""
        return self._scalar(key, required, TEXT, lambda text: text, "")

    def code(self, key: str, *, required: bool = True) -> str:
        """This will read a name of the machine's."""
        return self._scalar(key, required, CODE, _code, "")

    def basis(self, key: str = "basis", *, required: bool = True) -> str:
        """This will read ``instrument#article``."""
        return self._scalar(key, required, BASIS, _basis, "")

    def day(self, key: str) -> date:
        """This will read a date that must be there."""
        return self._scalar(key, True, DAY, read_day, date.min)

    def day_or_none(self, key: str) -> date | None:
        """This will read a date that may be missing."""
        return self._scalar(key, False, DAY, read_day, None)

    def period(self, key: str, *, required: bool = True) -> str:
        """This will read a period and give it as it is written canonically: ``5 wd``."""
        return self._scalar(key, required, PERIOD, lambda text: str(Period.parse(text)), "")

    def flag(self, key: str) -> bool:
        """This will read true or false; missing is false."""
        return self._scalar(key, False, FLAG, _flag, False)

    def whole(self, key: str) -> int | None:
        """This will read a whole number that may be missing."""
        return self._scalar(key, False, WHOLE, _whole, None)

    def choice(self, key: str, options: Sequence[C], default: C | None = None) -> C:
        """This will read one of the options; without a default it must be there."""
        listed = " | ".join(options)
        shape = (f"其中之一：{listed}", f"one of: {listed}", f"{key}: {options[0]}")
        return self._scalar(
            key, default is None, shape, _one_of(options), options[0] if default is None else default
        )

    def texts(self, key: str) -> tuple[str, ...]:
        """This will read a list of texts; missing is empty."""
        return tuple(scalar.text for scalar in self._series(key, required=False))

    def codes(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """This will read a list of codes."""
        return tuple(self.typed(scalar, CODE, _code, "") for scalar in self._series(key, required=required))

    def choices(self, key: str, options: Sequence[C]) -> tuple[C, ...]:
        """This will read a list of options."""
        listed = " | ".join(options)
        shape = (f"其中之一：{listed}", f"one of: {listed}", options[0])
        read = (
            self.typed(scalar, shape, _one_of(options), None) for scalar in self._series(key, required=False)
        )
        return tuple(option for option in read if option is not None)

    def groups(self, key: str) -> Iterator[tuple[Mark, tuple[str, ...]]]:
        """This will read a list of lists of codes, each with its place."""
        for node in self.nodes(key):
            if not isinstance(node, Series):
                self.expected(node, LIST)
                continue
            scalars = [each for each in node.nodes if isinstance(each, Scalar)]
            yield node.mark, tuple(self.typed(scalar, CODE, _code, "") for scalar in scalars)

    def nodes(self, key: str, *, required: bool = False) -> tuple[Node, ...]:
        """This will give the members of a list."""
        node = self.node(key, LIST, required=required)
        if node is None:
            return ()
        if not isinstance(node, Series):
            self.expected(node, LIST)
            return ()
        if required and not node.nodes:
            self.expected(node, LIST)
        return node.nodes

    def page(self, key: str, *, required: bool = True) -> Page | None:
        """This will give the mapping under a key."""
        node = self.node(key, TABLE, required=required)
        return self.opened(node) if node is not None else None

    def pages(self, key: str) -> Iterator[Page]:
        """This will give the mappings of a list."""
        for node in self.nodes(key):
            page = self.opened(node)
            if page is not None:
                yield page

    def entries(self) -> Iterator[tuple[str, Mark, Node]]:
        """This will give every key with its place and what stands under it, as asked for."""
        for key, node in self.table.entries.items():
            self._asked[key] = None
            yield key, self.table.keys[key], node

    def opened(self, node: Node) -> Page | None:
        """This will open a mapping; anything else is complained of."""
        if isinstance(node, Table):
            return Page(node, self.complain)
        self.expected(node, TABLE)
        return None

    def typed(self, node: Node, shape: Shape, read: Callable[[str], T], empty: T) -> T:
        """This will give a scalar its type, or complain of what was expected and give ``empty``."""
        if not isinstance(node, Scalar):
            self.expected(node, shape)
            return empty
        try:
            return read(node.text.strip())
        except (ValueError, InputError):
            self.expected(node, shape)
            return empty

    def expected(self, node: Node, shape: Shape) -> None:
        """This will complain of what stands there; an expression is told where it belongs."""
        text = node.text if isinstance(node, Scalar) else {Series: "[…]", Table: "{…}"}[type(node)]
        computed = isinstance(node, Scalar) and _OPERATOR.search(node.text)
        self.complain(
            node.mark, "policy.operator" if computed else "policy.expected", text=text, **_words(shape)
        )

    def _series(self, key: str, *, required: bool) -> Iterator[Scalar]:
        for node in self.nodes(key, required=required):
            if isinstance(node, Scalar):
                yield node
            else:
                self.expected(node, TEXT)

    def _scalar(self, key: str, required: bool, shape: Shape, read: Callable[[str], T], empty: T) -> T:
        node = self.node(key, shape, required=required)
        return empty if node is None else self.typed(node, shape, read, empty)


def is_code(text: str) -> bool:
    """This will say whether a text is a name of the machine's."""
    return _CODE.fullmatch(text) is not None


def _words(shape: Shape) -> dict[Literal["expected_zh", "expected_en", "example"], str]:
    return {"expected_zh": shape[0], "expected_en": shape[1], "example": shape[2]}


def _code(text: str) -> str:
    if not is_code(text):
        raise ValueError(text)
    return text


def _basis(text: str) -> str:
    if not _BASIS.fullmatch(text):
        raise ValueError(text)
    return text


def _flag(text: str) -> bool:
    return _one_of(("true", "false"))(text) == "true"


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError(text)
    return int(text)


def read_day(text: str) -> date:
    """This will read ``2016-01-01`` and no other way of writing a date."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _one_of(options: Sequence[C]) -> Callable[[str], C]:
    def read(text: str) -> C:
        found = next((option for option in options if option == text), None)
        if found is None:
            raise ValueError(text)
        return found

    return read
