"""A bundle: the whole house as canonical JSON, known by its hash. Decisions and runs name it.

Law, catalogue, values with their overlays laid on, procedures and the SQL of every rule, word for word.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from chengxin.core.canonical import canonical_json, digest
from chengxin.core.errors import HouseFault
from chengxin.core.hashing import hash_bytes
from chengxin.policy.codec import from_json, to_json
from chengxin.policy.house import House

FORM = 5
"""The form of the body. A later form reads the earlier ones, since old runs replay under old bundles."""


@dataclass(frozen=True)
class Bundle:
    """A sealed house."""

    sha256: str
    body: bytes


def seal(house: House) -> Bundle:
    """This will write the house; the same declarations always give the same bytes."""
    body = canonical_json({"form": FORM, "house": to_json(house)})
    return Bundle(hash_bytes(body), body)


def unseal(body: bytes) -> House:
    """This will give the same house again; a body of another shape raises ``HouseFault``."""
    try:
        told: dict[str, Any] = json.loads(body)
        if told["form"] not in range(1, FORM + 1):
            raise ValueError(f"form {told['form']}")
        _grow(told["house"], told["form"])
        return from_json(House, told["house"])
    except (ValueError, KeyError, TypeError) as error:
        raise HouseFault("bundle.unreadable", sha256=hash_bytes(body), what=f"{error}") from error


def _grow(house: dict[str, Any], form: int) -> None:
    """What a later form knows, an earlier one has none of: each step brings a body one form on."""
    for before, grow in _GROWTHS.items():
        if form <= before:
            grow(house)


def _with_matters(house: dict[str, Any]) -> None:
    for _name, program in house["programs"]:
        for _effect, declared in program["effects"]:
            declared["matters"] = []


def _with_records_and_repair(house: dict[str, Any]) -> None:
    """Effects that rest on another body's decision, the maker beside a proof, repair by application."""
    for _name, program in house["programs"]:
        for _effect, declared in program["effects"]:
            declared["rests_on"] = []
    for _name, item in house["items"]:
        if item["proves"] is not None:
            item["proves"]["maker"] = ""
    for _name, procedure in house["procedures"]:
        procedure["repair"] = None


def _with_milder(house: dict[str, Any]) -> None:
    """A milder rule that reaches what runs, and what becomes of decisions when their article ends."""
    for _name, procedure in house["procedures"]:
        procedure["milder"] = None
    for _name, declared in (*house["instruments"], *house["articles"]):
        declared["on_end"] = "stands"


def _with_lists_reminders_and_panels(house: dict[str, Any]) -> None:
    """Entries of a published list of measures with the measures on it; articles that let a look be told later;
    procedures by which the clock reminds, whom a panel is made of, and what a hearing is open to."""
    for _name, declared in house["articles"]:
        declared["measure"] = None
        declared["defers_looks"] = False
    for _name, program in house["programs"]:
        for _effect, declared in program["effects"]:
            declared["listed"] = ""
    for _name, procedure in house["procedures"]:
        procedure["reminds"] = procedure["panel"] = procedure["hearing"] = None


_GROWTHS = {
    1: _with_matters,
    2: _with_records_and_repair,
    3: _with_milder,
    4: _with_lists_reminders_and_panels,
}


def digest_of(declared: Any) -> str:
    """This will give the hash of one declared thing (an article, an item …), as a chain shows it."""
    return digest(to_json(declared))
