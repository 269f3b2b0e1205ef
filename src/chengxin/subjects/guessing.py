"""Guesses at the subject of a row without a good code. A guess is shown to an official and links nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chengxin.engine.store import Store

from .cards import Card, cards
from .finding import Question, find
from .linkage import follow
from .names import normal, trunk

_PLACE = re.compile(r"^(?:(.{2,3})省)?(?:(.{2,3})市)?(?:(.{1,3})[县区])?(?=.{4})")
"""Where a name begins with the divisions it lies in: they are written, shortened and left out at will."""
_LOOKED_AT = 60
_ALIKE, _FORM, _COUNTY, _CITY, _PROVINCE = 82, 4, 14, 10, 4
"""Points: of likeness of the names, and of what agrees beside it. Together 100."""
_LEAST = 45
"""Points below which a guess would only distract."""


@dataclass(frozen=True)
class Candidate:
    """A guess with its points out of 100 and what they are for."""

    subject: int
    name: str
    code: str
    region: str
    score: int
    reasons: tuple[str, ...]


def candidates(store: Store, name: str, region: str = "", limit: int = 5) -> list[Candidate]:
    """This will guess which organisation a row means by its name and division, the likeliest first."""
    found: dict[int, None] = {}
    for text in _questions(normal(name)):
        for each in find(store.search(), "organisation", Question(text, _LOOKED_AT)):
            found.setdefault(follow(each.subject))
    guesses = [_weigh(card, normal(name), region) for card in cards(found).values()]
    likely = [guess for guess in guesses if guess.score >= _LEAST]
    return sorted(likely, key=lambda guess: (-guess.score, guess.subject))[:limit]


def _questions(folded: str) -> Iterator[str]:
    """This will give what to look for: the name, without its legal form, and without its place as well."""
    stem = trunk(folded)
    yield from dict.fromkeys(text for text in (folded, stem, _PLACE.sub("", stem)) if len(text) > 1)


def _weigh(card: Card, folded: str, region: str) -> Candidate:
    names = [card.name, *(former.text for former in card.former), *card.others]
    name = max(names, key=lambda text: _likeness(normal(text), folded))
    alike = _likeness(normal(name), folded)
    reasons, score = [f"alike:{alike}"], _ALIKE * alike // 100
    if normal(name) == folded:
        reasons = ["exact"]
    if name != card.name:
        reasons.append("former" if name not in card.others else "other")
    if _form(normal(name)) == _form(folded):
        score += _FORM
    elif alike == 100:
        reasons.append("form")
    for length, points, reason in ((6, _COUNTY, "county"), (4, _CITY, "city"), (2, _PROVINCE, "province")):
        if region and card.region[:length] == region[:length]:
            return Candidate(card.id, card.name, card.code, card.region, score + points, (*reasons, reason))
    return Candidate(card.id, card.name, card.code, card.region, score, tuple(reasons))


def _form(folded: str) -> str:
    return folded[len(trunk(folded)) :]


def _likeness(one: str, other: str) -> int:
    """This will give the share, in per cent, of neighbours that two trunks have in common (Dice).

    Once with the names of places in full and without 省, 市, 县 and 区, once without places: the greater counts.
    """
    first, second = trunk(one), trunk(other)
    return max(_shared(_short(first), _short(second)), _shared(_PLACE.sub("", first), _PLACE.sub("", second)))


def _short(folded: str) -> str:
    return _PLACE.sub(lambda place: "".join(part or "" for part in place.groups()), folded)


def _shared(one: str, other: str) -> int:
    first, second = _neighbours(one), _neighbours(other)
    return 200 * len(first & second) // max(1, len(first) + len(second))


def _neighbours(folded: str) -> set[str]:
    return {folded[at : at + 2] for at in range(len(folded) - 1)} | {folded[:1]}
