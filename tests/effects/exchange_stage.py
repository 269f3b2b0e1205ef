"""What a test of the exchange does in its own home, in processes of their own: ``python exchange_stage.py WORD``."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from datetime import date, timedelta
from typing import Any

from chengxin.faces import boot

boot.setup_django()
boot.ready(quiet=True)

import pyarrow as pa  # noqa: E402
from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from chengxin.cases import schedules  # noqa: E402
from chengxin.cases.acts import act  # noqa: E402
from chengxin.cases.adopted import current_bundle  # noqa: E402
from chengxin.cases.models import Case  # noqa: E402
from chengxin.cases.opening import open_case  # noqa: E402
from chengxin.core.clock import day_of  # noqa: E402
from chengxin.effects.exchange.models import Delivery, Event  # noqa: E402
from chengxin.effects.exchange.subscribing import Wish, subscribe, written_secret  # noqa: E402
from chengxin.effects.models import Standing  # noqa: E402
from chengxin.faces.jobs import exchange  # noqa: E402
from chengxin.faces.premises import premises, store  # noqa: E402
from chengxin.ledger.models import Agency, Assignment, Official  # noqa: E402
from chengxin.ledger.officials import issue_key  # noqa: E402
from chengxin.subjects.registry import register  # noqa: E402

NOW = timezone.now()
TODAY = day_of(NOW)
BUNDLE = current_bundle(TODAY, store=store())


def person(role: str, agency: str = "yz-price", name: str = "") -> Official:
    made, fresh = Official.objects.get_or_create(
        username=name or f"{role}@{agency}",
        defaults={"name": "林启", "post": "科员", "agency": Agency.objects.get(pk=agency)},
    )
    if fresh:
        Assignment.objects.create(official=made, role=role, region_id="320600", since=date(2015, 1, 1))
    return made


def coded(number: int) -> str:
    """A valid unified code for the n-th firm."""
    letters, stem = "0123456789ABCDEFGHJKLMNPQRTUWXY", f"91320600{number:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    left = (11 - sum(int(c) * w for c, w in zip(stem[8:], weights, strict=True)) % 11) % 11
    seventeen = stem + ("X" if left == 10 else str(left))
    total = sum(letters.index(c) * pow(3, n, 31) for n, c in enumerate(seventeen))
    return seventeen + letters[(31 - total % 31) % 31]


def subscriptions(wishes: str) -> Any:
    """``{name: {url, agency, kinds, regions, …}}`` → ``{name: {secret, token}}``"""
    given = {}
    for name, wish in json.loads(wishes).items():
        agency = wish.pop("agency", "yz-water")
        speaks = person("partner", agency, f"system-{name}")
        words = {"kinds": ["tariff"], "regions": ["320600"], "article": "js-credit-2021#16", **wish}
        made = subscribe(
            Wish(name=name, title=name, official=speaks, **words),
            by=person("head"), house=BUNDLE.house, now=NOW,
        )  # fmt: skip
        given[name] = {
            "secret": written_secret(made, settings.EXCHANGE_KEY),
            "token": issue_key(speaks, name, now=NOW),
        }
    return given


def levy(count: str, first: str = "0") -> Any:
    """So many firms pay a surcharge; the case's number."""
    numbers = range(int(first), int(first) + int(count))
    table = pa.table(
        {"scheme": ["uscc"] * len(numbers), "code": [coded(n) for n in numbers],
         "name": [f"云泽第{n}印染有限公司" for n in numbers], "region": ["320600"] * len(numbers),
         "prominence": pa.array([1] * len(numbers), pa.int32())}
    )  # fmt: skip
    register(table, "organisation", NOW)
    from chengxin.subjects.registry import subject_of_code

    subjects = sorted(subject_of_code(coded(n)) for n in numbers)
    start, later = TODAY - timedelta(days=30), TODAY - timedelta(days=10)
    case = open_case(program="sewage_tariff", procedure="levy", agency="yz-price", region="320600",
                     title="加收名单", on=start)  # fmt: skip
    rows = pa.table({"subject": subjects, "tier": ["red"] * len(subjects),
                     "surcharge": [600_000] * len(subjects), "adverse": [True] * len(subjects)})  # fmt: skip
    who: dict[str, Any] = {"official": person("case_officer"), "agency": "yz-price", "on": start, "at": NOW,
                           "bundle": BUNDLE, "store": store()}  # fmt: skip
    schedule = schedules.propose(case, rows, run_sha256="0" * 64, **who)
    schedules.act_on_all(schedule, "notify", **who)
    schedules.act_on_all(schedule, "serve", **who)
    words: dict[str, Any] = {"on": later, "at": NOW, "bundle": BUNDLE}
    for duty in ("price", "environment", "finance", "construction", "water"):
        body = f"yz-{duty}"
        act(case, "cosign", official=person("cosigner", body), agency=body, schedule=schedule, **words)
    ends = {"exit": "repair_published", "review_on": (TODAY + timedelta(days=300)).isoformat()}
    act(case, "decide", official=person("head"), agency="yz-price", schedule=schedule, detail=ends, **words)
    schedules.act_on_all(schedule, "serve_decision", **{**who, "on": later})
    return {"case": case.pk, "subjects": subjects}


def step(case: str, kind: str, subjects: str) -> Any:
    """One step on rows of a case: object, repair or revoke."""
    held = Case.objects.get(pk=case)
    role = "head" if kind == "revoke" else "case_officer"
    ends = {"ends_on": TODAY.isoformat()} if kind in {"repair", "revoke"} else {}
    for subject in json.loads(subjects):
        act(held, kind, official=person(role), agency="yz-price", on=TODAY, at=timezone.now(), bundle=BUNDLE,
            subject=subject, schedule=held.schedules.get(), detail=ends,
            cites={"exhibits": [1]} if kind == "revoke" else {})  # fmt: skip
    return len(json.loads(subjects))


def make_and_die() -> Any:
    """Events are committed; the process is killed before anything is sent."""
    exchange.make()
    sys.stdout.write(json.dumps({"events": Event.objects.count()}) + "\n")
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def send() -> Any:
    """The exchange's own loop, until killed."""
    exchange.run(threading.Event(), pause=0.05)


def unsettled() -> Any:
    return {
        "standing": Standing.objects.count(),
        "unsettled": Delivery.objects.filter(state__in=("waiting", "sent")).count(),
        "bundle": premises().bundle,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])) + "\n")
