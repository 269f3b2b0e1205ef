"""Disputes of consumers, requests with their panels, and what market regulation determined after hearing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from chengxin.places.demo import plain
from chengxin.places.demo.names import draw
from chengxin.places.demo.plan import Plan
from chengxin.places.demo.teller import Matter, Teller

TITLE: Final = "消费维权 · consumer protection"
PROGRAM: Final = "consumer_protection"
DISPUTES: Final = 26
ASKED: Final = date(2026, 9, 1)
VOTED: Final = date(2026, 9, 10)
DETERMINED: Final = date(2026, 9, 14)
LATELY: Final = date(2026, 11, 2)
REQUESTS: Final = (
    ("counterfeit", 5), ("unsafe_goods", 5), ("prepayment_unrefunded", 4), ("false_reviews", 5),
    ("vague_terms", 5), ("deposit_delayed", 3), ("expired_goods", 2), ("return_obstructed", 0),
)  # fmt: skip
"""The act asked to be determined, and how many of a panel of five supported it; nought: no panel sat yet."""
LASTS: Final = {"ordinary": 90, "heavier": 365, "severe": 1095}


def plans() -> Iterator[Plan]:
    """This will give the disputes, the requests and the panels' votes."""
    disputes = [_dispute(n) for n in range(DISPUTES)]
    yield plain.plan("消费纠纷", "consumer_dispute", "yz-consumer", LATELY, disputes)
    asked = [_request(n, conduct, ASKED) for n, (conduct, _) in enumerate(REQUESTS)]
    yield plain.plan("侵害消费者权益失信行为提请", "consumer_misconduct", "yz-consumer", ASKED, asked)
    votes = [vote for n, (_, pro) in enumerate(REQUESTS) if pro for vote in _votes(n, pro, VOTED)]
    yield plain.plan("消费者权益专家评审", "consumer_panel", "yz-consumer", VOTED, votes)
    late = [_request(8, "gift_defective", date(2026, 10, 20)), _request(9, "counterfeit", date(2026, 10, 21))]
    yield plain.plan("侵害消费者权益失信行为提请-十月", "consumer_misconduct", "yz-consumer", LATELY, late)
    more = [vote for n, pro in ((8, 4), (9, 5)) for vote in _votes(n, pro, date(2026, 10, 29))]
    yield plain.plan("消费者权益专家评审-十月", "consumer_panel", "yz-consumer", LATELY, more)


def _dispute(number: int) -> dict[str, Any]:
    filed = date(2026, 7, 6) + timedelta(days=number * 4)
    row: dict[str, Any] = {
        "number": f"YZ12315-2026-{number + 1:05d}", **plain.of(plain.firms(82 + number % 9, 1)[0]),
        "matter": ("退还预付款", "商品质量", "售后维修", "网购退货")[number % 4],
        "amount": 120 + draw(71, number) % 5_000, "filed_on": filed,
    }  # fmt: skip
    if number >= DISPUTES - 3:
        return row
    row |= {"taken_up_on": filed + timedelta(days=3), "called_on": filed + timedelta(days=10)}
    if number >= DISPUTES - 6:
        return row
    late = draw(72, number) < 150_000
    row |= {"came_on": filed + timedelta(days=14 if late else 10), "mediations": 2 if late else 1}
    settled = draw(73, number) < 850_000
    return row | {"closed_on": filed + timedelta(days=18), "outcome": "settled" if settled else "ended"}


def _request(number: int, conduct: str, on: date) -> dict[str, Any]:
    return {
        "number": f"请2026-{number + 1:03d}", **plain.of(plain.firms(91 + number, 1)[0]), "conduct": conduct,
        "occurred_on": on - timedelta(days=30), "reported_on": on, "facts": "演示事实，当事人为虚构。",
        "evidence": "现场检查记录、票据", "amount": 3_600,
    }  # fmt: skip


def _votes(number: int, pro: int, on: date) -> Iterator[dict[str, Any]]:
    firm = plain.of(plain.firms(91 + number, 1)[0])
    capacities = ("lawyer", "consumer", "trade", "quality", "lawyer")
    for place, capacity in enumerate(capacities):
        yield {
            "number": f"请2026-{number + 1:03d}", "code": firm["code"], "name": firm["name"],
            "expert": f"ZJ{place + 1:02d}", "capacity": capacity, "interest": "否",
            "vote": "support" if place < pro else "oppose", "opinion": "演示理由", "voted_on": on,
        }  # fmt: skip


def tell(teller: Teller) -> None:
    """This will determine two tiers to the end, and tell the ordinary ones alone: their time to state still runs."""
    for tier, title, whole in (
        ("severe", "严重失信认定（2026 年第三季度）", True),
        ("heavier", "较重失信认定（2026 年第三季度）", True),
        ("ordinary", "一般失信警示（2026 年第三季度）", False),
    ):
        run, table = teller.found("request", DETERMINED, PROGRAM)
        listed = teller.propose(
            Matter(PROGRAM, tier, "market-officer", title), _supported(table, tier), run, DETERMINED
        )
        if listed is None:
            continue
        teller.rows(listed, "notify", DETERMINED, who="market-officer")
        teller.rows(listed, "serve", DETERMINED + timedelta(days=1), who="market-officer")
        if not whole:
            continue
        on = date(2026, 9, 28)
        until = {"until": (on + timedelta(days=LASTS[tier])).isoformat()}
        teller.rows(listed, "decide", on, who="market-head", detail=until)
        teller.rows(listed, "serve_decision", date(2026, 9, 29), who="market-officer")


def _supported(table: pa.Table, tier: str) -> pa.Table:
    return table.filter((pc.field("tier") == tier) & (pc.field("state") == "supported"))
