"""What a service or its failure is asked: by which means, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms

from chengxin.cases import service
from chengxin.cases.service import IN_PERSON, LETTER, MEANS, REASONS, SERVICES
from chengxin.kit import DayInput, spoken

ASKED: Final = (*SERVICES, "fail_service")


def questions(kind: str, *, listed: bool) -> dict[str, forms.Field]:
    """This will give the fields of a step. A letter has a receipt of its own: it is entered firm by firm."""
    open_ways = {name: words for name, words in MEANS.items() if not (listed and name == LETTER)}
    found: dict[str, forms.Field] = {
        "means": forms.ChoiceField(label=_label("means"), initial=IN_PERSON, choices=_choices(open_ways))
    }
    if kind == "fail_service":
        found["reason"] = forms.ChoiceField(label=_label("reason"), choices=_choices(REASONS))
    elif not listed:
        found["tracking"] = forms.CharField(label=_label("tracking"), required=False, max_length=40)
        found["received_on"] = forms.DateField(label=_label("received_on"), required=False, widget=DayInput())
    return found


def detail(said: Mapping[str, Any]) -> dict[str, str]:
    """This will put the answers into what the act says."""
    given = {name: said[name] for name in service.ASKED if said.get(name)}
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) for name, value in given.items()
    }


def _label(name: str) -> str:
    return spoken(*service.ASKED[name])


def _choices(words: Mapping[str, tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, spoken(*both)) for name, both in words.items()]
