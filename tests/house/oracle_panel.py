"""What the law asks of a panel and of a hearing, judged from the tables: who sits, what each says, whom it holds back.

Plain SQL through ``oracle``; no code of ``cases`` or ``effects`` is asked. Each function gives sentences of what
is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.house.oracle import PROCEDURES, Query, Told, acts, standing
from tests.house.oracle_beside import last_of, workdays

ABOUT = "select id, subject from cases_case"
Asked = Mapping[str, tuple[int, frozenset[str]]]
"""By procedure: how many sit at least, and in whom each says that he has no interest."""


def unadvised(query: Query, asked: Asked) -> list[str]:
    """A panel is odd, large enough and without conflicts; it advises what its majority says, each with reasons;
    nobody is decided about while it sits, nor against it without reasons, nor with a whole list."""
    known, about, procedures = acts(query), dict(query(ABOUT)), dict(query(PROCEDURES))
    found = []
    for act in known.values():
        if act.kind == "convene_panel":
            least, clear_of = asked.get(str(procedures[act.case]), (3, frozenset()))
            found += _misnamed(act, {about[act.case], act.subject}, least, clear_of)
        if act.kind == "panel_advice":
            found += _misadvised(act, last_of(known, act, "convene_panel"))
        if act.kind in {"decide", "take_out"}:
            against = {"decide": "oppose", "take_out": "support"}[act.kind]
            if _advice(known, act, act.subject) == against and not act.cites.get("exhibits"):
                found.append(f"act {act.id} ({act.kind}) departs from the panel without reasons")
    return [*found, *_carried(query, known)]


def _misnamed(act: Told, own: set[int | None], least: int, clear_of: frozenset[str]) -> Iterator[str]:
    names = [one["member"] for one in act.detail["members"]]
    if len(names) % 2 == 0 or len(names) < least or len(set(names)) < len(names):
        yield f"act {act.id} names the panel {names}"
    for one in act.detail["members"]:
        if own & set(one["interests"]) - {None} or clear_of - set(one.get("clear_of", ())):
            yield f"act {act.id} seats {one}, who has an interest or did not say that he has none"
    if {one["member"] for one in act.detail.get("recused", ())} & set(names):
        yield f"act {act.id} seats who stood back"


def _misadvised(act: Told, panel: Told | None) -> Iterator[str]:
    said = act.detail["voices"]
    named = sorted(one["member"] for one in panel.detail["members"]) if panel else []
    if sorted(one["member"] for one in said) != named:
        yield f"act {act.id} does not hear each of {named} once"
    if not {one["reasons"] for one in said} <= set(act.cites.get("exhibits", ())):
        yield f"act {act.id} hears a voice without reasons"
    pro = sum(one["vote"] == "support" for one in said)
    majority = "support" if pro > len(said) - pro else "oppose"
    if (act.detail["pro"], act.detail["contra"], act.detail["advice"]) != (pro, len(said) - pro, majority):
        yield f"act {act.id} counts {act.detail} wrongly"


def _carried(query: Query, known: Mapping[int, Told]) -> Iterator[str]:
    for effect in standing(query):
        if not effect["adverse"] or effect["act"] is None:
            continue
        decision = known[known[effect["act"]].detail["decision"]]
        advice = _advice(known, decision, effect["row"])
        if advice == "":
            yield f"effect {effect['id']} was decided while its panel sat"
        if advice == "oppose" and decision.subject != effect["row"]:
            yield f"effect {effect['id']} was carried by the whole list against its panel"


def _advice(known: Mapping[int, Told], before: Told, row: int | None) -> str | None:
    """What the newest panel had advised by then; empty while it sat, None without one."""
    own = [
        act
        for act in known.values()
        if (act.case, act.subject) == (before.case, row) and act.id < before.id
        and act.kind in {"convene_panel", "panel_advice"}
    ]  # fmt: skip
    newest = max(own, key=lambda act: act.id, default=None)
    return None if newest is None else str(newest.detail.get("advice", ""))


def untold(query: Query, weighs: Mapping[str, tuple[str, int]], opened: frozenset[str]) -> list[str]:
    """A notice says whether a hearing may be asked for, as its procedure has it; what was told is open, and nothing
    else; it is held with notice and on record, by another hand.

    ``opened``: procedures with a hearing; ``weighs``: of these, what must reach how much over the notice's lines.
    """
    known, procedures = acts(query), dict(query(PROCEDURES))
    found = []
    for act in known.values():
        name = str(procedures[act.case])
        if act.kind == "notify" and act.detail.get("hearing", False) != (
            name in opened and _large(act, weighs.get(name))
        ):
            found.append(f"act {act.id} tells of a hearing: {act.detail.get('hearing')}")
        if act.kind == "serve":
            notice = last_of(known, act, "notify")
            told = bool(notice and notice.detail.get("hearing"))
            until = act.detail.get("hearing_until")
            if told != (until is not None) or (until and workdays(act.detail["served_on"], until) < 5):
                found.append(f"act {act.id} opens a hearing to {until}, and {told} was told")
        if act.kind == "hold_hearing" and (
            not act.cites.get("exhibits") or workdays(act.detail["told_on"], act.on) < 7
        ):
            found.append(f"act {act.id} holds a hearing told on {act.detail['told_on']}")
    return found


def _large(notice: Told, weighs: tuple[str, int] | None) -> bool:
    lines: list[dict[str, Any]] = notice.detail.get("lines") or []
    if weighs is None or not lines:
        return True
    said = [{**line.get("body", {}), **line}.get(weighs[0]) for line in lines]
    return any(type(one) is not int for one in said) or sum(one or 0 for one in said) >= weighs[1]
