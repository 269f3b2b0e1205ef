"""规则包的采用: what a bundle would change, piece by piece; one official proposes it, another confirms it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as noop

from chengxin.cases import adoption, assent
from chengxin.cases.models import Act
from chengxin.core.errors import MissingError
from chengxin.faces import boot
from chengxin.kit import Column, DayInput, Empty, Filter, Table, Visit, ask, page, spoken
from chengxin.ledger.models import Official
from chengxin.policy.changes import Change, changes
from chengxin.policy.house import House

SORTS = {
    "instrument": noop("法规文件"),
    "article": noop("条款"),
    "item": noop("目录事项"),
    "program": noop("应用"),
    "table": noop("标准"),
    "procedure": noop("程序"),
    "rule": noop("规则"),
}
HOWS = {"added": noop("新增"), "removed": noop("删除"), "changed": noop("改动")}


class SinceForm(forms.Form):
    since = forms.DateField(
        label=gettext_lazy("自哪天起采用"), widget=DayInput(),
        help_text=gettext_lazy("今天或者以后；确认晚于这一天的，自确认之日起。"),
    )  # fmt: skip


@page("adoption/", door="desk", verbs=("adopt", "propose_adoption", "read_ledger"), title="规则包的采用",
      name="adoption", rail="oversight", icon="document")  # fmt: skip
def adoptions(visit: Visit) -> HttpResponseBase:
    """This will show which bundle is in force by whose hands, what waits, and what the release would change."""
    last = assent.newest()
    proposer = _proposer(last.act) if last else None
    return visit.render(
        "faces/desk/adoption.html",
        last=last,
        hands=[_name(number) for number in (proposer, last.act.official) if number] if last else [],
        by_two=last is not None and assent.is_by_two(last),
        waiting=[_waiting(visit, one) for one in assent.pending()],
        table=_table(changes(_in_force(visit), boot.shipped())),
    )


@page("adoption/propose", door="desk", verbs=("propose_adoption",), title="提出采用规则包",
      methods=("GET", "HEAD", "POST"))  # fmt: skip
def propose_adoption(visit: Visit) -> HttpResponseBase:
    """This will propose the shipped bundle in the visitor's name, with what it changes beside."""
    house = boot.shipped()
    asked = ask(visit, SinceForm, initial={"since": visit.today})
    if asked.done:
        adoption.propose(
            house, official=visit.who, since=asked.form.cleaned_data["since"], on=visit.today, at=visit.now,
            store=visit.store,
        )  # fmt: skip
        visit.say(_("已提出，等另一人确认；在那之前什么都没有改变。"))
        return visit.go("desk:adoption")
    return _ask(visit, asked, house, title=_("提出采用规则包"), submit=_("提出"))


@page("adoption/<int:number>/", door="desk", verbs=("adopt",), title="确认采用规则包",
      methods=("GET", "HEAD", "POST"))  # fmt: skip
def confirm_adoption(visit: Visit, number: int) -> HttpResponseBase:
    """This will let another official than the one who proposed it confirm a bundle, having read what it changes."""
    proposed = next((one for one in assent.pending() if one.pk == number), None)
    if proposed is None:
        raise MissingError("door.no_such", number=number)
    asked = ask(visit, forms.Form)
    if asked.done:
        done = adoption.confirm(proposed, official=visit.who, on=visit.today, at=visit.now, store=visit.store)
        visit.say(_("已采用，自 %(day)s 起。") % {"day": done.since.isoformat()})
        return visit.go("desk:adoption")
    told = _waiting(visit, proposed)
    lead = _("%(name)s 提出，自 %(day)s 起采用。") % {"name": told["name"], "day": told["since"].isoformat()}
    house = adoption.open_bundle(proposed.detail["bundle"], visit.store).house
    return _ask(visit, asked, house, title=_("确认采用规则包"), submit=_("确认采用"), lead=lead)


def _ask(visit: Visit, asked: Any, house: House, **words: Any) -> HttpResponseBase:
    """The question, over the list of all that the house would change."""
    return visit.render(
        "faces/desk/adopt.html", asked=asked, table=_table(changes(_in_force(visit), house)),
        back=visit.url("desk:adoption"), **words,
    )  # fmt: skip


def _in_force(visit: Visit) -> House:
    """As it was sealed: what two officials confirmed of it since is no change of the bundle."""
    return adoption.open_bundle(visit.bundle, visit.store).house


def _waiting(visit: Visit, proposed: Act) -> dict[str, Any]:
    return {
        "number": proposed.pk,
        "name": _name(proposed.official or 0),
        "sha256": proposed.detail["bundle"],
        "since": date.fromisoformat(proposed.detail["since"]),
        "mine": proposed.official == visit.who.pk or not visit.may("adopt"),
    }


def _proposer(adopted: Act) -> int | None:
    asked = Act.objects.filter(pk=adopted.detail.get("proposal", 0)).first()
    return asked.official if asked else None


def _name(number: int) -> str:
    known = Official.objects.filter(pk=number).first()
    return known.name if known else "—"


def _table(told: list[Change]) -> Table:
    rows = [
        {
            "sort": one.sort,
            "title": spoken(one.title, one.title_en),
            "name": one.name,
            "how": one.how,
            "where": one.where,
            "was": one.was,
            "now": one.now,
        }
        for one in told
    ]
    return Table(
        "changes",
        columns=[
            Column("sort", "种类", value=lambda row: _(SORTS[row["sort"]]), sort="sort"),
            Column("title", "名称", wide=True),
            Column("name", "代码", kind="code"),
            Column("how", "怎样变", value=lambda row: _(HOWS[row["how"]]), sort="how"),
            Column("where", "哪一处", wide=True),
            Column("was", "原来", wide=True),
            Column("now", "改为", wide=True),
        ],
        rows=rows,
        search=("title", "name", "where", "was", "now"),
        filters=[Filter("sort", "种类", {key: _(word) for key, word in SORTS.items()})],
        empty=Empty("没有改动", "随版本提供的规则包与现行的相同。"),
    )
