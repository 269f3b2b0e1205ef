"""Handing in: choose the item, give the file, watch it being taken, keep the receipt."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases.receipt import KEEPER, receive_nil
from chengxin.core.errors import MissingError
from chengxin.faces import wording
from chengxin.faces.models import Task
from chengxin.faces.wording import cited
from chengxin.kit import DayInput, Progress, Visit, ask, attachment, page, spoken
from chengxin.kit.export import TYPES
from chengxin.policy.items import Item
from chengxin.records.models import Batch
from chengxin.records.templates import workbook

ENDINGS = (".csv", ".txt", ".xlsx", ".xls", ".parquet", ".jsonl", ".ndjson")
LARGEST = 4 * 1024**3
STAGES = {
    "read": gettext_lazy("正在读取"),
    "judge": gettext_lazy("正在逐行检查"),
    "link": gettext_lazy("正在对应主体"),
    "seal": gettext_lazy("正在封存"),
    "shelve": gettext_lazy("正在上架"),
}


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("选择文件"),
        help_text=gettext_lazy("CSV、Excel（.xlsx、.xls）、Parquet 或 JSON 行；中文编码自动识别。"),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(ENDINGS)}),
    )
    told_on = forms.DateField(
        label=gettext_lazy("告知日期"),
        help_text=gettext_lazy("本单位正式告知这批信息的日期，一般就是今天。"),
        widget=DayInput(),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["told_on"].initial = today

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if not upload.name.lower().endswith(ENDINGS):
            raise forms.ValidationError(_("这种文件不收。请用 CSV、Excel、Parquet 或 JSON 行。"))
        if upload.size > LARGEST:
            raise forms.ValidationError(_("文件超过 4 GB，请拆开，或者用命令行 chengxin load。"))
        return upload

    def clean_told_on(self) -> date:
        told: date = self.cleaned_data["told_on"]
        if told > self.today:
            raise forms.ValidationError(_("告知日期不能在今天之后。"))
        return told


class NilForm(forms.Form):
    told_on = forms.DateField(label=gettext_lazy("截至日期"), widget=DayInput())
    sure = forms.BooleanField(label=gettext_lazy("本期确实没有需要报送的信息"))


def item_of(visit: Visit, name: str) -> Item:
    """This will find the item of the catalogue, or say that nothing outside it is taken."""
    found = visit.house.items.get(name)
    if found is None:
        raise MissingError("cli.no_item", item=name, known="、".join(sorted(visit.house.items)))
    return found


@page("intake/", door="desk", verbs=("hand_in",), name="hand_in", title="报送", rail="intake", icon="upload")
def hand_in(visit: Visit) -> HttpResponseBase:
    """This will list what this body may hand in; the platform's keeper may enter what any body sent."""
    duty = visit.who.agency.duty
    items = [one for _, one in sorted(visit.house.items.items()) if duty == KEEPER or duty in one.reporters]
    items.sort(key=lambda one: duty not in one.reporters)
    newest: dict[str, Batch] = {}
    for batch in Batch.objects.filter(agency=visit.who.agency_id).order_by("-id")[:200]:
        newest.setdefault(batch.item, batch)
    rows = [
        {
            "item": one,
            "own": duty in one.reporters,
            "last": newest.get(one.name),
            "frequency": wording.frequency(one.frequency),
        }
        for one in items
    ]
    return visit.render("faces/desk/hand_in.html", rows=rows)


@page("intake/<slug:name>/", door="desk", verbs=("hand_in",), name="item", title="报送一批")
def item(visit: Visit, name: str) -> HttpResponseBase:
    """This will show one item: its columns, its template, and where to give the file."""
    it = item_of(visit, name)
    asked = ask(visit, UploadForm, today=visit.today)
    return visit.render("faces/desk/item.html", item=it, asked=asked, **described(visit, it))


def described(visit: Visit, it: Item) -> dict[str, Any]:
    """This will put the item's contract into words: the basis, the columns, what is required."""
    return {
        "basis": cited(visit.house.articles.get(it.basis), it.basis),
        "frequency": wording.frequency(it.frequency),
        "disclosure": wording.disclosure(it.disclosure),
        "retention": wording.period(it.retention),
        "columns": [(column, wording.column_type(column.type)) for column in it.columns.values()],
        "one_of": [
            [spoken(it.columns[n].title, it.columns[n].title_en) for n in g] for g in it.required_one_of
        ],
    }


@page("intake/<slug:name>/upload", door="desk", verbs=("hand_in",), methods=("POST",))
def upload(visit: Visit, name: str) -> HttpResponseBase:
    """This will keep the file aside, ask a worker to take it, and show how far it is."""
    it = item_of(visit, name)
    asked = ask(visit, UploadForm, today=visit.today)
    if not asked.done:
        words = {"item": it, "asked": asked, **described(visit, it)}
        if visit.request.headers.get("HX-Request"):
            return render(
                visit.request, "faces/desk/upload_part.html", {"visit": visit, "today": visit.today, **words}
            )
        return visit.render("faces/desk/item.html", status=400, **words)
    given = asked.form.cleaned_data["file"]
    key = secrets.token_hex(12)
    place = visit.store.temp(_ending(given.name))
    with place.open("wb") as kept:
        for chunk in given.chunks():
            kept.write(chunk)
    task = visit.queue("load", {  # type: ignore[misc]
        "item": name, "path": str(place), "agency": visit.who.agency_id, "door": "desk", "key": key,
        "file_name": given.name[:200], "told_on": asked.form.cleaned_data["told_on"].isoformat(),
    })  # fmt: skip
    if visit.request.headers.get("HX-Request"):
        answer = HttpResponse()
        answer["HX-Redirect"] = visit.url("desk:receipt", task=task.pk)
        return answer
    return visit.go("desk:receipt", task=task.pk)


def _ending(name: str) -> str:
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), "")


@page("intake/task/<int:task>", door="desk", verbs=("hand_in",), name="receipt", title="接收情况")
def receipt(visit: Visit, task: int) -> HttpResponseBase:
    """This will show how far the taking is, then its receipt, or why nothing was taken."""
    it = Task.objects.filter(pk=task, official=visit.who.pk).first()
    if it is None:
        raise MissingError("door.no_such", number=task)
    part = "part_" if visit.request.headers.get("HX-Request") else ""
    words: dict[str, Any] = {"task": it, "item": visit.house.items.get(it.payload.get("item", ""))}
    if it.state in {"waiting", "running"}:
        words["work"] = progress_of(visit, it)
    else:
        words["result"] = it.result
        words["sentence"] = spoken(str(it.result.get("zh", "")), str(it.result.get("en", "")))
        words["hint"] = spoken(str(it.result.get("hint_zh", "")), str(it.result.get("hint_en", "")))
        words["reasons"] = sorted(it.result.get("by_reason", {}).items(), key=lambda one: -one[1])
        words["batch"] = Batch.objects.filter(pk=it.result.get("batch")).first()
    if part:
        return render(
            visit.request, "faces/desk/receipt_part.html", {"visit": visit, "today": visit.today, **words}
        )
    return visit.render("faces/desk/receipt.html", **words)


def progress_of(visit: Visit, it: Task) -> Progress:
    """This will put a task's beat into words."""
    stage = str(STAGES.get(it.stage, it.stage)) if it.stage else _("排队等候")
    title = _("正在接收 %(name)s") % {"name": it.payload.get("file_name", "")}
    poll = visit.url("desk:receipt", task=it.pk)
    return Progress(title, stage, it.done, it.total, poll, it.asked_at, visit.now)


@page("intake/<slug:name>/template.xlsx", door="desk", verbs=("hand_in",))
def template(visit: Visit, name: str) -> HttpResponseBase:
    """This will give the item's Excel template, with allowed values and an example."""
    it = item_of(visit, name)
    return attachment(workbook(it), f"{spoken(it.title, it.title_en)}.xlsx", TYPES["xlsx"])


@page(
    "intake/<slug:name>/nil", door="desk", verbs=("hand_in",), title="零报告", methods=("GET", "HEAD", "POST")
)
def nil(visit: Visit, name: str) -> HttpResponseBase:
    """This will take a nil report: there was nothing to tell, and somebody says so."""
    it = item_of(visit, name)
    asked = ask(visit, NilForm, initial={"told_on": visit.today})
    if asked.done:
        taken = receive_nil(
            it, store=visit.store, bundle=visit.adopted, agency=visit.who.agency_id, official=visit.who,
            door="form", now=visit.now, told_on=asked.form.cleaned_data["told_on"],
        )  # fmt: skip
        visit.say(_("零报告已收，回执号 %(number)s。") % {"number": taken.batch.pk})
        return visit.go("desk:batch", number=taken.batch.pk)
    title = _("零报告：%(item)s") % {"item": spoken(it.title, it.title_en)}
    return visit.render(
        "kit/ask.html",
        asked=asked,
        title=title,
        submit=_("提交零报告"),
        lead=_("没有信息也要报一次，免得被当作漏报。"),
        back=visit.url("desk:item", name=name),
    )
