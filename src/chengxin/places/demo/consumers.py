"""Disputes of consumers, requests, and what market regulation determined after its panels and after hearing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

import pyarrow.compute as pc

from chengxin.cases.models import Schedule
from chengxin.ledger.content import store_text
from chengxin.places.demo import plain
from chengxin.places.demo.names import draw
from chengxin.places.demo.plan import Plan
from chengxin.places.demo.teller import Matter, Teller, at

TITLE: Final = "消费维权 · consumer protection"
PROGRAM: Final = "consumer_protection"
DISPUTES: Final = 26
ASKED: Final = date(2026, 9, 1)
DETERMINED: Final = date(2026, 9, 10)
ADVISED: Final = date(2026, 9, 14)
LATELY: Final = date(2026, 11, 2)
REQUESTS: Final = (
    ("counterfeit", 5), ("unsafe_goods", 5), ("prepayment_unrefunded", 4), ("false_reviews", 5),
    ("vague_terms", 5), ("deposit_delayed", 3), ("expired_goods", 2), ("return_obstructed", 0),
)  # fmt: skip
"""The act asked to be determined, and how many of a panel of five support it; nought: it has not voted yet."""
EXPERTS: Final = {
    "ZJ01": "lawyer", "ZJ02": "consumer", "ZJ03": "trade", "ZJ04": "quality", "ZJ05": "lawyer", "ZJ06": "trade",
}  # fmt: skip
STOOD_BACK: Final = {0: ("ZJ03", "party"), 2: ("ZJ02", "complainant")}
"""By request: who declared an interest, and in whom; the sixth sits instead."""
REASONS: Final = {
    "support": "提请所附的现场检查记录和票据相互印证，属于所提的行为，应当认定。",
    "oppose": "票据与批次不能一一对应，主观过错的证据不足，不宜认定。",
}
LASTS: Final = {"ordinary": 90, "heavier": 365, "severe": 1095}


def plans() -> Iterator[Plan]:
    """This will give the disputes and the requests."""
    disputes = [_dispute(n) for n in range(DISPUTES)]
    yield plain.plan("消费纠纷", "consumer_dispute", "yz-consumer", LATELY, disputes)
    asked = [_request(n, conduct, ASKED) for n, (conduct, _) in enumerate(REQUESTS)]
    yield plain.plan("侵害消费者权益失信行为提请", "consumer_misconduct", "yz-consumer", ASKED, asked)
    late = [_request(8, "gift_defective", date(2026, 10, 20)), _request(9, "counterfeit", date(2026, 10, 21))]
    yield plain.plan("侵害消费者权益失信行为提请-十月", "consumer_misconduct", "yz-consumer", LATELY, late)


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


def tell(teller: Teller) -> None:
    """This will hear a panel on each request; determine two tiers to the end, and tell the ordinary ones alone: their
    time to state still runs."""
    for tier, title, whole in (
        ("severe", "严重失信认定（2026 年第三季度）", True),
        ("heavier", "较重失信认定（2026 年第三季度）", True),
        ("ordinary", "一般失信警示（2026 年第三季度）", False),
    ):
        run, table = teller.found("request", DETERMINED, PROGRAM)
        asked = table.filter(pc.field("tier") == tier)
        listed = teller.propose(Matter(PROGRAM, tier, "market-officer", title), asked, run, DETERMINED)
        if listed is None:
            continue
        supported = [row["subject"] for row in asked.to_pylist() if _advised(teller, listed, row)]
        teller.rows(listed, "notify", ADVISED, supported, who="market-officer")
        teller.rows(listed, "serve", ADVISED + timedelta(days=1), supported, who="market-officer")
        if not whole:
            continue
        on = date(2026, 9, 28)
        until = {"until": (on + timedelta(days=LASTS[tier])).isoformat()}
        teller.rows(listed, "decide", on, who="market-head", detail=until)
        teller.rows(listed, "serve_decision", date(2026, 9, 29), who="market-officer")


def _advised(teller: Teller, listed: Schedule, row: Mapping[str, Any]) -> bool:
    """This will hear the panel on one request, each voice with its reasons, and say whether it supports it."""
    number = int(str(row["number"]).rpartition("-")[2]) - 1
    back = STOOD_BACK.get(number)
    names = [name for name in EXPERTS if name != (back[0] if back else "ZJ06")]
    members = [
        {"member": name, "capacity": EXPERTS[name], "interests": [], "clear_of": ["party", "complainant"]}
        for name in names
    ]
    recused = {"recused": [{"member": back[0], "of": back[1]}]} if back else {}
    about = {"subject": row["subject"], "schedule": listed}
    teller.step(
        listed.case, "convene_panel", "market-officer", DETERMINED, detail={"members": members, **recused}, **about
    )  # fmt: skip
    pro = REQUESTS[number][1]
    if not pro:
        return False
    voices = [_voice(teller, number, name, place < pro) for place, name in enumerate(names)]
    teller.step(
        listed.case, "panel_advice", "market-officer", ADVISED, detail={"voices": voices},
        cites={"exhibits": [one["reasons"] for one in voices]}, **about,
    )  # fmt: skip
    return pro > len(names) - pro


def _voice(teller: Teller, number: int, name: str, supports: bool) -> dict[str, Any]:
    vote = "support" if supports else "oppose"
    text = f"{name}　{'赞成' if supports else '反对'}\n{REASONS[vote]}"
    title = f"{name}　专家组意见　请2026-{number + 1:03d}"
    kept = store_text(teller.store, text, title, at(ADVISED), teller.secret)
    return {"member": name, "vote": vote, "reasons": kept.pk}
