"""待确认的条文和标准: what was written from memory or second hand, confirmed by two against the official text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases import confirmation
from chengxin.cases.confirming import sign
from chengxin.cases.wordings import Wording, proposals, wording
from chengxin.core.errors import MissingError
from chengxin.faces.wording import cited, cited_all
from chengxin.kit import Column, Empty, Table, Visit, ask, divisions, page, spoken
from chengxin.ledger import regions
from chengxin.ledger.content import store
from chengxin.ledger.models import Official
from chengxin.policy.articles import Article
from chengxin.policy.declarations.units import written
from chengxin.policy.values import NATION


class TextForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("正式文本"),
        help_text=gettext_lazy("公报或者政府网站发布的文本（PDF 等）。两人须签同一份文件。"),
    )


@page(
    "proposals/",
    door="desk",
    verbs=("confirm_text", "read_ledger"),
    title="待确认的条文和标准",
    name="proposals",
    rail="oversight",
    icon="scale",
)
def unconfirmed(visit: Visit) -> HttpResponseBase:
    """This will list the articles and values nobody has confirmed yet, with who has signed what."""
    table = Table(
        "proposals",
        columns=[
            Column("citation", "条款或者标准", link=lambda row: _href(visit, row), wide=True),
            Column("title", "标题"),
            Column("gist", "要点", wide=True),
            Column("source", "来源"),
            Column("signed", "已签"),
        ],
        rows=_unconfirmed(visit),
        search=("citation", "gist"),
        order="citation",
        empty=Empty(
            "条文和标准都已经确认",
            "凭记忆或者转引写成的条文和数值会列在这里，附上正式文本、两人签字之后确认。",
        ),
    )
    lead = _("附上正式文本，由两名法制人员各签一次；自第二人签字之日起，不再显示为待核。")
    return visit.render("faces/desk/list.html", title=_("待确认的条文和标准"), lead=lead, table=table)


@page(
    "proposals/<str:article>",
    door="desk",
    verbs=("confirm_text",),
    title="确认正式文本",
    methods=("GET", "HEAD", "POST"),
)
def confirm(visit: Visit, article: str) -> HttpResponseBase:
    """This will take the official text from one official, and sign it in that official's name."""
    found = wording(visit.house, article)
    if found is None:
        raise MissingError("confirmation.no_article", article=article)
    asked = ask(visit, TextForm)
    if asked.done:
        upload: Any = asked.form.cleaned_data["file"]
        exhibit = store(visit.store, upload.read(), upload.name, visit.now, visit.secret)
        sign(article, exhibit, official=visit.who, on=visit.today, at=visit.now, bundle=visit.adopted)
        visit.say(_("已签字。两人签过同一份文本之后，这一条即为已确认。"))
        return visit.go("desk:proposals")
    told = _told(visit, found)
    return visit.render(
        "kit/ask.html", asked=asked, title=_("确认正式文本"), submit=_("签字"), back=visit.url("desk:proposals"),
        lead=f"{told['citation']}　{told['title']}：{told['gist']}",
    )  # fmt: skip


def _unconfirmed(visit: Visit) -> list[dict[str, str]]:
    signed = confirmation.signatures(visit.today)
    people = {one.official for one in signed if one.official}
    names: dict[int, str] = dict(Official.objects.filter(pk__in=people).values_list("pk", "name"))
    found = []
    for each in proposals(visit.house):
        by = [one for one in signed if (one.name, one.of) == (each.id, each.digest)]
        words = "、".join(f"{names.get(one.official or 0, '—')} {one.on} {one.text[:8]}" for one in by)
        found.append({**_told(visit, each), "signed": words})
    return found


def _told(visit: Visit, found: Wording) -> dict[str, str]:
    """An article in its gist; values as they are declared, each under the day it begins."""
    declared = found.declared
    if isinstance(declared, Article):
        return {
            "id": found.id,
            "citation": cited(declared),
            "title": spoken(declared.title, declared.title_en),
            "gist": spoken(declared.gist, declared.gist_en),
            "source": declared.source,
        }
    place = regions.NATION if found.region == NATION else found.region
    said = [(name, cell) for name, cell in found.cells if cell.status == "proposal"]
    lines = (f"{name} {cell.since} {written(cell.value, declared.unit)}" for name, cell in said)
    return {
        "id": found.id,
        "citation": spoken(declared.title, declared.title_en) + f"（{divisions([place])[place]}）",
        "title": cited_all(visit.house, dict.fromkeys(cell.basis for _name, cell in said)),
        "gist": "；".join(lines) + (f"（{declared.unit}）" if declared.unit else ""),
        "source": "；".join(dict.fromkeys(cell.source for _name, cell in said)),
    }


def _href(visit: Visit, row: dict[str, str]) -> str:
    return visit.url("desk:confirm", article=row["id"]) if visit.may("confirm_text") else ""
