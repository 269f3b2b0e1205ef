"""Verifying: does this digest, number or file belong to something this platform wrote, and is it unchanged?

Answers only what the digest's holder already knows: what kind of thing it is, its number and its day.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django import forms
from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases.models import Act, Adoption, Schedule
from chengxin.effects.models import BillFile
from chengxin.effects.why import KINDS
from chengxin.effects.why import verify as differing
from chengxin.findings.models import Run
from chengxin.kit import Visit, ask, page
from chengxin.ledger.models import Exhibit
from chengxin.records.models import Batch, Sheet

FEW = 3
CERTIFIES = "certify"
LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True)
class Known:
    """What a digest belongs to."""

    word: str
    number: str
    on: date


class DigestForm(forms.Form):
    digest = forms.RegexField(
        r"^\s*[0-9a-fA-F ]{64,100}\s*$",
        label=gettext_lazy("文书上的校验码"),
        help_text=gettext_lazy("六十四位，印在文书末尾二维码下方；空格可以保留。"),
        required=False,
        error_messages={"invalid": gettext_lazy("校验码是六十四位数字和字母 a 到 f，请核对有没有漏抄。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("或者直接选择文件"),
        help_text=gettext_lazy("文件只在本机算出校验码后即丢弃，不保存。不超过 20 MB。"),
        required=False,
    )

    def clean(self) -> dict[str, object]:
        filled = super().clean() or {}
        if not filled.get("digest") and not filled.get("file") and not self.errors:
            raise forms.ValidationError(_("请填写校验码，或者选择文件。"))
        upload = filled.get("file")
        if upload and upload.size > LARGEST:
            raise forms.ValidationError(_("文件超过 20 MB，请改用文书上的校验码。"))
        return filled


@page("verify", door="public", public=True, title="核验文书", methods=("GET", "HEAD", "POST"))
def verify(visit: Visit) -> HttpResponseBase:
    """This will take a digest or a file and lead to what it belongs to."""
    asked = ask(visit, DigestForm)
    if not asked.done:
        return visit.render("faces/public/verify.html", asked=asked)
    upload = asked.form.cleaned_data.get("file")
    digest = "".join(asked.form.cleaned_data["digest"].split()).lower() if not upload else _digest_of(upload)
    return visit.go("public:verify_digest", digest=digest)


def _digest_of(upload: object) -> str:
    running = hashlib.sha256()
    for chunk in upload.chunks():  # type: ignore[attr-defined]
        running.update(chunk)
    return running.hexdigest()


@page("verify/<slug:digest>", door="public", public=True, title="核验文书")
def verify_digest(visit: Visit, digest: str) -> HttpResponseBase:
    """This will say what the digest belongs to, or that nothing here has it."""
    known = belongs_to(digest.lower()) if len(digest) == 64 else []
    return visit.render("faces/public/verified.html", digest=digest, known=known)


@page("verify-link", door="public", public=True, name="check", methods=("POST",))
def check(visit: Visit) -> HttpResponseBase:
    """This will check one link of a chain: what stands here today is hashed again."""
    sent = visit.request.POST
    link = {"kind": sent.get("kind", ""), "id": sent.get("id", ""), "hash": sent.get("hash", "").lower()}
    known, intact = stands(visit, link)
    part = "_part" if visit.request.headers.get("HX-Request") else ""
    words = {"visit": visit, "today": visit.today, "known": known, "intact": intact}
    return render(visit.request, f"faces/public/check{part}.html", words)


def stands(visit: Visit, link: dict[str, str]) -> tuple[bool, bool]:
    """This will say whether there is such a thing, and whether its hash is still the one given."""
    if link["kind"] not in KINDS or len(link["hash"]) != 64:
        return False, False
    try:
        return True, not differing([link], store=visit.store, house=visit.house)
    except (LookupError, ValueError, TypeError):  # a number that nobody gave to anything
        return False, False


def belongs_to(digest: str) -> list[Known]:
    """This will find the act, document, sheet, batch, run, schedule, bill or bundle with this digest."""
    named = [
        *((_word(it), str(it.detail.get("number") or it.case.number), it.on) for it in _acts(digest)),
        *((_("文书或附件"), f"E{it.pk}", _day(it.stored_at)) for it in Exhibit.objects.filter(sha256=digest)),
        *((_("封存的记录原件"), f"S{it.pk}", _day(it.batch.received_at)) for it in _sheets(digest)),
        *(
            (_("报送文件"), f"B{it.pk}", _day(it.received_at))
            for it in Batch.objects.filter(source_sha256=digest)
        ),
        *((_("研判计算"), f"R{it.pk}", it.as_of) for it in _runs(digest)),
        *((_("决定附表"), it.case.number, it.case.opened_on) for it in _schedules(digest)),
        *((_("账单文件"), it.period, _day(it.issued_at)) for it in BillFile.objects.filter(sha256=digest)),
        *((_("采用的规则包"), digest[:12], it.since) for it in Adoption.objects.filter(bundle=digest)),
    ]
    return [Known(*one) for one in dict.fromkeys(named)][:FEW]


def _word(act: Act) -> str:
    """This will say what an act is; of a certificate of correction, also whether it still holds as the newest."""
    if act.kind != CERTIFIES:
        return _("案件行为")
    later = Act.objects.filter(case=act.case_id, subject=act.subject, pk__gt=act.pk)
    if later.filter(kind=CERTIFIES).exists():
        return _("信用信息更正证明，有效；另有更新的一份")
    return _("信用信息更正证明，有效")


def _acts(digest: str) -> QuerySet[Act]:
    return Act.objects.filter(digest=digest).select_related("case")


def _sheets(digest: str) -> QuerySet[Sheet]:
    return Sheet.objects.filter(sha256=digest).select_related("batch")


def _batches(digest: str) -> QuerySet[Batch]:
    return Batch.objects.filter(source_sha256=digest)


def _runs(digest: str) -> QuerySet[Run]:
    return Run.objects.filter(Q(run_sha256=digest) | Q(result_sha256=digest))


def _schedules(digest: str) -> QuerySet[Schedule]:
    return Schedule.objects.filter(sha256=digest).select_related("case")


def _day(at: datetime) -> date:
    return localtime(at).date()
