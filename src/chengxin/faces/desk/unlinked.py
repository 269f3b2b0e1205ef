"""Rows whose subject could not be proved: candidates with their reasons, for an official to confirm.

A name match is a guess, and a guess never reaches a firm (law 6): until somebody confirms, nothing follows.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import MissingError
from chengxin.faces.desk.batches import SCOPED, item_title
from chengxin.kit import Column, Empty, Table, Visit, ask, page
from chengxin.records.models import Sheet


class LinkForm(forms.Form):
    subject = forms.ChoiceField(
        label=gettext_lazy("这条记录说的是哪一家"), widget=forms.RadioSelect, choices=()
    )
    reason = forms.CharField(
        label=gettext_lazy("凭什么确认"),
        help_text=gettext_lazy("例如：许可证编号、地址与登记一致，已电话核实。"),
        max_length=200,
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = choices  # type: ignore[attr-defined]


@page("unlinked/", door="desk", verbs=("link",), title="待确认的关联", rail="intake", icon="chain")
def unlinked(visit: Visit) -> HttpResponseBase:
    """This will list rows that nobody has linked yet, within the scope."""
    from chengxin.records.unlinked import unlinked_rows

    rows = unlinked_rows(visit.store, visit.house, visit.scope)
    table = Table(
        "unlinked",
        columns=[
            Column(
                "name",
                "写的名称",
                wide=True,
                link=lambda row: visit.url("desk:link_record", record=row["record"]),
            ),
            Column("code", "写的代码", kind="code"),
            Column("item", "事项", value=lambda row: item_title(visit, row["item"]), sort="item"),
            Column("region", "区划"),
            Column("row", "原表行号", kind="int"),
            Column("batch", "回执号", kind="int"),
        ],
        rows=rows,
        search=("name", "code"),
        order="name",
        empty=Empty("没有等待确认的行", "代码证明不了是哪一家的记录会停在这里，列出可能的几家供您核对。"),
    )
    return visit.render(
        "faces/desk/list.html",
        title=_("待确认的关联"),
        lead=_("名称相近只是猜测。确认之前，这些记录不会对任何一家产生效果。"),
        table=table,
    )


@page(
    "unlinked/<int:record>", door="desk", verbs=("link",), title="确认关联", methods=("GET", "HEAD", "POST")
)
def link_record(visit: Visit, record: int) -> HttpResponseBase:
    """This will show one row beside its candidates; confirming links it, with a reason."""
    from chengxin.records.reading import read_records
    from chengxin.subjects.linkage import link
    from chengxin.subjects.search import candidates

    sheet = Sheet.objects.filter(
        visit.scope.q({k: f"batch__{v}" for k, v in SCOPED.items()}), pk=record >> 32
    )
    it = sheet.select_related("batch").first()
    values = read_records([record], store=visit.store).get(record) if it else None
    if it is None or values is None:
        raise MissingError("door.no_such", number=record)
    item = visit.house.items[it.item]
    found = candidates(
        visit.store, str(values.get(item.name_column) or ""), str(values.get(item.region_column) or "")
    )
    visit.look([one.subject for one in found], purpose="核对记录属于哪一家")
    asked = ask(visit, LinkForm, choices=[(str(one.subject), _said(one)) for one in found])
    if asked.done:
        link(
            record, int(asked.form.cleaned_data["subject"]), official=visit.who.pk,
            reason=asked.form.cleaned_data["reason"], now=visit.now,
        )  # fmt: skip
        visit.say(_("已确认关联。"))
        return visit.go("desk:unlinked")
    shown = [(column.title, values.get(name)) for name, column in item.columns.items() if values.get(name)]
    return visit.render(
        "faces/desk/link.html",
        asked=asked,
        found=found,
        shown=shown,
        item=item,
        batch=it.batch,
        record=record,
    )


def _said(one: Any) -> str:
    return f"{one.name}　{one.code}　{_('相符度')} {one.score}　{'、'.join(one.reasons)}"
