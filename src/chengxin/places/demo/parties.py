"""Who of the invented city may come in at the door ``my``: a few firms, two citizens, one a firm's agent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from chengxin.cases import mandates
from chengxin.cases.acts import act
from chengxin.cases.models import Standpoint
from chengxin.core.clock import day_of
from chengxin.ledger.content import store_text
from chengxin.ledger.models import Agency
from chengxin.places.demo import taxes
from chengxin.places.demo.teller import Teller
from chengxin.subjects.cards import cards
from chengxin.subjects.models import Name

MANDATE: Final = timedelta(days=90)
"""How long the agent's mandate lasts."""


def invent(teller: Teller, now: datetime) -> list[dict[str, Any]]:
    """This will give ``{identity, name, subject, until}`` of each; nobody of them is real.

    The firm with a surcharge gives a citizen a mandate, who comes in as himself and then acts for it.
    """
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
    for identity, (person, _number) in zip(("citizen", "agent"), taxes.PEOPLE, strict=False):
        citizen = Name.objects.filter(text=person).order_by("subject").first()
        if citizen is not None:
            found.append(_party(identity, person, citizen.subject))
            if identity == "agent" and levied is not None:
                _entrust(teller, levied, citizen, now)
    return found


def _entrust(teller: Teller, party: int, agent: Name, now: datetime) -> None:
    """This will let a firm give its agent a mandate, once, for all that a mandate may cover."""
    if mandates.given_by([party]):
        return
    today, keeper = day_of(now), Agency.objects.filter(duty="platform", valid_to=None).order_by("pk")[0]
    named = store_text(teller.store, agent.text, "受托人", now, teller.secret).pk
    paper = store_text(
        teller.store, f"兹委托{agent.text}代为办理信用事项。", "授权委托书", now, teller.secret
    ).pk
    act(
        mandates.book_of(party, keeper, today), mandates.GIVE, official=None, agency=keeper.code, on=today, at=now,
        bundle=teller.bundle, cites={"exhibits": [named, paper]},
        detail={
            "agent": agent.subject, "named": named, "covers": [*mandates.COVERS],
            "until": (today + MANDATE).isoformat(),
        },
    )  # fmt: skip


def _standing(program: str, state: str, *, marked: bool = False) -> int | None:
    found = Standpoint.objects.filter(case__program=program, state=state, subject__gt=0, marked=marked)
    return found.order_by("-case_id", "subject").values_list("subject", flat=True).first()


def _party(identity: str, name: str, subject: int) -> dict[str, Any]:
    return {"identity": identity, "name": name, "subject": subject, "until": None}
