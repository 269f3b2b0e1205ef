"""The gate on paper: which measures stand, for a counter that is cut off; signed, and void after a day.

Organisations stand in it by their code, natural persons by their digest under this subscriber's own key and only
where its subscription names them. Whoever gets the list was told of every line in it: each is logged as a look
first, and each one's end is told again like an answer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from chengxin.cases.adopted import Adopted
from chengxin.core.canonical import canonical_json
from chengxin.core.clock import day_of
from chengxin.core.errors import RefusedByLaw
from chengxin.effects.exchange.making import persons
from chengxin.effects.exchange.models import Subscriber
from chengxin.effects.exchange.pulling import detached
from chengxin.effects.exchange.subscribing import is_open, person_key
from chengxin.effects.exchange.told import Telling, note
from chengxin.effects.gate import Answer, Measure, every_measure, matters
from chengxin.effects.models import Standing
from chengxin.effects.publication import dark
from chengxin.effects.standing import in_force
from chengxin.ledger.looks.log import look
from chengxin.ledger.models import Official
from chengxin.ledger.scope import Scope
from chengxin.policy.programs import Matter
from chengxin.subjects.cards import cards
from chengxin.subjects.persons import digest, revealed

LASTS: Final = timedelta(hours=24)
_SAID: Final = ("title", "citation", "article", "agency", "contact", "since", "until", "exit", "review_on",
                "case", "document", "marked", "line")  # fmt: skip
_Found = tuple[Standing, list[tuple[Matter, Measure]]]


def offline_list(
    subscriber: Subscriber, *, adopted: Adopted, key: str, wrap: str, now: datetime
) -> dict[str, Any]:
    """This will write ``{list, algorithm, signature}``: the list is the very text that is signed.

    Raises ``RefusedByLaw`` where the subscription holds no measures or has ended, and while the clock is late.
    """
    if "measure" not in subscriber.kinds or not is_open(subscriber, house=adopted.house, on=day_of(now)):
        raise RefusedByLaw("gate.no_list")
    if dark(now):
        raise RefusedByLaw("gate.dark")
    found = _told(subscriber, adopted, now)
    names = _names(subscriber, {line.subject for line, _ in found}, key, wrap)
    text = canonical_json(
        {
            "kind": "chengxin.gate.list",
            "subscription": subscriber.name,
            "made_at": now.isoformat(),
            "lapses_at": (now + LASTS).isoformat(),
            "matters": {name: matter.title for name, matter in matters(adopted.house).items()},
            "subjects": _entries(found, names),
        }
    )
    return {"list": text.decode(), "algorithm": "ed25519", "signature": detached(text, key)}


def _told(subscriber: Subscriber, adopted: Adopted, now: datetime) -> list[_Found]:
    """What the list says, looked at and noted first; read again until nothing in it is news, as at the gate."""
    asker, purpose = Official.objects.get(pk=subscriber.official), f"按{subscriber.article}取离线名单"
    looked: set[int] = set()
    while True:
        found = _standing(subscriber, adopted, now)
        subjects = {line.subject for line, _ in found}
        look(asker, subjects - looked, door="api:gate-list", purpose=purpose, now=now)
        looked |= subjects
        if not note(_tellings(subscriber, found, now), now=now):
            return found


def _standing(subscriber: Subscriber, adopted: Adopted, now: datetime) -> list[_Found]:
    lines = in_force(day_of(now)).filter(Scope.of(regions=subscriber.regions).q({"region": "region"}))
    lines = lines.filter(kind="measure")
    if subscriber.programs:
        lines = lines.filter(program__in=subscriber.programs)
    held = list(lines.order_by("subject", "since", "id"))
    if not subscriber.persons:
        people = persons({line.subject for line in held})
        held = [line for line in held if line.subject not in people]
    return list(every_measure(held, adopted.house))


def _names(subscriber: Subscriber, subjects: set[int], key: str, wrap: str) -> dict[int, str]:
    people, own = persons(subjects), person_key(subscriber, key)
    codes = {number: card.code for number, card in cards(subjects - people).items()}
    return codes | {number: digest(clear, own) for number, clear in revealed(people, wrap).items()}


def _entries(found: Sequence[_Found], names: dict[int, str]) -> dict[str, list[dict[str, Any]]]:
    entries: dict[str, list[dict[str, Any]]] = {}
    for line, said in found:
        for matter, measure in said:
            words = {name: getattr(measure, name) for name in _SAID}
            entry = {"matter": matter.name, "binding": matter.binding, "roles": list(matter.roles), **words}
            entries.setdefault(names[line.subject], []).append(entry)
    return entries


def _tellings(subscriber: Subscriber, found: Sequence[_Found], now: datetime) -> list[Telling]:
    case = f"list {now.isoformat(timespec='minutes')}"
    return [
        Telling(subscriber.official, line.subject, "offline", case, Answer("may_apply", (said[0][1],)))
        for line, said in found
    ]
