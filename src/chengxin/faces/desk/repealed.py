"""条款失效: all that stands on an article which is over, and the suspension of what runs, which the head decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as noop

from chengxin.cases import repealed
from chengxin.cases.lapsing import take_over
from chengxin.cases.repealed import Running
from chengxin.faces.desk.cases import numbered
from chengxin.faces.wording import cited_all
from chengxin.kit import Column, Empty, Table, Visit, ask, cards, page
from chengxin.ledger.agencies import with_predecessors
from chengxin.ledger.content import store_text

SORTS = {
    "item": noop("目录事项"),
    "effect": noop("效果和措施"),
    "procedure": noop("程序"),
    "values": noop("标准"),
}


class SuspendForm(forms.Form):
    article = forms.ChoiceField(label=gettext_lazy("失效的条款"), choices=())
    text = forms.CharField(
        label=gettext_lazy("中止的理由"),
        help_text=gettext_lazy("另存为附件，逐件引用。"),
        widget=forms.Textarea(),
        max_length=20_000,
    )

    def __init__(self, *args: Any, articles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["article"].choices = articles  # type: ignore[attr-defined]


@page("repealed/", door="desk", verbs=("read",), title="条款失效", rail="casework", icon="alert")
def fallen(visit: Visit) -> HttpResponseBase:
    """This will list what was declared, and what runs, on an article that is no longer in force."""
    running = list(repealed.running(bundle=visit.adopted, on=visit.today, within=_within(visit)))
    return visit.render(
        "faces/desk/repealed.html",
        declared=_declared(visit),
        running=_running(visit, running),
        mine=len(_mine(visit)) if visit.may("suspend") else 0,
    )


@page(
    "repealed/suspend",
    door="desk",
    verbs=("suspend",),
    title="决定中止",
    methods=("GET", "HEAD", "POST"),
)
def suspend(visit: Visit) -> HttpResponseBase:
    """This will let the head of the deciding body suspend what stands on an article that is over."""
    found = _mine(visit)
    choices = [
        (name, cited_all(visit.house, (name,))) for name in dict.fromkeys(one.article for one in found)
    ]
    asked = ask(visit, SuspendForm, review=True, articles=choices)
    if asked.done:
        chosen, text = asked.form.cleaned_data["article"], asked.form.cleaned_data["text"]
        exhibit = store_text(visit.store, text, _("中止执行的理由"), visit.now, visit.secret)
        meant = [one for one in found if one.article == chosen]
        done = sum(
            take_over(
                case, "suspend", [one.row for one in meant if one.case.pk == number], official=visit.who,
                bundle=visit.adopted, at=visit.now, detail={"article": chosen}, exhibits=[exhibit.pk],
            )
            for number, case in {one.case.pk: one.case for one in meant}.items()
        )  # fmt: skip
        visit.say(_("已中止 %(n)d 件，并通知全部已获知的单位。") % {"n": done})
        return visit.go("desk:fallen")
    lead = _(
        "本机关作出、依据已经失效的 %(n)d 件。中止之后，效果同时停止；有新的依据的可以恢复，没有的应当撤销。"
    )
    return visit.render(
        "kit/ask.html", asked=asked, title=_("决定中止"), submit=_("决定"), review=True,
        lead=lead % {"n": len(found)}, back=visit.url("desk:fallen"),
    )  # fmt: skip


def _within(visit: Visit) -> Q:
    return visit.scope.q({"agency": "agency", "region": "region"})


def _mine(visit: Visit) -> list[Running]:
    """What the visitor's own body decided and nobody has suspended yet."""
    own = Q(agency__in=with_predecessors(visit.who.agency_id), suspended=False) & _within(visit)
    return list(repealed.running(bundle=visit.adopted, on=visit.today, within=own))


def _declared(visit: Visit) -> Table:
    rows = [
        {
            "sort": _(SORTS[one.address.split("/", maxsplit=1)[0]]),
            "address": one.address.split("/", maxsplit=1)[1],
            "article": cited_all(visit.house, (one.article,)),
            "ended_on": one.ended_on,
        }
        for one in repealed.declared(visit.house, visit.today)
    ]
    hint = "条款到期或者废止之后，依据它的事项、措施、程序和标准会列在这里，由下一份规则包改掉。"
    return Table(
        "declared",
        columns=[
            Column("sort", "种类"),
            Column("address", "位置", kind="code", wide=True),
            Column("article", "依据条款", wide=True),
            Column("ended_on", "失效日", kind="date"),
        ],
        rows=rows,
        order="article",
        empty=Empty("没有声明依据失效的条款", hint),
    )


def _running(visit: Visit, running: list[Running]) -> Table:
    known = cards({one.row or one.case.subject or 0 for one in running})
    rows = [
        {
            "case": one.case.pk,
            "row": one.row or 0,
            "subject": (about := one.row or one.case.subject or 0),
            "name": known[about].name if about in known else str(about),
            "title": one.case.title,
            "article": cited_all(visit.house, (one.article,)),
            "stands": _stands(one),
            "number": one.case.number,
        }
        for one in running
    ]
    hint = "条款到期或者废止之后，依据它正在执行的决定会列在这里，由负责人决定是否中止。"
    return Table(
        "running",
        columns=[
            Column("name", "单位", wide=True, link=lambda row: _href(visit, row)),
            Column("title", "事项", wide=True),
            Column("article", "失效的条款", wide=True),
            Column("stands", "处理"),
            Column("number", "案号", value=lambda row: numbered(row["number"]), sort="number"),
        ],
        rows=rows,
        search=("name", "title", "number"),
        order="name",
        subject="subject",
        purpose="办理在办案件",
        empty=Empty("没有正在执行的决定依据失效的条款", hint),
    )


def _stands(one: Running) -> str:
    if one.suspended:
        return _("已中止")
    return _("依法无效，自动中止") if one.void else _("建议中止，由负责人决定")


def _href(visit: Visit, row: dict[str, Any]) -> str:
    href = visit.url("desk:case", number=row["case"])
    return f"{href}?row={row['row']}" if row["row"] else href
