"""What the steps beside the road are asked: their questions, and what the answers become in the act.

A text is kept as an exhibit and the act names it; a code, a day or a number stands in the act itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django import forms

from chengxin.cases import legal_review, notes, objections, own_words, repair
from chengxin.cases.models import Case
from chengxin.cases.point import Point
from chengxin.cases.step_words import ASKED, HINTS
from chengxin.faces.desk import panel
from chengxin.kit import DayInput, Visit, spoken
from chengxin.ledger.content import store_text

PAPERS: Final = {"evidence": True, "order": True, "proof": False, "commitment": False}
"""Texts that become exhibits an act tells apart, and whether they may be missing."""
_CHOICES: Final[dict[str, dict[str, Mapping[str, tuple[str, str]]]]] = {
    "object": {"ground": objections.GROUNDS},
    "answer_objection": {"outcome": objections.OUTCOMES},
    "answer_review": {"outcome": objections.OUTCOMES},
    "legal_review": {"opinion": legal_review.OPINIONS},
    "annotate": {"what": notes.WHATS},
    "end_annotation": {"outcome": notes.OUTCOMES},
    "refuse_repair": {"reason": repair.REASONS},
}
_TEXTS: Final = {"object": ("evidence",), "annotate": ("order",), "apply_repair": ("proof", "commitment")}
_DAYS: Final = {"hold_hearing": ("told_on",), "notify": ("since", "until")}


def questions(kind: str, point: Point) -> dict[str, forms.Field]:
    """This will give the fields of a step, in the order they are asked."""
    found: dict[str, forms.Field] = {}
    for name, words in _CHOICES.get(kind, {}).items():
        choices = [(code, spoken(*both)) for code, both in words.items()]
        found[name] = forms.ChoiceField(choices=choices, **_words(name))
    if kind == "resume":
        found["article"] = forms.CharField(max_length=80, **_words("article"))
    if kind == "annotate":
        found["docket"] = forms.CharField(max_length=60, **_words("docket"))
    found |= panel.questions(kind, point)
    for name in _TEXTS.get(kind, ()):
        required = not PAPERS[name]
        found[name] = forms.CharField(
            required=required, max_length=20_000, widget=forms.Textarea(), **_words(name)
        )
    for name in _DAYS.get(kind, ()):
        found[name] = forms.DateField(required=kind != "notify", widget=DayInput(), **_words(name))
    return found


def _words(name: str) -> dict[str, Any]:
    return {"label": spoken(*ASKED[name]), "help_text": spoken(*HINTS[name]) if name in HINTS else ""}


def detail(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """This will put the answers that are codes, days and numbers into what the act says."""
    names = (*_CHOICES.get(kind, ()), *_DAYS.get(kind, ()))
    given: dict[str, Any] = {name: said[name] for name in names if said.get(name) not in (None, "")}
    for name, value in given.items():
        given[name] = value.isoformat() if isinstance(value, date) else value
    if kind == "resume":
        given["article"] = said["article"]
    if kind == "annotate":
        given["docket"] = said["docket"]
    given |= panel.detail(kind, said)
    if kind == "own_words":
        given |= own_words.measured(said["text"])
    if kind == "notify" and "since" in given:
        given["from"] = given.pop("since")
    return given


def papers(
    visit: Visit, it: Case, kind: str, said: Mapping[str, Any], point: Point
) -> tuple[dict[str, Any], list[int]]:
    """This will keep the texts an act tells apart; it gives what the act says of them, and their numbers."""
    if kind == "panel_advice":
        voices, numbers = panel.voices(visit, it, point, said)
        return {"voices": voices}, numbers
    kept: dict[str, Any] = {}
    for name in _TEXTS.get(kind, ()):
        if said.get(name):
            title = f"{ASKED[name][0]}　{it.number}"
            number = store_text(visit.store, said[name], title, visit.now, visit.secret).pk
            kept[name] = [number] if name == "evidence" else number
    return kept, [one for value in kept.values() for one in (value if isinstance(value, list) else [value])]


def named(kind: str, point: Point, today: date) -> dict[str, Any]:
    """This will name the earlier act that a step is about: the oldest that waits for it."""
    if kind == "end_annotation":
        return {"note": point.notes[0].act} if point.notes else {}
    if kind == "extend":
        waiting = [(one.act, one.extended) for one in (point.asking, *point.objections) if one is not None]
        return next(({"of": act} for act, extended in waiting if not extended), {})
    meant = {
        "ask_review": list(point.answered),
        "answer_review": [one.act for one in point.objections if one.of is not None],
        "urge": [one.act for one in point.objections if one.answer_by is not None and one.answer_by < today],
    }[kind]
    return {"objection": meant[0]} if meant else {}


NAMING: Final = frozenset({"ask_review", "answer_review", "urge", "extend", "end_annotation"})


def applies(kind: str, point: Point, steps: Mapping[str, Any], today: date) -> bool:
    """This will say whether a step has anything to be about: only then is it offered."""
    if kind in NAMING:
        return bool(named(kind, point, today))
    if kind in {"ask_hearing", "hold_hearing"}:
        asked = point.hearing_asked
        return (
            point.hearing_until is not None and asked == (kind == "hold_hearing") and not point.hearing_held
        )
    if kind in {"convene_panel", "panel_advice"}:
        return point.sits if kind == "panel_advice" else "panel_advice" in steps and not point.advice
    if kind in _ABOUT:
        return _ABOUT[kind](point)
    return kind not in {"route", "answer_objection"} or any(one.of is None for one in point.objections)


_ABOUT: Final[dict[str, Callable[[Point], bool]]] = {
    "apologise": lambda point: point.mistaken is not None and point.apologised is None,
    "certify": lambda point: point.apologised is not None,
    "shorten": lambda point: False,
    "suspend": lambda point: False,
    "resume": lambda point: point.suspended is not None,
    "apply_repair": lambda point: point.repairable is not None and point.asking is None,
    "accept_repair": lambda point: point.asking is not None and not point.asking.accepted,
    "refuse_repair": lambda point: point.asking is not None,
}
"""What a step is about must be there: an application to take up, a mistake to apologise for."""
