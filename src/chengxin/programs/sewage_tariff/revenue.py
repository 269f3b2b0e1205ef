"""What issued lines come to: settled by their adjustments, then added up under a head."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

KEY: Final = ("account", "subject", "plant_code", "from_on", "to_on")
"""What makes two lines speak of the same water."""
HEADS: Final = ("period", "tier", "division")
_SUMS: Final = ("fen", "base_fen", "surcharge_fen", "volume", "surcharged_volume")

Line = Mapping[str, Any]


def settled(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """This will lay adjustments over the lines they adjust: amounts add up, the newest line says the rest.

    The surcharge is what is left of the amount after the base fee, so base and surcharge are the amount.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in lines:
        key = tuple(line.get(name) for name in KEY)
        before = found.get(key, {}).get("fen", 0)
        found[key] = {**line, "fen": before + line["fen"]}
    for line in found.values():
        line["base_fen"] = min(line["base_fen"], line["fen"])
        line["surcharge_fen"] = line["fen"] - line["base_fen"]
    return list(found.values())


def gathered(lines: Iterable[Line], head: str) -> dict[str, dict[str, Any]]:
    """This will add lines up under a head; ``payers`` counts the firms that pay more under it."""
    sums: dict[str, dict[str, Any]] = {}
    payers: dict[str, set[int]] = {}
    for line in lines:
        under = sums.setdefault(line[head], dict.fromkeys(_SUMS, 0))
        for name in _SUMS:
            under[name] += line[name]
        firms = payers.setdefault(line[head], set())
        if line["surcharged_volume"]:
            firms.add(line["subject"])
    return {key: {**under, "payers": len(payers[key])} for key, under in sums.items()}
