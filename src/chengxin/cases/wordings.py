"""What an official text confirms: the wording of an article, or what one table of values says in one region.

An article is known as ``apl-2021#37``; the values of a region as ``sewage_tariff.surcharge@320600``, those of the
nation under its own code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

from chengxin.core.canonical import digest
from chengxin.ledger import regions
from chengxin.policy.articles import Article, Status
from chengxin.policy.bundle import digest_of
from chengxin.policy.codec import to_json
from chengxin.policy.house import House
from chengxin.policy.values import NATION, Cell, Cells, Values

AT: Final = "@"


@dataclass(frozen=True, slots=True)
class Wording:
    """One declared thing as it is worded in a house, with what its official text would confirm."""

    id: str
    declared: Article | Values
    region: str = NATION

    @property
    def citation(self) -> str:
        """This will name it as its book and its page do."""
        if isinstance(self.declared, Article):
            return self.declared.citation
        return f"{self.declared.title}（{self.id}）"

    @property
    def cells(self) -> list[tuple[str, Cell]]:
        """This will give the values it says, each under its name; an article says none."""
        return [] if isinstance(self.declared, Article) else list(_said(self.declared, self.region))

    @property
    def status(self) -> Status:
        """This will say whether it shows as a proposal: of values, as long as one of them does."""
        if isinstance(self.declared, Article):
            return self.declared.status
        return "proposal" if any(cell.status == "proposal" for _, cell in self.cells) else "confirmed"

    @property
    def digest(self) -> str:
        """This will give the hash of the wording: whatever is changed later must be confirmed anew."""
        if isinstance(self.declared, Article):
            return digest_of(self.declared)
        told = [[name, to_json(cell)] for name, cell in self.cells]
        return digest({"values": self.id, "unit": self.declared.unit, "cells": told})


def wording(house: House, name: str) -> Wording | None:
    """This will give what bears a name in a house; None for what it does not have."""
    if AT not in name:
        article = house.articles.get(name)
        return Wording(name, article) if article else None
    key, code = name.split(AT, maxsplit=1)
    region = NATION if code == regions.NATION else code
    table = house.values.get(key)
    said = table is not None and any(_said(table, region))
    return Wording(name, table, region) if table is not None and said else None


def proposals(house: House) -> Iterator[Wording]:
    """This will give all that shows as a proposal: articles first, then the values, region by region."""
    for name, article in house.articles.items():
        if article.status == "proposal":
            yield Wording(name, article)
    for key, table in sorted(house.values.items()):
        for region in sorted({one for held in table.cells.values() for one in held}):
            found = Wording(f"{key}{AT}{region or regions.NATION}", table, region)
            if found.status == "proposal":
                yield found


def confirmed(house: House, name: str, of: str) -> House:
    """This will show one wording as confirmed, if it is still worded as it was signed: ``of`` is its digest."""
    found = wording(house, name)
    if found is None or found.status != "proposal" or found.digest != of:
        return house
    if isinstance(found.declared, Article):
        return replace(house, articles={**house.articles, name: replace(found.declared, status="confirmed")})
    signed = _signed(found.declared, found.region)
    return replace(house, values={**house.values, name.split(AT, maxsplit=1)[0]: signed})


def _said(table: Values, region: str) -> Iterator[tuple[str, Cell]]:
    named = chain(sorted(table.cells.items()), sorted(table.minimum.items()))
    return ((name, cell) for name, held in named for cell in held.get(region, ()))


def _signed(table: Values, region: str) -> Values:
    def over(cells: Cells) -> Cells:
        return {
            name: {
                place: tuple(replace(cell, status="confirmed") for cell in held) if place == region else held
                for place, held in regions_.items()
            }
            for name, regions_ in cells.items()
        }

    return replace(table, cells=over(table.cells), minimum=over(table.minimum))
