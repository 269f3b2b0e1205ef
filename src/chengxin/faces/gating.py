"""The one way to the gate for every door: purpose and case, the look on disk, then the answer.

Machines ask over the API a thousand times a second: what several of them ask at the same time is read, logged
and answered as one group (``machine``). Every one of them still waits until its own look is on disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.conf import settings

from chengxin.core.errors import ChengxinError, DeniedError, InputError
from chengxin.effects import gate
from chengxin.faces.premises import Premises, premises
from chengxin.ledger.looks.log import Errand, look_together
from chengxin.ledger.looks.together import Together
from chengxin.ledger.models import Official
from chengxin.ledger.officials import authenticate, authorised, require
from chengxin.subjects.registry import subjects_of_codes

MOST: Final = 20_000
"""Subjects of one batch."""
PATIENCE: Final = 0.002
"""Seconds the first of a group waits for the others, where others came a moment ago."""
_FEW: Final = 50
"""Subjects of a question that goes with a group: nobody waits for another's long list."""


@dataclass(frozen=True)
class Question:
    """What a desk asks in one go: a matter, the subject's part in it, and what it is asked for."""

    matter: str
    purpose: str
    case: str
    role: str = ""


@dataclass(frozen=True)
class Slip:
    """A machine's question as it comes to the door, under the key by which it speaks."""

    key: str
    question: Question
    codes: Sequence[str]


_Asked = tuple[Question, Sequence[int | None], Official]


def machine(slip: Slip) -> list[gate.Answer]:
    """This will answer for each code of a machine's question, in their order; the key must hold ``gate``."""
    told = _served([slip])[0] if len(slip.codes) > _FEW else _together.join(slip)
    if isinstance(told, ChengxinError):
        raise told
    return told


def caller(key: str, here: Premises) -> Official:
    """This will give whom a key speaks as, or say why it may not ask."""
    official = authorised([key], "gate", here.today).get(key)
    return official if official is not None else _why_not(key, here)


def ask_codes(
    question: Question, codes: Sequence[str], *, official: Official, door: str, here: Premises
) -> list[gate.Answer]:
    """This will answer for each code, in their order. The door knows that the official holds ``gate``."""
    _refuse(question, len(codes))
    return ask(
        question, subjects_of_codes(codes, settings.DIGEST_KEY), official=official, door=door, here=here
    )


def ask(
    question: Question, subjects: Sequence[int | None], *, official: Official, door: str, here: Premises
) -> list[gate.Answer]:
    """This will log a look at each subject, and only then answer for it."""
    _refuse(question, len(subjects))
    return _told([(question, subjects, official)], door, here)[0]


def _served(slips: Sequence[Slip]) -> Sequence[list[gate.Answer] | ChengxinError]:
    """Of each slip its answers or its refusal."""
    here = premises()
    callers = authorised([slip.key for slip in slips], "gate", here.today)
    refused: dict[int, ChengxinError] = {}
    going: list[tuple[Slip, Official]] = []
    for place, slip in enumerate(slips):
        try:
            _refuse(slip.question, len(slip.codes))
            going.append((slip, callers.get(slip.key) or _why_not(slip.key, here)))
        except ChengxinError as error:
            refused[place] = error
    found = iter(subjects_of_codes([code for slip, _ in going for code in slip.codes], settings.DIGEST_KEY))
    asked = [(slip.question, list(islice(found, len(slip.codes))), official) for slip, official in going]
    told = iter(_told(asked, "api:gate", here))
    return [refused[place] if place in refused else next(told) for place in range(len(slips))]


def _told(asked: Sequence[_Asked], door: str, here: Premises) -> list[list[gate.Answer]]:
    look_together(
        (
            Errand(official, door, question.purpose, question.case, here.now),
            {subject for subject in subjects if subject is not None},
        )
        for question, subjects, official in asked
    )
    questions = [
        (gate.Asked(question.matter, question.role), subjects) for question, subjects, _official in asked
    ]
    return gate.check_together(questions, adopted=here.adopted, now=here.now)


def _why_not(key: str, here: Premises) -> Official:
    official = authenticate(key)
    if official is None:
        raise DeniedError("door.no_key")
    require(official, "gate", on=here.today)
    return official


def _refuse(question: Question, count: int) -> None:
    if not question.purpose.strip():
        raise DeniedError("look.no_purpose", door="gate")
    if not question.case.strip():
        raise DeniedError("gate.no_case")
    if count > MOST:
        raise InputError("gate.too_many", count=count, most=MOST)


_together: Together[Slip, list[gate.Answer] | ChengxinError] = Together(_served, PATIENCE)
