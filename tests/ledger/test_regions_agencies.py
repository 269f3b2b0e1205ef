from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chengxin.core.errors import DeclarationError
from chengxin.ledger import agencies, regions
from chengxin.ledger.models import Agency, Region

DEMO = Path(regions.__file__).parents[1] / "places" / "demo"


@pytest.mark.parametrize(
    ("code", "digits"), [("000000", ""), ("320000", "32"), ("320600", "3206"), ("320681", "320681")]
)
def test_what_lies_below_shares_the_digits(code: str, digits: str) -> None:
    assert regions.prefix(code) == digits


def test_a_region_includes_itself_and_all_below_and_nothing_beside() -> None:
    assert regions.includes("320600", "320600")
    assert regions.includes("320600", "320681")
    assert regions.includes("000000", "640100")
    assert not regions.includes("320600", "320100")
    assert not regions.includes("320681", "320600")
    assert regions.above("320681") == ("320681", "320600", "320000", "000000")
    assert regions.above("000000") == ("000000",)
    assert regions.span("320600") == ("320600", "320699")
    with pytest.raises(ValueError, match="not a code"):
        regions.prefix("3206")


@pytest.mark.django_db
def test_the_shipped_table_is_whole_and_can_be_sown_twice() -> None:
    assert regions.seed() == regions.seed() == Region.objects.count()
    jiangsu = Region.objects.filter(parent="320000", valid_to=None, code__endswith="00")
    assert jiangsu.count() == 13
    assert Region.objects.get(pk="320681").parent_id == "320600"
    assert Region.objects.get(pk="320602").valid_to == date(2020, 1, 1)  # merged into 320613
    assert Region.objects.filter(parent="000000").count() == 34
    orphans = Region.objects.filter(parent=None).values_list("code", flat=True)
    assert list(orphans) == ["000000"]


@pytest.mark.django_db
def test_the_demo_place_has_every_duty_in_every_county() -> None:
    regions.seed()
    assert regions.rename(DEMO / "regions.yml") == 8
    assert agencies.seed(DEMO / "agencies.yml") == agencies.seed(DEMO / "agencies.yml")
    on = date(2026, 3, 2)
    for region in Region.objects.filter(code__in=["320613", "320681", "320600"]):
        for duty in ("environment", "price", "finance", "construction", "water", "credit"):
            found = agencies.competent(duty, region.code, on)
            assert found is not None, (duty, region.code)
    assert agencies.competent("customs", "320681", on) is None
    county = agencies.competent("price", "320681", on)
    assert county and county.region_id == "320681"


@pytest.mark.django_db
def test_successors_are_followed_both_ways() -> None:
    regions.seed()
    agencies.seed(DEMO / "agencies.yml")
    old = Agency.objects.get(pk="yz-environment-2018")
    assert agencies.is_in_office(old, date(2018, 12, 31))
    assert not agencies.is_in_office(old, date(2019, 1, 1))
    heir = agencies.successor_on(old, date(2026, 1, 1))
    assert heir and heir.code == "yz-environment"
    assert agencies.with_predecessors("yz-environment") == {"yz-environment", "yz-environment-2018"}
    assert agencies.competent("environment", "320600", date(2016, 1, 1)) == old
    Agency.objects.filter(pk="yz-environment").update(valid_to=date(2020, 1, 1), successor=old)
    old = Agency.objects.get(pk=old.pk)
    assert agencies.successor_on(old, date(2026, 1, 1)) is None  # a ring leads nowhere


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: {name: 甲}", "duty, region, valid_from"),
        ("a: {name: 甲, duty: d, region: '320000', valid_from: 2019-01-01, colour: red}", "colour"),
        ("a: {name: 甲, duty: d, region: '320000', valid_from: 2019-13-01}", "a day of the body a"),
        ("a: {name: 甲, duty: d, region: '320000', valid_from: 2019-01-01, successor: b}", "b, named as"),
        ("a: {name: 甲, name: 乙}", "line 1: name is written twice"),
        ("a: {name: ", "is not YAML"),
    ],
)
def test_a_wrong_table_says_what_is_wrong(text: str, says: str, tmp_path: Path, regions: Any) -> None:
    (tmp_path / "agencies.yml").write_text(text, "utf-8")
    with pytest.raises(DeclarationError, match=says):
        agencies.seed(tmp_path / "agencies.yml")
