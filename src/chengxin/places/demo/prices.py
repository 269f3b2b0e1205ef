"""Price commitments: signed in five matters, checked, some decided upon, one broken, one soon to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import pyarrow.compute as pc

from chengxin.core.hashing import hash_bytes
from chengxin.places.demo import plain
from chengxin.places.demo.plan import Plan
from chengxin.places.demo.teller import Matter, Teller

TITLE: Final = "价格信用承诺 · price commitments"
PROGRAM: Final = "price_commitments"
MATTERS: Final = ("pricing", "integrity_unit", "fair_price_shop", "grade", "repair")
SIGNED: Final = date(2026, 2, 5)
DECIDED: Final = date(2026, 9, 16)
LATELY: Final = date(2026, 11, 2)
COUNT: Final = 22
BROKEN: Final = (3, 8)
"""Which commitments a check found broken and nobody mended in time."""


def plans() -> Iterator[Plan]:
    """This will give the commitments, the applications and the checks."""
    yield plain.plan(
        "价格信用承诺", "price_commitment", "yz-price", date(2026, 9, 1), [_promise(n) for n in range(COUNT)]
    )
    early = [_application(n, date(2026, 9, 2)) for n in range(8)]
    yield plain.plan("价格事项申请", "price_application", "yz-price", date(2026, 9, 3), early)
    checks = [_check(n) for n in range(COUNT) if n % 3 == 0 or n in BROKEN]
    yield plain.plan("价格信用承诺核查", "price_check", "yz-price", date(2026, 9, 4), checks)
    late = [_application(n, date(2026, 10, 26)) for n in range(8, 16)]
    late += [{**_application(20, date(2026, 10, 27)), "matter": "fair_price_shop"}]
    yield plain.plan("价格事项申请-十月", "price_application", "yz-price", LATELY, late)


def _firm(number: int) -> dict[str, Any]:
    return plain.of(plain.firms(101 + number, 1)[0])


def _promise(number: int) -> dict[str, Any]:
    signed = SIGNED + timedelta(days=number * 9)
    ends = date(2026, 12, 1) if number == 1 else signed + timedelta(days=365)
    matter = MATTERS[number % 5]
    return {
        "number": f"云价诺〔2026〕{number + 1}号", **_firm(number), "matter": matter,
        "area": "澜溪老街" if matter == "integrity_unit" and number % 2 else None, "template": "v2022",
        "text_hash": hash_bytes(f"demo {number}".encode()), "signer": "演示某", "signed_on": signed,
        "channel": "e_signature" if number % 4 == 0 else "scan", "valid_to": ends,
    }  # fmt: skip


def _application(number: int, on: date) -> dict[str, Any]:
    matter = MATTERS[number % 5]
    return {"number": f"云价申〔2026〕{number + 1}号", **_firm(number), "matter": matter, "filed_on": on}


def _check(number: int) -> dict[str, Any]:
    promised = _promise(number)
    on = promised["signed_on"] + timedelta(days=30)
    broken = number in BROKEN
    return {
        "commitment": promised["number"], **_firm(number), "content": "duties", "checked_on": on,
        "outcome": "failed" if broken else "kept", "correct_by": on + timedelta(days=15) if broken else None,
        "document_number": f"云价查〔2026〕{number + 1}号",
    }  # fmt: skip


def tell(teller: Teller) -> None:
    """This will decide two matters' applications, and find one breach: heard, decided, served."""
    lasts = {"integrity_unit": 730, "fair_price_shop": 365}
    for matter, days in lasts.items():
        run, table = teller.found("application", DECIDED, PROGRAM)
        ready = table.filter((pc.field("matter") == matter) & (pc.field("state") == "ready"))
        told = Matter(PROGRAM, matter, "price-officer", f"{_WORDS[matter]}（2026 年第三季度）")
        listed = teller.propose(told, ready, run, DECIDED)
        if listed is not None:
            detail = {"until": (DECIDED + timedelta(days=days)).isoformat()}
            teller.step(listed.case, "decide", "price-head", DECIDED, schedule=listed, detail=detail)
    run, table = teller.found("breach", DECIDED, PROGRAM)
    first = table.sort_by("subject").slice(0, 1)
    broken = Matter(PROGRAM, "breach", "price-officer", "违反价格信用承诺认定（2026 年第三季度）")
    listed = teller.propose(broken, first, run, DECIDED)
    if listed is None:
        return
    for kind, on, who in (
        ("notify", DECIDED, "price-officer"),
        ("serve", date(2026, 9, 17), "price-officer"),
        ("decide", date(2026, 9, 28), "price-head"),
        ("serve_decision", date(2026, 9, 29), "price-officer"),
    ):
        teller.rows(listed, kind, on, who=who)


_WORDS: Final = {"integrity_unit": "价格诚信单位（区域）认定", "fair_price_shop": "平价商店认定"}
