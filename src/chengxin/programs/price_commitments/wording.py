"""The words of a commitment, by version: a version once signed is never changed, another is added.

The text is made from what is known beforehand (who, which matter, the firm's own price credit as published) and
from the day it was drawn up; the same answers give the same text and the same hash.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Final

MATTERS: Final = {
    "pricing": "提出定调价建议",
    "integrity_unit": "申报价格诚信单位（区域）",
    "fair_price_shop": "申办平价商店",
    "grade": "申请价格信用等级认定",
    "repair": "申请价格信用修复",
}
_V2016: Final = {
    "obeys_law": "严格遵守国家法律法规和价格政策，公平、合法、诚实信用地定价。",
    "own_credit": "如实说明自身价格信用状况：{credit}。",
    "duties": "全面履行应尽的责任和义务，接受价格主管部门的提醒和核查。",
    "papers_true": "所提交的申请材料真实、准确、完整。",
    "liability": "违反以上承诺的，愿意依法承担违约责任，并同意违诺情况经告知、听取陈述申辩和认定之后记录、公示。",
}
VERSIONS: Final = {
    "v2016": _V2016,
    "v2022": {
        **_V2016,
        "obeys_law": "严格遵守法律法规和价格政策，明码标价，不实施价格欺诈，公平、合法、诚实信用地定价。",
    },
}
"""Five contents to a version, in the order in which they are promised."""
TOLD: Final = (
    "本承诺自愿作出；事项办结之前可以撤回，撤回之后不再凭承诺办理。",
    "承诺书编号、公示承诺单位、事项和期限；签署人和签署件不公示。",
    "价格主管部门期满之前提醒，按风险核查；未履行的先责令限期整改。",
    "期限以内整改的不认定违诺；认定之前告知事实和依据，听取陈述申辩；认定之后可以异议、修复。",
)
"""What is told in writing before anybody signs: choice, publication, checks, consequences."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a text is made from."""

    version: str
    matter: str
    name: str
    code: str
    area: str
    drawn_on: date
    penalties: int
    commitments: int

    @property
    def text(self) -> str:
        """This will write the commitment out, paragraph by paragraph."""
        credit = f"仍在公示的价格类行政处罚 {self.penalties} 件，此前作出价格信用承诺 {self.commitments} 份"
        promised = [
            f"{number}、{sentence.format(credit=credit)}"
            for number, sentence in zip("一二三四五", VERSIONS[self.version].values(), strict=True)
        ]
        area = [f"申报区域：{self.area}"] if self.area else []
        head = [
            "价格信用承诺书",
            f"承诺单位：{self.name}（{self.code}）",
            f"承诺事项：{MATTERS[self.matter]}",
            *area,
            "我单位郑重承诺：",
        ]
        foot = f"版本 {self.version}，拟定日期 {self.drawn_on.isoformat()}"
        return "\n".join([*head, *promised, *(f"告知：{each}" for each in TOLD), foot, ""])

    @property
    def sha256(self) -> str:
        """This will give the hash of the text: what is signed, whatever it is signed on."""
        return hashlib.sha256(self.text.encode()).hexdigest()
