"""The doors over a real home: divisions, bodies and the shipped rules, adopted as ``boot.ready`` does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.test import Client
from django.utils import timezone, translation

from chengxin.core.clock import day_of

FIRM = "91320600MA0DEM0A15"


@pytest.fixture
def opened(tmp_path: Path, settings: Any, db: None) -> Iterator[Path]:
    """A home made usable; gives its folder."""
    from chengxin.cases import follow
    from chengxin.faces import boot, premises
    from chengxin.ledger.models import Job

    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    settings.SECOND_FACTOR = []
    settings.IDENTITY = ["chengxin.faces.my.identity.Local"]
    premises.store.cache_clear()
    followers = list(follow.followers())
    boot.ready(quiet=True)
    Job.objects.update_or_create(name="tick", defaults={"finished_at": timezone.now()})
    yield settings.HOME
    premises.store.cache_clear()
    follow._followers[:] = followers
    translation.deactivate()


@pytest.fixture
def store(opened: Path) -> Any:
    from chengxin.engine.store import Store

    return Store(opened)


@pytest.fixture
def today() -> date:
    return day_of(timezone.now())


@pytest.fixture
def person(opened: Path) -> Callable[..., Any]:
    """``person("case_officer")``: an official of a body of the demo city who holds that role."""
    from chengxin.ledger.models import Assignment, Official

    def make(role: str, agency: str = "yz-price") -> Any:
        someone, fresh = Official.objects.get_or_create(
            username=f"{role}@{agency}", defaults={"name": "林启", "post": "科员", "agency_id": agency}
        )
        if fresh:
            someone.set_password("a good password")
            someone.save()
            Assignment.objects.create(official=someone, role=role, region_id="320600", since=date(2015, 1, 1))
        return someone

    return make


@pytest.fixture
def at_desk(person: Callable[..., Any]) -> Callable[..., Client]:
    """A client logged in with a role."""

    def enter(role: str, agency: str = "yz-price") -> Client:
        client = Client()
        client.force_login(person(role, agency), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return enter


@pytest.fixture
def firms(store: Any) -> dict[str, int]:
    """Three organisations that can be found by name; gives subject by name."""
    from chengxin.subjects.models import Name
    from chengxin.subjects.registry import register
    from chengxin.subjects.search import index_names

    names = [
        "云泽海澜印染有限公司",
        "云泽清源电镀有限公司",
        "云泽" + "国际新能源与循环经济综合利用产业投资" * 2 + "集团股份有限公司",
    ]
    codes = [coded(f"91320600MA0DEM{n}0"[:16]) for n in ("0A", "0B", "0C")]
    table = pa.table(
        {
            "scheme": ["uscc"] * 3,
            "code": codes,
            "name": names,
            "region": ["320600"] * 3,
            "prominence": pa.array([3, 2, 1], pa.int32()),
        }
    )
    register(table, "organisation", timezone.now())
    index_names(store)
    return {name.text: name.subject for name in Name.objects.filter(text__in=names)}


def coded(stem: str) -> str:
    """This will complete sixteen characters to a valid unified code."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = stem[8:16]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    value = {c: n for n, c in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    left = (11 - sum(value[c] * w for c, w in zip(body, weights, strict=True)) % 11) % 11
    seventeen = stem + ("X" if left == 10 else str(left))
    total = sum(letters.index(c) * pow(3, n, 31) for n, c in enumerate(seventeen))
    return seventeen + letters[(31 - total % 31) % 31]


@pytest.fixture
def levied(opened: Path, store: Any, firms: dict[str, int], person: Callable[..., Any], today: date) -> Any:
    """A case in which the first two firms were proposed, told and served; gives the case."""
    from chengxin.cases import schedules
    from chengxin.cases.adoption import current_bundle
    from chengxin.cases.opening import open_case

    officer, now, subjects = person("case_officer"), timezone.now(), sorted(firms.values())[:2]
    start = today - timedelta(days=30)
    bundle = current_bundle(today, store=store)
    case = open_case(
        program="sewage_tariff",
        procedure="levy",
        agency="yz-price",
        region="320600",
        title="加收名单",
        on=start,
    )
    rows = pa.table(
        {
            "subject": subjects,
            "tier": ["red", "black"],
            "surcharge": [600_000, 1_000_000],
            "because": pa.array([[], []], pa.list_(pa.int64())),
            "adverse": [True, True],
        }
    )
    who = {
        "official": officer,
        "agency": "yz-price",
        "on": start,
        "at": now,
        "bundle": bundle,
        "store": store,
    }
    schedule = schedules.propose(case, rows, run_sha256="0" * 64, **who)
    schedules.act_on_all(schedule, "notify", **who)
    schedules.act_on_all(schedule, "serve", **who)
    return case


@pytest.fixture
def in_force(levied: Any, person: Callable[..., Any], store: Any, today: date) -> Callable[..., Any]:
    """Signs, decides and serves, so that both surcharges bind; ``changes`` then alter the projection."""
    from chengxin.cases import schedules
    from chengxin.cases.acts import act
    from chengxin.cases.adoption import current_bundle
    from chengxin.effects.models import Standing

    def put(**changes: Any) -> Any:
        words = {"on": today - timedelta(days=10), "at": timezone.now()}
        words["bundle"] = current_bundle(today, store=store)
        schedule = levied.schedules.get()
        for duty in ("price", "environment", "finance", "construction", "water"):
            body = f"yz-{duty}"
            act(levied, "cosign", official=person("cosigner", body), agency=body, schedule=schedule, **words)
        ends = {"exit": "repair_published", "review_on": (today + timedelta(days=300)).isoformat()}
        head = person("head")
        act(levied, "decide", official=head, agency="yz-price", schedule=schedule, detail=ends, **words)
        schedules.act_on_all(
            schedule,
            "serve_decision",
            official=person("case_officer"),
            agency="yz-price",
            store=store,
            **words,
        )
        Standing.objects.update(**changes) if changes else None
        return Standing.objects.order_by("subject").first()

    return put


@pytest.fixture
def coded_firm() -> str:
    """A valid code nobody bears yet."""
    return coded("91320600MA0DEM0Y")
