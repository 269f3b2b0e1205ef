from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chengxin.core.errors import ConflictError, DeniedError, HouseFault
from chengxin.ledger import administration, officials
from chengxin.ledger.models import ApiKey, Assignment, Entry
from chengxin.ledger.roles import ROLES, VERBS, roles_that_may

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def test_a_role_holds_in_its_region_and_below(official: Make, today: date) -> None:
    head = official("head")
    assert officials.may(head, "decide", "320102", on=today)
    assert officials.may(head, "decide", on=today)
    assert not officials.may(head, "decide", "320681", on=today)
    assert not officials.may(head, "decide", "320000", on=today)
    assert not officials.may(head, "propose", "320100", on=today)


def test_a_refusal_names_who_may(official: Make, today: date) -> None:
    with pytest.raises(DeniedError) as refused:
        officials.require(official("steward"), "decide", "320100", on=today)
    assert "签发 head" in refused.value.hint("zh")
    officials.require(official("head"), "decide", "320100", on=today)


def test_roles_end_and_begin_by_date(official: Make, today: date, now: datetime) -> None:
    head, clerk = official("head"), official("secadmin", agency="nj-credit")
    (held,) = Assignment.objects.filter(official=head)
    administration.withdraw(held, today, by=clerk, at=now)
    assert officials.may(head, "decide", on=today - timedelta(days=1))
    assert not officials.may(head, "decide", on=today)
    assert not officials.may(head, "decide", on=date(2009, 12, 31))
    assert Entry.objects.filter(kind="administration").count() == 1


def test_a_body_that_is_gone_decides_nothing(official: Make, agencies: Any, today: date) -> None:
    old = agencies["nj-environment"]
    old.valid_to, old.successor = date(2019, 1, 1), agencies["nj-credit"]
    old.save()
    head = official("head", agency="nj-environment")
    assert officials.may(head, "decide", on=date(2018, 12, 31))
    with pytest.raises(DeniedError) as refused:
        officials.require(head, "decide", on=today)
    assert "南京市公共信用信息中心" in refused.value.hint()


def test_a_closed_account_may_nothing(official: Make, today: date) -> None:
    head = official("head")
    head.is_active = False
    assert officials.verbs(head, today) == frozenset()


def test_unknown_verbs_and_roles_are_our_own_fault(official: Make, today: date, now: datetime) -> None:
    head = official("head")
    with pytest.raises(HouseFault, match="no permission “conjure”"):
        officials.may(head, "conjure", on=today)
    with pytest.raises(HouseFault, match="no role “king”"):
        administration.grant(head, "king", "320100", since=today, by=head, at=now)


def test_administrators_touch_no_case_and_the_platform_decides_nothing() -> None:
    judging = {"propose", "serve", "cosign", "legal_review", "decide", "revoke", "answer_objection"}
    for name in ("sysadmin", "secadmin", "auditor", "system", "steward", "biller", "partner"):
        assert not ROLES[name].verbs & judging, name
    assert {role.name for role in roles_that_may("assign")} == {"secadmin", "system"}
    assert judging <= VERBS


def test_enrolling_and_keys(official: Make, agencies: Any, now: datetime) -> None:
    by = official("sysadmin", agency="nj-credit")
    new = administration.enrol("li", "李甲", "nj-price", post="科员", password="a long one", by=by, at=now)
    assert new.check_password("a long one")
    with pytest.raises(ConflictError, match="is taken"):
        administration.enrol("li", "李乙", "nj-price", post="", password=None, by=by, at=now)
    secret = officials.issue_key(new, "水费系统", now=now)
    assert not ApiKey.objects.filter(digest__contains=secret).exists()
    assert officials.authenticate(secret) == new
    assert officials.authenticate(secret + "x") is None
    (key,) = ApiKey.objects.all()
    officials.revoke_key(key, now=now)
    officials.revoke_key(key, now=now + timedelta(days=1))
    assert key.revoked_at == now
    assert officials.authenticate(secret) is None


def test_a_closed_account_has_no_key(official: Make, now: datetime) -> None:
    head = official("head")
    secret = officials.issue_key(head, "x", now=now)
    head.is_active = False
    head.save()
    assert officials.authenticate(secret) is None
