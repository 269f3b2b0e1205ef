"""The panel and the hearing of a case at the desk: what is asked about them, and how they are shown.

An expert is one line (code, capacity, declaration): who declares an interest stands back and is named as such. A
voice is a vote with its reasons, kept together as an exhibit of its own; where the panel sat elsewhere its paper is
entered once and stands for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _

from chengxin.cases.models import Act, Case
from chengxin.cases.panel import CAPACITIES, SIDES, VOTES
from chengxin.cases.point import Point
from chengxin.cases.step_words import ADVICE, ASKED, CLEAR, HINTS, VOICES
from chengxin.kit import Visit, spoken
from chengxin.ledger.content import is_destroyed, open_exhibit, store_text
from chengxin.ledger.models import Exhibit, Official
from chengxin.subjects.registry import subject_of_code

SHOWN: Final = 400
"""Characters of a voice shown with the case; the whole stands in its exhibit."""


class MembersField(forms.CharField):
    """Experts, one a line: each must be one that ``_member`` can read."""

    def clean(self, value: Any) -> str:
        """This will give the lines as written, or say which one cannot be read."""
        text: str = super().clean(value)
        for number, line in enumerate(_lines(text), 1):
            if _member(line) is None:
                raise forms.ValidationError(
                    _("第 %(n)d 行读不出来：%(line)s。写作“代码 类别 申明”。") % {"n": number, "line": line}
                )
        return text


def questions(kind: str, point: Point) -> dict[str, forms.Field]:
    """This will ask for the experts, or for the voice of each who sits."""
    if kind == "convene_panel":
        known = "、".join(spoken(*words) for words in CAPACITIES.values())
        return {
            "members": MembersField(
                label=spoken(*ASKED["members"]),
                help_text=spoken(*HINTS["members"]).format(capacities=known),
                max_length=4_000,
                widget=forms.Textarea(),
            )
        }
    if kind != "panel_advice":
        return {}
    asked: dict[str, forms.Field] = {}
    asked["paper"] = forms.CharField(
        label=spoken(*VOICES["paper"]), help_text=spoken(*HINTS["paper"]), required=False, max_length=20_000,
        widget=forms.Textarea(),
    )  # fmt: skip
    for number, member in enumerate(point.panel):
        asked[f"vote_{number}"] = forms.ChoiceField(
            label=f"{member}　{spoken(*VOICES['vote'])}",
            choices=[(vote, spoken(*words)) for vote, words in VOTES.items()],
            widget=forms.RadioSelect,
        )
        asked[f"reasons_{number}"] = forms.CharField(
            label=f"{member}　{spoken(*VOICES['reasons'])}",
            help_text=spoken(*HINTS["reasons"]) if number == 0 else "",
            required=False,
            max_length=20_000,
            widget=forms.Textarea(),
        )
    return asked


def refuse_silent(form: forms.Form, point: Point) -> None:
    """This will ask for the reasons of every voice, or for the paper that holds them."""
    for number, _member_code in enumerate(point.panel):
        if not form.cleaned_data.get(f"reasons_{number}") and not form.cleaned_data.get("paper"):
            form.add_error(f"reasons_{number}", _("写明理由，或者录入评审意见书。"))


def detail(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """This will tell apart who sits and who stood back."""
    if kind != "convene_panel":
        return {}
    read = [one for line in _lines(said["members"]) if (one := _member(line)) is not None]
    stood_back = [{"member": one["member"], "of": one["of"]} for one in read if "of" in one]
    sitting = [one for one in read if "of" not in one]
    return {"members": sitting, **({"recused": stood_back} if stood_back else {})}


def voices(
    visit: Visit, it: Case, point: Point, said: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], list[int]]:
    """This will keep each voice as an exhibit and give what the act says, with the numbers it cites."""
    title = f"{ASKED['voices'][0]}　{it.number}"
    paper = (
        store_text(visit.store, said["paper"], title, visit.now, visit.secret).pk if said["paper"] else None
    )
    told = []
    for number, member in enumerate(point.panel):
        vote, reasons = said[f"vote_{number}"], said[f"reasons_{number}"]
        kept = paper
        if reasons:
            text = f"{member}　{VOTES[vote][0]}\n{reasons}"
            kept = store_text(visit.store, text, f"{member}　{title}"[:120], visit.now, visit.secret).pk
        told.append({"member": member, "vote": vote, "reasons": kept})
    return told, sorted({one["reasons"] for one in told} | ({paper} if paper else set()))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _member(line: str) -> dict[str, Any] | None:
    """One expert of a line; None where it cannot be read. Codes after the declaration are interests elsewhere."""
    code, *said = line.replace("，", " ").replace(",", " ").split()
    if len(said) < 2:
        return None
    capacity = _named(CAPACITIES, said[0])
    side = "" if said[1].lower() in CLEAR else _named(SIDES, said[1])
    found = [subject_of_code(each) for each in said[2:]]
    if capacity is None or side is None or None in found:
        return None
    one = {"member": code, "capacity": capacity, "interests": found, "clear_of": list(SIDES)}
    return {**one, "of": side} if side else one


def _named(words: Mapping[str, tuple[str, str]], said: str) -> str | None:
    return next((code for code, both in words.items() if said.lower() in {code, *map(str.lower, both)}), None)


def shown(visit: Visit, acts: Sequence[Act]) -> dict[str, Any] | None:
    """This will show the newest panel: who sits, who stood back, each voice with its reasons, and the advice."""
    named = next((act for act in reversed(acts) if act.kind == "convene_panel"), None)
    if named is None:
        return None
    advised = next((act for act in reversed(acts) if act.kind == "panel_advice" and act.pk > named.pk), None)
    heard = {one["member"]: one for one in (advised.detail.get("voices") or ())} if advised else {}
    return {
        "on": named.on,
        "members": [_seat(visit, one, heard.get(one["member"])) for one in named.detail["members"]],
        "recused": [
            {"code": one["member"], "side": spoken(*SIDES[one["of"]])}
            for one in named.detail.get("recused", ())
        ],
        "advised": advised.on if advised else None,
        "advice": spoken(*ADVICE[advised.detail["advice"]]) if advised else "",
        "supports": bool(advised and advised.detail["advice"] == "support"),
        "pro": advised.detail["pro"] if advised else 0,
        "contra": advised.detail["contra"] if advised else 0,
    }


def _seat(visit: Visit, one: Mapping[str, Any], voice: Mapping[str, Any] | None) -> dict[str, Any]:
    seat: dict[str, Any] = {"code": one["member"], "vote": "", "reasons": "", "exhibit": None}
    seat["capacity"] = spoken(*CAPACITIES[one["capacity"]]) if one.get("capacity") in CAPACITIES else ""
    seat["clear_of"] = [spoken(*SIDES[side]) for side in one.get("clear_of") or () if side in SIDES]
    if voice is not None:
        seat |= {"vote": spoken(*VOTES[voice["vote"]]), "supports": voice["vote"] == "support"}
        seat |= {"reasons": _reasons(visit, voice["reasons"]), "exhibit": voice["reasons"]}
    return seat


def _reasons(visit: Visit, number: int) -> str:
    """The reasons of a voice as far as the page shows them; a paper that is no text, or was destroyed, has none."""
    found = Exhibit.objects.filter(pk=number).first()
    if found is None or is_destroyed(found) or found.media_type != "text/plain":
        return ""
    text = open_exhibit(found, visit.store, visit.secret).decode("utf-8")
    own = text.split("\n", 1)[-1]
    return own if len(own) <= SHOWN else f"{own[:SHOWN]}…"


def heard(acts: Sequence[Act], point: Point) -> dict[str, Any] | None:
    """This will show the hearing: until when it may be asked for, who asked, when it was told and held, its record."""
    if point.hearing_until is None and not point.hearing_told:
        return None
    last = {act.kind: act for act in acts if act.kind in {"ask_hearing", "hold_hearing"}}
    asked, held = last.get("ask_hearing"), last.get("hold_hearing")
    chair = Official.objects.filter(pk=held.official).first() if held and held.official else None
    return {
        "until": point.hearing_until,
        "asked": asked.on if asked else None,
        "told": date.fromisoformat(held.detail["told_on"]) if held else None,
        "held": held.on if held else None,
        "chair": chair.name if chair else "",
        "records": held.cites.get("exhibits", []) if held else [],
    }
