"""从轻提前终止: what ends sooner by a milder rule, proposed to the head or done, with the old end and the new one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengxin.cases import milder
from chengxin.cases.lapsing import take_over
from chengxin.cases.models import Case
from chengxin.faces.desk.cases import numbered
from chengxin.faces.wording import cited_all
from chengxin.kit import Column, Empty, Table, Visit, ask, cards, page
from chengxin.ledger.agencies import with_predecessors
from chengxin.ledger.content import store_text


class SoonerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("决定的理由"),
        help_text=gettext_lazy("写明新旧规定的比较；另存为附件，逐件引用。"),
        widget=forms.Textarea(),
        max_length=20_000,
    )


@dataclass(frozen=True)
class Line:
    """One that ends sooner: proposed, or done."""

    case: int
    number: str
    title: str
    row: int
    subject: int
    name: str
    was: date
    until: date
    article: str
    by: str


@page("sooner/", door="desk", verbs=("read",), title="从轻提前终止", rail="casework", icon="clock")
def sooner(visit: Visit) -> HttpResponseBase:
    """This will list what would end sooner by the rules of today, and what was made to."""
    proposed = _named([_line(visit, one) for one in _found(visit)])
    return visit.render(
        "faces/desk/sooner.html",
        proposed=_table(visit, "proposed", proposed, "没有可以从轻提前终止的"),
        done=_table(visit, "done", _named(_done(visit)), "还没有从轻提前终止的"),
        mine=len(_mine(visit)) if visit.may("shorten") else 0,
    )


@page(
    "sooner/decide",
    door="desk",
    verbs=("shorten",),
    title="决定从轻提前终止",
    methods=("GET", "HEAD", "POST"),
)
def decide_sooner(visit: Visit) -> HttpResponseBase:
    """This will let the head of the deciding body end sooner all that the milder rule reaches."""
    found = _mine(visit)
    asked = ask(visit, SoonerForm, review=True)
    if asked.done:
        text = asked.form.cleaned_data["text"]
        exhibit = store_text(visit.store, text, _("从轻提前终止的理由"), visit.now, visit.secret)
        done = sum(
            take_over(
                case, "shorten", [one.row for one in found if one.case.pk == number], official=visit.who,
                bundle=visit.adopted, at=visit.now, exhibits=[exhibit.pk],
            )
            for number, case in {one.case.pk: one.case for one in found}.items()
        )  # fmt: skip
        visit.say(_("已决定提前终止 %(n)d 件；各件的新终止日会通知全部已获知的单位。") % {"n": done})
        return visit.go("desk:sooner")
    lead = _("本机关作出、按新规定应当更早终止的 %(n)d 件一并办理。只提前，不延长。") % {"n": len(found)}
    return visit.render(
        "kit/ask.html", asked=asked, title=_("决定从轻提前终止"), submit=_("决定"), review=True, lead=lead,
        back=visit.url("desk:sooner"),
    )  # fmt: skip


def _found(visit: Visit) -> list[milder.Sooner]:
    within = visit.scope.q({"agency": "agency", "region": "region"})
    return list(milder.sooner(bundle=visit.adopted, on=visit.today, within=within))


def _mine(visit: Visit) -> list[milder.Sooner]:
    """What the visitor's own body decided: only that body ends it sooner."""
    own = Q(agency__in=with_predecessors(visit.who.agency_id)) & visit.scope.q(
        {"agency": "agency", "region": "region"}
    )
    return list(milder.sooner(bundle=visit.adopted, on=visit.today, within=own))


def _line(visit: Visit, one: milder.Sooner) -> Line:
    by = _("由条款规定，自动办理") if one.ordered else _("由负责人决定")
    said = {"was": one.was, "until": one.until, "article": cited_all(visit.house, (one.article,)), "by": by}
    return _of(one.case, one.row, said)


def _done(visit: Visit) -> list[Line]:
    within = visit.scope.q({"agency": "case__agency", "region": "case__region"})
    found = []
    for act in milder.shortened(within):
        said = {name: date.fromisoformat(act.detail[name]) for name in ("was", "until")}
        by = _("负责人决定") if act.official else _("自动办理")
        found.append(
            _of(act.case, act.subject, {**said, "article": cited_all(visit.house, act.articles), "by": by})
        )
    return found


def _of(case: Case, row: int | None, said: dict[str, Any]) -> Line:
    about = row or case.subject or 0
    return Line(case.pk, case.number, case.title, row=row or 0, subject=about, name="", **said)


def _named(lines: list[Line]) -> list[dict[str, Any]]:
    known = cards({one.subject for one in lines})
    return [
        {**asdict(one), "name": known[one.subject].name if one.subject in known else str(one.subject)}
        for one in lines
    ]


def _table(visit: Visit, name: str, rows: list[dict[str, Any]], empty: str) -> Table:
    return Table(
        name,
        columns=[
            Column("name", "单位", wide=True, link=lambda row: _href(visit, row)),
            Column("title", "事项", wide=True),
            Column("was", "原终止日", kind="date"),
            Column("until", "新终止日", kind="date"),
            Column("article", "依据条款"),
            Column("by", "怎样办理"),
            Column("number", "案号", value=lambda row: numbered(row["number"]), sort="number"),
        ],
        rows=rows,
        search=("name", "title", "number"),
        order="until",
        subject="subject",
        purpose="办理在办案件",
        empty=Empty(empty, "新规定缩短公示期限、且程序写明从旧兼从轻的条款时，正在执行的决定会列在这里。"),
    )


def _href(visit: Visit, row: dict[str, Any]) -> str:
    href = visit.url("desk:case", number=row["case"])
    return f"{href}?row={row['row']}" if row["row"] else href
