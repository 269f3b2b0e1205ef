"""What every page of the program says alike: the tiers, the twenty-seven acts, whom rows are shown to."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit import Column, Empty, Filter, Found, Table, Visit, find_now, named, own
from chengxin.programs.consumer_protection.ratios import PROGRAM

MARKET: Final = "market"
ASSOCIATION: Final = "consumer_association"
SEES: Final = (MARKET, ASSOCIATION)
TIERS: Final = {"ordinary": noop("一般失信"), "heavier": noop("较重失信"), "severe": noop("严重失信")}
MEASURES: Final = {
    "ordinary": noop("警示提醒，不公示"),
    "heavier": noop("列为重点监管"),
    "severe": noop("公示"),
}
ACTS: Final = {
    "price_unmarked": noop("不明码标价"),
    "receipt_refused": noop("拒绝出具购货凭证或者服务单据"),
    "warranty_late": noop("拖延履行“三包”义务不超过十五日"),
    "summons_ignored": noop("一次不按时接受消费者组织调查"),
    "vague_terms": noop("以含糊条款约定价款、质量或者期限"),
    "unfair_terms": noop("格式条款含有不公平规定"),
    "trader_unnamed": noop("不标明经营者真实名称和标记"),
    "distance_uninformed": noop("远程销售不提供地址、联系方式等信息"),
    "return_obstructed": noop("无故阻碍七日无理由退货"),
    "service_short": noop("提供的服务少于约定"),
    "gift_defective": noop("赠品不符合质量约定"),
    "deposit_delayed": noop("拖延退还押金"),
    "answer_refused": noop("对质量、使用方法的询问拒不答复"),
    "repeated": noop("一年以内再次发生一般失信行为"),
    "mediation_broken": noop("不履行自己签订的调解协议"),
    "prepayment_unrefunded": noop("应当退还的预付款超过十五日不退"),
    "false_reviews": noop("虚构交易或者评价"),
    "data_disclosed": noop("非法收集、泄露消费者个人信息"),
    "warranty_refused": noop("拒不履行“三包”义务或者拖延超过十五日"),
    "unsafe_goods": noop("销售危及人身、财产安全的不合格商品"),
    "counterfeit": noop("销售假冒商品"),
    "expired_goods": noop("销售失效、变质商品"),
    "adulterated": noop("销售掺杂掺假、以次充好的商品"),
    "absconded": noop("收取预付款后逃匿"),
    "inspection_resisted": noop("拒绝、阻挠依法检查"),
    "false_advertising": noop("虚假宣传造成较大损害"),
    "recall_refused": noop("拒不停止销售或者召回缺陷商品"),
}
"""In the words of the trade; the tier of each stands in ``policy/acts.yml``."""
EMPTY: Final = Empty("这里还没有内容", "报送之后，按当天的记录算出。")


def today(visit: Visit, finding: str) -> Found:
    """This will reckon a finding as of today and keep what lies in the visitor's divisions; who neither regulates
    the market nor is the association sees nothing."""
    found = find_now(visit, PROGRAM, finding, visit.today)
    return Found(found.run, own(visit, found.rows, *SEES))


def listing(
    name: str, rows: Any, *columns: Column, purpose: str, filters: tuple[Filter, ...] = (), order: str = ""
) -> Table:
    """This will give a table of traders: a page of it is named, and the look is logged."""
    return Table(
        name,
        columns=[
            Column("name", "经营者", wide=True, sort="-"),
            Column("code", "统一社会信用代码", kind="code", sort="-"),
            Column("place", "区划", sort="division"),
            *columns,
        ],
        rows=rows,
        filters=filters,
        order=order,
        subject="subject",
        purpose=purpose,
        prepare=named,
        empty=EMPTY,
    )


def act_word(row: Any) -> str:
    """This will say an act in words; one outside the list keeps its code."""
    return _(ACTS[row["conduct"]]) if row["conduct"] in ACTS else str(row["conduct"])


def tier_word(row: Any) -> str:
    """This will say a tier in words."""
    return _(TIERS[row["tier"]]) if row["tier"] in TIERS else "—"
