"""Who is told, how far behind each is, and what came from the court: the lag board from end to end."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import Column, Empty, Table, Visit, deltas, page, receivers
from chengxin.programs.judgment_defaulters.pages.words import PROGRAM


@page(
    "receivers/",
    door="desk",
    verbs=("read_ledger",),
    name="receivers",
    title="接收单位",
    rail="oversight",
    icon="link",
)
def receiving(visit: Visit) -> HttpResponseBase:
    """This will show each receiver's lag in minutes, and each delta's way from the court to here."""
    told = Table(
        "receivers",
        columns=[
            Column("body", "单位", wide=True),
            Column("title", "系统", link=lambda row: visit.url("desk:subscriber", number=row["id"])),
            Column("acknowledged", "已确认", kind="int"),
            Column("unsettled", "未结", kind="int"),
            Column("minutes", "最早未结（分钟）", kind="int"),
            Column("overdue", "逾期", kind="int"),
            Column("dead", "送不到", kind="int"),
        ],
        rows=receivers(visit, PROGRAM),
        order="-unsettled",
        empty=Empty(
            "还没有接收单位", "负责人在推送与回执里设立订阅；接入说明见 docs/joining-defaulters.md。"
        ),
    )
    came = Table(
        "deltas",
        columns=[
            Column("received_at", "收到", kind="time"),
            Column("body", "法院", wide=True),
            Column("sequence", "序号", kind="quantity"),
            Column(
                "urgent",
                "通道",
                value=lambda row: _("紧急撤下") if row["urgent"] else _("按序增量"),
                sort="urgent",
            ),
            Column("minutes", "自制作（分钟）", kind="int"),
            Column("taken", "收下", kind="int"),
            Column("held", "已有", kind="int"),
            Column("refused", "退回", kind="int"),
        ],
        rows=deltas(visit, PROGRAM),
        order="-received_at",
        empty=Empty("还没有收到增量", "法院系统以签名增量报送，逐行答复。"),
    )
    return visit.render(f"{PROGRAM}/receivers.html", told=told, came=came)
