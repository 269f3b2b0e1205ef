"""One record by hand: a form made from the item's own columns, checked by the same rules as a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.cases.receipt import attesting
from chengxin.effects import resting
from chengxin.faces.desk.intake import item_of
from chengxin.kit import DayInput, Visit, ask, page, spoken
from chengxin.policy.items import Column, Item
from chengxin.records.hot import take_row
from chengxin.records.intake import Receipt

LONG = 120


def form_of(it: Item) -> type[forms.Form]:
    """This will make the questions of an item: one a column, its title, unit, example and choices."""
    fields: dict[str, Any] = {name: question(column) for name, column in it.columns.items()}
    for group in it.required_one_of:
        for name in group:
            fields[name].help_text = " · ".join(filter(None, [fields[name].help_text, _one_of(it, group)]))
    return type("SingleForm", (_OneOf,), {**fields, "item": it})


class _OneOf(forms.Form):
    """Asks before the receipt what a file is only told after it: of these, one is needed."""

    item: Item

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for group in self.item.required_one_of:
            if not any(said.get(name) or name in self.errors for name in group):
                self.add_error(group[0], _one_of(self.item, group))
        return said


def _one_of(it: Item, group: tuple[str, ...]) -> str:
    columns = (it.columns[name] for name in group)
    return _("%(columns)s至少填一项。") % {
        "columns": _("、").join(spoken(column.title, column.title_en) for column in columns)
    }


def question(column: Column) -> forms.Field:
    """This will make the question of one column. What is a bad value is for intake to say, not for here."""
    words: dict[str, Any] = {
        "label": spoken(column.title, column.title_en) + (f"（{column.unit}）" if column.unit else ""),
        "required": column.required,
        "help_text": _("例如 %(example)s") % {"example": column.example} if column.example else "",
    }
    if column.type == "choice":
        choices = [(code, spoken(said.zh, said.en)) for code, said in column.allowed.items()]
        if len(choices) > 6:
            return forms.ChoiceField(choices=[("", "—"), *choices], **words)
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **words)
    if column.type == "date":
        return forms.DateField(widget=DayInput(), **words)
    if column.type == "bool":
        yes_no = [("true", _("是")), ("false", _("否"))]
        return forms.ChoiceField(choices=yes_no, widget=forms.RadioSelect, **words)
    long = column.type == "text" and (column.max_length or 0) > LONG
    widget = forms.Textarea() if long and (column.max_length or 0) > 300 else forms.TextInput()
    return forms.CharField(max_length=column.max_length or 400, widget=widget, **words)


def receive_one(visit: Visit, it: Item, said: dict[str, Any]) -> Receipt:
    """This will take one record, visible at once, with its receipt in the same transaction."""
    agency = str(visit.who.agency_id)
    attest = attesting(it, agency=agency, official=visit.who, now=visit.now, bundle=visit.adopted)
    receipt = take_row(
        it, said, store=visit.store, house=visit.house, bundle=visit.bundle, agency=agency, official=visit.who,
        door="form", now=visit.now, told_on=visit.today, attest=attest,
    )  # fmt: skip
    resting.settle(receipt.batch, store=visit.store, house=visit.house, now=visit.now)
    return receipt


@page(
    "intake/<slug:name>/single",
    door="desk",
    verbs=("hand_in",),
    title="填报一条",
    methods=("GET", "HEAD", "POST"),
)
def single(visit: Visit, name: str) -> HttpResponseBase:
    """This will take one record, visible at once, after the answers were checked."""
    it = item_of(visit, name)
    asked = ask(visit, form_of(it), review=True)
    if asked.done:
        taken = receive_one(visit, it, asked.form.cleaned_data)
        if taken.quarantined:
            visit.say(_("这一条没有收下，已退回；原因写在回执里。"))
        else:
            visit.say(_("已收下，回执号 %(number)s。") % {"number": taken.batch.pk})
        return visit.go("desk:batch", number=taken.batch.pk)
    return visit.render(
        "kit/ask.html",
        asked=asked,
        title=_("填报一条：%(item)s") % {"item": spoken(it.title, it.title_en)},
        submit=_("报送"),
        review=True,
        back=visit.url("desk:item", name=name),
    )
