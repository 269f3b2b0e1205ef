"""Grades and states as shape, word and colour together, so that they read in black and white."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit.words import spoken

SHAPES = {
    "circle": '<circle cx="10" cy="10" r="8"/>',
    "square": '<rect x="2.5" y="2.5" width="15" height="15" rx="2"/>',
    "triangle": '<path d="M10 1.5L19 17.5H1z"/>',
    "diamond": '<path d="M10 1L19 10L10 19L1 10z"/>',
    "octagon": '<path d="M6.3 1.5h7.4l4.8 4.8v7.4l-4.8 4.8H6.3l-4.8-4.8V6.3z"/>'
    '<path class="cut" d="M5.5 10h9"/>',
    "ring": '<circle class="hollow" cx="10" cy="10" r="7"/>',
    "half": '<circle class="hollow" cx="10" cy="10" r="7"/><path d="M10 3a7 7 0 0 1 0 14z"/>',
    "bar": '<rect x="2" y="7.5" width="16" height="5" rx="2.5"/>',
}


@dataclass(frozen=True)
class Grade:
    """One grade of a scheme: its shape, its colour class and its word."""

    shape: str
    fill: str
    word: str


GRADES = {
    "green": Grade("circle", "green", noop("绿色")),
    "blue": Grade("square", "blue", noop("蓝色")),
    "yellow": Grade("triangle", "yellow", noop("黄色")),
    "red": Grade("diamond", "red", noop("红色")),
    "red_again": Grade("diamond", "red", noop("连续红色")),
    "black": Grade("octagon", "black", noop("黑色")),
    "A": Grade("circle", "green", noop("A 级")),
    "B": Grade("square", "blue", noop("B 级")),
    "M": Grade("half", "blue", noop("M 级")),
    "C": Grade("triangle", "yellow", noop("C 级")),
    "D": Grade("diamond", "red", noop("D 级")),
}

STATES = {
    "open": ("ring", "neutral"),
    "proposed": ("ring", "neutral"),
    "notified": ("half", "neutral"),
    "served": ("half", "neutral"),
    "stated": ("half", "neutral"),
    "answered": ("half", "neutral"),
    "decided": ("half", "action"),
    "in_force": ("circle", "action"),
    "frozen": ("bar", "gold"),
    "taken_out": ("ring", "neutral"),
    "lapsed": ("ring", "neutral"),
    "revoked": ("ring", "neutral"),
    "repaired": ("ring", "action"),
    "kept": ("square", "neutral"),
    "waiting": ("ring", "neutral"),
    "running": ("half", "action"),
    "done": ("circle", "action"),
    "refused": ("triangle", "gold"),
    "failed": ("diamond", "neutral"),
}
TASKS = {
    "waiting": noop("排队中"),
    "running": noop("进行中"),
    "done": noop("已完成"),
    "refused": noop("未接收"),
    "failed": noop("出了差错"),
}


def _drawn(shape: str, fill: str, word: str) -> SafeString:
    return format_html(
        '<span class="badge-shape is-{}">'
        '<svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">{}</svg><span>{}</span></span>',
        fill,
        mark_safe(SHAPES[shape]),  # noqa: S308 -- a constant of this file
        word,
    )


def grade_badge(grade: str) -> SafeString:
    """This will draw a grade as shape + word + colour; an unknown one as it came, with a ring."""
    known = GRADES.get(grade)
    if known is None:
        return _drawn("ring", "neutral", grade)
    return _drawn(known.shape, known.fill, _(known.word))


def state_word(state: str) -> str:
    """This will say where a case (or a piece of work) stands, in the words of the cases room."""
    from chengxin.cases.edges import TITLES

    low = state.lower()
    if low in TASKS:
        return _(TASKS[low])
    words = {str(known): said for known, said in TITLES.items()}
    return spoken(*words[low]) if low in words else state


def state_mark(state: str) -> SafeString:
    """This will draw where a case stands, as shape + word."""
    shape, fill = STATES.get(state.lower(), ("ring", "neutral"))
    return _drawn(shape, fill, state_word(state))


def marked() -> SafeString:
    """This will draw the mark 异议处理中 that stands beside what is objected to."""
    return _drawn("triangle", "gold", _("异议处理中"))
