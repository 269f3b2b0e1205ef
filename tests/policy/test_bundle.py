from __future__ import annotations

import json

import pytest

from chengxin.core.canonical import canonical_json
from chengxin.core.errors import HouseFault
from chengxin.core.hashing import hash_bytes
from chengxin.policy.bundle import digest_of, seal, unseal
from chengxin.policy.house import House, load
from policy.conftest import Small


def house(small: Small) -> House:
    return small.read().house


def test_a_sealed_house_is_the_same_house_again(small: Small) -> None:
    sealed = seal(house(small))
    assert unseal(sealed.body) == house(small)
    assert seal(unseal(sealed.body)) == sealed
    assert sealed.sha256 == hash_bytes(sealed.body)
    assert canonical_json(json.loads(sealed.body)) == sealed.body


def test_the_shipped_house_is_the_same_house_again() -> None:
    shipped = load()
    assert unseal(seal(shipped).body) == shipped


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("law/price-2016.yml", "gist: 修复后退出", "gist: 修复后次月退出"),
        ("catalogue/grade.yml", "retention: 5 y", "retention: 6 y"),
        ("programs/sewage/policy/surcharge.yml", "1.00", "1.01"),
        ("programs/sewage/findings/levy.sql", "'red'", "'black'"),
        ("programs/sewage/procedures/levy.yml", "statement: 5 wd", "statement: 6 wd"),
        ("overlays/surcharge.yml", "2017-01-01", "2018-01-01"),
    ],
)
def test_any_change_of_meaning_is_another_bundle(small: Small, file: str, before: str, after: str) -> None:
    sealed = seal(house(small)).sha256
    assert seal(house(small.change(file, before, after))).sha256 != sealed


def test_a_comment_is_not_a_change_of_meaning(small: Small) -> None:
    sealed = seal(house(small)).sha256
    assert (
        seal(house(small.change("catalogue/grade.yml", "retention: 5 y", "retention:   5 y   # 五年"))).sha256
        == sealed
    )


def test_the_rule_is_sealed_word_for_word(small: Small) -> None:
    told = unseal(seal(house(small)).body)
    assert told.finding("sewage", "levy").sql == (
        small.folder / "programs/sewage/findings/levy.sql"
    ).read_text("utf-8")
    assert told.finding("sewage", "levy").title == "加收清单"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"form":3,"house":{}}',
        b'{"form":1,"house":{}}',
        b'{"form":1,"house":{"instruments":[]}}',
    ],
)
def test_a_body_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(HouseFault):
        unseal(body)


def test_one_declared_thing_has_a_digest_of_its_own(small: Small) -> None:
    told = house(small)
    digests = {digest_of(article) for article in told.articles.values()} | {digest_of(told.items["grade"])}
    assert len(digests) == len(told.articles) + 1


def test_an_unsealed_house_keeps_the_order_its_authors_wrote() -> None:
    written = load()
    read = unseal(seal(written).body)
    for name, item in written.items.items():
        assert list(read.items[name].columns) == list(item.columns)
        for column in item.columns.values():
            assert list(read.items[name].columns[column.name].allowed) == list(column.allowed)


def test_a_bundle_sealed_before_measures_named_matters_is_read(small: Small) -> None:
    (small.folder / "law" / "list-2024.yml").unlink()
    earlier = json.loads(seal(house(small)).body)
    for _name, program in earlier["house"]["programs"]:
        for _effect, declared in program["effects"]:
            del declared["matters"], declared["rests_on"]
    for _name, procedure in earlier["house"]["procedures"]:
        del procedure["repair"]
    for _name, item in earlier["house"]["items"]:
        if item["proves"]:
            del item["proves"]["maker"]
    assert unseal(canonical_json({**earlier, "form": 1})) == house(small)
    with pytest.raises(HouseFault):
        unseal(canonical_json(earlier))
