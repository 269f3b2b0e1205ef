"""What every room's tests share: both databases with their triggers on, a home of one's own, a small city."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase
from filelock import FileLock
from hypothesis import settings

from tests.city.built import City

BOTH = ["default", "looks"]

# The gate draws the same examples each time; HYPOTHESIS_PROFILE=seek looks for new ones.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("seek", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """This will put the append-only triggers on, as ``boot.migrate`` does on a real home."""
    from chengxin.ledger import apart, append_only

    with django_db_blocker.unblock():
        for alias in BOTH:
            append_only.install(connections[alias])
            apart.install(connections[alias])
    flush = TransactionTestCase._fixture_teardown

    def lifted(case: TransactionTestCase) -> None:
        """Tests with ``transaction=True`` empty every table afterwards, which is what the triggers refuse."""
        aliases = case._databases_names(include_mirrors=False)
        for alias in aliases:
            connection = connections[alias]
            with connection.cursor() as cursor:
                for name, table in append_only.names(connection):
                    where = f" on {table}" if connection.vendor == "postgresql" else ""
                    cursor.execute(f"drop trigger if exists {name}{where}")
        flush(case)
        for alias in aliases:
            append_only.install(connections[alias])

    with pytest.MonkeyPatch.context() as patch:
        # TestCase has a teardown of its own (a rollback); only those that really commit are lifted.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lifted)
        yield


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder as CHENGXIN_HOME, of this test alone."""
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def store(home: Path) -> Any:
    """``engine.store.Store`` over ``home``."""
    from chengxin.engine.store import Store

    return Store(home)


@pytest.fixture
def now() -> datetime:
    """An hour of a working day: 2026-03-02 10:00 in Shanghai."""
    return datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def today() -> date:
    return date(2026, 3, 2)


@pytest.fixture
def secret() -> str:
    """The installation's wrapping key."""
    return "a secret of this test installation, long enough"


REGIONS = {
    "000000": ("全国", None),
    "320000": ("江苏省", "000000"),
    "320100": ("南京市", "320000"),
    "320102": ("玄武区", "320100"),
    "320104": ("秦淮区", "320100"),
    "320600": ("南通市", "320000"),
    "320681": ("启东市", "320600"),
}
"""Enough of GB/T 2260 to have a county beside a county, a city beside a city, and all above them."""

AGENCIES = {
    "js-price": ("江苏省发展和改革委员会", "price", "320000"),
    "nj-environment": ("南京市生态环境局", "environment", "320100"),
    "nj-price": ("南京市发展和改革委员会", "price", "320100"),
    "nj-finance": ("南京市财政局", "finance", "320100"),
    "nj-construction": ("南京市城乡建设委员会", "construction", "320100"),
    "nj-water": ("南京市水务局", "water", "320100"),
    "nj-water-company": ("南京示例自来水公司", "water_company", "320100"),
    "nj-credit": ("南京市公共信用信息中心", "credit", "320100"),
    "nj-platform": ("南京市公共信用信息平台", "platform", "320100"),
    "nt-environment": ("南通市生态环境局", "environment", "320600"),
}


@pytest.fixture
def regions(db_both: None) -> dict[str, Any]:
    from chengxin.ledger.models import Region

    return {
        code: Region.objects.create(code=code, name=name, parent_id=parent)
        for code, (name, parent) in REGIONS.items()
    }


@pytest.fixture
def agencies(regions: dict[str, Any]) -> dict[str, Any]:
    from chengxin.ledger.models import Agency

    return {
        code: Agency.objects.create(
            code=code, name=name, duty=duty, region_id=region, valid_from=date(2010, 1, 1)
        )
        for code, (name, duty, region) in AGENCIES.items()
    }


@pytest.fixture
def official(agencies: dict[str, Any]) -> Callable[..., Any]:
    """``official("head", agency="nj-price", region="320100")``: someone who holds that role since 2010."""
    from chengxin.ledger.models import Assignment, Official

    def make(role: str, agency: str = "nj-price", region: str = "320100", username: str = "") -> Any:
        someone, _ = Official.objects.get_or_create(
            username=username or f"{role}@{agency}",
            defaults={"name": f"{role}甲", "post": "科员", "agency_id": agency},
        )
        Assignment.objects.create(official=someone, role=role, region_id=region, since=date(2010, 1, 1))
        return someone

    return make


@pytest.fixture
def db_both(request: pytest.FixtureRequest) -> None:
    """Both databases, for a test that asks for rows without marking itself."""
    if not any(request.node.iter_markers("django_db")):
        request.node.add_marker(pytest.mark.django_db(databases=BOTH))
    request.getfixturevalue("_django_db_helper")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> City:
    """The demo city, built once a session through the installed command, in a home of its own.

    Whoever changes it makes a copy first (``city_copy`` under ``tests/house``). Of several processes the
    first builds it, and the others wait at its lock.
    """
    ours = tmp_path_factory.getbasetemp()
    home = (ours if worker_id == "master" else ours.parent) / "city"
    built = City(home)
    whole = home.with_suffix(".whole")
    with FileLock(f"{home}.lock"):
        if not whole.exists():
            home.mkdir()
            assert built.json("demo", "--size", "small")["logins"]
            whole.touch()
    return built


@pytest.fixture(scope="session")
def column(city: City) -> Callable[[str], list[Any]]:
    return lambda sql: [row[0] for row in city.rows(sql)]
