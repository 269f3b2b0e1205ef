"""The one way to the gate for every door: purpose and case, the look on disk, then the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from chengxin.core.errors import DeniedError, InputError
from chengxin.effects import gate
from chengxin.faces.premises import Premises
from chengxin.ledger.looks.log import Errand
from chengxin.ledger.models import Official
from chengxin.subjects.registry import subjects_of_codes

MOST: Final = 20_000
"""Subjects of one batch."""


@dataclass(frozen=True)
class Question:
    """What a desk asks in one go: a matter, the subject's part in it, and what it is asked for."""

    matter: str
    purpose: str
    case: str
    role: str = ""


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
    errand = Errand(official, door, question.purpose, question.case, here.now)
    errand.look(subject for subject in subjects if subject is not None)
    return gate.check_all(subjects, question.matter, question.role, adopted=here.adopted, now=here.now)


def _refuse(question: Question, count: int) -> None:
    if not question.purpose.strip():
        raise DeniedError("look.no_purpose", door="gate")
    if not question.case.strip():
        raise DeniedError("gate.no_case")
    if count > MOST:
        raise InputError("gate.too_many", count=count, most=MOST)
