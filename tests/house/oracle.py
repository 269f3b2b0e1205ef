"""What laws 1 and 2 ask of every row, read with plain SQL: no code of ``cases`` or ``effects`` is asked.

``query(sql)`` gives rows; a law's function gives what is wrong in sentences, so that nothing is ``[]``. The
same functions judge the built city and whatever a random walk of acts left behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chengxin.core.periods import Workdays

Query = Callable[[str], Iterable[tuple[Any, ...]]]
InForce = Callable[[str, str], bool]
"""Whether an article is in force on an ISO day."""
WORKDAYS = Workdays.load()
LEAST_STATEMENT = 5
"""Working days to state one's case."""
FARTHEST = 20
"""Years: whatever lies farther off is no end."""

ACTS = """select id, case_id, kind, subject, "on", official, agency, articles, cites, detail, bundle from cases_act"""
STANDING = """select id, subject, "row", "case", act, record, adverse, effect, article, agency, since, until, exit,
                     review_on, body, part from effects_standing"""

PROCEDURES = "select id, procedure from cases_case"
UNSERVED = """select p.case_id, p.subject from cases_standpoint p join cases_case c on c.id = p.case_id
              where p.state in ('in_force', 'frozen') and (p.subject > 0 or c.subject is not null)
                and not exists (select 1 from cases_act a where a.case_id = p.case_id and a.kind = 'serve_decision'
                                and coalesce(a.subject, 0) = p.subject)"""
"""Of procedures that burden: what a list shows as in force though nobody was served."""


@dataclass(frozen=True)
class Told:
    """An act as it lies in the table."""

    id: int
    case: int
    kind: str
    subject: int | None
    on: str
    official: int | None
    agency: str
    articles: list[str]
    cites: dict[str, Any]
    detail: dict[str, Any]
    bundle: str


@dataclass(frozen=True)
class Bodies:
    """Who may decide: duties by body, who signs for one, and the duties that decide and co-sign."""

    duties: Mapping[str, str]
    heads: frozenset[int]
    decides_by: str
    cosigners: Mapping[int, frozenset[str]]
    """By case: whose signature its procedure asks for."""
    first: Mapping[int, frozenset[str]]
    """By case: the acts its procedure asks for before the decision."""


def acts(query: Query) -> dict[int, Told]:
    """This will read every act, its JSON opened without a single float."""
    return {
        row[0]: Told(*row[:4], str(row[4]), *row[5:7], *map(opened, row[7:10]), row[10])
        for row in query(ACTS)
    }


def standing(query: Query) -> list[dict[str, Any]]:
    """This will read every effect, days as ISO texts."""
    names = ("id", "subject", "row", "case", "act", "record", "adverse", "effect", "article", "agency")
    days = ("since", "until", "exit", "review_on")
    return [
        dict(zip(names, row[:10], strict=True))
        | {name: None if value is None else str(value) for name, value in zip(days, row[10:14], strict=True)}
        | {"body": opened(row[14]), "part": row[15] if len(row) > 15 else ""}
        for row in query(STANDING)
    ]


def opened(text: Any) -> Any:
    return text if isinstance(text, (dict, list)) else json.loads(text, parse_float=_no_float)


def _no_float(text: str) -> float:
    raise AssertionError(f"law 10: the case file holds the float {text}")


def unfounded(query: Query, in_force: InForce) -> list[str]:
    """Law 1: no effect without a decision in force, no act without an article in force on its day."""
    known = acts(query)
    return [
        *_acts_without_ground(known, in_force),
        *_effects_without_decision(known, standing(query), in_force),
    ]


def _acts_without_ground(known: Mapping[int, Told], in_force: InForce) -> Iterator[str]:
    for act in known.values():
        if not act.articles:
            yield f"act {act.id} ({act.kind}) cites no article"
        for article in act.articles:
            if act.kind != "receive" and not in_force(article, act.on):
                yield f"act {act.id} ({act.kind}) stands on {article}, not in force on {act.on}"


def _effects_without_decision(
    known: Mapping[int, Told], effects: Iterable[Mapping[str, Any]], in_force: InForce
) -> Iterator[str]:
    for effect in effects:
        if effect["act"] is None and effect["record"] is not None:
            continue  # another body's decision that came as a record: judged by ``unproved``
        bound = known.get(effect["act"] or 0)
        kind = "serve_decision" if effect["adverse"] else "decide"
        if bound is None or bound.kind != kind or bound.case != effect["case"]:
            yield f"effect {effect['id']} binds by no {kind} of its case"
            continue
        decision = known[bound.detail.get("decision", bound.id)]
        if (
            decision.kind != "decide"
            or decision.case != bound.case
            or decision.subject not in (None, bound.subject)
        ):
            yield f"effect {effect['id']} follows from act {decision.id}, which decides nothing about it"
        if not in_force(effect["article"], decision.on):
            yield f"effect {effect['id']} stands on {effect['article']}, not in force on {decision.on}"
        if effect["agency"] != decision.agency:
            yield f"effect {effect['id']} bears another body's name than its decision"
        yield from _interval(effect, bound, decision)


RESTING = """select s.id, s.article, s.since, b.item from effects_standing s
             left join records_sheet h on h.id = s.record >> 32 left join records_batch b on b.id = h.batch_id
             where s.act is null"""


def unproved(query: Query, carrying: Iterable[str], in_force: InForce, today: str) -> list[str]:
    """Law 1: what follows from no act of ours rests on a record of an item that carries another body's decision."""
    items = set(carrying)
    return [
        f"effect {number} rests on {item or 'no record'}, under {article}"
        for number, article, _since, item in query(RESTING)
        if item not in items or not in_force(article, today)
    ]


def _interval(effect: Mapping[str, Any], bound: Told, decision: Told) -> Iterator[str]:
    begins = max(bound.on, decision.detail.get("from") or "")
    if effect["since"] < begins:
        yield f"effect {effect['id']} begins {effect['since']}, its decision binds from {begins}"
    ends = decision.detail.get("until")
    if ends and (effect["until"] is None or effect["until"] > max(ends, effect["since"])):
        yield f"effect {effect['id']} outlives its decision, which ends {ends}"


def unheard(
    query: Query,
    decides_by: str,
    cosigners: Iterable[str] | Mapping[str, Iterable[str]] = (),
    *,
    first: Mapping[str, Iterable[str]] | None = None,
    favourable: Iterable[str] = (),
    unburdened: Collection[tuple[int, int]] = (),
) -> list[str]:
    """Law 2: nothing adverse of ours without notice, a chance to state, service, a competent body and an end.

    ``cosigners`` of all cases, or by procedure; ``first`` by procedure: the acts that stand before its decision.
    ``favourable``: procedures that burden nobody; ``unburdened``: rows (case, subject) whose sheet does not burden.
    """
    known = acts(query)
    procedures = dict(query(PROCEDURES))
    signing = {
        case: frozenset(cosigners.get(name, ()) if isinstance(cosigners, Mapping) else cosigners)
        for case, name in procedures.items()
    }
    bodies = Bodies(
        dict(query("select code, duty from ledger_agency")),
        frozenset(row[0] for row in query("select official_id from ledger_assignment where role = 'head'")),
        decides_by,
        signing,
        {case: frozenset((first or {}).get(name, ())) for case, name in procedures.items()},
    )
    found = [
        f"case {case}, row {row} is in force without service"
        for case, row in query(UNSERVED)
        if procedures[case] not in set(favourable) and (case, row) not in unburdened
    ]
    for effect in standing(query):
        if not effect["adverse"] or effect["act"] is None:
            continue
        road = [
            act
            for act in sorted(known.values(), key=lambda act: act.id)
            if act.case == effect["case"] and act.subject in (None, effect["row"]) and act.id <= effect["act"]
        ]
        name = f"effect {effect['id']}"
        found += [f"{name} {what}" for what in _hearing(road, known[effect["act"]])]
        decision = known.get(known[effect["act"]].detail.get("decision", 0))
        found += [f"{name} {what}" for what in _service(road, known[effect["act"]], list(known.values()))]
        found += [f"{name} {what}" for what in _competence(road, decision, bodies)]
        found += [f"{name} {what}" for what in _end(effect, known[effect["act"]])]
        bound = known[effect["act"]]
        if effect["since"] < max(bound.on, bound.detail.get("served_on", "")):
            found.append(f"{name} binds before its own service")
    return found


def _hearing(road: list[Told], bound: Told) -> Iterator[str]:
    decision = next((act for act in road if act.id == bound.detail.get("decision")), None)
    if decision is None or decision.kind != "decide":
        yield "was served without a decision"
        return
    before = [act for act in road if act.id < decision.id]
    told = next((act for act in reversed(before) if act.kind == "notify"), None)
    served = next((act for act in reversed(before) if act.kind == "serve"), None)
    if told is None or served is None or served.id < told.id or served.on < told.on:
        yield "was decided without notice and its service"
        return
    until = served.detail["statement_until"]
    reached = served.detail["served_on"]
    if _workdays(reached, until) < LEAST_STATEMENT:
        yield f"gave from {reached} to {until} to state a case"
    since = {act.kind for act in before if act.id > served.id}
    if decision.on <= until and not ("waive" in since or {"state", "answer"} <= since):
        yield f"was decided on {decision.on}, while there was time to {until}"
    if "state" in since and "answer" not in since:
        yield "was decided over a statement nobody answered"


def _service(road: list[Told], bound: Told, known: list[Told]) -> Iterator[str]:
    """Notice and decision reached the party by a means that was open, and count from the day it says."""
    notice = [act for act in road if act.kind == "serve" and act.id < bound.detail.get("decision", 0)][-1:]
    for act in (*notice, bound):
        means, said = act.detail.get("means"), act.detail
        papers = [one.id for one in road if one.kind in {"notify", "decide"} and one.id < act.id]
        made = max(papers, default=0)
        days = (date.fromisoformat(said["served_on"]) - date.fromisoformat(act.on)).days
        failed = any(one.kind == "fail_service" and made < one.id < act.id for one in road)
        if not said.get("receipt"):
            yield f"was served by act {act.id}, which left no receipt"
        if means == "public_notice":
            if not failed or days < (30 if act.on >= "2022-01-01" else 60):
                yield f"was announced by act {act.id} {'after' if failed else 'without'} a failure, for {days} days"
        elif means == "e_service":
            if not _agreed(known, act):
                yield f"was served electronically by act {act.id} without consent"
        elif means == "registered_letter":
            if not said.get("tracking") or said.get("received_on") != said["served_on"] or days > 0:
                yield f"was posted by act {act.id} without its return receipt"
        elif means != "in_person" or days:
            yield f"was served by act {act.id} in no way there is"


def _agreed(known: list[Told], served: Told) -> bool:
    """The consent it names is a signed filing of this row or case, and was not taken back before."""
    own = [
        act
        for act in known
        if (act.case, act.subject) == (served.case, served.subject) and act.id < served.id
    ]
    filed = [act for act in own if act.kind in {"agree_service", "withdraw_service"}]
    last = max(filed, key=lambda act: act.id, default=None)
    return (
        last is not None
        and last.kind == "agree_service"
        and last.id == served.detail["consent"]
        and bool(last.cites.get("exhibits"))
    )


def _workdays(after: str, until: str) -> int:
    first, last = date.fromisoformat(after).toordinal() + 1, date.fromisoformat(until).toordinal()
    return sum(WORKDAYS.is_workday(date.fromordinal(day)) for day in range(first, last + 1))


def _competence(road: list[Told], decision: Told | None, bodies: Bodies) -> Iterator[str]:
    if decision is None:
        return  # said by ``_hearing``
    if bodies.duties[decision.agency] != bodies.decides_by:
        yield f"was decided by {decision.agency}, whose duty is {bodies.duties[decision.agency]}"
    if decision.official not in bodies.heads:
        yield "was decided by somebody who signs for no body"
    signed = {bodies.duties[act.agency] for act in road if act.kind == "cosign" and act.id < decision.id}
    if bodies.cosigners[decision.case] - signed:
        yield f"was decided without {sorted(bodies.cosigners[decision.case] - signed)}"
    done = {act.kind for act in road if act.id < decision.id}
    if bodies.first[decision.case] - done:
        yield f"was decided before {sorted(bodies.first[decision.case] - done)}"


def _end(effect: Mapping[str, Any], bound: Told) -> Iterator[str]:
    if not effect["until"] and not (effect["exit"] and effect["review_on"]):
        yield "has no end"
    elif not effect["until"] and (effect["review_on"] or "") <= bound.on:
        yield f"is reviewed on {effect['review_on']}, before it binds"
    farthest = f"{int(bound.on[:4]) + FARTHEST}{bound.on[4:]}"
    for name in ("since", "until", "review_on"):
        if (effect[name] or "") > farthest:
            yield f"has a {name} beyond {FARTHEST} years: {effect[name]}"


ENDING = {"repair": "repaired", "revoke": "revoked", "lapse": "lapsed"}
REACHED = {
    "propose": "proposed", "notify": "notified", "serve": "served", "state": "stated", "waive": "answered",
    "answer": "answered", "take_out": "taken_out", "decide": "decided", "serve_decision": "in_force",
    "remind": "decided", "recall": "taken_out", **ENDING,
}  # fmt: skip


def outliving(query: Query) -> list[str]:
    """Every effect is gone with its decision: on the day a later act ends it, or on the day it began."""
    known, found = acts(query), []
    for effect in standing(query):
        for act in known.values():
            if act.kind not in ENDING or act.case != effect["case"] or act.id < (effect["act"] or 0):
                continue
            if act.subject not in (None, effect["row"]) or act.detail.get("part") not in (
                None,
                effect["part"],
            ):
                continue
            ends = max(act.detail.get("ends_on") or act.on, effect["since"])
            if effect["until"] is None or effect["until"] > ends:
                found.append(
                    f"effect {effect['id']} outlives act {act.id} ({act.kind}), which ends it {ends}"
                )
    return found


def misplaced(query: Query) -> list[str]:
    """The state a list shows for a single case or for one row is the one its own acts lead to."""
    known = sorted(acts(query).values(), key=lambda act: act.id)
    single = {row[0] for row in query("select id from cases_case where subject is not null")}
    found = []
    for case, row, shown in query("select case_id, subject, state from cases_standpoint"):
        if case not in single and not row:
            continue
        road = [act for act in known if act.case == case and (act.subject or 0) == row]
        whole = [act for act in known if act.case == case and act.subject is None] if row else []
        reached = _reached(road, whole)
        if reached is not None and reached != shown:
            found.append(f"case {case}, row {row} is shown {shown}, its acts lead to {reached}")
    return found


def _reached(road: list[Told], whole: list[Told]) -> str | None:
    """The state after these acts; None where an act on the whole list has its say in it too."""
    state, frozen = "open", set()
    burdens = all(act.detail.get("adverse", True) for act in road)
    if any(act.kind in {"decide", *ENDING, "take_out"} for act in whole):
        return None
    for act in road:
        if act.kind in REACHED and not act.detail.get("partial"):
            state = REACHED[act.kind]
        if act.kind == "decide" and not burdens:
            state = "in_force"
        _freeze(frozen, act)
    if road and state == "open":
        return "proposed" if whole else "kept"
    return "frozen" if frozen and state == "in_force" else state


def _freeze(frozen: set[int], act: Told) -> None:
    """This will add what suspends (by the act that began it; 0 an article that is over), or take it away."""
    if act.kind == "object" and act.detail["on_objection"] == "freeze":
        frozen.add(act.id)
    if act.kind == "annotate" and act.detail["stays"]:
        frozen.add(act.id)
    if act.kind == "suspend":
        frozen.add(0)
    if act.kind == "resume":
        frozen.discard(0)
    if act.kind in {"answer_objection", "end_annotation"}:
        frozen.discard(act.detail.get("objection", act.detail.get("note")))
