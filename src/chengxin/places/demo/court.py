"""What the court told: defaulters and consumption restrictions, one of them lifted, and what bodies did with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from chengxin.effects.exchange.models import Subscriber
from chengxin.effects.exchange.subscribing import Wish, subscribe
from chengxin.places.demo import plain
from chengxin.places.demo.city import CITY_CODE
from chengxin.places.demo.plan import Plan
from chengxin.places.demo.teller import Teller, at

TITLE: Final = "失信被执行人 · judgment defaulters"
TOLD: Final = date(2026, 10, 12)
LIFTED: Final = date(2026, 10, 30)
_DUTIES: Final = (
    "支付货款 86 万元",
    "支付工程款 240 万元",
    "返还租金 12 万元",
    "交付设备两台",
    "支付劳动报酬 9 万元",
)
_CONDUCTS: Final = ("refuses", "asset_report", "evades", "refuses", "settlement")
PEOPLE: Final = (("计禾", 41), ("骆澄", 42), ("万苓", 43))
"""Invented people, and the numbers their citizen numbers are made from."""


def plans() -> Iterator[Plan]:
    """This will give the court's two deltas, its restrictions, and the feedback of one desk."""
    listed = plain.firms(0, 5)
    yield plain.plan("失信被执行人", "judgment_defaulter", "yz-court", TOLD, [_firm(n) for n in range(5)])
    gone = {**_firm(4), "exit_ground": "performed", "exit_ground_on": LIFTED, "ends_on": LIFTED}
    yield plain.plan("失信被执行人-删除", "judgment_defaulter", "yz-court", LIFTED, [gone])
    people = [_person(n) for n in range(2)]
    yield plain.plan("失信被执行人-自然人", "judgment_defaulter_person", "yz-court", TOLD, people)
    orders = [
        {**plain.of(listed[n]), **_case(n, "restricted_on"), "representative": "演示某"} for n in range(2)
    ]
    yield plain.plan("限制消费令", "consumption_restriction", "yz-court", TOLD, orders)
    told = [_feedback(n, result) for n, result in enumerate(("blocked", "blocked", "passed"))]
    yield plain.plan("联合惩戒反馈", "measure_feedback", "yz-construction", LIFTED, told)


def _case(number: int, day: str) -> dict[str, Any]:
    return {
        "court": "云泽市安澜市人民法院",
        "case_number": f"（2026）苏0685执{number + 101}号",
        "filed_on": date(2026, 6, 10),
        day: date(2026, 10, 8),
    }


def _listing(number: int) -> dict[str, Any]:
    return {
        **_case(number, "published_on"),
        "basis_number": f"（2026）苏0685民初{number + 501}号",
        "basis_body": "云泽市安澜市人民法院",
        "duty": _DUTIES[number],
        "performance": "part" if number % 2 else "none",
        "performed_part": "已付三成" if number % 2 else None,
        "conduct": _CONDUCTS[number],
    }


def _firm(number: int) -> dict[str, Any]:
    return {**plain.of(plain.firms(number, 1)[0]), "representative": "演示某", **_listing(number)}


def _person(number: int) -> dict[str, Any]:
    name, stem = PEOPLE[number]
    listing = {**_listing(number), "case_number": f"（2026）苏0685执{number + 201}号"}
    return {"id_number": plain.citizen(stem), "name": name, "division": plain.COUNTY, **listing}


def _feedback(number: int, result: str) -> dict[str, Any]:
    firm = plain.firms(number if result == "blocked" else 20, 1)[0]
    said = {"number": f"ZZ2026{number + 31:04d}", "matter": "construction_qualification", "result": result}
    return {**plain.of(firm), **said, "officer": "资质审批岗", "acted_on": LIFTED}


def tell(teller: Teller) -> None:
    """This will let two bodies' systems be told of the court's list; they fetch for themselves."""
    wishes = (
        ("housing", "资质审批系统", "construction-desk", False),
        ("registration", "企业登记系统", "registration-desk", True),
    )
    for name, title, who, persons in wishes:
        if Subscriber.objects.filter(name=name).exists():
            continue
        wish = Wish(
            name=name, title=title, official=teller.officials[who], article="zbf-2016-64#9",
            kinds=["publication", "measure"], regions=[CITY_CODE], programs=["judgment_defaulters"],
            persons=persons,
        )  # fmt: skip
        subscribe(wish, by=teller.officials["credit-head"], house=teller.bundle.house, now=at(TOLD))
