"""Rows whose subject could not be proved: candidates with their reasons, for an official to confirm.

A name match is a guess, and a guess never reaches a firm (law 6): until somebody confirms, nothing follows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import MissingError
from chengxin.faces.desk.batches import SCOPED, item_title
from chengxin.faces.wording import reasons
from chengxin.kit import Column, Empty, Table, Visit, ask, page
from chengxin.records.models import Sheet
from chengxin.records.reading import read_records
from chengxin.subjects.guessing import candidates
from chengxin.subjects.linkage import link
from chengxin.subjects.models import Linkage
from chengxin.subjects.resolution import numbered

NEWEST = 50
"""Sheets that are looked through."""
FEW = 500
"""Rows shown of one sheet; the others follow once these are linked."""


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
            Column("row", "原表行号", kind="quantity"),
            Column("batch", "回执号", kind="quantity"),
        ],
        rows=waiting_rows(visit),
        search=("name", "code"),
        order="name",
        empty=Empty("没有等待确认的行", "代码证明不了是哪一家的记录会停在这里，列出可能的几家供您核对。"),
    )
    lead = _("名称相近只是猜测。确认之前，这些记录不会对任何一家产生效果。")
    return visit.render("faces/desk/list.html", title=_("待确认的关联"), lead=lead, table=table)


def waiting_rows(visit: Visit) -> list[dict[str, Any]]:
    """This will read the rows of the newest batches whose code nobody bears and that nobody has linked."""
    sheets = (
        Sheet.objects.filter(visit.scope.q({key: f"batch__{name}" for key, name in SCOPED.items()}))
        .filter(batch__unlinked__gt=0, batch__withdrawals=None)
        .select_related("batch")
        .order_by("-id")[:NEWEST]
    )
    found = [row for sheet in sheets for row in unborne(visit, sheet)]
    linked = set(
        Linkage.objects.filter(record__in=[row["record"] for row in found], until=None).values_list(
            "record", flat=True
        )
    )
    return [row for row in found if row["record"] not in linked]


def unborne(visit: Visit, sheet: Sheet) -> Iterator[dict[str, Any]]:
    """This will read the rows of a sheet whose code is unproved, or borne by nobody."""
    item, path = visit.house.items.get(sheet.item), visit.store.sheet(sheet.sha256)
    if item is None or not path.exists():
        return
    own = [name for name in (item.name_column, item.region_column) if name]
    table = pq.read_table(path, columns=["record", "row", "scheme", "code", *own])
    table = table.filter(pc.is_null(numbered(table.select(["scheme", "code"]))))
    for row in table.slice(0, FEW).to_pylist():
        yield {
            "record": row["record"],
            "row": row["row"],
            "code": row["code"] or "",
            "name": str(row.get(item.name_column) or ""),
            "region": str(row.get(item.region_column) or ""),
            "item": sheet.item,
            "batch": sheet.batch_id,
        }


def proven(visit: Visit, sheet: Sheet, record: int) -> bool:
    """This will say whether somebody bears the row's code: what a code proved, no likeness of names undoes."""
    path = visit.store.sheet(sheet.sha256)
    row = pq.read_table(path, columns=["scheme", "code"], filters=pc.field("record") == record)
    return bool(numbered(row)[0].is_valid)


@page(
    "unlinked/<int:record>", door="desk", verbs=("link",), title="确认关联", methods=("GET", "HEAD", "POST")
)
def link_record(visit: Visit, record: int) -> HttpResponseBase:
    """This will show one row beside its candidates; confirming links it, with a reason."""
    sheet = Sheet.objects.filter(
        visit.scope.q({k: f"batch__{v}" for k, v in SCOPED.items()}), pk=record >> 32
    )
    it = sheet.select_related("batch").first()
    values = read_records([record], store=visit.store).get(record) if it else None
    if it is None or values is None or proven(visit, it, record):
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
    return f"{one.name}　{one.code}　{_('相符度')} {one.score}　{reasons(one.reasons)}"
