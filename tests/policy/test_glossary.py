"""Chinese and English do not drift apart: every title of the house keeps to docs/glossary.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from chengxin.policy.house import House, load

PAGE = Path(__file__).parents[2] / "docs" / "glossary.md"
ROW = re.compile(r"^\|([^|]+)\|([^|]+)\|([^|]*)\| (yes|-) \|$")


@cache
def glossary() -> dict[str, tuple[str, ...]]:
    """Each held term with the forms of its English, longest term first."""
    rows = (ROW.match(line) for line in PAGE.read_text("utf-8").splitlines())
    held = [(row[1].strip(), row[2]) for row in rows if row and row[4] == "yes"]
    assert len(dict(held)) == len(held), "a term stands twice"
    return {
        term: tuple(form.strip().lower() for form in forms.split("/"))
        for term, forms in sorted(held, key=_longest)
    }


def _longest(pair: tuple[str, str]) -> int:
    return -len(pair[0])


def titles(house: House) -> Iterator[tuple[str, str, str]]:
    """Every (where, Chinese, English) a person reads."""
    for article in house.articles.values():
        yield article.id, article.title, article.title_en
    for instrument in house.instruments.values():
        yield instrument.id, instrument.title, instrument.title_en
    for item in house.items.values():
        yield item.name, item.title, item.title_en
        for column in item.columns.values():
            yield f"{item.name}.{column.name}", column.title, column.title_en
            for code, choice in column.allowed.items():
                yield f"{item.name}.{column.name}.{code}", choice.zh, choice.en
    yield from _of_programs(house)


def _of_programs(house: House) -> Iterator[tuple[str, str, str]]:
    for key, table in house.values.items():
        yield key, table.title, table.title_en
    for key, procedure in house.procedures.items():
        yield key, procedure.title, procedure.title_en
    for program in house.programs.values():
        yield program.name, program.title, program.title_en
        for named in (*program.effects.values(), *program.pages):
            yield f"{program.name}.{named.name}", named.title, named.title_en


def missing(zh: str, en: str) -> list[str]:
    """The terms of a title whose English does not say them; a longer term hides the shorter in it."""
    found = []
    for term, forms in glossary().items():
        if term in zh:
            zh = zh.replace(term, " ")
            if not any(form in en.lower() for form in forms):
                found.append(f"{term} → {' / '.join(forms)}")
    return found


def test_every_title_keeps_to_the_glossary() -> None:
    drifted = [
        f"{where}: {zh} | {en}: {told}" for where, zh, en in titles(load()) for told in missing(zh, en)
    ]
    assert drifted == []


def test_every_title_is_in_both_languages() -> None:
    for where, zh, en in titles(load()):
        assert zh.strip() and en.strip(), where
        assert not re.search(r"[一-龥]", en), f"{where}: {en}"


@pytest.mark.parametrize(
    ("zh", "en", "drifts"),
    [
        ("行政处罚决定书文号", "Penalty decision number", False),
        ("行政处罚决定书文号", "Punishment letter", True),
        ("移出日期", "Removed on", False),
        ("移出日期", "Deleted on", True),
        ("天气", "Weather", False),
    ],
)
def test_a_drift_is_seen(zh: str, en: str, drifts: bool) -> None:
    assert bool(missing(zh, en)) == drifts
