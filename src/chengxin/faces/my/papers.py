"""What a party hands in: texts and scanned papers, checked from their bytes, kept as exhibits of its case."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases.models import Case
from chengxin.cases.objections import GROUNDS
from chengxin.cases.own_words import LONGEST
from chengxin.core.errors import FileRefused
from chengxin.kit import Visit, attachment, spoken
from chengxin.ledger import media
from chengxin.ledger.content import open_exhibit, store, store_text
from chengxin.ledger.models import Agency, Exhibit

KINDS: Final = frozenset({media.PDF, "image/jpeg", "image/png"})
LARGEST: Final = 10 * 1024 * 1024
MOST: Final = 5
COMMITMENT: Final = gettext_lazy(
    "本单位（本人）承诺：所提交的材料真实、完整；失信行为已经纠正，相关义务已经履行；今后依法诚信经营。如有不实，愿意承担相应后果。"
)
_TEXTS: Final = {
    "state": gettext_lazy("陈述、申辩的内容"),
    "object": gettext_lazy("异议的事实和理由"),
    "ask_review": gettext_lazy("不服答复的理由"),
    "urge": gettext_lazy("催办的内容"),
    "own_words": gettext_lazy("说明（五百字以内）"),
    "ask_hearing": gettext_lazy("要求听证的理由"),
    "waive": gettext_lazy("补充说明"),
}
_OPTIONAL: Final = frozenset({"urge", "ask_hearing", "waive"})
_WITH_FILES: Final = {"state": "evidence", "object": "evidence", "apply_repair": "proof"}
"""Filings that come with scanned papers, and what the act calls them."""


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PapersField(forms.FileField):
    """Several files at once: each a PDF, JPG or PNG by its bytes, none too large."""

    def __init__(self, **said: Any) -> None:
        accept = ".pdf,.jpg,.jpeg,.png"
        super().__init__(widget=_ManyFiles(attrs={"accept": accept, "multiple": True}), **said)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        """This will give the files, or say which one cannot be taken."""
        given = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if self.required and not given:
            raise forms.ValidationError(_("请附上至少一份材料。"))
        if len(given) > MOST:
            raise forms.ValidationError(_("一次最多附 %(most)d 份。") % {"most": MOST})
        for one in given:
            self._check(one)
        return given

    def _check(self, one: UploadedFile[bytes]) -> None:
        name = str(one.name)
        if (one.size or 0) > LARGEST:
            raise forms.ValidationError(_("“%(name)s”超过 10 MB。") % {"name": name})
        try:
            kind = media.sniff(one.read(), name)
        except FileRefused as refused:
            raise forms.ValidationError(
                refused.sentence("en" if spoken("zh", "en") == "en" else "zh")
            ) from None
        finally:
            one.seek(0)
        if kind not in KINDS:
            raise forms.ValidationError(_("“%(name)s”不是 PDF、JPG 或 PNG。") % {"name": name})


class FilingForm(forms.Form):
    """The questions of one filing, and the word that what is said is true."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == "object":
            choices = [(code, spoken(*words)) for code, words in GROUNDS.items()]
            self.fields["ground"] = forms.ChoiceField(label=_("异议事由"), choices=choices)
        if kind in _TEXTS:
            self.fields["text"] = forms.CharField(
                label=_TEXTS[kind], required=kind not in _OPTIONAL, widget=forms.Textarea(),
                max_length=LONGEST if kind == "own_words" else 20_000,
            )  # fmt: skip
        if kind in _WITH_FILES:
            self._files(kind)
        if kind == "apply_repair":
            self.fields["commitment"] = forms.CharField(
                label=_("信用承诺书"), initial=COMMITMENT, widget=forms.Textarea(), max_length=2_000
            )
        if kind == "agree_service":
            self.fields["address"] = forms.CharField(
                label=_("接收提醒的手机或邮箱"), max_length=120,
                help_text=_("只用来提醒有文书到达；文书只在这里开启。"),
            )  # fmt: skip
        self.fields["sure"] = forms.BooleanField(
            label=_("以上内容由本单位（本人）提交，所填所附属实。"),
            error_messages={"required": _("请勾选确认。")},
        )

    def _files(self, kind: str) -> None:
        label = _("履行义务、纠正行为的证明") if kind == "apply_repair" else _("证据")
        hint = _("PDF、JPG 或 PNG，每份不超过 10 MB，最多 5 份。")
        if kind == "object":
            hint += _("没有新证据再次提出的异议照样答复，不再标注。")
        self.fields["files"] = PapersField(label=label, required=kind == "apply_repair", help_text=hint)


def kept(
    visit: Visit, case: Case, kind: str, said: Mapping[str, Any], title: str
) -> tuple[dict[str, Any], list[int]]:
    """This will keep what was handed in and give what the act says of it, with the exhibits it cites."""
    detail: dict[str, Any] = {}
    cited = []
    if said.get("text"):
        cited.append(keep_text(visit, said["text"], title_zh=f"{title}　{case.number}"))
    numbers = [keep_file(visit, one) for one in said.get("files") or ()]
    if numbers and kind == "object":
        detail["evidence"] = numbers
    if kind == "apply_repair":
        detail["proof"] = numbers
        detail["commitment"] = keep_text(visit, said["commitment"], title_zh=f"信用承诺书　{case.number}")
        cited.append(detail["commitment"])
    if kind == "agree_service":
        body = Agency.objects.get(pk=case.agency).name
        consent = _consent(
            said["address"], text_zh=f"同意{body}的文书以电子方式送达，包括本案和以后的案件；可以随时撤回。"
        )
        cited.append(keep_text(visit, consent, title_zh=f"电子送达确认书　{case.number}"))
    return detail, [*cited, *numbers]


def _consent(address: str, *, text_zh: str) -> str:
    return f"{text_zh}\n{address}"


def keep_text(visit: Visit, text: str, *, title_zh: str) -> int:
    """This will keep a text as an exhibit, under a title that stays as it was filed, and give its number."""
    return int(store_text(visit.store, text, title_zh, visit.now, visit.secret).pk)


def keep_file(visit: Visit, one: UploadedFile[bytes]) -> int:
    """This will keep a scanned paper as an exhibit and give its number."""
    return int(store(visit.store, one.read(), str(one.name), visit.now, visit.secret).pk)


def exhibit_file(visit: Visit, one: Exhibit) -> HttpResponseBase:
    """This will give an exhibit as a file to keep, under its title, after its hash was checked."""
    endings = {"application/pdf": ".pdf", "text/plain": ".txt", "image/jpeg": ".jpg", "image/png": ".png"}
    name = one.title + ("" if "." in one.title[-6:] else endings.get(one.media_type, ""))
    return attachment(io.BytesIO(open_exhibit(one, visit.store, visit.secret)), name, one.media_type)
