"""Merges and links are dated: what was read before reads the same after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from chengxin.core.errors import ConflictError, MissingError
from chengxin.ledger.models import Entry
from chengxin.subjects import registry

Enter = Callable[..., list[int]]

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
WHO = {"official": 1, "reason": "同一企业换照"}


@pytest.fixture
def pair(enter: Enter) -> tuple[int, int]:
    one, two = enter("拟甲厂", "拟乙厂", codes=["A" * 18, "B" * 18])
    return one, two


def test_a_merge_and_its_undoing_leave_earlier_readers_as_they_were(
    pair: tuple[int, int], now: datetime
) -> None:
    gone, kept = pair
    merged, undone = now + timedelta(days=1), now + timedelta(days=2)
    before = registry.identities(now).to_pylist()
    registry.merge(gone, kept, now=merged, **WHO)
    during = registry.identities(merged).to_pylist()
    assert registry.follow(gone) == kept == registry.subject_of("uscc", "A" * 18)
    assert {row["subject"] for row in during} == {kept}
    assert registry.gathered(kept) == [kept, gone]
    registry.unmerge(gone, now=undone, **WHO)
    assert registry.follow(gone) == gone
    assert registry.identities(now).to_pylist() == before == registry.identities(undone).to_pylist()
    assert registry.identities(merged).to_pylist() == during
    assert (registry.follow(gone, now), registry.follow(gone, merged), registry.follow(gone, undone)) == (
        gone,
        kept,
        gone,
    )


def test_resolving_many_goes_through_merges(pair: tuple[int, int], now: datetime) -> None:
    gone, kept = pair
    registry.merge(gone, kept, now=now, **WHO)
    pairs = pa.table({"scheme": ["uscc", "uscc"], "code": ["A" * 18, "B" * 18]})
    assert registry.resolve(pairs)["subject"].to_pylist() == [kept, kept]
    assert registry.resolve(pairs, as_of=now - timedelta(hours=1))["subject"].to_pylist() == [None, None]


def test_a_road_of_merges_is_followed_to_its_end(enter: Enter, now: datetime) -> None:
    one, two, three = enter("拟甲厂", "拟乙厂", "拟丙厂")
    registry.merge(one, two, now=now, **WHO)
    registry.merge(two, three, now=now, **WHO)
    assert registry.follow(one) == three
    assert registry.merges() == {one: three, two: three}
    assert registry.gathered(three) == [three, two, one]


def test_what_cannot_be_merged_is_refused_with_its_reason(enter: Enter, now: datetime) -> None:
    one, two = enter("拟甲厂", "拟乙厂")
    (person,) = enter("拟某", kind="person")
    registry.merge(one, two, now=now, **WHO)
    for gone, kept, sentence in (
        (two, one, "subject.merge_circle"),
        (one, one, "subject.merge_circle"),
        (one, two, "subject.merged_already"),
        (two, person, "subject.merge_kinds"),
    ):
        with pytest.raises(ConflictError) as refused:
            registry.merge(gone, kept, now=now, **WHO)
        assert refused.value.id == sentence
    with pytest.raises(MissingError):
        registry.merge(two, 404, now=now, **WHO)
    with pytest.raises(MissingError):
        registry.unmerge(two, now=now, **WHO)


def test_a_record_is_linked_by_an_official_and_follows_merges(pair: tuple[int, int], now: datetime) -> None:
    gone, kept = pair
    registry.link(1 << 32, gone, now=now, **WHO)
    assert registry.links().to_pylist() == [{"record": 1 << 32, "subject": gone}]
    registry.merge(gone, kept, now=now + timedelta(days=1), **WHO)
    assert registry.links(records=[1 << 32])["subject"].to_pylist() == [kept]
    assert registry.links(now)["subject"].to_pylist() == [gone]
    with pytest.raises(ConflictError):
        registry.link(1 << 32, kept, now=now, **WHO)
    registry.unlink(1 << 32, now=now + timedelta(days=2), **WHO)
    assert registry.links().num_rows == 0
    with pytest.raises(MissingError):
        registry.unlink(1 << 32, now=now, **WHO)
    assert list(Entry.objects.order_by("id").values_list("kind", flat=True)) == ["link", "merge", "unlink"]
