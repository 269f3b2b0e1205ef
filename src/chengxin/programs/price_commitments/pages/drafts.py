"""A commitment drawn up from what is known: the firm by its code, its own published price credit, the day's version."""

from __future__ import annotations

from datetime import date, timedelta

from chengxin.core.errors import MissingError
from chengxin.kit import Visit, cards, find_now, subject_of_code
from chengxin.programs.price_commitments.sheets import PROGRAM
from chengxin.programs.price_commitments.wording import MATTERS, Draft


def drawn(visit: Visit, code: str, matter: str, area: str, on: date) -> tuple[Draft, int, str]:
    """This will draw a commitment up as of a day and give it with the subject and its division.

    Raises ``MissingError`` for a matter there is none of, a day to come, a code nobody bears. A person's number
    leads nowhere: commitments are made by organisations and sole traders.
    """
    if matter not in MATTERS or on > visit.today:
        raise MissingError("door.no_such", number=f"{matter[:40]} {on}")
    subject = subject_of_code(code)
    card = cards([subject]).get(subject) if subject else None
    if card is None or card.kind != "organisation":
        raise MissingError("door.no_such", number=code[:40])
    versions = visit.house.values[f"{PROGRAM}.templates"].on(on, card.region)
    rows = find_now(visit, PROGRAM, "own_credit", on).rows.to_pylist()
    credit = next((row for row in rows if row["subject"] == subject), {"penalties": 0, "commitments": 0})
    draft = Draft(
        str(versions[matter]), matter, card.name, card.code, area if matter == "integrity_unit" else "", on,
        credit["penalties"], credit["commitments"],
    )  # fmt: skip
    return draft, card.id, card.region


def ends(visit: Visit, matter: str, begins: date, region: str) -> date:
    """This will give the first day on which a commitment, or its matter's outcome, no longer holds."""
    days = visit.house.values[f"{PROGRAM}.terms"].on(begins, region)[matter]
    return begins + timedelta(days=int(days))
