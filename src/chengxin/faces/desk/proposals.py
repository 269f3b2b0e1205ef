"""待确认的条文: articles written from memory or second hand, confirmed by two officials against the official text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases import confirmation
from chengxin.cases.confirming import sign
from chengxin.core.errors import MissingError
from chengxin.faces.wording import cited
from chengxin.kit import Column, Empty, Table, Visit, ask, page, spoken
from chengxin.ledger.content import store
from chengxin.ledger.models import Official
from chengxin.policy.bundle import digest_of


class TextForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("正式文本"),
        help_text=gettext_lazy("公报或者政府网站发布的文本（PDF 等）。两人须签同一份文件。"),
    )


@page(
    "proposals/",
    door="desk",
    verbs=("confirm_text", "read_ledger"),
    title="待确认的条文",
    rail="oversight",
    icon="scale",
)
def proposals(visit: Visit) -> HttpResponseBase:
    """This will list the articles nobody has confirmed yet, with who has signed what."""
    table = Table(
        "proposals",
        columns=[
            Column("citation", "条款", link=lambda row: _href(visit, row), wide=True),
            Column("title", "标题"),
            Column("gist", "要点", wide=True),
            Column("source", "来源"),
            Column("signed", "已签"),
        ],
        rows=_unconfirmed(visit),
        search=("citation", "gist"),
        order="citation",
        empty=Empty("条文都已经确认", "凭记忆或者转引写成的条文会列在这里，附上正式文本、两人签字之后确认。"),
    )
    lead = _("附上正式文本，由两名法制人员各签一次；自第二人签字之日起，不再显示为待核。")
    return visit.render("faces/desk/list.html", title=_("待确认的条文"), lead=lead, table=table)


@page(
    "proposals/<str:article>",
    door="desk",
    verbs=("confirm_text",),
    title="确认正式文本",
    methods=("GET", "HEAD", "POST"),
)
def confirm(visit: Visit, article: str) -> HttpResponseBase:
    """This will take the official text from one official, and sign it in that official's name."""
    known = visit.house.articles.get(article)
    if known is None:
        raise MissingError("confirmation.no_article", article=article)
    asked = ask(visit, TextForm)
    if asked.done:
        upload: Any = asked.form.cleaned_data["file"]
        exhibit = store(visit.store, upload.read(), upload.name, visit.now, visit.secret)
        sign(article, exhibit, official=visit.who, on=visit.today, at=visit.now, bundle=visit.adopted)
        visit.say(_("已签字。两人签过同一份文本之后，这一条即为已确认。"))
        return visit.go("desk:proposals")
    lead = f"{cited(known)}　{spoken(known.title, known.title_en)}：{spoken(known.gist, known.gist_en)}"
    return visit.render(
        "kit/ask.html", asked=asked, title=_("确认正式文本"), submit=_("签字"), lead=lead,
        back=visit.url("desk:proposals"),
    )  # fmt: skip


def _unconfirmed(visit: Visit) -> list[dict[str, str]]:
    signed = confirmation.signatures(visit.today)
    people = {one.official for one in signed if one.official}
    names: dict[int, str] = dict(Official.objects.filter(pk__in=people).values_list("pk", "name"))
    return [
        {
            "id": article.id,
            "citation": cited(article),
            "title": spoken(article.title, article.title_en),
            "gist": spoken(article.gist, article.gist_en),
            "source": article.source,
            "signed": "、".join(
                f"{names.get(one.official or 0, '—')} {one.on} {one.text[:8]}"
                for one in signed
                if (one.article, one.of) == (article.id, digest_of(article))
            ),
        }
        for article in visit.house.articles.values()
        if article.status == "proposal"
    ]


def _href(visit: Visit, row: dict[str, str]) -> str:
    return visit.url("desk:confirm", article=row["id"]) if visit.may("confirm_text") else ""
