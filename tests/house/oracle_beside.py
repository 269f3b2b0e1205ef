"""What stands beside the road, judged from the tables: statements, hearings, objections, notes, repair.

Plain SQL through ``oracle``; no code of ``cases`` or ``effects`` is asked. Each function gives sentences of what
is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.house.oracle import PROCEDURES, WORKDAYS, Query, Told, acts, standing

MARKED = """select "case", "row", marked, frozen from effects_standing where act is not null"""
SINGLE = "select id from cases_case where subject is not null"
WRONG = frozenset({"corrected", "deleted", "stopped", "delisted"})
OUTCOMES = WRONG | {"kept"}
REASONS = frozenset({"papers_missing", "not_performed", "not_repairable", "false_papers"})
BEFORE_2026 = dict.fromkeys(("general", "ordered", "proposed"), (3, 36))
"""Months, by the rule before the first of April 2026, where it was another."""
LONGEST_OWN_WORDS = 500
SUSPENDING = frozenset({"suspend", "resume"})


def worsened(query: Query) -> list[str]:
    """Nobody is worse off for a defence, and a hearing that may still be asked for, or was, comes first."""
    known, found = acts(query), []
    for effect in standing(query):
        if not effect["adverse"] or effect["act"] is None:
            continue
        road = _road(known, effect)
        decision = known[known[effect["act"]].detail["decision"]]
        before = [act for act in road if act.id < decision.id]
        name = f"effect {effect['id']}"
        told = next((act for act in reversed(before) if act.kind == "notify"), None)
        if told is None:
            continue  # said by ``oracle.unheard``
        since = [act for act in before if act.id > told.id]
        found += [f"{name} {what}" for what in _heavier(told, decision, since, effect)]
        found += [f"{name} {what}" for what in _unheld(decision, since)]
    return found


def _road(known: Mapping[int, Told], effect: Mapping[str, Any]) -> list[Told]:
    own = (act for act in known.values() if act.case == effect["case"] and act.id <= effect["act"])
    return sorted((act for act in own if act.subject in (None, effect["row"])), key=lambda act: act.id)


def _heavier(told: Told, decision: Told, since: list[Told], effect: Mapping[str, Any]) -> Iterator[str]:
    until = told.detail.get("until")
    if until and (effect["until"] or "9999") > max(until, effect["since"]):
        yield f"lasts to {effect['until']}, and {until} was told"
    stated = any(act.kind == "state" for act in since)
    if decision.subject is not None or "lines" not in decision.detail:
        return
    if "lines" not in told.detail and not stated:
        return
    promised: dict[str, dict[str, Any]] = {}
    for line in told.detail.get("lines") or [{}]:
        promised[line.get("part") or ""] = {**line, **line.get("body", {})}
    for name, value in effect["body"].items():
        was = promised.get(effect["part"] or "", {}).get(name, 0)
        if type(value) is int and value > was:
            yield f"says {name} {value}, and {was} was told"


def _unheld(decision: Told, since: list[Told]) -> Iterator[str]:
    served = next((act for act in reversed(since) if act.kind == "serve"), None)
    until = served.detail.get("hearing_until") if served else None
    done = {act.kind for act in since}
    if until is None:
        if "ask_hearing" in done:
            yield "was preceded by a request for a hearing that is not open"
    elif "ask_hearing" in done:
        if "hold_hearing" not in done:
            yield "was decided over a hearing that was asked for"
    elif decision.on <= until and not ("waive" in done and "state" not in done):
        yield f"was decided on {decision.on}, while a hearing could be asked for to {until}"


def last_of(known: Mapping[int, Told], before: Told, kind: str) -> Told | None:
    """The newest of a kind before an act: of its own row, or of the whole list."""
    own = [
        act
        for act in known.values()
        if act.case == before.case and act.kind == kind and act.id < before.id
        and act.subject in (None, before.subject)
    ]  # fmt: skip
    return max(own, key=lambda act: act.id, default=None)


def unrepairable(query: Query, regime: Mapping[str, tuple[int, int]]) -> list[str]:
    """Repair by application: not before the shortest period, published no longer than the longest, papers together.

    ``regime``: by procedure, the least and the most months by the newest rule.
    """
    known, procedures = acts(query), dict(query(PROCEDURES))
    found = []
    for effect in standing(query):
        name = procedures.get(effect["case"])
        if name not in regime or not effect["adverse"] or effect["act"] is None:
            continue
        bound = known[effect["act"]]
        decision = known[bound.detail["decision"]]
        most = _months(decision.on, _terms(regime, str(name), decision)[1])
        if (effect["until"] or "9999") > max(most, effect["since"]):
            found.append(f"effect {effect['id']} is published to {effect['until']}, at most to {most}")
        if not bound.detail.get("repair"):
            found.append(f"effect {effect['id']} was served without the notice on repair")
        if name == "minor" and not decision.cites.get("exhibits"):
            found.append(f"effect {effect['id']} publishes what is minor without reasons")
    for act in known.values():
        if procedures[act.case] in regime:
            found += _repaired(known, act, _terms(regime, procedures[act.case], _decided(known, act)))
    return found


def _terms(regime: Mapping[str, tuple[int, int]], name: str, decision: Told | None) -> tuple[int, int]:
    old = decision is not None and decision.on < "2026-04-01"
    return BEFORE_2026.get(name, regime[name]) if old else regime[name]


def _decided(known: Mapping[int, Told], act: Told) -> Told | None:
    return last_of(known, act, "decide")


def _repaired(known: Mapping[int, Told], act: Told, terms: tuple[int, int]) -> Iterator[str]:
    decision = _decided(known, act)
    own = [
        one
        for one in known.values()
        if (one.case, one.subject) == (act.case, act.subject) and one.id < act.id
    ]
    asked = max((one for one in own if one.kind == "apply_repair"), key=lambda one: one.id, default=None)
    since = {one.kind for one in own if asked and one.id > asked.id}
    if act.kind == "apply_repair":
        papers = {act.detail.get("proof"), act.detail.get("commitment")}
        if None in papers or not papers <= set(act.cites.get("exhibits", ())):
            yield f"act {act.id} applies without its papers"
        ends = decision.detail.get("until", "9999") if decision else ""
        if decision is None or act.on < min(_months(decision.on, terms[0]), ends):
            yield f"act {act.id} applies on {act.on}, before its time"
        if asked is not None and not since & {"repair", "refuse_repair"}:
            yield f"act {act.id} applies twice"
        for name, most in (("accept_by", 3), ("answer_by", 10)):
            if workdays(act.on, act.detail[name]) > most:
                yield f"act {act.id} is due on {act.detail[name]}, over {most} working days"
    if act.kind in {"repair", "accept_repair", "refuse_repair"} and (
        asked is None or "refuse_repair" in since
    ):
        yield f"act {act.id} ({act.kind}) answers no application"
    if act.kind == "refuse_repair" and (
        not act.cites.get("exhibits") or act.detail.get("reason") not in REASONS
    ):
        yield f"act {act.id} refuses without a reason"
    if act.kind == "repair" and ("accept_repair" not in since or act.detail["ends_on"] > act.on):
        yield f"act {act.id} repairs what was not taken up, or later"


def disputed(query: Query, stays: Mapping[str, str]) -> list[str]:
    """Marks stand while an objection is open; a repeat without new evidence marks nothing; a suit alone stays nothing.

    ``stays``: by what is pending, the article that may suspend.
    """
    known = sorted(acts(query).values(), key=lambda act: act.id)
    found = [what for act in known for what in _filed(known, act, stays)]
    single = {row[0] for row in query(SINGLE)}
    for case, _row, marked, frozen in query(MARKED):
        if case not in single:
            continue
        own = [act for act in known if act.case == case]
        open_ = _open(own)
        marks = any(act.detail["on_objection"] != "none" for act in open_)
        freezes = any(act.detail["on_objection"] == "freeze" for act in open_) or any(
            act.detail["stays"] for act in _noted(own)
        )
        freezes = freezes or [act.kind for act in own if act.kind in SUSPENDING][-1:] == ["suspend"]
        if (bool(marked), bool(frozen)) != (marks, freezes):
            found.append(
                f"case {case} is shown marked {marked}, frozen {frozen}: its acts say {marks}, {freezes}"
            )
    return found


def _open(own: list[Told]) -> list[Told]:
    answered = {a.detail["objection"] for a in own if a.kind in {"answer_objection", "answer_review"}}
    return [act for act in own if act.kind in {"object", "ask_review"} and act.id not in answered]


def _noted(own: list[Told]) -> list[Told]:
    over = {act.detail["note"] for act in own if act.kind == "end_annotation"}
    return [act for act in own if act.kind == "annotate" and act.id not in over]


def _filed(known: list[Told], act: Told, stays: Mapping[str, str]) -> Iterator[str]:
    own = [one for one in known if (one.case, one.subject) == (act.case, act.subject) and one.id < act.id]
    papers = act.cites.get("exhibits") or []
    if act.kind == "object":
        yield from _objected(own, act, papers)
    elif act.kind in {"answer_objection", "answer_review"}:
        yield from _answered(own, act, papers)
    elif act.kind == "annotate" and act.detail["stays"]:
        order, article = act.detail.get("order"), act.detail.get("stay_article")
        if not (order is not None and order in papers) and article != stays[act.detail["what"]]:
            yield f"act {act.id} suspends without article or order"
    elif act.kind == "extend":
        if not papers or any(one.kind == "extend" and one.detail["of"] == act.detail["of"] for one in own):
            yield f"act {act.id} extends without reason, or again"
    elif act.kind == "urge":
        due = [one.detail["answer_by"] for one in own if one.kind in _DUE and _concerns(one, act)]
        if due and act.on <= due[-1]:
            yield f"act {act.id} urges on {act.on} what is due on {due[-1]}"
    else:
        yield from _reasoned(act, papers)


def _reasoned(act: Told, papers: list[int]) -> Iterator[str]:
    if act.kind == "own_words" and (not papers or not 0 < act.detail["characters"] <= LONGEST_OWN_WORDS):
        yield f"act {act.id} is no statement of at most {LONGEST_OWN_WORDS} characters"
    elif act.kind == "revoke" and not papers and not act.cites.get("records"):
        yield f"act {act.id} withdraws without a reason"


_DUE = frozenset({"object", "ask_review", "route", "extend"})


def _concerns(one: Told, act: Told) -> bool:
    """Whether an act began, sent on or extended what the other one names."""
    if one.kind in {"object", "ask_review"}:
        return bool(one.id == act.detail["objection"])
    return bool(one.detail.get("objection", one.detail.get("of")) == act.detail["objection"])


def _objected(own: list[Told], act: Told, papers: list[int]) -> Iterator[str]:
    before = [one for one in own if one.kind == "object"]
    old = {each for one in before for each in one.detail.get("evidence", ())}
    fresh = set(act.detail.get("evidence", ())) & set(papers) - old
    if (act.detail["on_objection"] == "none") != bool(before and not fresh):
        yield f"act {act.id} marks {act.detail['on_objection']} after {len(before)}, with {fresh} new"
    if act.detail["ground"] == "mismatch" and workdays(act.on, act.detail["answer_by"]) > 1:
        yield f"act {act.id} is a mismatch of ours, answered by {act.detail['answer_by']}"


def _answered(own: list[Told], act: Told, papers: list[int]) -> Iterator[str]:
    if not papers or act.detail.get("outcome") not in OUTCOMES:
        yield f"act {act.id} does not answer in writing what came of it"
    if "revoke_by" in act.detail and workdays(act.on, act.detail["revoke_by"]) > 3:
        yield f"act {act.id} leaves until {act.detail['revoke_by']} to withdraw"
    asked = next(one for one in own if one.id == act.detail["objection"])
    named = asked.detail.get("objection")
    firsts = [one for one in own if one.kind == "answer_objection" and one.detail["objection"] == named]
    if act.kind == "answer_review" and any(one.official == act.official for one in firsts):
        yield f"act {act.id} reviews its own answer"


def workdays(after: str, until: str) -> int:
    """Working days after the one, up to the other."""
    first, last = date.fromisoformat(after).toordinal() + 1, date.fromisoformat(until).toordinal()
    return sum(WORKDAYS.is_workday(date.fromordinal(day)) for day in range(first, last + 1))


def _months(on: str, count: int) -> str:
    """The like-numbered day some months on, or the month's last."""
    day = date.fromisoformat(on)
    year, month = divmod(day.month - 1 + count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, last).isoformat()
        except ValueError:
            continue
    raise AssertionError(on)
