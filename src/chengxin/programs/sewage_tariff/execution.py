"""What the execution document says: official documents are in Chinese, whoever reads the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chengxin.core.money import format_micro
from chengxin.kit import LEFT_OUT, DocumentTable
from chengxin.programs.sewage_tariff.levy import TIERS

ADDRESSEE: Final = "污水处理费征收单位"
SERIES: Final = "执"
"""The series its numbers are of."""


def file_name(listed: Any) -> str:
    """This will name the file as it is kept."""
    return f"{listed.case.title}执行文件.pdf"


def attached(rows: Sequence[Mapping[str, Any]]) -> DocumentTable:
    """This will give the attachment: who pays what more a cubic metre."""
    return DocumentTable(
        title="差别化污水处理费执行名单",
        columns=("序号", "企业名称", "统一社会信用代码", "厂区", "档次", "加收标准（元/立方米）"),
        rows=tuple(
            (
                str(place),
                row["name"],
                row["code"],
                row["plant"],
                TIERS[row["tier"]],
                format_micro(row["surcharge"]),
            )
            for place, row in enumerate(rows, start=1)
        ),
        widths=(1, 5, 4, 2, 2, 2),
    )


def left_aside(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """This will say whom the list does not take in, by reason; the text of the reasons is in the case file."""
    by_reason: dict[str, list[str]] = {}
    for row in rows:
        named = f"{row['name']}（{row['part']}）" if row["part"] else row["name"]
        by_reason.setdefault(LEFT_OUT.get(row["reason"], row["reason"]), []).append(named)
    return tuple(
        f"本次未列入{len(names)}家：{'、'.join(names)}。理由：{reason}。"
        for reason, names in by_reason.items()
    )


def ordered(listed: Any) -> tuple[str, ...]:
    """This will say what is to be carried out, from when until when."""
    decided = listed.case.acts.filter(kind="decide").order_by("-id").first()
    begins, ends = decided.detail.get("from", ""), decided.detail.get("until", "")
    until = f"至{ends}前" if ends else "至退出条件满足时止"
    return (
        f"对附表所列企业自{begins}起{until}，按附表标准加收污水处理费。",
        "抄表周期中间起止的，按当地规定分摊；企业修复到黄色及以上的，自公布次月起停止加收。",
    )
