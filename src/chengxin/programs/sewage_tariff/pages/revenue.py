"""The revenue report: what was issued, by month, by tier and by division, from the bill files alone.

The three add up to the same fen: each is the same lines, counted under another head.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import (
    Chart,
    Column,
    Empty,
    Table,
    Visit,
    bars,
    bill_files,
    bill_lines,
    columns,
    page,
    yuan,
)
from chengxin.programs.sewage_tariff.pages.words import PROGRAM, TIERS, cubic_metres, divisions
from chengxin.programs.sewage_tariff.revenue import HEADS, gathered, settled

NO_TIER = "none"
MONTHS_DRAWN = 12


@page("revenue/", door="desk", verbs=("read", "issue_bill"), title="收入报告", rail="accounts", icon="chart")
def revenue(visit: Visit) -> HttpResponseBase:
    """This will add up what was issued, adjustments included, under three heads that agree to the fen."""
    files = list(bill_files(visit, PROGRAM))
    lines = [line for whole in files for line in _settled(visit, whole)]
    rows = {head: _rows(head, gathered(lines, head)) for head in HEADS}
    issued = sum(each.fen + sum(one.fen for one in each.adjustments.all()) for each in files)
    total = {name: sum(row[name] for row in rows["period"]) for name in ("fen", "base_fen", "surcharge_fen")}
    return visit.render(
        "sewage_tariff/revenue.html",
        total=total,
        agrees=all(sum(row["fen"] for row in each) == issued for each in rows.values()),
        charts=[_by_month(rows["period"]), _by_tier(rows["tier"]), _by_division(rows["division"])],
        months=_table("month", "按账期", "账期", rows["period"], order="-head"),
        tiers=_table("tier", "按档次", "档次", rows["tier"]),
        regions=_table("division", "按区划", "区划", rows["division"]),
        any=bool(lines),
    )


def _settled(visit: Visit, whole: Any) -> list[dict[str, Any]]:
    """This will give the lines of a month as they stand after its adjustments, under the month's name."""
    issued = [bill_lines(visit, each) for each in (whole, *whole.adjustments.order_by("id"))]
    lines = settled(line for file in issued for line in file.to_pylist())
    return [{**line, "period": whole.period, "tier": line.get("tier") or NO_TIER} for line in lines]


def _rows(head: str, sums: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """This will write each sum under its word, months by date, tiers and divisions in their own order."""
    if head == "tier":
        words = {**{tier: _(TIERS[tier]) for tier in TIERS}, NO_TIER: _("不加收")}
        order: Iterable[str] = [tier for tier in words if tier in sums]
    else:
        words = divisions(sums) if head == "division" else {period: period for period in sums}
        order = sorted(sums)
    return [{"head": words[key], **sums[key]} for key in order]


def _by_month(rows: Sequence[Mapping[str, Any]]) -> Chart:
    recent = rows[-MONTHS_DRAWN:]
    return columns(
        "surcharge",
        _("加收收入（按账期）"),
        _("每个账期因加收多收的金额（万元），已计入调整。"),
        [(row["head"], max(0, row["surcharge_fen"])) for row in recent],
        words=[_ten_thousands(row["surcharge_fen"]) for row in recent],
        unit=_("万元"),
    )


def _ten_thousands(fen: int) -> str:
    """This will write fen as ten thousands of yuan with two decimals, short enough for a narrow column."""
    hundredths = (abs(fen) + 5_000) // 10_000
    return f"{'-' if fen < 0 else ''}{hundredths // 100:,}.{hundredths % 100:02d}"


def _by_tier(rows: Sequence[Mapping[str, Any]]) -> Chart:
    return _long(
        "tiers",
        _("加收收入（按档次）"),
        _("一户一期跨两档的，计入较重的一档。"),
        [row for row in rows if row["surcharge_fen"]],
    )


def _by_division(rows: Sequence[Mapping[str, Any]]) -> Chart:
    return _long("divisions", _("加收收入（按区划）"), _("按厂区所在县（市、区）。"), rows)


def _long(name: str, title: str, caption: str, rows: Sequence[Mapping[str, Any]]) -> Chart:
    drawn = [(row["head"], max(0, row["surcharge_fen"])) for row in rows]
    words = [yuan(row["surcharge_fen"]) for row in rows]
    return bars(name, title, caption, drawn, words=words, unit=_("金额"))


def _table(name: str, caption: str, head: str, rows: Sequence[Mapping[str, Any]], order: str = "") -> Table:
    return Table(
        name,
        caption=caption,
        columns=[
            Column("head", head),
            Column("volume", "水量（立方米）", value=lambda row: cubic_metres(row["volume"]), sort="volume"),
            Column("surcharged_volume", "其中加收（立方米）", sort="surcharged_volume",
                   value=lambda row: cubic_metres(row["surcharged_volume"])),
            Column("payers", "加收户数", kind="int"),
            Column("base_fen", "基本费", kind="money"),
            Column("surcharge_fen", "加收", kind="money"),
            Column("fen", "合计", kind="money"),
        ],
        rows=rows,
        order=order,
        empty=Empty("还没有收入", "发出账单之后，收入会列在这里。"),
    )  # fmt: skip
