"""The panel 专家组: an odd number of experts without a conflict of interest, one voice each with its reasons.

The panel advises by majority and binds nobody: the body decides, and says in writing why where it departs from
the advice. A vote is said by the act; its reasons are an exhibit, and where the panel sat elsewhere the exhibit of
every voice is the same paper. Where the procedure names the step nothing is decided without it, and a panel that
sits is waited for in any procedure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from chengxin.cases.point import Point
from chengxin.core.errors import RefusedByLaw
from chengxin.policy.procedures import SMALLEST_PANEL, Panel

if TYPE_CHECKING:
    from chengxin.cases.rules import Occasion

SUPPORT: Final = "support"
OPPOSE: Final = "oppose"
VOTES: Final = {SUPPORT: ("赞成", "supports"), OPPOSE: ("反对", "opposes")}
SIDES: Final = {"party": ("当事人", "the party"), "complainant": ("投诉人", "the complainant")}
"""In whom an expert may have an interest."""
CAPACITIES: Final = {
    "lawyer": ("法律", "law"),
    "consumer": ("消费者代表", "consumers"),
    "trade": ("行业", "the trade"),
    "quality": ("质量技术", "quality"),
    "other": ("其他", "other"),
}
FLOOR: Final = Panel(SMALLEST_PANEL, (), "")
"""What a panel is where its procedure says no more."""


def check_convened(occasion: Occasion, before: Point, after: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a panel too small or even, one person twice, and who did not say that he has no interest.

    ``members``: ``[{"member": code, "capacity": code, "interests": [subjects], "clear_of": [sides]}, …]``;
    ``recused``: ``[{"member": code, "of": side}, …]``, who stood back because of an interest.
    """
    if before.advice:
        raise RefusedByLaw("panel.advised")
    asked = occasion.procedure.panel or FLOOR
    members = members_of(detail.get("members"))
    names = [one["member"] for one in members]
    if len(names) < asked.least or len(names) % 2 == 0 or len(set(names)) < len(names):
        raise RefusedByLaw("panel.not_odd", count=len(names), least=asked.least)
    for one in members:
        if set(asked.clear_of) - set(one.get("clear_of") or ()):
            raise RefusedByLaw("panel.undeclared", member=one["member"])
    for one in detail.get("recused") or ():
        if one["member"] in names:
            raise RefusedByLaw("panel.conflict", member=one["member"])


def refuse_conflict(about: int | None, detail: Mapping[str, Any]) -> None:
    """This will refuse a member who declared an interest in whom the matter is about."""
    for one in members_of(detail.get("members")):
        if about in one["interests"]:
            raise RefusedByLaw("panel.conflict", member=one["member"])
    stood_back = detail.get("recused") or []
    said = isinstance(stood_back, list) and all(
        isinstance(one, Mapping) and one.get("member") and one.get("of") in SIDES for one in stood_back
    )
    if not said:
        raise RefusedByLaw("panel.members_unsaid")


def members_of(told: Any) -> list[Mapping[str, Any]]:
    """This will give the members that are named, or refuse what names none."""
    said = isinstance(told, list) and all(
        isinstance(one, Mapping) and one.get("member") and isinstance(one.get("interests"), list)
        for one in told
    )
    if not said:
        raise RefusedByLaw("panel.members_unsaid")
    return list(told)


def fill_advice(before: Point, filled: dict[str, Any]) -> None:
    """This will count the voices, one of each member, and write what their majority advises.

    ``voices``: ``[{"member": code, "vote": "support" | "oppose", "reasons": exhibit}, …]``.
    """
    if before.advice:
        raise RefusedByLaw("panel.advised")
    voices = filled.get("voices")
    said = all(
        isinstance(one, Mapping) and one.get("vote") in VOTES and type(one.get("reasons")) is int
        for one in (voices if isinstance(voices, list) else ())
    )
    if not isinstance(voices, list) or not said or not before.panel:
        raise RefusedByLaw("panel.not_voted")
    spoke = Counter(str(one.get("member")) for one in voices)
    if spoke != Counter(before.panel):
        raise RefusedByLaw("panel.voices", heard=len(voices), members=len(before.panel))
    pro = sum(one["vote"] == SUPPORT for one in voices)
    contra = len(voices) - pro
    filled |= {"pro": pro, "contra": contra, "advice": SUPPORT if pro > contra else OPPOSE}


def refuse_without_reasons(detail: Mapping[str, Any], papers: Sequence[int]) -> None:
    """This will refuse a voice whose reasons are not among the papers of the act."""
    for one in detail["voices"]:
        if one["reasons"] not in papers:
            raise RefusedByLaw("panel.voice_without_reasons", member=one["member"])


def check_decided(occasion: Occasion, before: Point, detail: Mapping[str, Any]) -> None:
    """This will refuse a decision that its panel was not heard on; a whole list carries those it supports."""
    if detail.get("advised"):
        return
    if before.sits or (occasion.procedure.advised and not before.advice):
        raise RefusedByLaw("panel.missing")


def refuse_departure(occasion: Occasion, before: Point, subject: int | None) -> None:
    """This will refuse to depart from the advice without written reasons: to decide against it, or not to decide."""
    against = {"decide": OPPOSE, "take_out": SUPPORT}[occasion.kind]
    rows = occasion.kind == "take_out" and occasion.schedule is not None and subject is None
    if before.advice == against or (rows and _supported(occasion)):
        raise RefusedByLaw("panel.against_without_reasons")


def _supported(occasion: Occasion) -> bool:
    """Whether a panel supports some row of a list that is taken out as a whole."""
    return occasion.case.acts.filter(kind="panel_advice", detail__advice=SUPPORT).exists()
