"""Signing at the counter: the text that was printed, signed on paper or electronically, kept and numbered."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc
from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from chengxin.core.errors import ChengxinError, MissingError
from chengxin.kit import (
    DayInput,
    Visit,
    ask,
    attachment,
    cards,
    find_now,
    keep,
    kept_of,
    language,
    next_number,
    own,
    page,
    subject_of_code,
    tell,
)
from chengxin.programs.price_commitments.pages.drafts import drawn, ends
from chengxin.programs.price_commitments.pages.words import DUTIES, MATTERS, STATES
from chengxin.programs.price_commitments.sheets import PROGRAM
from chengxin.programs.price_commitments.signing import fault
from chengxin.programs.price_commitments.wording import Draft

SCANS = ("application/pdf", "image/png", "image/jpeg")
FAULTS = {
    "unreadable": noop("证书或签名读不懂：证书为 PEM（本单位的在前，签发机构的在后），签名为 Base64。"),
    "other_party": noop("证书不是这家单位的：证书里没有它的统一社会信用代码。"),
    "out_of_date": noop("证书今天不在有效期以内。"),
    "untrusted": noop("签发机构没有经本地确认；可以改交签章扫描件。"),
    "broken": noop("签名与承诺书正文不符：正文有改动，或者签的是另一份。"),
}


class SignForm(forms.Form):
    """What is asked at the counter; ``visit`` draws the same text again and compares."""

    code = forms.CharField(label=lazy("统一社会信用代码"), max_length=18)
    matter = forms.ChoiceField(label=lazy("事项"))
    area = forms.CharField(label=lazy("价格诚信区域"), max_length=120, required=False,
                           help_text=lazy("只有申报区域时填写：街区、市场、商圈的名称。"))  # fmt: skip
    drawn_on = forms.DateField(label=lazy("承诺书拟定日期"), widget=DayInput())
    text_hash = forms.CharField(label=lazy("承诺书正文哈希的前十二位"), min_length=12, max_length=64,
                                help_text=lazy("印在承诺书末尾；不一致时不收，请重新打印。"))  # fmt: skip
    signer = forms.CharField(label=lazy("签署人"), max_length=60)
    channel = forms.ChoiceField(label=lazy("签署方式"), widget=forms.RadioSelect)
    scan = forms.FileField(label=lazy("签章扫描件"), required=False, help_text=lazy("PDF、PNG 或者 JPEG。"))
    certificate = forms.CharField(label=lazy("证书（PEM）"), widget=forms.Textarea, required=False)
    signature = forms.CharField(label=lazy("电子签名（Base64）"), widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, door: Visit, **words: Any) -> None:
        super().__init__(*args, **words)
        self.visit = door
        self.draft: Draft | None = None
        self.region = ""
        self.kept = ""
        self.fields["matter"].choices = [(name, _(title)) for name, title in MATTERS.items()]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [("scan", _("纸质签章扫描件")), ("e_signature", _("电子签名"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self._read(said)
            except ChengxinError as refused:
                self.add_error(None, refused.sentence(language()))
        return said

    def _read(self, said: dict[str, Any]) -> None:
        self.draft, _subject, self.region = drawn(
            self.visit, said["code"], said["matter"], said["area"], said["drawn_on"]
        )
        if not self.draft.sha256.startswith(said["text_hash"].strip().lower()):
            self.add_error(
                "text_hash", _("与按同样内容拟出的正文不一致：信用状况或者版本有变化，请重新打印后签署。")
            )
        elif said["channel"] == "scan":
            self._scan(said["scan"])
        else:
            self._signed(said)

    def _scan(self, upload: Any) -> None:
        if upload is None:
            self.add_error("scan", _("这一项还没有填。"))
            return
        exhibit = keep(self.visit, upload.read(), upload.name)
        if exhibit.media_type not in SCANS:
            self.add_error("scan", _("扫描件须为 PDF、PNG 或者 JPEG。"))
        self.kept = exhibit.sha256

    def _signed(self, said: dict[str, Any]) -> None:
        draft, visit = self.draft, self.visit
        if draft is None:
            return
        known = visit.house.values[f"{PROGRAM}.issuers"].on(visit.today, self.region).values()
        trusted = {str(each)[1:] for each in known if str(each).startswith("k")}
        wrong = fault(
            draft.text, said["signature"], said["certificate"], code=draft.code, at=visit.now, trusted=trusted
        )
        if wrong:
            self.add_error("signature", _(FAULTS[wrong]))
            return
        signed = f"{draft.text}\n{said['certificate'].strip()}\n{said['signature'].strip()}\n"
        self.kept = keep(visit, signed.encode(), f"{draft.code}.txt").sha256


@page(
    "sign/",
    door="desk",
    verbs=("hand_in",),
    duties=DUTIES,
    title="签署承诺",
    rail="intake",
    icon="document",
    methods=("GET", "HEAD", "POST"),
)
def sign(visit: Visit) -> HttpResponseBase:
    """This will take a signed commitment in: its text drawn again, its signature checked, its number given."""
    given = {name: visit.asked.get(name, "") for name in ("code", "matter", "area", "text_hash")}
    initial = {**given, "drawn_on": visit.asked.get("drawn_on") or visit.today, "channel": "scan"}
    asked = ask(visit, SignForm, door=visit, initial=initial)
    form = asked.form
    if asked.done and isinstance(form, SignForm) and form.draft is not None:
        said, draft = form.cleaned_data, form.draft
        receipt = tell(visit, "price_commitment", {
            "number": next_number(visit, "诺"), "code": draft.code, "name": draft.name, "division": form.region,
            "matter": draft.matter, "area": draft.area, "template": draft.version, "text_hash": draft.sha256,
            "signer": said["signer"], "signed_on": visit.today, "channel": said["channel"],
            "file_hash": form.kept, "valid_to": ends(visit, draft.matter, visit.today, form.region),
        })  # fmt: skip
        visit.say(_("已收下，回执号 %(number)s。") % {"number": receipt.batch.pk})
        return visit.go("desk:batch", number=receipt.batch.pk)
    return visit.render(
        "kit/ask.html",
        asked=asked,
        title=_("签署承诺"),
        submit=_("收下承诺书"),
        lead=_("先由承诺单位在公开页面选择事项、阅读告知、打印正文；签署之后在这里收下。"),
        back=visit.url("price_commitments-public:draft"),
    )


class WithdrawForm(forms.Form):
    """Which commitment is taken back, and by whom."""

    code = forms.CharField(label=lazy("统一社会信用代码"), max_length=18)
    number = forms.CharField(label=lazy("承诺书编号"), max_length=80)
    signer = forms.CharField(label=lazy("撤回人"), max_length=60)

    def __init__(self, *args: Any, door: Visit, **words: Any) -> None:
        super().__init__(*args, **words)
        self.visit = door
        self.row: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            subject = subject_of_code(said["code"])
            for row in find_now(self.visit, PROGRAM, "commitment", self.visit.today).rows.to_pylist():
                if (row["subject"], row["number"], row["state"]) == (subject, said["number"], "running"):
                    self.row = row
            if not self.row or not self.visit.scope.covers(self.row["division"]):
                self.add_error("number", _("没有这家单位有效的这份承诺书。"))
        return said


@page(
    "sign/withdraw",
    door="desk",
    verbs=("hand_in",),
    duties=DUTIES,
    title="撤回承诺",
    rail="intake",
    icon="back",
    methods=("GET", "HEAD", "POST"),
)
def withdraw(visit: Visit) -> HttpResponseBase:
    """This will take down that a firm takes its commitment back: from today its matter does not go on by it."""
    asked = ask(visit, WithdrawForm, review=True, door=visit)
    form = asked.form
    if asked.done and isinstance(form, WithdrawForm):
        row, card = form.row, cards([form.row["subject"]])[form.row["subject"]]
        kept = (
            "number",
            "division",
            "matter",
            "area",
            "template",
            "text_hash",
            "signed_on",
            "channel",
            "file_hash",
        )
        tell(visit, "price_commitment", {
            **{name: row[name] for name in kept}, "code": card.code, "name": card.name,
            "signer": form.cleaned_data["signer"], "valid_to": visit.today, "withdrawn_on": visit.today,
        })  # fmt: skip
        visit.say(_("已撤回。"))
        return visit.go("price_commitments:sign")
    return visit.render(
        "kit/ask.html", asked=asked, review=True, title=_("撤回承诺"), submit=_("撤回"),
        lead=_("事项办结之前可以撤回；撤回之日起停止公示，事项不再凭这份承诺办理。"),
        back=visit.url("price_commitments:sign"),
    )  # fmt: skip


@page("commitments/<int:record>/", door="desk", verbs=("read",), title="承诺书")
def paper(visit: Visit, record: int) -> HttpResponseBase:
    """This will show one commitment, or with ``?file=1`` what was signed."""
    held = own(visit, find_now(visit, PROGRAM, "commitment", visit.today).rows, *DUTIES)
    row = next(iter(held.filter(pc.field("record") == record).to_pylist()), None)
    if row is None:
        raise MissingError("door.no_such", number=record)
    visit.look([row["subject"]], purpose="核对价格信用承诺")
    if visit.asked.get("file"):
        content, media_type = kept_of(visit, row["file_hash"] or "")
        return attachment(content, row["number"], media_type)
    card = cards([row["subject"]])[row["subject"]]
    matter, state = _(MATTERS[row["matter"]]), _(STATES[row["state"]])
    return visit.render("price_commitments/paper.html", row=row, card=card, matter=matter, state=state)
