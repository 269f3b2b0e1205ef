"""For the auditor: who looked at what, and the ledger of what was done with its sealed days."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit import Column, Empty, Filter, Table, Visit, page, spoken
from chengxin.ledger.looks.models import Look
from chengxin.ledger.models import Agency, DayRoot, Entry, Official

KINDS = {
    "batch": noop("收下一批"),
    "withdrawal": noop("撤回记录"),
    "confirmation": noop("确认原件如此"),
    "link": noop("确认关联"),
    "unlink": noop("解除关联"),
    "merge": noop("合并主体"),
    "unmerge": noop("解除合并"),
    "act": noop("案件行为"),
    "adoption": noop("采用规则包"),
    "bill": noop("发出账单"),
    "resting": noop("依其他机关决定的效果"),
    "subscription": noop("订阅"),
    "replay": noop("重送"),
    "gate_terms": noop("接入方的设定"),
    "administration": noop("管理行为"),
    "redact": noop("期满删除"),
    "question": noop("质疑查看"),
    "answer": noop("答复质疑"),
    "deferral": noop("暂缓告知查看"),
}
"""What stands in the ledger, in words."""


@page("looks/", door="desk", verbs=("read_looks",), title="谁看过什么", rail="oversight", icon="eye")
def looks(visit: Visit) -> HttpResponseBase:
    """This will list every look at what is not published: who, when, why, under which case."""
    table = Table(
        "looks",
        columns=[
            Column("at", "时间", kind="time"),
            Column("who", "谁", sort="official"),
            Column("post", "岗位"),
            Column("body", "单位", sort="agency"),
            Column("subject", "主体编号", kind="quantity"),
            Column("purpose", "事由"),
            Column("case_number", "案号", wide=True),
            Column("door", "页面"),
        ],
        rows=Look.objects.filter(agency__in=bodies_of(visit)),
        order="-at",
        search=("purpose", "case_number", "agency", "post"),
        prepare=_with_names,
        empty=Empty("还没有人查看过未公示的信息", "每次查看都会先在这里留下一行，再显示内容。"),
    )
    lead = _("每行是一个人看了一个主体一次；记不下来就不给看。")
    return visit.render("faces/desk/list.html", title=_("谁看过什么"), lead=lead, table=table)


def bodies_of(visit: Visit) -> list[str]:
    """This will name the bodies of the auditor's divisions; as a list, since the looks stand in another database."""
    within = visit.scope.q({"region": "region__code"})
    return list(Agency.objects.filter(within).values_list("code", flat=True))


def _with_names(found: list[Any]) -> list[Any]:
    names = dict(Official.objects.filter(pk__in={one.official for one in found}).values_list("pk", "name"))
    bodies = Agency.objects.in_bulk({one.agency for one in found})
    for one in found:
        one.who = names.get(one.official, str(one.official))
        body = bodies.get(one.agency)
        one.body = spoken(body.name, body.name_en) if body else one.agency
    return found


@page("ledger/", door="desk", verbs=("read_ledger",), title="台账与封存", rail="oversight", icon="shield")
def ledger(visit: Visit) -> HttpResponseBase:
    """This will list what was done, in the order it was sealed, and the root of each sealed day."""
    table = Table(
        "entries",
        columns=[
            Column("number", "序号", kind="int", value="seal.number", sort="seal.number"),
            Column("at", "时间", kind="time"),
            Column("what", "种类", sort="kind"),
            Column("ref", "指向", kind="code"),
            Column("digest", "校验码", kind="hash", sort="-"),
        ],
        rows=Entry.objects.select_related("seal"),
        order="-at",
        search=("ref",),
        filters=[Filter("kind", "种类", KINDS)],
        prepare=_sealed,
        empty=Empty("台账还是空的", "每一次报送、行为、撤回都会在这里留下一行。"),
    )
    days = DayRoot.objects.order_by("-day")[:14]
    return visit.render("faces/desk/ledger.html", table=table, days=days)


def _sealed(found: list[Any]) -> list[Any]:
    rows = []
    for one in found:
        seal = getattr(one, "seal", None)
        number = seal.number if seal else None
        what = _(KINDS[one.kind]) if one.kind in KINDS else one.kind
        rows.append(
            {"seal": {"number": number}, "at": one.at, "what": what, "ref": one.ref, "digest": one.digest}
        )
    return rows
