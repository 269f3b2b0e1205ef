"""Words of the search index: what a name is found by, as texts SQLite's ``ascii`` tokenizer leaves whole.

Every character and every pair of neighbours of the folded name; every three neighbours of its initials; how
it and its initials begin; its kind and the divisions it lies in. Pairs are two characters long and initials
three, so they never meet; what could meet begins with a character of private use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import add

_BEGINS, _TYPED, _WITHIN, _KIND = "\ue000", "\ue001", "\ue002", "\ue003"


def of_name(normal: str, initials: str, region: str, kind: str) -> str:
    """This will give the tokens of one entry of the index; one that comes twice does no harm."""
    words = [*normal, *map(add, normal, normal[1:])]
    words += map("".join, zip(initials, initials[1:], initials[2:], strict=False))
    words += (_BEGINS + normal[:2], _TYPED + initials[:2], _WITHIN + region[:2], _WITHIN + region[:4])
    words += (_WITHIN + region, _KIND + kind)
    return " ".join(words)


Shares = Mapping[str, int]
"""How many of ten thousand entries bear a token, for the common ones."""

_RARE = 3
"""What a token that is not among the common ones is taken to be borne by."""
_MUCH_MORE = 30
_MOST = 4


def contains(words: Iterable[str], shares: Shares) -> str:
    """This will ask for folded words anywhere in a name."""
    return _all({pair for word in words for pair in pairs(word)}, shares)


def begins(word: str, shares: Shares) -> str:
    """This will ask for names that begin with a folded word of two characters or more."""
    return _all({_BEGINS + word[:2], *pairs(word)}, shares)


def typed(letters: str, shares: Shares) -> str:
    """This will ask for names by initials: anywhere for three letters or more, at the beginning for two."""
    if len(letters) == 2:
        return _all({_TYPED + letters}, shares)
    return _all({letters[at : at + 3] for at in range(len(letters) - 2)}, shares)


def mistyped(word: str, shares: Shares) -> str:
    """This will ask for names that hold a word but for the pairs that touch one of its characters."""
    grams = pairs(word)
    ways = {frozenset(grams[: max(at - 1, 0)] + grams[at + 1 :]) for at in range(len(word))}
    return "(" + " OR ".join(sorted({f"({_all(way, shares)})" for way in ways if way})) + ")"


def within(prefixes: Iterable[str]) -> str:
    """This will ask for names in any of some divisions, given by the digits that all below them share."""
    return "(" + " OR ".join(_quoted(_WITHIN + prefix) for prefix in sorted(prefixes)) + ")"


def of_kinds(kinds: Iterable[str]) -> str:
    """This will ask for subjects of any of some kinds."""
    return "(" + " OR ".join(_quoted(_KIND + kind) for kind in sorted(kinds)) + ")"


def pairs(word: str) -> list[str]:
    """This will give the neighbours of a word, or its one character."""
    return [word[at : at + 2] for at in range(len(word) - 1)] or [word]


def _all(asked: Iterable[str], shares: Shares) -> str:
    """This will ask for the rarest of some tokens together.

    A list of millions beside one of hundreds costs more to walk than the few names it would rule out cost to
    look at: whoever asks looks at the names themselves anyway.
    """
    by_share = sorted((shares.get(token, _RARE), token) for token in asked)
    kept = [token for share, token in by_share[:_MOST] if share <= _MUCH_MORE * by_share[0][0]]
    return " AND ".join(_quoted(token) for token in kept)


def _quoted(token: str) -> str:
    return '"' + token + '"'
