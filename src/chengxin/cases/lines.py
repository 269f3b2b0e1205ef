"""The lines of a decision: what binds whom from when, one for each part (a plant, a shop) of a subject.

A line stands in the act that makes it bind, so that effects are rebuilt from acts alone::

    {effect, kind, title, adverse, article, part, site, since, until, exit, review_on,
     body: {tier: red, surcharge: 600000, …}}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chengxin.cases.procedure import Procedure

FIXED = (
    "effect", "kind", "title", "adverse", "article", "part", "site", "since", "until", "exit", "review_on",
)  # fmt: skip
_NOT_SAID = frozenset({*FIXED, "body", "subject", "because"})


def complete(
    line: Mapping[str, Any],
    decision: Mapping[str, Any],
    *,
    procedure: Procedure,
    from_on: date | None = None,
) -> dict[str, Any]:
    """This will fill a line from the decision it belongs to; it begins no earlier than ``from_on``, and
    ends no later than the decision."""
    effect = procedure.brings()
    since = _iso(line.get("since") or decision.get("from"))
    if from_on is not None:
        since = max(since or "", from_on.isoformat())
    until = min(filter(None, (_iso(line.get("until")), _iso(decision.get("until")))), default=None)
    return {
        "effect": effect.name,
        "kind": effect.kind,
        "title": effect.title,
        "adverse": effect.adverse and line.get("adverse", True),
        "article": effect.basis,
        "part": line.get("part") or "",
        "site": line.get("site"),
        "since": since,
        "until": until,
        "exit": line.get("exit") or decision.get("exit") or "",
        "review_on": _iso(line.get("review_on") or decision.get("review_on")),
        "body": body_of(line),
    }


def parts(lines: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """This will name the parts that lines speak of."""
    return frozenset(str(line.get("part") or "") for line in lines)


def body_of(line: Mapping[str, Any]) -> dict[str, Any]:
    """This will give what a line says of its own, however it was written."""
    return {**dict(line.get("body", {})), **_rest(line)}


def _rest(line: Mapping[str, Any]) -> dict[str, Any]:
    """This will gather the other columns of a sheet row: dates as text, nothing that is absent."""
    plain = {
        name: _iso(value) if isinstance(value, date) else value
        for name, value in line.items()
        if name not in _NOT_SAID
    }
    return {name: value for name, value in plain.items() if value is not None}


def _iso(day: date | str | None) -> str | None:
    return day.isoformat() if isinstance(day, date) else day
