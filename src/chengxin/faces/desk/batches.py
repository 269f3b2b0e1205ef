"""Batches: what was handed in, with its receipt; withdrawing one's own, with a reason."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django import forms
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases.receipt import attesting
from chengxin.core.errors import MissingError
from chengxin.core.errors import sentences as said
from chengxin.effects import resting
from chengxin.kit import Column, Empty, Filter, Table, Visit, ask, attachment, page, spoken
from chengxin.kit.export import TYPES
from chengxin.ledger.models import Agency
from chengxin.records.correction import correct, withdraw
from chengxin.records.models import Batch
from chengxin.records.templates import refused_workbook

SCOPED = {"agency": "agency", "region": "region"}
REFUSED = ("row", "column", "value", "reason", "zh", "en", "remedy_zh", "remedy_en")


class CorrectForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("改好的整份文件"),
        help_text=gettext_lazy("新的收下，旧的同时撤回；新文件不合要求时旧的不动。"),
    )
    reason = forms.CharField(label=gettext_lazy("更正的理由"), max_length=400, widget=forms.Textarea())


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("会写进台账，报送单位和审计都能看到；请不要写个人信息。"),
        max_length=400,
        widget=forms.Textarea(),
    )


def within(visit: Visit) -> QuerySet[Batch]:
    """This will give the batches within the official's scope."""
    return Batch.objects.filter(visit.scope.q(SCOPED))


def batch_of(visit: Visit, number: int) -> Batch:
    """This will find a batch within the scope; outside it there is no such batch."""
    found = within(visit).filter(pk=number).first()
    if found is None:
        raise MissingError("door.no_batch", batch=number)
    return found


def item_title(visit: Visit, name: str) -> str:
    """This will write an item's title; an item no longer in the catalogue keeps its name."""
    it = visit.house.items.get(name)
    return spoken(it.title, it.title_en) if it else name


def with_titles(visit: Visit, found: list[Batch]) -> list[Batch]:
    """This will put item and agency titles beside each batch."""
    bodies = Agency.objects.in_bulk({one.agency for one in found})
    for one in found:
        one.title = item_title(visit, one.item)  # type: ignore[attr-defined]
        body = bodies.get(one.agency)
        one.body = spoken(body.name, body.name_en) if body else one.agency  # type: ignore[attr-defined]
        one.withdrawn = one.withdrawals.filter(record=None).exists()  # type: ignore[attr-defined]
    return found


@page("batches/", door="desk", verbs=("read_batches",), title="批次与回执", rail="intake", icon="inbox")
def batches(visit: Visit) -> HttpResponseBase:
    """This will list what was handed in, the newest first."""
    names = {
        name: item_title(visit, name) for name in within(visit).values_list("item", flat=True).distinct()
    }
    table = Table(
        "batches",
        columns=[
            Column("id", "回执号", kind="quantity", link=lambda b: visit.url("desk:batch", number=b.pk)),
            Column("title", "事项", sort="item", wide=True),
            Column("body", "报送单位", sort="agency"),
            Column("received_at", "收到", kind="time"),
            Column("read", "读到", kind="int"),
            Column("taken", "收下", kind="int"),
            Column("held", "已知", kind="int"),
            Column("quarantined", "退回", kind="int"),
            Column("unlinked", "待确认", kind="int"),
        ],
        rows=within(visit),
        order="-received_at",
        search=("file_name", "agency"),
        filters=[Filter("item", "事项", names)],
        prepare=lambda found: with_titles(visit, found),
        empty=Empty("还没有批次", "报送第一份文件后，回执会列在这里。", visit.url("desk:hand_in"), "去报送"),
    )
    return visit.render("faces/desk/list.html", title=_("批次与回执"), table=table)


@page("batches/<int:number>/", door="desk", verbs=("read_batches",), title="回执")
def batch(visit: Visit, number: int) -> HttpResponseBase:
    """This will show a batch's receipt: what was read and what became of each row."""
    it = with_titles(visit, [batch_of(visit, number)])[0]
    own = it.agency == visit.who.agency_id
    return visit.render(
        "faces/desk/batch.html",
        batch=it,
        sheets=list(it.sheets.all()),
        reasons=reasons(it),
        withdrawals=list(it.withdrawals.all()),
        confirmations=it.confirmations.count(),
        may_withdraw=own and visit.may("withdraw") and not it.withdrawn,  # type: ignore[attr-defined]
        may_correct=own and visit.may("correct") and not it.withdrawn,  # type: ignore[attr-defined]
    )


def reasons(it: Batch) -> list[dict[str, Any]]:
    """This will put why rows were refused into sentences, the commonest first."""
    found = []
    for code, count in sorted(it.by_reason.items(), key=lambda one: -one[1]):
        words = said().get(f"row.{code}") or said().get(code) or {}
        found.append(
            {
                "code": code,
                "count": count,
                "sentence": _plain(spoken(words.get("zh", code), words.get("en", ""))),
                "hint": _plain(spoken(words.get("hint_zh", ""), words.get("hint_en", ""))),
            }
        )
    return found


def _plain(sentence: str) -> str:
    """A sentence about many rows: it speaks of «this column», and its other blanks stay blank."""
    sentence = re.sub(r"“\{column(?:_en)?\}”", _("这一栏"), sentence)
    sentence = re.sub(r"\{column(?:_en)?\}", _("这几栏"), sentence)
    return re.sub(r"“?\{\w+(?:[!:][^}]*)?\}”?", "…", sentence)


@page("batches/<int:number>/refused", door="desk", verbs=("read_batches",), title="退回的行")
def refused(visit: Visit, number: int) -> HttpResponseBase:
    """This will list a batch's refused rows with the sender's own row numbers, reason and remedy."""
    it = with_titles(visit, [batch_of(visit, number)])[0]
    table = Table(
        "refused",
        columns=[
            Column("row", "原表行号", kind="quantity"),
            Column("column", "哪一栏", value=lambda row: column_titles(visit, it.item, row["column"])),
            Column("value", "填的是"),
            Column("zh", "为什么退回", wide=True, value=lambda row: spoken(row["zh"] or "", row["en"] or "")),
            Column(
                "remedy",
                "怎么改",
                wide=True,
                value=lambda row: spoken(row["remedy_zh"] or "", row["remedy_en"] or ""),
            ),
            Column(
                "confirm",
                "",
                value=lambda row: _("确认原件如此") if confirmable(visit, row) else "",
                link=lambda row: (
                    visit.url("desk:confirm_row", number=number, row=row["row"])
                    if confirmable(visit, row)
                    else ""
                ),
                sort="-",
            ),
        ],
        rows=refused_rows(visit, it),
        search=("value", "zh"),
        order="row",
        empty=Empty("这一批没有退回的行"),
    )
    return visit.render("faces/desk/refused.html", batch=it, table=table, reasons=reasons(it))


def refused_rows(visit: Visit, it: Batch) -> pa.Table:
    """This will read what went back: the sender's row number, what is wrong, how to mend it."""
    if not it.refused_sha256:
        return pa.table({name: pa.array([], pa.string()) for name in REFUSED})
    return pq.read_table(visit.store.refused(it.refused_sha256), columns=list(REFUSED))


def confirmable(visit: Visit, row: dict[str, Any]) -> bool:
    """This will say whether the row was refused only for a code that may really have been issued so."""
    return row["reason"] == "code_check" and visit.may("confirm")


def column_titles(visit: Visit, item: str, names: str | None) -> str:
    """This will write the titles of the columns a reason is about."""
    it = visit.house.items.get(item)
    known = it.columns if it else {}
    found = (known.get(name) for name in (names or "").split("/"))
    return _("、").join(spoken(column.title, column.title_en) for column in found if column)


@page("batches/<int:number>/refused.xlsx", door="desk", verbs=("read_batches",))
def refused_sheet(visit: Visit, number: int) -> HttpResponseBase:
    """This will give the refused rows as a sheet to be mended and sent again."""
    it = batch_of(visit, number)
    written = refused_workbook(it, visit.house.items[it.item], visit.store)
    return attachment(written, f"{item_title(visit, it.item)}-{_('退回')}-{it.pk}.xlsx", TYPES["xlsx"])


@page(
    "batches/<int:number>/withdraw",
    door="desk",
    verbs=("withdraw",),
    title="撤回批次",
    methods=("GET", "HEAD", "POST"),
)
def withdraw_batch(visit: Visit, number: int) -> HttpResponseBase:
    """This will take a batch of one's own back, with a reason; whoever was told is told of that too."""
    it = batch_of(visit, number)
    asked = ask(visit, ReasonForm, review=True)
    if asked.done:
        withdraw(it, official=visit.who, reason=asked.form.cleaned_data["reason"], now=visit.now)
        _rest(visit, it)
        visit.say(_("已撤回，回执 %(number)s 不再计入。") % {"number": number})
        return visit.go("desk:batch", number=number)
    return visit.render(
        "kit/ask.html",
        asked=asked,
        title=_("撤回批次 %(number)s") % {"number": number},
        submit=_("确认撤回"),
        review=True,
        lead=_("撤回后，这一批的 %(n)s 条记录不再参与研判；据此作出的决定会提示复核。原件仍封存备查。")
        % {"n": it.taken},
        back=visit.url("desk:batch", number=number),
    )


@page(
    "batches/<int:number>/correct",
    door="desk",
    verbs=("correct",),
    title="更正批次",
    methods=("GET", "HEAD", "POST"),
)
def correct_batch(visit: Visit, number: int) -> HttpResponseBase:
    """This will take a whole file in the place of a batch of one's own, with a reason."""
    it = batch_of(visit, number)
    asked = ask(visit, CorrectForm)
    if asked.done:
        new = _corrected(visit, it, asked.form.cleaned_data)
        visit.say(_("已更正：回执 %(old)s 撤回，由回执 %(new)s 代替。") % {"old": number, "new": new})
        return visit.go("desk:batch", number=new)
    return visit.render(
        "kit/ask.html",
        asked=asked,
        title=_("更正批次 %(number)s") % {"number": number},
        submit=_("更正"),
        lead=_("用改好的整份文件代替这一批。只改几行的，请从“退回的行”重报。"),
        back=visit.url("desk:batch", number=number),
    )


def _corrected(visit: Visit, it: Batch, said: dict[str, Any]) -> int:
    given, item, agency = said["file"], visit.house.items[it.item], str(visit.who.agency_id)
    path = visit.store.temp(Path(given.name).suffix.lower())
    with path.open("wb") as kept:
        for chunk in given.chunks():
            kept.write(chunk)
    try:
        taken = correct(
            it, path, official=visit.who, reason=said["reason"], now=visit.now, house=visit.house,
            attest=attesting(item, agency=agency, official=visit.who, now=visit.now, bundle=visit.adopted),
            store=visit.store, bundle=visit.bundle, door="desk", told_on=visit.today,
            file_name=given.name[:200],
        )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)
    _rest(visit, it)
    return int(taken.batch.pk)


def _rest(visit: Visit, it: Batch) -> None:
    """This will end at once whatever rested on what was taken back, and begin what rests on what replaced it."""
    if it.item in resting.items(visit.house):
        resting.refresh(it.item, store=visit.store, house=visit.house, now=visit.now)
