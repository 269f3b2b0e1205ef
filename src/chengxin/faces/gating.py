"""The one way to the gate for every door: purpose and case, the look on disk, then the answer.

Machines ask over the API a thousand times a second: what several of them ask at the same time is read, logged
and answered as one group (``machine``). Every one of them still waits until its own look is on disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.conf import settings

from chengxin.core.errors import ChengxinError, DeniedError, InputError
from chengxin.effects import gate
from chengxin.effects.exchange import callers, told
from chengxin.effects.exchange.models import Caller
from chengxin.faces.metering import Left, Quota, meter
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
class Words:
    """A machine's question as it is written: ``item``, the caller's own code, may stand in place of the matter."""

    matter: str
    purpose: str
    case: str
    role: str = ""
    item: str = ""


@dataclass(frozen=True)
class Slip:
    """A machine's question as it comes to the door, under the key by which it speaks."""

    key: str
    words: Words
    codes: Sequence[str]


@dataclass(frozen=True)
class Served:
    """What came of a machine's question: its answers in the codes' order, and what it may still ask."""

    matter: str
    answers: list[gate.Answer]
    left: Left


_Asked = tuple[Question, Sequence[int | None], Official]


def machine(slip: Slip) -> Served:
    """This will answer for each code of a machine's question; the key must hold ``gate``."""
    served = _served([slip])[0] if len(slip.codes) > _FEW else _together.join(slip)
    if isinstance(served, ChengxinError):
        raise served
    return served


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


def refused(key: str, error: ChengxinError) -> None:
    """This will keep why a caller was refused, for the page of its own errors; a stranger's is not kept."""
    official = authenticate(key)
    if official is not None:
        callers.note(official.pk, error.id, error.as_dict(), now=premises().now)


def _served(slips: Sequence[Slip]) -> Sequence[Served | ChengxinError]:
    """Of each slip its answers or its refusal."""
    here = premises()
    known = authorised([slip.key for slip in slips], "gate", here.today)
    terms = callers.of(official.pk for official in known.values())
    served: list[Served | ChengxinError | None] = [None] * len(slips)
    going: list[tuple[int, Question, Official, Left]] = []
    for place, slip in enumerate(slips):
        try:
            official = known.get(slip.key) or _why_not(slip.key, here)
            going.append((place, *_let_in(slip, official, terms.get(official.pk), here)))
        except ChengxinError as error:
            served[place] = error
    codes = [code for place, *_ in going for code in slips[place].codes]
    found = iter(subjects_of_codes(codes, settings.DIGEST_KEY))
    asked = [
        (question, list(islice(found, len(slips[place].codes))), official)
        for place, question, official, _left in going
    ]
    for (place, question, _official, left), answers in zip(
        going, _told(asked, "api:gate", here), strict=True
    ):
        served[place] = Served(question.matter, answers, left)
    return [each for each in served if each is not None]


def _let_in(
    slip: Slip, official: Official, terms: Caller | None, here: Premises
) -> tuple[Question, Official, Left]:
    """The question in the house's own words, counted; raises what it is refused for."""
    question = in_our_words(slip.words, terms)
    _refuse(question, len(slip.codes))
    left = meter(here.store.home).take(official.pk, len(slip.codes), quota(terms), here.now)
    return question, official, left


def in_our_words(words: Words, terms: Caller | None) -> Question:
    """This will put the matter in place of the caller's own code of it; a code nobody mapped is refused."""
    matter = words.matter
    if words.item:
        matter = (terms.items if terms else {}).get(words.item, "")
        if not matter:
            raise InputError("gate.no_item", item=words.item)
    question = Question(matter, words.purpose, words.case, words.role)
    _refuse(question, 0)
    return question


def quota(terms: Caller | None) -> Quota:
    """This will give a caller's quota, or what is granted where none was set."""
    if terms is None:
        return Quota(settings.GATE_PER_MINUTE, settings.GATE_PER_DAY)
    return Quota(terms.per_minute, terms.per_day)


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
    answers = gate.check_together(questions, adopted=here.adopted, now=here.now)
    while told.note(_tellings(asked, answers), now=here.now):
        # What ended while it was being noted would never be recalled: who is told anew is told how it stands now.
        answers = gate.check_together(questions, adopted=here.adopted, now=here.now)
    return answers


def _tellings(asked: Sequence[_Asked], answers: Sequence[Sequence[gate.Answer]]) -> Iterator[told.Telling]:
    for (question, subjects, official), of_each in zip(asked, answers, strict=True):
        for subject, answer in zip(subjects, of_each, strict=True):
            if answer.measures and subject is not None:
                yield told.Telling(official.pk, subject, question.matter, question.case, answer)


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


_together: Together[Slip, Served | ChengxinError] = Together(_served, PATIENCE)
