"""三员分立: three persons, none of whom does another's work, at the function and in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from chengxin.core.errors import ChengxinError, ConflictError, DeniedError, InputError, RefusedByLaw
from chengxin.ledger import administration, officials
from chengxin.ledger.models import Administration, Agency, Assignment, Entry, Official
from chengxin.ledger.roles import ROLES, THREE, VERBS

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
POSTS = sorted(set(ROLES) - {"system"})
SINCE = date(2026, 3, 2)


@pytest.fixture
def three(official: Make) -> dict[str, Official]:
    """The three administrators in office, the security administrator with a deputy."""
    held = {name: official(name, agency="nj-credit") for name in THREE}
    return {**held, "deputy": official("secadmin", agency="nj-credit", username="deputy")}


@pytest.fixture
def clerk(official: Make) -> Official:
    """An account that holds nothing."""
    someone: Official = official("steward", username="clerk")
    someone.assignments.all().delete()
    return someone


def test_no_administrator_has_anothers_verb_nor_an_operating_one() -> None:
    for name in THREE:
        others = frozenset[str]().union(*(ROLES[o].verbs for o in POSTS if o != name))
        shared = ROLES[name].verbs & others
        assert shared <= {"read_ledger", "verify"}, (name, shared)
        assert ROLES[name].classes == {"public"}
    assert {"read_ledger", "read_looks", "read_administration", "verify"} == ROLES["auditor"].verbs
    assert ROLES["sysadmin"].verbs | ROLES["secadmin"].verbs <= VERBS
    assert "enrol" not in ROLES["secadmin"].verbs
    assert not {"assign", "unlock"} & ROLES["sysadmin"].verbs


def test_each_does_its_own_and_is_refused_the_others(
    three: dict[str, Official], clerk: Official, now: datetime
) -> None:
    said = {"post": "", "password": "one that is long", "at": now}
    new = administration.enrol("li", "李甲", "nj-price", by=three["sysadmin"], **said)
    assert new.initial_password
    grants = {"since": SINCE, "at": now}
    for name in ("secadmin", "auditor"):
        with pytest.raises(DeniedError):
            administration.enrol(f"li{name}", "李甲", "nj-price", by=three[name], **said)
        with pytest.raises(DeniedError):
            administration.close(clerk, reason="离任", by=three[name], at=now)
    for name in ("sysadmin", "auditor"):
        with pytest.raises(DeniedError):
            administration.grant(clerk, "steward", "320100", by=three[name], **grants)
        with pytest.raises(DeniedError):
            administration.note("unlock", "unlock", clerk, by=three[name], at=now)
    assert isinstance(
        administration.grant(new, "steward", "320100", by=three["secadmin"], **grants), Assignment
    )
    assert officials.may(new, "hand_in", "320102", on=SINCE)


def test_a_heavy_duty_takes_two(three: dict[str, Official], clerk: Official, now: datetime) -> None:
    one, other = three["secadmin"], three["deputy"]
    asked = administration.grant(clerk, "head", "320100", since=SINCE, by=one, at=now)
    assert isinstance(asked, Administration)
    assert not officials.may(clerk, "decide", on=SINCE)
    with pytest.raises(ConflictError, match="waits"):
        administration.grant(clerk, "head", "320100", since=SINCE, by=other, at=now)
    with pytest.raises(RefusedByLaw, match="cannot also confirm"):
        administration.confirm(asked, by=one, at=now)
    administration.confirm(asked, by=other, at=now)
    assert officials.may(clerk, "decide", on=SINCE)
    with pytest.raises(ConflictError, match="answered already"):
        administration.decline(asked, reason="重复", by=other, at=now)
    assert [act.kind for act in Administration.objects.order_by("id")] == ["ask", "grant"]
    assert Entry.objects.filter(kind="administration").count() == 2


def test_a_request_may_be_declined_and_then_grants_nothing(
    three: dict[str, Official], clerk: Official, now: datetime
) -> None:
    asked = administration.grant(clerk, "legal", "320100", since=SINCE, by=three["secadmin"], at=now)
    assert isinstance(asked, Administration)
    with pytest.raises(InputError):
        administration.decline(asked, reason=" ", by=three["deputy"], at=now)
    administration.decline(asked, reason="不在编", by=three["deputy"], at=now)
    assert not administration.pending().exists()
    with pytest.raises(ConflictError, match="answered already"):
        administration.confirm(asked, by=three["deputy"], at=now)
    assert not clerk.assignments.exists()


def test_nobody_acts_upon_the_own_account(three: dict[str, Official], now: datetime) -> None:
    for who, attempt in (
        ("secadmin", lambda me: administration.grant(me, "steward", "320100", since=SINCE, by=me, at=now)),
        ("secadmin", lambda me: administration.withdraw(me.assignments.get(), SINCE, by=me, at=now)),
        ("sysadmin", lambda me: administration.set_password(me, "a long password", by=me, at=now)),
        ("sysadmin", lambda me: administration.close(me, reason="x", by=me, at=now)),
    ):
        with pytest.raises(RefusedByLaw, match="their own account"):
            attempt(three[who])


def test_a_closed_accounts_keys_stay_closed_when_it_is_opened_again(
    three: dict[str, Official], clerk: Official, now: datetime
) -> None:
    secret = officials.issue_key(clerk, "系统", now=now)
    assert officials.authenticate(secret) == clerk
    administration.close(clerk, reason="离任", by=three["sysadmin"], at=now)
    administration.reopen(clerk, reason="回任", by=three["sysadmin"], at=now)
    assert officials.authenticate(secret) is None
    assert officials.authenticate(officials.issue_key(clerk, "系统", now=now)) == clerk


def test_the_last_of_the_three_stays(three: dict[str, Official], now: datetime) -> None:
    with pytest.raises(RefusedByLaw, match="nobody else holds"):
        administration.close(three["auditor"], reason="离任", by=three["sysadmin"], at=now)
    with pytest.raises(RefusedByLaw, match="nobody else holds"):
        held = three["auditor"].assignments.get()
        administration.withdraw(held, SINCE, by=three["secadmin"], at=now)
    administration.close(three["deputy"], reason="调离", by=three["sysadmin"], at=now)
    with pytest.raises(RefusedByLaw, match="nobody else holds"):
        administration.close(three["secadmin"], reason="离任", by=three["sysadmin"], at=now)


def test_the_platform_stops_once_the_three_are_in_office(
    official: Make, clerk: Official, now: datetime
) -> None:
    platform = official("system", agency="nj-platform")
    administration.grant(clerk, "head", "320100", since=date(2020, 1, 1), by=platform, at=now)
    for name in THREE:
        official(name, agency="nj-credit")
    with pytest.raises(DeniedError, match="in office"):
        administration.enrol("li", "李甲", "nj-price", post="", password=None, by=platform, at=now)
    with pytest.raises(DeniedError, match="in office"):
        administration.grant(clerk, "head", "320102", since=SINCE, by=platform, at=now)
    with pytest.raises(RefusedByLaw, match="granted to nobody"):
        administration.grant(clerk, "system", "320100", since=SINCE, by=_second(official), at=now)


def _second(official: Make) -> Official:
    someone: Official = official("secadmin", agency="nj-credit", username="deputy")
    return someone


def test_nobody_administers_beyond_the_own_division(
    three: dict[str, Official], official: Make, now: datetime
) -> None:
    """A county's administrators reach neither the city nor the account that holds a duty above them."""
    held = {
        name: official(name, agency="nj-credit", region="320102", username=f"xw-{name}") for name in THREE
    }
    sysadmin, secadmin = held["sysadmin"], held["secadmin"]
    head = official("head", agency="nj-price", username="city-head")
    grants: dict[str, Any] = {"since": SINCE, "by": secadmin, "at": now}
    asked = administration.grant(head, "legal", "320100", since=SINCE, by=three["secadmin"], at=now)
    for attempt in (
        lambda: administration.set_password(head, "a long password", by=sysadmin, at=now),
        lambda: administration.close(head, reason="x", by=sysadmin, at=now),
        lambda: administration.link_outside(head, "wang", by=sysadmin, at=now),
        lambda: administration.enrol("li", "李", "nj-price", post="", password=None, by=sysadmin, at=now),
        lambda: administration.grant(head, "steward", "320102", **grants),
        lambda: administration.withdraw(head.assignments.get(), SINCE, by=secadmin, at=now),
        lambda: administration.confirm(asked, by=secadmin, at=now),
        lambda: administration.note("unlock", "unlock", head, by=secadmin, at=now),
    ):
        with pytest.raises(DeniedError, match="may not"):
            attempt()
    county = Agency.objects.create(
        code="xw-price", name="玄武区发展和改革委员会", duty="price", region_id="320102",
        valid_from=date(2010, 1, 1),
    )  # fmt: skip
    own = administration.enrol("li", "李", county.pk, post="", password=None, by=sysadmin, at=now)
    assert isinstance(administration.grant(own, "steward", "320102", **grants), Assignment)
    with pytest.raises(DeniedError):
        administration.grant(own, "steward", "320100", **grants)
    administration.grant(own, "biller", "320100", since=SINCE, by=three["secadmin"], at=now)
    with pytest.raises(DeniedError):
        administration.set_password(own, "a long password", by=sysadmin, at=now)


def test_a_countys_three_do_not_stop_the_platform_above_it(
    official: Make, clerk: Official, now: datetime
) -> None:
    platform = official("system", agency="nj-platform", region="000000")
    for name in THREE:
        official(name, agency="nj-credit", region="320102")
    grants: dict[str, Any] = {"since": SINCE, "by": platform, "at": now}
    assert isinstance(administration.grant(clerk, "sysadmin", "320100", **grants), Assignment)


def test_a_request_that_waited_grants_from_the_day_it_is_confirmed(
    three: dict[str, Official], clerk: Official, now: datetime
) -> None:
    later = now + timedelta(days=20)
    words: dict[str, Any] = {"since": SINCE, "by": three["secadmin"], "at": now}
    asked = administration.grant(clerk, "head", "320100", **words)
    short = administration.grant(clerk, "legal", "320100", until=SINCE + timedelta(days=5), **words)
    assert isinstance(asked, Administration)
    assert isinstance(short, Administration)
    held = administration.confirm(asked, by=three["deputy"], at=later)
    assert held.since == SINCE + timedelta(days=20)
    assert not officials.may(clerk, "decide", on=SINCE)
    with pytest.raises(ConflictError, match="has passed"):
        administration.confirm(short, by=three["deputy"], at=later)


def test_a_grant_is_not_backdated(three: dict[str, Official], clerk: Official, now: datetime) -> None:
    with pytest.raises(InputError, match="have passed"):
        administration.grant(
            clerk, "steward", "320100", since=SINCE - timedelta(days=1), by=three["secadmin"], at=now
        )


def test_no_road_gives_one_account_two_of_the_three_or_one_beside_a_duty(
    official: Make, clerk: Official, now: datetime
) -> None:
    """Any two posts with any periods, by the function or straight into the table: what stands is apart."""
    platform = official("system", agency="nj-platform")
    days = st.integers(0, 6).map(lambda n: SINCE + timedelta(days=n))
    periods = st.tuples(days, st.none() | days).filter(lambda p: p[1] is None or p[0] < p[1])
    wishes = st.tuples(
        st.sampled_from(POSTS), periods, st.sampled_from(["function", "table", "closed", "edit"])
    )

    @given(st.lists(wishes, min_size=2, max_size=5))
    def drawn(wanted: list[tuple[str, tuple[date, date | None], str]]) -> None:
        Assignment.objects.filter(official=clerk).delete()
        for role, (since, until), road in wanted:
            _try(clerk, (role, since, until), road, platform, now)
        held = list(Assignment.objects.filter(official=clerk))
        for one in held:
            for other in held:
                shared = one.since < (other.until or date.max) and other.since < (one.until or date.max)
                if one.role != other.role and shared:
                    assert not {one.role, other.role} & set(THREE), (one, other)

    drawn()


def _try(
    clerk: Official, wish: tuple[str, date, date | None], road: str, by: Official, now: datetime
) -> None:
    role, since, until = wish
    clerk.is_active = road != "closed"
    clerk.save(update_fields=["is_active"])
    try:
        with transaction.atomic():
            if road == "table":
                Assignment.objects.create(
                    official=clerk, role=role, region_id="320100", since=since, until=until
                )
            elif road == "edit":
                Assignment.objects.filter(official=clerk).update(role=role)
            else:
                administration.grant(clerk, role, "320100", since=since, until=until, by=by, at=now)
    except (ChengxinError, DatabaseError):
        pass


def test_the_trigger_is_missed_when_it_is_gone() -> None:
    from django.db import connection

    from chengxin.core.errors import HouseFault
    from chengxin.ledger import apart

    apart.verify(connection)
    (name, *_rest) = apart._triggers(connection.vendor)
    on = " on ledger_assignment" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"drop trigger {name}{on}")
    assert apart.missing(connection) == [name]
    with pytest.raises(HouseFault, match=name):
        apart.verify(connection)
    apart.install(connection)
    apart.verify(connection)
