"""House law 5: what no catalogue item may carry, and what enters only after the subject's consent filing.

The words stand in ``denied.yml`` beside their articles. A column is judged by all its names: its own,
its titles, its aliases, its choices.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from chengxin.policy.items import Column, Item

if TYPE_CHECKING:
    from chengxin.policy.declarations.sources import Sources


@dataclass(frozen=True)
class Rule:
    """Words that betray a kind of data, with what only looks like them."""

    title: str
    title_en: str
    basis: str
    words: re.Pattern[str]
    harmless: re.Pattern[str]

    def found_in(self, text: str) -> str:
        """This will give the telling word in a text, or nothing."""
        told = self.words.search(self.harmless.sub(" ", text.replace("_", " ")))
        return told[0] if told else ""


@cache
def rules() -> dict[str, tuple[Rule, ...]]:
    """This will read the list: ``never``, ``consent`` and ``never_adverse``."""
    declared = yaml.safe_load((Path(__file__).parent / "denied.yml").read_text("utf-8"))
    return {kind: tuple(_rule(each) for each in listed) for kind, listed in declared.items()}


def check_denied(item: Item, sources: Sources) -> None:
    """This will refuse denied data in an item, and consent-only data without consent."""
    address = f"item/{item.name}"
    _check(item, address, (item.title, item.title_en, item.name), item.consent, sources)
    for column in item.columns.values():
        consented = item.consent or (column.consent and column.disclosure == "consent")
        _check(item, f"{address}/{column.name}", _names(column), consented, sources)


def _check(item: Item, address: str, names: Iterable[str], consented: bool, sources: Sources) -> None:
    for kind in ("never", "consent", "never_adverse"):
        if (kind == "consent" and consented) or (kind == "never_adverse" and item.carries != "decision"):
            continue
        for rule in rules()[kind]:
            word = next(filter(None, map(rule.found_in, names)), "")
            if word:
                words = {"word": word, "title": rule.title, "title_en": rule.title_en, "basis": rule.basis}
                sources.complain(sources.at(address), f"denied.{kind}", **words)


def _names(column: Column) -> tuple[str, ...]:
    choices = (name for choice in column.allowed.values() for name in (choice.zh, choice.en, *choice.aliases))
    return (column.name, column.title, column.title_en, *column.aliases, *choices)


def _rule(declared: dict[str, str]) -> Rule:
    harmless = declared.get("harmless") or r"(?!)"
    words = re.compile(declared["words"], re.IGNORECASE)
    return Rule(
        declared["title"], declared["title_en"], declared["basis"], words, re.compile(harmless, re.IGNORECASE)
    )
