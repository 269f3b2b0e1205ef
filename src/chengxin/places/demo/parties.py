"""Who of the invented city may come in at the door ``my``: a few firms, one firm's agent, one citizen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from chengxin.cases.models import Standpoint
from chengxin.places.demo import taxes
from chengxin.subjects.cards import cards
from chengxin.subjects.models import Name

MANDATE: Final = timedelta(days=90)
"""How long the agent's mandate lasts."""


def invent(today: date) -> list[dict[str, Any]]:
    """This will give ``{identity, name, subject, agent, may_file, until}`` of each; nobody of them is real."""
    levied = _standing("sewage_tariff", "in_force")
    chosen = {
        "firm-levied": levied,
        "firm-contested": _standing("sewage_tariff", "in_force", marked=True),
        "firm-told": _standing("sewage_tariff", "served"),
        "firm-consumer": _standing("consumer_protection", "in_force"),
        "firm-price": _standing("price_commitments", "in_force"),
    }
    known = cards(subject for subject in chosen.values() if subject is not None)
    found = [
        _party(identity, known[subject].name, subject)
        for identity, subject in chosen.items()
        if subject is not None
    ]
    if levied is not None:
        agent = _party("agent", f"{known[levied].name}（代理人 梅朗）", levied)
        found.append({**agent, "agent": True, "until": (today + MANDATE).isoformat()})
    person, _number = taxes.PEOPLE[0]
    citizen = Name.objects.filter(text=person).order_by("subject").first()
    return [*found, *([_party("citizen", person, citizen.subject)] if citizen else [])]


def _standing(program: str, state: str, *, marked: bool = False) -> int | None:
    found = Standpoint.objects.filter(case__program=program, state=state, subject__gt=0, marked=marked)
    return found.order_by("-case_id", "subject").values_list("subject", flat=True).first()


def _party(identity: str, name: str, subject: int) -> dict[str, Any]:
    return {
        "identity": identity, "name": name, "subject": subject, "agent": False, "may_file": True, "until": None
    }  # fmt: skip
