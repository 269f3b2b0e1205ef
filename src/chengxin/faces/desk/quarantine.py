"""Refused rows, by reason: what is commonest, which batch, and «issued so» confirmed by an official."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.faces.desk.batches import batch_of, reasons, with_titles, within
from chengxin.kit import Column, Empty, Table, Visit, ask, page
from chengxin.records.models import Batch

NEWEST = 500


class IssuedSoForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("凭什么确认"),
        help_text=gettext_lazy("例如：与登记机关核对，证照原件即为此代码。"),
        max_length=400,
        widget=forms.Textarea(),
    )
    sure = forms.BooleanField(label=gettext_lazy("我核对过原件，代码确实如此"))


@page("quarantine/", door="desk", verbs=("read_batches",), title="退回的行", rail="intake", icon="alert")
def quarantine(visit: Visit) -> HttpResponseBase:
    """This will show why rows were refused, the commonest first, and the batches they lie in."""
    chosen = visit.asked.get("reason", "")
    found = list(within(visit).filter(quarantined__gt=0).order_by("-id")[:NEWEST])
    tally: Counter[str] = Counter()
    for one in found:
        tally.update(one.by_reason)
    together = Batch(by_reason=dict(tally))
    shown = [one for one in found if not chosen or chosen in one.by_reason]
    table = Table(
        "quarantine",
        columns=[
            Column("id", "回执号", kind="quantity", link=lambda b: visit.url("desk:refused", number=b.pk)),
            Column("title", "事项", wide=True, value="title"),
            Column("body", "报送单位"),
            Column("received_at", "收到", kind="time"),
            Column("rows", "退回行数", kind="int", value=lambda b: _rows(b, chosen), sort="quarantined"),
        ],
        rows=with_titles(visit, shown),
        order="-id",
        search=("title", "body"),
        empty=Empty("没有退回的行", "报送时不合要求的行会停在这里，写明原因和改法，不影响其他行。"),
    )
    return visit.render(
        "faces/desk/quarantine.html",
        reasons=reasons(together),
        chosen=chosen,
        table=table,
        total=sum(tally.values()),
    )


def _rows(it: Any, chosen: str) -> int:
    return int(it.by_reason.get(chosen, 0)) if chosen else int(it.quarantined)


@page(
    "batches/<int:number>/refused/<int:row>",
    door="desk",
    verbs=("confirm",),
    title="确认原件如此",
    methods=("GET", "HEAD", "POST"),
)
def confirm_row(visit: Visit, number: int, row: int) -> HttpResponseBase:
    """This will confirm that a refused code was really issued so; the row is then taken."""
    from chengxin.cases.receipt import receive_confirmed

    it = batch_of(visit, number)
    asked = ask(visit, IssuedSoForm, review=True)
    if asked.done:
        receive_confirmed(
            it, row, official=visit.who, reason=asked.form.cleaned_data["reason"], now=visit.now,
            store=visit.store, house=visit.house, bundle=visit.adopted,
        )  # fmt: skip
        visit.say(_("已确认，第 %(row)s 行已经收下。") % {"row": row})
        return visit.go("desk:refused", number=number)
    return visit.render(
        "kit/ask.html",
        asked=asked,
        title=_("第 %(row)s 行：确认原件如此") % {"row": row},
        submit=_("确认收下"),
        review=True,
        lead=_("少数代码发放时就不合校验规则。确认之后按原样收下，以后同一代码不再退回。"),
        back=visit.url("desk:refused", number=number),
    )
