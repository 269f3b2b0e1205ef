"""Who is told of an act in the transaction that writes it: an explicit list, in the order of registering.

``effects`` stands above this floor, so it registers itself here when the house opens its doors. What a
follower raises undoes the act.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chengxin.cases.models import Act

Follower = Callable[[Sequence[Act]], None]
"""Is given the acts of one transaction: all of one case and kind, and each says all that follows from it."""

_followers: list[Follower] = []


def register(follower: Follower) -> None:
    """This will add a follower; adding it twice changes nothing."""
    if follower not in _followers:
        _followers.append(follower)


def followers() -> tuple[Follower, ...]:
    """This will give everyone who is told, in order."""
    return tuple(_followers)
