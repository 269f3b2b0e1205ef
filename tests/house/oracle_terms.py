"""What the law asks of an apology, a shortened term, a suspension and a legal review, read from the tables.

Plain SQL through ``oracle``; no code of ``cases`` or ``effects`` is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from tests.house.oracle import InForce, Query, Told, acts, standing

PROCEDURES = "select id, procedure from cases_case"
HEADS = "select official_id from ledger_assignment where role = 'head'"
FOUND = frozenset({"answer_objection", "answer_review", "decide"})
"""Acts that may find a mismatch of ours."""
TOLD = frozenset({"to", "how", "since", "state", "on"})


def eased(query: Query, ordered: Collection[str], proposed: Collection[str], in_force: InForce) -> list[str]:
    """Nothing grows longer, the clock does only what its article orders, and what suspends is over.

    ``ordered``, ``proposed``: procedures whose article orders the milder rule, or leaves it to the head.
    """
    known, procedures = acts(query), dict(query(PROCEDURES))
    heads = {row[0] for row in query(HEADS)}
    found = []
    for act in known.values():
        if act.kind == "shorten":
            found += _shortened(known, act, str(procedures[act.case]), ordered, proposed)
        if act.kind == "suspend" and in_force(act.detail["article"], act.on):
            found.append(f"act {act.id} suspends on {act.detail['article']}, in force on {act.on}")
        if act.kind in {"shorten", "resume"} and act.official is not None and act.official not in heads:
            found.append(f"act {act.id} ({act.kind}) is signed by no head")
    for effect in standing(query):
        own = [one for one in known.values() if one.kind == "shorten" and one.case == effect["case"]]
        ends = [
            one.detail["until"] for one in own if one.subject in (None, effect["row"]) and effect["adverse"]
        ]
        if ends and (effect["until"] or "9999") > max(min(ends), effect["since"]):
            found.append(f"effect {effect['id']} outlives its shortened end {min(ends)}")
    return found


def _shortened(
    known: Mapping[int, Told], act: Told, name: str, ordered: Collection[str], proposed: Collection[str]
) -> Iterator[str]:
    if act.detail["until"] >= act.detail["was"]:
        yield f"act {act.id} prolongs {act.detail['was']} to {act.detail['until']}"
    if name not in {*ordered, *proposed}:
        yield f"act {act.id} shortens under {name}, which names no article"
    if act.official is None and name not in ordered:
        yield f"act {act.id} is done by the clock, which no article orders"
    if not any(one.kind == "serve_decision" and one.id < act.id for one in _own(known, act)):
        yield f"act {act.id} shortens what does not bind"


def apologised(query: Query) -> list[str]:
    """An apology answers a mismatch that was found, says who was told, and is made once; a certificate follows it."""
    known = acts(query)
    found = []
    for act in sorted(known.values(), key=lambda one: one.id):
        if act.kind not in {"apologise", "certify"}:
            continue
        own = [one for one in _own(known, act) if one.id < act.id]
        cause = max((one.id for one in own if one.kind in FOUND and "apology_by" in one.detail), default=0)
        earlier = [one for one in own if one.kind == "apologise" and one.id > cause]
        if not cause:
            found.append(f"act {act.id} ({act.kind}) apologises for nothing")
        if act.kind == "apologise" and earlier:
            found.append(f"act {act.id} apologises twice")
        if act.kind == "certify" and not earlier:
            found.append(f"act {act.id} certifies before the apology")
        if act.kind == "certify" and _stands(own):
            found.append(f"act {act.id} certifies what still stands")
        if not all(set(one) == TOLD and one["since"] <= act.on for one in act.detail["told"]):
            found.append(f"act {act.id} does not say who was told")
    return found


def _stands(own: list[Told]) -> bool:
    """Whether an adverse decision of these acts still stands."""
    kinds = [one.kind for one in own if one.kind in {"decide", "revoke", "repair", "lapse", "take_out"}]
    return kinds[-1:] == ["decide"] and any(one.kind == "serve" for one in own)


def unreviewed(query: Query, asked: Collection[str]) -> list[str]:
    """Where a procedure asks for a legal review: it agrees, by another hand and with reasons, before the decision."""
    known, procedures = acts(query), dict(query(PROCEDURES))
    found = []
    for act in known.values():
        own = [one for one in _own(known, act) if one.id < act.id]
        if act.kind == "legal_review":
            hands = {one.official for one in own if one.kind in {"propose", "notify", "answer"}}
            if act.official in hands or not act.cites.get("exhibits"):
                found.append(f"act {act.id} reviews its own case, or without reasons")
        if act.kind == "decide" and procedures[act.case] in asked:
            opinions = [one.detail["opinion"] for one in own if one.kind == "legal_review"]
            if opinions[-1:] != ["agree"]:
                found.append(f"act {act.id} decides over the legal review: {opinions}")
    return found


def _own(known: Mapping[int, Told], act: Told) -> list[Told]:
    mine = (one for one in known.values() if one.case == act.case and one.subject in (None, act.subject))
    return sorted(mine, key=lambda one: one.id)
