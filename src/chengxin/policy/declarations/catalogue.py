"""``catalogue/*.yml``: one item a file, named by the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Literal

from chengxin.core.identifiers import SCHEMES
from chengxin.core.periods import Period
from chengxin.policy.declarations.sources import Sources
from chengxin.policy.items import (
    CARRIES,
    COLUMN_TYPES,
    DISCLOSURES,
    SUBJECT_KINDS,
    Carries,
    Choice,
    Column,
    Disclosure,
    Item,
    Proof,
)
from chengxin.policy.page import Page

FREQUENCIES = ("at_once", "daily", "weekly", "monthly", "quarterly", "half-yearly", "yearly")
UNCHECKED_SCHEMES = (
    "taxno",
    "passport",
    "permit_foreign",
    "plant",
    "water_account",
    "shop",
    "lot",
    "household",
)
MONEY_UNITS = ("", "元", "万元")


@dataclass(frozen=True)
class _Above:
    """What a column takes over from its item."""

    item: str
    basis: str
    disclosure: Disclosure


def read_catalogue(paths: Sequence[Path], sources: Sources) -> dict[str, Item]:
    """This will read every item, complaining of what is wrong."""
    items: dict[str, Item] = {}
    for path in sources.files(paths):
        page = sources.page(path)
        if page is None:
            continue
        if path.stem in items:
            sources.complain(page.mark(), "policy.declared_twice", name=path.stem)
        item = _item(path.stem, page, sources)
        items[item.name] = item
        page.close()
        _check_columns(item, page)
    return items


def _item(name: str, page: Page, sources: Sources) -> Item:
    sources.place(
        f"item/{name}", page, "basis", "columns", "consent", "title", "disclosure", "carries", "proves"
    )
    carries: Carries | Literal[""] = page.choice("carries", ("", *CARRIES), "")
    above = _Above(name, page.basis(), page.choice("disclosure", DISCLOSURES))
    return Item(
        name=name,
        title=page.text("title"),
        title_en=page.text("title_en"),
        about=page.choice("about", SUBJECT_KINDS),
        basis=above.basis,
        reporters=page.codes("reporters", required=True),
        disclosure=above.disclosure,
        retention=page.period("retention"),
        frequency=_frequency(page),
        columns=_columns(above, page, sources),
        carries=carries or None,
        proves=_proof(page),
        keys=page.codes("keys", required=True),
        required_one_of=tuple(group for _, group in page.groups("required_one_of")),
        identifies=_identifies(page),
        name_column=page.code("name_column", required=False),
        region_column=page.code("region_column", required=False),
        valid_from=page.code("valid_from", required=False),
        valid_to=page.code("valid_to", required=False),
        registers=page.flag("registers"),
        ignores=page.texts("ignores"),
        title_template=page.text("title_template", required=False),
        consent=page.flag("consent"),
    )


def _frequency(page: Page) -> str:
    """This will read how often it is reported: a word, or the time after the event, ``within 7 wd``."""
    listed = " | ".join(FREQUENCIES)
    shape = (f"{listed} | within 期限", f"{listed} | within a period", "frequency: within 7 wd")
    node = page.node("frequency", shape)
    return page.typed(node, shape, _read_frequency, "") if node is not None else ""


def _read_frequency(text: str) -> str:
    if text in FREQUENCIES:
        return text
    word, _, period = text.partition(" ")
    if word != "within":
        raise ValueError(text)
    return f"within {Period.parse(period)}"


def _proof(page: Page) -> Proof | None:
    each = page.page("proves", required=False)
    if each is None:
        return None
    proof = Proof(
        document=each.code("document"),
        decided_on=each.code("decided_on"),
        ends_on=each.code("ends_on", required=False),
        exit=each.code("exit", required=False),
        maker=each.code("maker", required=False),
    )
    each.close()
    return proof


def _identifies(page: Page) -> tuple[tuple[str, str], ...]:
    pairs: list[tuple[str, str]] = []
    for mark, pair in page.groups("identifies"):
        if len(pair) == 2:
            pairs.append((pair[0], pair[1]))
        else:
            example = "identifies: [[uscc, uscc]]"
            expected = {"expected_zh": "[标识体系, 列]", "expected_en": "[scheme, column]"}
            page.complain(mark, "policy.expected", text=", ".join(pair), example=example, **expected)
    return tuple(pairs)


def _columns(above: _Above, page: Page, sources: Sources) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    listed = page.page("columns")
    for name, mark, node in listed.entries() if listed else ():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            page.complain(mark, "item.column_name", column=name)
        each = page.opened(node)
        if each is not None:
            columns[name] = _column(above, name, each, sources)
            sources.marks[f"item/{above.item}/{name}"] = mark
            each.close()
    return columns


def _column(above: _Above, name: str, page: Page, sources: Sources) -> Column:
    sources.place(f"item/{above.item}/{name}", page, "basis")
    column = Column(
        name=name,
        title=page.text("title"),
        title_en=page.text("title_en"),
        type=page.choice("type", COLUMN_TYPES),
        basis=page.basis(required=False) or above.basis,
        disclosure=page.choice("disclosure", DISCLOSURES, above.disclosure),
        scheme=page.code("scheme", required=False),
        unit=page.text("unit", required=False),
        required=page.flag("required"),
        allowed=_allowed(page),
        aliases=page.texts("aliases"),
        example=page.text("example", required=False),
        max_length=page.whole("max_length"),
        consent=page.flag("consent"),
    )
    for refused, id_, words in _column_rules(column):
        if refused:
            page.complain(page.mark(), id_, column=name, **words)
    return column


def _column_rules(column: Column) -> tuple[tuple[bool, str, dict[str, str]], ...]:
    """This will list what a type needs: a choice its values, an identifier its scheme, and so on."""
    known = (*SCHEMES, *UNCHECKED_SCHEMES)
    return (
        ((column.type == "choice") != bool(column.allowed), "item.choice", {}),
        (
            column.type == "identifier" and column.scheme not in known,
            "item.scheme",
            {"known": ", ".join(known)},
        ),
        (column.type == "quantity" and not column.unit, "item.quantity", {}),
        (column.type == "money" and column.unit not in MONEY_UNITS, "item.money", {}),
    )


def _allowed(page: Page) -> dict[str, Choice]:
    listed = page.page("allowed", required=False)
    found: dict[str, Choice] = {}
    spellings: dict[str, str] = {}
    for code, mark, node in listed.entries() if listed else ():
        each = page.opened(node)
        if each is None:
            continue
        found[code] = Choice(each.text("zh"), each.text("en"), each.texts("aliases"))
        each.close()
        for spelling in (code, found[code].zh, *found[code].aliases):
            if spellings.setdefault(spelling, code) != code:
                page.complain(mark, "item.spelling_twice", spelling=spelling, first=spellings[spelling])
    return found


def _check_columns(item: Item, page: Page) -> None:
    """This will refuse names of columns that the item does not have, and headers that mean two columns."""
    for key, names in _named_columns(item):
        for name in names:
            if name and name not in item.columns:
                known = ", ".join(item.columns)
                page.complain(page.mark(key), "item.no_column", key=key, column=name, known=known)
    headers: dict[str, str] = {}
    for column in item.columns.values():
        for header in {column.name, column.title, *column.aliases}:
            if headers.setdefault(header, column.name) != column.name:
                words = {"header": header, "first": headers[header], "second": column.name}
                page.complain(page.mark("columns"), "item.header_twice", **words)
    for header in item.ignores:
        if header in headers:
            page.complain(page.mark("ignores"), "item.ignores_known", header=header, column=headers[header])


def _named_columns(item: Item) -> tuple[tuple[str, tuple[str, ...]], ...]:
    templated = tuple(name for _, name, _, _ in Formatter().parse(item.title_template) if name)
    return (
        ("keys", item.keys),
        ("required_one_of", tuple(name for group in item.required_one_of for name in group)),
        ("identifies", tuple(column for _, column in item.identifies)),
        ("name_column", (item.name_column,)),
        ("region_column", (item.region_column,)),
        ("valid_from", (item.valid_from,)),
        ("valid_to", (item.valid_to,)),
        ("title_template", templated),
        ("proves", item.proves.columns if item.proves else ()),
    )
