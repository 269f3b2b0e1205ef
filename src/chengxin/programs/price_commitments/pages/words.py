"""What every page of the program says alike: the five matters and contents, whom rows are shown to, who may step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit import (
    Column,
    Empty,
    Filter,
    Found,
    Table,
    Visit,
    find_now,
    list_table,
    lists_of,
    named,
    own,
    rows_underway,
    stands,
)
from chengxin.programs.price_commitments.sheets import PROGRAM

PRICE: Final = "price"
DUTIES: Final = ("price", "market")
"""Pricing is the price body's; checks and enforcement went to market regulation."""
MATTERS: Final = {
    "pricing": noop("提出定调价建议"),
    "integrity_unit": noop("申报价格诚信单位（区域）"),
    "fair_price_shop": noop("申办平价商店"),
    "grade": noop("申请价格信用等级认定"),
    "repair": noop("申请价格信用修复"),
}
CONTENTS: Final = {
    "obeys_law": noop("严格遵守法律法规"),
    "own_credit": noop("自身价格信用状况"),
    "duties": noop("全面履行责任和义务"),
    "papers_true": noop("申请材料真实"),
    "liability": noop("承担违约责任"),
}
STATES: Final = {
    "running": noop("有效"),
    "withdrawn": noop("已撤回"),
    "ended": noop("已期满"),
    "ahead": noop("尚未开始"),
}
ENDED: Final = frozenset({"taken_out", "lapsed", "revoked", "repaired"})
EMPTY: Final = Empty("这里还没有内容", "收到承诺书、申请或者核查记录之后，按当天的记录算出。")


def today(visit: Visit, finding: str) -> Found:
    """This will reckon a finding as of today and keep what the visitor may see."""
    found = find_now(visit, PROGRAM, finding, visit.today)
    return Found(found.run, own(visit, found.rows, *DUTIES))


def listing(
    name: str, rows: Any, *columns: Column, purpose: str, filters: tuple[Filter, ...] = (), **words: Any
) -> Table:
    """This will give a table of those who commit: a page of it is named, and the look is logged."""
    return Table(
        name,
        columns=[
            Column("name", "承诺单位", wide=True, sort="-"),
            Column("code", "统一社会信用代码", kind="code", sort="-"),
            Column("place", "区划", sort="division"),
            *columns,
        ],
        rows=rows,
        filters=filters,
        subject="subject" if purpose else "",
        purpose=purpose,
        prepare=named,
        empty=words.pop("empty", EMPTY),
        **words,
    )


def word(words: Mapping[str, str], key: str) -> Any:
    """This will give what says a row's code in words."""
    return lambda row: _(words[row[key]]) if row[key] in words else row[key]


def matter_column() -> Column:
    """This will give the column of the matter."""
    return Column("matter", "事项", value=word(MATTERS, "matter"), sort="matter")


def broken(visit: Visit) -> dict[int, Any]:
    """This will name who is found in breach and not repaired today, with the list that says so."""
    return {
        row["subject"]: listed
        for listed in lists_of(visit, PROGRAM, "breach")
        for row in rows_underway(listed)
        if row["state"] in ("in_force", "frozen")
    }


def taken_up(visit: Visit, procedure: str) -> list[str]:
    """This will name the parts that a list still on its way, or in force, has taken up."""
    parts: list[str] = []
    for listed in lists_of(visit, PROGRAM, procedure):
        if stands(listed.case) in ENDED:
            continue
        over = [row["subject"] for row in rows_underway(listed) if row["state"] in ENDED]
        rows = list_table(visit, listed, ("subject", "part")).to_pylist()
        parts += [row["part"] for row in rows if row["subject"] not in over]
    return parts
