"""How many commitments were received, by matter and division; and each of them."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.kit import Column, Filter, Series, Table, Visit, divisions, page, stacked_bars
from chengxin.programs.price_commitments.pages.words import (
    EMPTY,
    MATTERS,
    STATES,
    listing,
    matter_column,
    today,
    word,
)
from chengxin.programs.price_commitments.sheets import counted, summed

FILLS = ("green", "blue", "yellow", "action", "gold")


@page("commitments/", door="desk", verbs=("read",), title="承诺总览", rail="casework", icon="table")
def commitments(visit: Visit) -> HttpResponseBase:
    """This will count every commitment received by matter and division, and list them."""
    held = today(visit, "commitment").rows
    rows = counted(held, tuple(MATTERS))
    places = divisions(row["division"] for row in rows)
    for row in rows:
        row["place"] = places[row["division"]]
    counts = Table(
        "counts",
        columns=[
            Column("place", "区划", sort="division"),
            *(Column(name, title, kind="int") for name, title in MATTERS.items()),
            Column("total", "收到", kind="int"),
            Column("running", "其中有效", kind="int"),
        ],
        rows=rows,
        order="division",
        empty=EMPTY,
    )
    series = [Series(name, _(MATTERS[name]), fill) for name, fill in zip(MATTERS, FILLS, strict=True)]
    chart = stacked_bars(
        "by_matter",
        _("各区划、各事项收到的承诺书"),
        _("条的长度是份数；期满和撤回的也计入收到。"),
        [(row["place"], {name: row[name] for name in MATTERS}) for row in rows],
        series,
        share=False,
        unit=_("份"),
    )
    table = listing(
        "commitments",
        held.drop_columns(["because"]),
        Column(
            "number",
            "承诺书编号",
            wide=True,
            link=lambda row: visit.url("price_commitments:paper", record=row["record"]),
        ),
        matter_column(),
        Column("signed_on", "签署日期", kind="date"),
        Column("valid_to", "有效期止", kind="date"),
        Column("state", "状态", value=word(STATES, "state"), sort="state"),
        purpose="核对价格信用承诺",
        filters=(Filter("matter", "事项", MATTERS), Filter("state", "状态", STATES)),
        search=("number",),
        order="-signed_on",
    )  # fmt: skip
    return visit.render(
        "price_commitments/commitments.html",
        counts=counts,
        chart=chart,
        table=table,
        sums=summed(rows, tuple(MATTERS)),
        any=bool(rows),
    )
