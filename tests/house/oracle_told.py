"""What law 8 asks of the exchange, and what the doors ask of a filing, read from the tables.

Plain SQL through ``oracle``; no code of ``cases`` or ``effects`` is asked. A line of the standing is named here once
more, from what the exchange's document says of names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.house.oracle import Query, acts, opened

LINES = """select act, "row", effect, part, coalesce(site, 0), since, until, marked, frozen from effects_standing
           where act is not null"""
TOLD = """select s.name, e.line, e.id, e.kind, e.state, d.state, d.tried_at is not null, d.result
          from effects_delivery d join effects_event e on e.id = d.event_id
          join effects_subscriber s on s.id = d.subscriber_id order by s.name, e.line, e.id"""
ASKED = """select t.official, t.line, e.kind, e.state, t.acknowledged_at is not null
           from effects_told t left join effects_event e on e.id = t.event_id"""
ACCOUNTS = "select id, subject from faces_account"
ABOUT = "select id, subject from cases_case"
SITES = "select id, answers_for from subjects_subject where answers_for is not null"
BY_THE_CLOCK = frozenset(
    {"lapse", "shorten", "suspend", "warn", "escalate", "list_reminders", "remind", "recall"}
)
BY_OPENING = frozenset({"serve", "serve_decision"})


@dataclass(frozen=True)
class Line:
    """One line of the standing, as whoever was told of it should know it."""

    since: str
    until: str | None
    marked: bool
    frozen: bool

    def over(self, today: str) -> bool:
        return self.until is not None and self.until <= max(today, self.since)

    def differs(self, state: Mapping[str, Any]) -> bool:
        told = (state["until"], bool(state["marked"]), bool(state["frozen"]))
        return told != (self.until, self.marked, self.frozen)


def lines(query: Query) -> dict[str, Line]:
    """This will read what stood or stands by acts of ours, by the name of its line."""
    return {
        f"{act}:{row}:{effect}:{part}:{site}": Line(
            str(since), str(until) if until else None, bool(marked), bool(frozen)
        )
        for act, row, effect, part, site, since, until, marked, frozen in query(LINES)
    }


def opaque(name: str) -> str:
    return hashlib.sha256(f"line {name}".encode()).hexdigest()[:32]


def unrecalled(query: Query, today: str, *, settled: bool) -> list[str]:
    """Law 8: whoever was told of a line knows its end, and its marks; ``settled``: and has acknowledged it."""
    standing = lines(query)
    return [*_subscribers(query, standing, today, settled), *_askers(query, standing, today, settled)]


def _subscribers(query: Query, standing: Mapping[str, Line], today: str, settled: bool) -> Iterator[str]:
    newest: dict[tuple[str, str], tuple[Any, ...]] = {}
    knew: set[tuple[str, str]] = set()
    for name, line, *told in query(TOLD):
        newest[name, line] = tuple(told)
        if told[4]:
            knew.add((name, line))
    for name, line in sorted(knew):
        event, kind, state, stands, tried, result = newest[name, line]
        said = f"{name} was told of {line}"
        it = standing.get(line)
        if it is None:
            yield f"{said}, which stands nowhere"
        elif it.over(today) and kind != "ended" and not opened(state)["ended"]:
            yield f"{said}, which ended on {it.until}, and not of its end: event {event} is {kind}"
        elif it.differs(opened(state)):
            yield f"{said}, and last otherwise than it stands: event {event}"
        elif settled and not (tried and stands == "acknowledged" and result):
            yield f"{said}, and event {event} ({kind}) is {stands}"


def _askers(query: Query, standing: Mapping[str, Line], today: str, settled: bool) -> Iterator[str]:
    outside = {opaque(name): line for name, line in standing.items()}
    for official, name, kind, state, taken in query(ASKED):
        it, said = outside.get(name), f"the gate told {official} of {name}"
        if it is None:
            yield f"{said}, which stands nowhere"
        elif it.over(today) and (kind is None or not opened(state)["ended"]):
            yield f"{said}, which ended on {it.until}, and it was not recalled"
        elif kind is not None and it.differs(opened(state)):
            yield f"{said}, and last recalled it otherwise than it stands"
        elif settled and kind is not None and not taken:
            yield f"{said}, and nobody took the recall in"


def intruded(query: Query) -> list[str]:
    """Nobody files for another without a mandate that still runs: what comes without an official comes from an
    account of the party, of its agent, or by the clock."""
    accounts = dict(query(ACCOUNTS))
    about, sites = dict(query(ABOUT)), dict(query(SITES))
    found = []
    read = acts(query)
    for act in read.values():
        if act.official is not None or act.kind in BY_THE_CLOCK:
            continue
        party = act.subject or about[act.case]
        subject = accounts.get(act.detail.get("account"))
        own = subject is not None and party in (subject, *_own(sites, subject))
        given = read.get(act.detail.get("mandate"))
        under = given is not None and given.kind == "give_mandate" and about[given.case] == party
        if not own and not (under and _runs(given, subject, act.on)):
            found.append(f"act {act.id} ({act.kind}) about {party} came from {act.detail.get('account')}")
        if act.kind in BY_OPENING and act.detail.get("means") != "e_service":
            found.append(f"act {act.id} ({act.kind}) was opened by nobody")
    return found


def _runs(given: Any, agent: int | None, on: str) -> bool:
    return bool(given.detail["agent"] == agent and on < given.detail["until"])


def _own(sites: Mapping[int, int], subject: int) -> list[int]:
    return [site for site, keeper in sites.items() if keeper == subject]
