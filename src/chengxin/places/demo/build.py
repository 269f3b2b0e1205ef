"""Building the demo city: files through the real doors, decisions through the case file, log-ins for all."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from django.contrib.auth.hashers import make_password

from chengxin.cases import adoption, assent
from chengxin.cases.adopted import open_bundle
from chengxin.cases.receipt import receive_batch
from chengxin.core.clock import day_of
from chengxin.core.errors import FileRefused
from chengxin.engine.store import Store
from chengxin.ledger import administration
from chengxin.ledger.models import Agency, Assignment, Official
from chengxin.ledger.roles import ROLES
from chengxin.places.demo import consumers, court, files, parties, prices, story, taxes
from chengxin.places.demo.city import FIRST_READING
from chengxin.places.demo.teller import Teller, at
from chengxin.policy.house import House
from chengxin.records.models import Batch

Progress = Callable[[str, int, int], None]
HERE: Final = Path(__file__).parent
CITY: Final = "云泽市（演示数据）"
SINCE: Final = date(2020, 1, 1)
"""From when the city's people hold their posts: before the first file."""
HANDS: Final = {
    "yz-environment": "environment-steward",
    "yz-market": "market-steward",
    "yz-water-company": "water-biller",
    "yz-price": "price-steward",
    "yz-tax": "tax-steward",
    "yz-court": "court-steward",
    "yz-consumer": "consumer-officer",
    "yz-construction": "construction-desk",
}
"""Who hands in for a body."""


def build(
    store: Store,
    house: House,
    bundle: str,
    *,
    size: str,
    progress: Progress,
    now: datetime,
    secret: str,
    digest_key: str,
) -> dict[str, Any]:
    """This will build the city and give ``{city, size, logins, parties, files, truth}``; a killed build goes on.

    Files are written below the store's home, taken through ``receive_batch`` under idempotency keys, and
    acted upon on the days the story names. The password is made anew each time it is called.
    """
    logins, people = _enrol(now)
    _adopt_by_two(store, open_bundle(bundle, store).house, people, now)
    teller = Teller(store, open_bundle(bundle, store), people, secret)
    folder = store.home / "demo"
    progress("写部门文件 · writing the departments' files", 0, 0)
    deliveries = files.write_city(folder, size, lambda title: progress(title, 0, 0))
    for number, delivery in enumerate(deliveries):
        progress(f"接收 {delivery.path}", number, len(deliveries))
        _receive(teller, house, folder, delivery, digest_key)
    refused = _refuse(teller, house, folder / "refused")
    story.tell(teller, progress)
    for chapter in (court, taxes, consumers, prices):
        progress(f"{chapter.TITLE}", len(deliveries), len(deliveries))
        chapter.tell(teller)
    return {
        "city": CITY,
        "size": size,
        "logins": logins,
        "parties": parties.invent(teller, now),
        "files": [each.path for each in deliveries],
        "refused": refused,
        "truth": str(folder / "truth.json"),
    }


def _enrol(now: datetime) -> tuple[list[dict[str, str]], dict[str, Official]]:
    """This will make an account for each role, or give those there are a new password: one for all, hashed once."""
    system = Official.objects.get(username="system")
    people: dict[str, Official] = {"system": system}
    logins = []
    password = secrets.token_urlsafe(9)
    encoded = make_password(password)
    listed = yaml.safe_load((HERE / "officials.yml").read_text("utf-8"))
    for username, said in listed.items():
        person = Official.objects.filter(username=username).first()
        if person is None:
            person = administration.enrol(
                username, said["name"], said["agency"], post=said["post"], password=None, by=system, at=now
            )
        person.password = encoded
        person.save(update_fields=["password"])
        for role in said["roles"]:
            if not Assignment.objects.filter(official=person, role=role).exists():
                administration.grant(person, role, said["region"], since=SINCE, by=system, at=now)
        people[username] = person
        words = "、".join(ROLES[role].zh for role in said["roles"])
        agency = Agency.objects.get(pk=said["agency"]).name
        logins.append({"username": username, "password": password, "agency": agency, "role": words})
    return logins, people


def _adopt_by_two(store: Store, house: House, people: dict[str, Official], now: datetime) -> None:
    """This will have two named officials adopt what the platform put in, unless an earlier build did."""
    last = assent.newest()
    if last is None or not assent.is_by_two(last):
        words: dict[str, Any] = {"on": day_of(now), "at": now, "store": store}
        waiting = assent.pending()
        proposed = waiting[-1] if waiting else adoption.propose(
            house, official=people["credit-legal"], since=day_of(now), **words)  # fmt: skip
        adoption.confirm(proposed, official=people["credit-head"], **words)


def _receive(teller: Teller, house: House, folder: Path, delivery: files.Delivery, digest_key: str) -> None:
    """This will take one file as of the day it was handed in, unless an earlier build took it."""
    key = f"demo/{delivery.path}"
    if Batch.objects.filter(agency=delivery.agency, idempotency_key=key).exists():
        return
    receive_batch(
        house.items[delivery.item],
        folder / delivery.path,
        store=teller.store,
        house=house,
        bundle=teller.bundle.sha256,
        agency=delivery.agency,
        official=teller.officials[HANDS[delivery.agency]],
        door="demo",
        now=at(delivery.told_on),
        told_on=delivery.told_on,
        idempotency_key=key,
        file_name=delivery.path,
        digest_key=digest_key,
    )


def _refuse(teller: Teller, house: House, folder: Path) -> dict[str, str]:
    """This will hand in the files that must be refused whole, and say by which sentence each was."""
    refused = {}
    for path in sorted(folder.iterdir()):
        try:
            receive_batch(
                house.items["environment_grade"],
                path,
                store=teller.store,
                house=house,
                bundle=teller.bundle.sha256,
                agency="yz-environment",
                official=teller.officials["environment-steward"],
                door="demo",
                now=at(FIRST_READING),
                told_on=FIRST_READING,
                file_name=path.name,
            )
        except FileRefused as refusal:
            refused[path.name] = refusal.id
    return refused
