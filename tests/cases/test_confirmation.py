"""A proposal is confirmed by two officials who sign the same official text; from that day on it shows as confirmed."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest
from levy import ARTICLE, Desk, article, at, house

from chengxin.cases import confirmation
from chengxin.cases.adopted import Adopted
from chengxin.cases.adoption import current_bundle
from chengxin.cases.confirming import sign
from chengxin.cases.models import Act
from chengxin.core.errors import DeniedError, MissingError, RefusedByLaw
from chengxin.core.periods import Workdays
from chengxin.ledger.content import store_text
from chengxin.ledger.models import Entry
from chengxin.policy.bundle import seal
from chengxin.policy.house import House
from chengxin.policy.values import Cell, Values
from tests.hands import adopt_by_two

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def unread(**own: Any) -> House:
    """The house in which one article was written from memory."""
    proposal = dataclasses.replace(article(ARTICLE), status="proposal", **own)
    declared = house()
    return dataclasses.replace(declared, articles={**declared.articles, ARTICLE: proposal})


def adopted(declared: House) -> Adopted:
    return Adopted(seal(declared).sha256, declared, Workdays.load())


def text(store: Any, said: str, on: date, secret: str) -> Any:
    return store_text(store, said, "官方文本", at(on), secret)


def test_two_hands_under_one_text_confirm_from_that_day_on(desk: Desk, store: Any, secret: str) -> None:
    declared = unread()
    adopt_by_two(
        declared, since=date(2016, 1, 1), on=desk.on, at=at(desk.on), store=store, agency="nj-credit"
    )
    first, second = desk.who("confirm_text", "nj-price"), desk.who("confirm_text", "nj-finance")
    official_text = text(store, "第三条　……", desk.on, secret)
    bundle = current_bundle(desk.on, store)
    sign(ARTICLE, official_text, official=first, on=desk.on, at=at(desk.on), bundle=bundle)
    assert current_bundle(desk.on, store).house.articles[ARTICLE].status == "proposal"
    with pytest.raises(DeniedError) as refused:
        sign(ARTICLE, official_text, official=first, on=desk.on, at=at(desk.on), bundle=bundle)
    assert refused.value.id == "confirmation.same_hand"
    later = date(2016, 10, 20)
    sign(ARTICLE, official_text, official=second, on=later, at=at(later), bundle=bundle)
    assert current_bundle(date(2016, 10, 19), store).house.articles[ARTICLE].status == "proposal"
    held = current_bundle(later, store)
    assert held.house.articles[ARTICLE].status == "confirmed"
    assert held.sha256 == bundle.sha256, "it is the same bundle"
    assert [one.detail["text"] for one in Act.objects.filter(kind="confirm_text")] == [
        official_text.sha256
    ] * 2
    assert Entry.objects.filter(kind="act").count() == Act.objects.filter(kind="confirm_text").count() + 2
    with pytest.raises(RefusedByLaw) as again:
        sign(ARTICLE, official_text, official=second, on=later, at=at(later), bundle=held)
    assert again.value.id == "confirmation.confirmed"


def test_two_texts_are_not_one(desk: Desk, store: Any, secret: str) -> None:
    bundle = adopted(unread())
    for agency, said in (("nj-price", "一个文本"), ("nj-finance", "另一个文本")):
        sign(ARTICLE, text(store, said, desk.on, secret), official=desk.who("confirm_text", agency), on=desk.on,
             at=at(desk.on), bundle=bundle)  # fmt: skip
    assert confirmation.confirmed(desk.on) == {}


def test_a_gist_that_is_changed_later_is_confirmed_anew(desk: Desk, store: Any, secret: str) -> None:
    bundle, official_text = adopted(unread()), text(store, "第三条　……", desk.on, secret)
    for agency in ("nj-price", "nj-finance"):
        sign(ARTICLE, official_text, official=desk.who("confirm_text", agency), on=desk.on, at=at(desk.on),
             bundle=bundle)  # fmt: skip
    assert confirmation.as_of(bundle, desk.on).house.articles[ARTICLE].status == "confirmed"
    changed = adopted(unread(gist="另一种写法。"))
    assert confirmation.as_of(changed, desk.on).house.articles[ARTICLE].status == "proposal"


def test_nobody_signs_what_is_confirmed_or_without_a_text(desk: Desk, store: Any, secret: str) -> None:
    legal = desk.who("confirm_text", "nj-price")
    official_text = text(store, "……", desk.on, secret)
    with pytest.raises(RefusedByLaw) as refused:
        sign(ARTICLE, official_text, official=legal, on=desk.on, at=at(desk.on), bundle=desk.bundle)
    assert refused.value.id == "confirmation.confirmed"
    official_text.pk = 999_999
    with pytest.raises(RefusedByLaw) as absent:
        sign(ARTICLE, official_text, official=legal, on=desk.on, at=at(desk.on), bundle=adopted(unread()))
    assert absent.value.id == "confirmation.no_text"
    officer = desk.who("propose", "nj-price")
    with pytest.raises(DeniedError):
        sign(ARTICLE, text(store, "…", desk.on, secret), official=officer, on=desk.on, at=at(desk.on),
             bundle=adopted(unread()))  # fmt: skip


TABLE, HERE = "levies.surcharge", "levies.surcharge@320600"


def priced(here: int = 600_000) -> House:
    """The house in which the values of the nation are confirmed and those of one city are not."""

    def cell(value: int, status: Any) -> tuple[Cell, ...]:
        return (Cell(date(2016, 1, 1), None, value, ARTICLE, status, "转引"),)

    cells = {"red": {"": cell(500_000, "confirmed"), "320600": cell(here, "proposal"),
                     "320100": cell(700_000, "proposal")}}  # fmt: skip
    table = Values("levies", "surcharge", "加收标准", "Surcharge", "元/立方米", ARTICLE, cells)
    return dataclasses.replace(house(), values={TABLE: table})


def statuses(bundle: Adopted, on: date) -> dict[str, str]:
    held = confirmation.as_of(bundle, on).house.values[TABLE].cells["red"]
    return {region: cell.status for region, (cell,) in held.items()}


def test_values_are_confirmed_region_by_region_from_that_day_on(desk: Desk, store: Any, secret: str) -> None:
    bundle, official_text = adopted(priced()), text(store, "每立方米加收 0.6 元", desk.on, secret)
    later = date(2016, 10, 20)
    first, second = desk.who("confirm_text", "nj-price"), desk.who("confirm_text", "nj-finance")
    sign(HERE, official_text, official=first, on=desk.on, at=at(desk.on), bundle=bundle)
    with pytest.raises(DeniedError) as refused:
        sign(HERE, official_text, official=first, on=desk.on, at=at(desk.on), bundle=bundle)
    assert refused.value.id == "confirmation.same_hand"
    assert statuses(bundle, desk.on)["320600"] == "proposal", "one hand confirms nothing"
    sign(HERE, official_text, official=second, on=later, at=at(later), bundle=bundle)
    assert statuses(bundle, date(2016, 10, 19))["320600"] == "proposal"
    assert statuses(bundle, later) == {"": "confirmed", "320600": "confirmed", "320100": "proposal"}
    rows = confirmation.as_of(bundle, later).house.policy_rows("levies", later)
    assert {row.region: row.status for row in rows}["320600"] == "confirmed", "a rule reads it so"
    with pytest.raises(RefusedByLaw) as again:
        sign(
            HERE,
            official_text,
            official=second,
            on=later,
            at=at(later),
            bundle=confirmation.as_of(bundle, later),
        )
    assert again.value.id == "confirmation.confirmed"
    assert statuses(adopted(priced(here=900_000)), later)["320600"] == "proposal", (
        "a changed value is not signed"
    )
    for unknown in ("levies.surcharge@320681", "levies.nothing@320600"):
        with pytest.raises(MissingError):
            sign(unknown, official_text, official=second, on=later, at=at(later), bundle=bundle)
