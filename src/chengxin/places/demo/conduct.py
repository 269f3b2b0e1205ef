"""The files about conduct: penalties behind the points, and the inspections of a year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from chengxin.places.demo import city
from chengxin.places.demo.city import Fact, Firm
from chengxin.places.demo.dirt import Cell, Columns
from chengxin.places.demo.names import draw
from chengxin.places.demo.plan import Plan

_PENALTY: Final = (
    "行政相对人名称", "统一社会信用代码", "行政处罚决定书文号", "违法行为类型", "违法事实", "处罚依据",
    "处罚类别", "处罚内容", "罚款金额", "处罚决定日期", "公示截止期", "处罚机关",
)  # fmt: skip
_INSPECTION: Final = (
    "统一社会信用代码", "名称", "行政区划", "检查事项", "检查方式", "检查结果", "检查日期", "检查机关"
)  # fmt: skip
_ACTS: Final = {
    "water_over_limit_fine": ("超标排放水污染物", "罚款", 12),
    "warning": ("未按规定建立环境管理台账", "警告", 0),
    "suspended_production": ("违反建设项目环境保护管理规定", "责令停产整治", 20),
    "false_monitoring_data": ("篡改、伪造监测数据", "罚款", 50),
}
"""Conduct → (kind of violation, kind of penalty, fine in 万元)."""


def penalties(size: str) -> Iterator[Plan]:
    """This will give the environment bureau's penalties, a file a year."""
    for year in (2024, 2025):
        yield Plan(
            0, f"{year}年生态环境行政处罚", f"云泽市{year}年生态环境行政处罚（演示数据）", "administrative_penalty",
            "yz-environment", date(year + 1, 1, 8), "gbk", _PENALTY, Columns(code=1, name=0, date=9),
            _penalties_of(size, year),
        )  # fmt: skip


def _penalties_of(size: str, year: int) -> Callable[[], Iterator[tuple[list[Cell], Fact]]]:
    def rows() -> Iterator[tuple[list[Cell], Fact]]:
        for each in city.rated_firms(size):
            for fact in city.facts(each, year):
                if fact.conduct in _ACTS:
                    yield _penalty(fact), fact

    return rows


def _penalty(fact: Fact) -> list[Cell]:
    violation, kind, fine = _ACTS[fact.conduct]
    until = fact.occurred_on + timedelta(days=365)
    content = f"罚款{fine}万元" if fine else kind
    return [
        fact.firm.name, fact.firm.uscc, fact.document, violation, f"经查，该单位{violation}（演示）。",
        "《中华人民共和国环境保护法》有关条款", kind, content, str(fine), fact.occurred_on.isoformat(),
        until.isoformat(), "云泽市生态环境局",
    ]  # fmt: skip


def inspections(size: str) -> Iterator[Plan]:
    """This will give the market bureau's draw of 2025: eight firms in a hundred."""
    yield Plan(
        0, "2025年双随机抽查", "云泽市2025年双随机抽查结果（演示数据）", "inspection", "yz-market",
        date(2026, 1, 12), "csv", _INSPECTION, Columns(code=0, name=1, date=6, choice=5),
        lambda: ((_inspection(each), each) for each in city.firms(size) if draw(51, each.index) < 80_000),
    )  # fmt: skip


def _inspection(each: Firm) -> list[Cell]:
    luck = draw(52, each.index)
    result = "未发现问题" if luck < 800_000 else "责令改正" if luck < 950_000 else "无法联系"
    on = date(2025, 3, 3) + timedelta(days=draw(53, each.index) % 270)
    return [
        each.uscc, each.name, each.region, "登记事项和公示信息检查", "双随机抽查", result, on.isoformat(),
        "云泽市市场监督管理局",
    ]  # fmt: skip
