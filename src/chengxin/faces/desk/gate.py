"""The gate for people: a list of names or codes checked before a matter goes on, shown and taken home as a file.

Each look is on disk before anything is known of anybody. The result is a paper of whoever asked: it says the
moment it was true at, lapses after a day, and each time it is shown that is a look again.
"""

from __future__ import annotations

import json
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.core.errors import ChengxinError, MissingError
from chengxin.core.identifiers import is_valid, mask
from chengxin.effects import gate
from chengxin.faces import gating, listed
from chengxin.faces.premises import Premises
from chengxin.kit import Column, Empty, Filter, Table, Visit, ask, cards, language, page, spoken
from chengxin.subjects.codes import compact
from chengxin.subjects.registry import subjects_of_codes
from chengxin.subjects.search import named

LASTS: Final = timedelta(hours=24)
SAID = {
    "may_apply": gettext_lazy("可能适用"),
    "none": gettext_lazy("没有"),
    "unknown": gettext_lazy("不能断定"),
}
BINDING = {"mandatory": gettext_lazy("应当实施"), "discretionary": gettext_lazy("可以实施")}


class GateForm(forms.Form):
    matter = forms.ChoiceField(label=gettext_lazy("办理事项"))
    role = forms.CharField(
        label=gettext_lazy("主体在事项中的身份"), required=False, max_length=40,
        help_text=gettext_lazy("例如 bidder、director；不填则返回全部。"),
    )  # fmt: skip
    purpose = forms.CharField(label=gettext_lazy("核查事由"), max_length=120)
    case = forms.CharField(
        label=gettext_lazy("案号或受理号"), max_length=80,
        help_text=gettext_lazy("被核查的主体能看到事由和案号。"),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("名称或代码"), required=False, widget=forms.Textarea(),
        help_text=gettext_lazy("一行一个，最多 10,000 个；自然人只能按证件号码。"),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("或者上传文件"), required=False,
        help_text=gettext_lazy("Excel 或 CSV；有表头时取代码栏，代码空着取名称栏。"),
    )  # fmt: skip

    def __init__(self, *args: Any, asker: Visit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asker = asker
        self.entries: list[str] = []
        known = gate.matters(asker.house)
        self.fields["matter"] = forms.ChoiceField(
            label=gettext_lazy("办理事项"),
            choices=[(name, spoken(each.title, each.title_en)) for name, each in sorted(known.items())],
        )

    def clean(self) -> dict[str, Any] | None:
        said = super().clean()
        if self.errors or said is None:
            return said
        upload, text = said.get("file"), said.get("text", "")
        if bool(upload) == bool(text.strip()):
            raise forms.ValidationError(_("粘贴名单和上传文件，选一样。"))
        try:
            self.entries = self._uploaded(upload) if upload else listed.of_text(text)
        except ChengxinError as error:
            where = "file" if upload else "text"
            self.add_error(where, f"{error.sentence(language())} {error.hint(language())}")
        return said

    def _uploaded(self, upload: Any) -> list[str]:
        if upload.size > listed.LARGEST:
            raise forms.ValidationError(_("文件超过 8 MB。名单最多 10,000 行，请拆开。"))
        path = self.asker.store.temp(".list")
        try:
            with path.open("wb") as kept:
                for block in upload.chunks():
                    kept.write(block)
            return listed.of_file(path)
        finally:
            path.unlink(missing_ok=True)


@page(
    "gate/", door="desk", verbs=("gate",), name="gate", title="办前核查", rail="lookup", icon="check",
    methods=("GET", "HEAD", "POST"),
)  # fmt: skip
def check(visit: Visit) -> HttpResponseBase:
    """This will ask matter, purpose, case and the list, log every look, and keep the answers for a day."""
    asked = ask(visit, GateForm, asker=visit)
    if not asked.done:
        return visit.render(
            "kit/ask.html", asked=asked, title=_("办前核查"), submit=_("核查"),
            lead=_("先记下每一次查阅，再给出结果。没有措施、可能适用哪一条、不能断定，三种回答。"),
        )  # fmt: skip
    said, entries = asked.form.cleaned_data, asked.form.entries  # type: ignore[attr-defined]
    question = gating.Question(said["matter"], said["purpose"], said["case"], said["role"].strip())
    kept = {
        "at": visit.now.isoformat(),
        "question": vars(question),
        "rows": list(_rows(visit, question, entries)),
    }
    return visit.go("desk:gate_result", token=_keep(visit, kept))


@page("gate/<slug:token>/", door="desk", verbs=("gate",), name="gate_result", title="核查结果")
def result(visit: Visit, token: str) -> HttpResponseBase:
    """This will show a list's answers again to whoever asked, as a page or a file; that is a look again."""
    kept = _kept(visit, token)
    question, rows = kept["question"], kept["rows"]
    for row in rows:
        row["why"] = row["why_en"] if language() == "en" else row["why"]
    counts = Counter({row["place"]: row["answer"] for row in rows}.values())
    table = Table(
        "gate",
        columns=[
            Column("place", "行", kind="int"),
            Column("text", "名称或代码"),
            Column("name", "主体"),
            Column("answer", "回答", value=lambda row: str(SAID[row["answer"]]), sort="answer"),
            Column(
                "measure",
                "措施或说明",
                value=lambda row: row["measure"] or row["why"],
                sort="measure",
                wide=True,
            ),
            Column("citation", "依据条款"),
            Column("binding", "效力", value=lambda row: str(BINDING.get(row["binding"], "")), sort="binding"),
            Column("contact", "向谁核实"),
            Column("case", "案号", kind="code"),
            Column("until", "至"),
            Column("code", "代码", kind="code"),
        ],
        rows=rows,
        search=("text", "name"),
        filters=[Filter("answer", "回答", {name: str(word) for name, word in SAID.items()})],
        order="place",
        subject="subject",
        purpose=question["purpose"],
        empty=Empty("没有结果"),
    )
    title = gate.matters(visit.house).get(question["matter"])
    return visit.render(
        "faces/desk/gated.html", table=table, question=question, at=datetime.fromisoformat(kept["at"]),
        matter=spoken(title.title, title.title_en) if title else question["matter"],
        counts=[(word, counts.get(name, 0)) for name, word in SAID.items()],
    )  # fmt: skip


def _rows(visit: Visit, question: gating.Question, entries: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One row for each measure, or for the one that has none; whom the looks are of stands in each."""
    subjects, by_name = _subjects(visit, entries)
    here = Premises(store=visit.store, adopted=visit.adopted, now=visit.now)
    answers = gating.ask(question, subjects, official=visit.who, door="desk:gate", here=here)
    known = cards({subject for subject in subjects if subject is not None})
    lost = gate.unknown("gate.not_by_name")
    for place, (text, subject, answer) in enumerate(zip(entries, subjects, answers, strict=True), start=1):
        said = lost if place - 1 in by_name and subject is None else answer
        card = known.get(subject) if subject is not None else None
        row = {
            "place": place, "text": _hidden(text), "subject": subject, "answer": said.answer,
            "name": card.name if card and card.kind == "organisation" else "",
            "code": card.code if card and card.kind == "organisation" else "",
            "why": said.sentence("zh") if said.why else "", "why_en": said.sentence("en") if said.why else "",
            "measure": "", "citation": "", "binding": "", "contact": "", "case": "", "until": "",
        }  # fmt: skip
        for measure in said.measures:
            yield row | {
                "measure": measure.title + (f"（{_('异议处理中')}）" if measure.marked else ""),
                "citation": measure.citation, "binding": measure.binding, "contact": measure.contact,
                "case": measure.case or measure.document, "until": measure.until or measure.review_on or "",
            }  # fmt: skip
        if not said.measures:
            yield row


def _subjects(visit: Visit, entries: Sequence[str]) -> tuple[list[int | None], set[int]]:
    """Whom each entry means, and the places of those that are names: of them only organisations, and only one."""
    subjects = subjects_of_codes(entries, settings.DIGEST_KEY)
    by_name = {place for place, text in enumerate(entries) if subjects[place] is None and not compact(text)}
    for place, subject in zip(
        sorted(by_name), named(visit.store, [entries[place] for place in sorted(by_name)]), strict=True
    ):
        subjects[place] = subject
    return subjects, by_name


def _hidden(text: str) -> str:
    code = compact(text)
    return mask("id_number", code) if is_valid("id_number", code) else text


def _folder(visit: Visit) -> Path:
    folder = visit.home / "checks"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _keep(visit: Visit, kept: dict[str, Any]) -> str:
    """This will lay the answers aside under a name nobody guesses, and throw away what has lapsed."""
    folder, token = _folder(visit), secrets.token_hex(16)
    for old in folder.glob("*.json"):
        if old.stat().st_mtime < (visit.now - LASTS).timestamp():
            old.unlink(missing_ok=True)
    path = folder / f"{visit.who.pk}-{token}.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(kept, ensure_ascii=False), "utf-8")
    return token


def _kept(visit: Visit, token: str) -> dict[str, Any]:
    path = _folder(visit) / f"{visit.who.pk}-{token}.json"
    found: dict[str, Any] = {}
    if re.fullmatch("[0-9a-f]{32}", token) and path.is_file():
        found = json.loads(path.read_text("utf-8"))
    if not found or datetime.fromisoformat(found["at"]) < visit.now - LASTS:
        raise MissingError("gate.no_result")
    return found
