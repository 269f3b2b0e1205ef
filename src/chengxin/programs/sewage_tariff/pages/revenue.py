"""The revenue report: what the surcharge brought, month by month, from the issued files alone."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import (
    Column,
    Empty,
    Series,
    Table,
    Visit,
    bill_files,
    bill_lines,
    columns,
    page,
    stacked_bars,
    yuan,
)
from chengxin.programs.sewage_tariff.pages.words import PROGRAM, cubic_metres


@page("revenue/", door="desk", verbs=("read", "issue_bill"), title="收入报告", rail="accounts", icon="chart")
def revenue(visit: Visit) -> HttpResponseBase:
    """This will add up what was issued, adjustments included: base fee, surcharge, cubic metres, payers."""
    months = _months(visit)
    rows = [{"period": period, **sums} for period, sums in sorted(months.items(), reverse=True)]
    for row in rows:
        row["payers"] = len(row["payers"])
    recent = list(reversed(rows[:12]))
    chart = columns(
        "surcharge",
        _("加收收入"),
        _("每月因加收多收的金额，已计入调整。"),
        [(row["period"], row["surcharge_fen"]) for row in recent],
        words=[yuan(row["surcharge_fen"]) for row in recent],
    )
    mix = stacked_bars(
        "mix",
        _("收入构成"),
        _("基本费与加收各占多少。"),
        [(row["period"], {"base": row["base_fen"], "extra": max(0, row["surcharge_fen"])}) for row in recent],
        [Series("base", _("基本费"), "blue"), Series("extra", _("加收"), "red")],
    )
    total = {name: sum(row[name] for row in rows) for name in ("fen", "base_fen", "surcharge_fen")}
    return visit.render("sewage_tariff/revenue.html", table=_table(rows), charts=[chart, mix], total=total)


def _months(visit: Visit) -> dict[str, dict[str, Any]]:
    """This will add up the sealed lines of each month's file and its adjustments."""
    months: dict[str, dict[str, Any]] = defaultdict(_nothing)
    for whole in bill_files(PROGRAM):
        sums = months[whole.period]
        for line in bill_lines(visit, whole).to_pylist():
            sums["fen"] += line["fen"]
            sums["base_fen"] += line["base_fen"]
            sums["volume"] += line["volume"]
            sums["surcharged_volume"] += line["surcharged_volume"]
            if line["surcharged_volume"]:
                sums["payers"].add(line["subject"])
        sums["fen"] += sum(each.fen for each in whole.adjustments.all())
        sums["surcharge_fen"] = sums["fen"] - sums["base_fen"]
    return months


def _nothing() -> dict[str, Any]:
    return {"fen": 0, "base_fen": 0, "surcharge_fen": 0, "volume": 0, "surcharged_volume": 0, "payers": set()}


def _table(rows: list[dict[str, Any]]) -> Table:
    return Table(
        "revenue",
        columns=[
            Column("period", "账期"),
            Column("volume", "水量（立方米）", value=lambda row: cubic_metres(row["volume"]), sort="volume"),
            Column("surcharged_volume", "其中加收（立方米）", sort="surcharged_volume",
                   value=lambda row: cubic_metres(row["surcharged_volume"])),
            Column("payers", "加收户数", kind="int"),
            Column("base_fen", "基本费", kind="money"),
            Column("surcharge_fen", "加收", kind="money"),
            Column("fen", "合计", kind="money"),
        ],
        rows=rows,
        empty=Empty("还没有收入", "发出账单之后，收入按月列在这里。"),
    )  # fmt: skip
