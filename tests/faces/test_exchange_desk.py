"""The exchange at the desk and at the API: who may open it, what it shows, and what it takes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as house_settings
from django.test import Client
from django.utils import timezone

from chengxin.cases.acts import act
from chengxin.cases.adopted import current_bundle
from chengxin.core.errors import ChengxinError, RefusedByLaw
from chengxin.effects.exchange import envelope, making, receipts, sending
from chengxin.effects.exchange.models import Delivery, Event, Subscriber
from chengxin.effects.exchange.subscribing import Wish, subscribe, unsubscribe
from chengxin.effects.models import Standing
from chengxin.ledger import sealing
from chengxin.ledger.looks.models import Look
from chengxin.ledger.officials import issue_key
from chengxin.subjects.models import Subject

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


@pytest.fixture
def open_one(person: Callable[..., Any], store: Any, today: Any) -> Callable[..., Any]:
    """``open_one("water", url=…)``: a subscription of the water body's system."""

    def make(name: str = "water", agency: str = "yz-water", **more: Any) -> Subscriber:
        words = {"kinds": ["tariff"], "regions": ["320600"], "article": "js-credit-2021#16", **more}
        wish = Wish(name=name, title=f"系统{name}", official=person("partner", agency), **words)
        house = current_bundle(today, store=store).house
        return subscribe(wish, by=person("head"), house=house, now=timezone.now())

    return make


@pytest.fixture
def house(opened: Any, store: Any, today: Any) -> Any:
    return current_bundle(today, store=store).house


@pytest.fixture
def tell(house: Any) -> Callable[[], int]:
    def make() -> int:
        sealing.seal(timezone.now())
        return making.make(house=house, now=timezone.now())

    return make


@pytest.fixture
def revoke(levied: Any, person: Callable[..., Any], store: Any, today: Any) -> Callable[[], Any]:
    """Takes the whole decision back, from today."""

    def make() -> Any:
        return act(
            levied, "revoke", official=person("head"), agency="yz-price", on=today, at=timezone.now(),
            bundle=current_bundle(today, store=store), schedule=levied.schedules.get(),
            detail={"ends_on": today.isoformat()}, cites={"exhibits": [1]},
        )  # fmt: skip

    return make


def test_a_subscription_stands_on_an_article_and_stays_within_its_bodys_region(
    open_one: Callable[..., Any],
) -> None:
    for wrong in ({"article": "js-credit-2021#none"}, {"regions": ["320100"]}):
        with pytest.raises(ChengxinError):
            open_one(**wrong)
    with pytest.raises(RefusedByLaw):
        open_one(agency="yz-water-320681", regions=["320682"])
    for url in ("http://example.org/", "https://a:b@example.org/", "ftp://example.org/"):
        with pytest.raises(ChengxinError):
            open_one(url=url)
    assert not Subscriber.objects.exists()


def test_each_is_told_only_what_its_scope_allows(
    open_one: Callable[..., Any], in_force: Callable[..., Any], tell: Callable[[], int]
) -> None:
    wide, other_kind = open_one("wide"), open_one("measures", kinds=["measure"])
    elsewhere = open_one("elsewhere", agency="yz-water-320681", regions=["320681"])
    persons = open_one("persons", persons=True)
    in_force()
    first = Standing.objects.order_by("subject").first()
    assert first is not None
    Subject.objects.filter(pk=first.subject).update(kind="person")
    assert tell() == 2
    assert tell() == 0, "reading twice tells once"
    counts = {one.name: one.deliveries.count() for one in (wide, other_kind, elsewhere, persons)}
    assert counts == {"wide": 1, "measures": 0, "elsewhere": 0, "persons": 2}


def test_a_withdrawal_reaches_also_one_whose_subscription_ended(
    open_one: Callable[..., Any],
    in_force: Callable[..., Any],
    tell: Callable[[], int],
    revoke: Callable[[], Any],
    person: Callable[..., Any],
) -> None:
    before = open_one("before")
    in_force()
    tell()
    unsubscribe(before, by=person("head"), now=timezone.now())
    after = open_one("after")
    revoke()
    tell()
    told = Delivery.objects.filter(event__kind="ended").values_list("subscriber", flat=True)
    assert set(told) == {before.pk, after.pk}
    assert Delivery.objects.filter(subscriber=before).count() == 4


def test_what_is_given_up_shows_and_is_sent_again_and_a_withdrawal_never_is(
    open_one: Callable[..., Any],
    in_force: Callable[..., Any],
    tell: Callable[[], int],
    at_desk: Callable[..., Client],
    house: Any,
) -> None:
    one = open_one(url="http://127.0.0.1:9/closed")
    in_force()
    tell()
    post = sending.Post(house, "k", "w", timezone.now, "me")
    Delivery.objects.filter(state="waiting").update(tries=len(sending.PAUSES), next_at=timezone.now())
    sending.deliver(one.pk, post)
    assert Delivery.objects.get(state="dead").tries == len(sending.PAUSES) + 1
    desk = at_desk("head")
    assert "ConnectionRefused" in desk.get("/desk/exchange/dead").content.decode()
    assert desk.post("/desk/exchange/dead").status_code == 302
    assert not Delivery.objects.filter(state="dead").exists()
    assert at_desk("case_officer").post("/desk/exchange/dead").status_code == 403
    ended = Delivery.objects.order_by("pk").first()
    assert ended is not None
    Delivery.objects.exclude(pk=ended.pk).delete()
    ended.event.kind = "ended"
    fresh = Event.objects.create(
        **{f.name: getattr(ended.event, f.name) for f in Event._meta.fields if f.name != "id"}
    )
    Delivery.objects.filter(pk=ended.pk).update(event=fresh, tries=50, next_at=timezone.now())
    sending.deliver(one.pk, post)
    ended.refresh_from_db()
    assert (ended.state, ended.tries) == ("waiting", 51)


def test_fetching_is_scoped_logged_signed_and_acknowledged_by_going_on(
    open_one: Callable[..., Any],
    in_force: Callable[..., Any],
    tell: Callable[[], int],
    person: Callable[..., Any],
    client: Client,
) -> None:
    import base64

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    open_one()
    in_force()
    tell()
    secret = issue_key(person("partner", "yz-water"), "system", now=timezone.now())
    asker = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    page = client.get("/api/v1/exchange/changes", **asker).json()
    assert [event["type"] for event in page["events"]] == ["chengxin.effect.came_into_force"] * 2
    assert all(event["specversion"] == "1.0" and len(event["subject"]) == 18 for event in page["events"])
    assert Look.objects.filter(door="exchange").count() == 2, "a telling is a look, one row a subject"
    assert Delivery.objects.filter(state="sent").count() == 2
    again = client.get("/api/v1/exchange/changes", {"after": page["next"]}, **asker).json()
    assert again == {"events": [], "next": page["next"]}
    assert Delivery.objects.filter(state="acknowledged").count() == 2
    whole = client.get("/api/v1/exchange/files/full.jsonl", **asker)
    reached = whole["Chengxin-Until"]
    assert [json.loads(line)["id"] for line in whole.content.splitlines()] == [
        e["id"] for e in page["events"]
    ]
    signature = client.get("/api/v1/exchange/files/full.jsonl.sig", {"until": reached}, **asker).content
    public = client.get("/api/v1/exchange/key").json()["ed25519"].removeprefix("whpk_")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
    key.verify(base64.b64decode(signature), whole.content)
    delta = client.get("/api/v1/exchange/files/delta.jsonl", {"after": page["events"][0]["id"]}, **asker)
    assert [json.loads(line)["id"] for line in delta.content.splitlines()] == [page["events"][1]["id"]]
    stranger = issue_key(person("partner", "yz-finance"), "other", now=timezone.now())
    refused = client.get("/api/v1/exchange/changes", HTTP_AUTHORIZATION=f"Bearer {stranger}")
    assert refused.status_code == 403


def test_an_ed25519_envelope_holds_and_a_flipped_byte_does_not(open_one: Callable[..., Any]) -> None:
    import base64

    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    one, body, now = open_one(signing="ed25519"), b'{"id":"7"}', timezone.now()
    key = house_settings.EXCHANGE_KEY
    words = envelope.headers({"id": "7"}, body, one, key=key, now=now)
    version, _, given = words["webhook-signature"].partition(",")
    assert version == "v1a"
    signed = f"{words['webhook-id']}.{words['webhook-timestamp']}.".encode() + body
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(envelope.public_key(key)[5:]))
    public.verify(base64.b64decode(given), signed)
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(given), signed[:-1] + b" ")


def test_the_pages_show_who_was_told_and_who_took_it_back(
    open_one: Callable[..., Any],
    in_force: Callable[..., Any],
    tell: Callable[[], int],
    at_desk: Callable[..., Client],
    revoke: Callable[[], Any],
) -> None:
    one = open_one()
    in_force()
    tell()
    revoke()
    tell()
    Delivery.objects.update(tried_at=timezone.now())
    ended = list(Event.objects.filter(kind="ended").values_list("pk", flat=True))
    assert receipts.acknowledge(one, ended[:1], "taken_back", now=timezone.now()) == 1
    desk = at_desk("head")
    for path, word in (
        ("exchange/", "系统water"),
        ("exchange/withdrawals", "撤回"),
        (f"exchange/withdrawals/{ended[0]}", "已撤下"),
        (f"exchange/{one.pk}/", "第16条"),
        ("exchange/new", "依据条款"),
        (f"exchange/{one.pk}/replay", "重送"),
    ):
        answer = desk.get(f"/desk/{path}")
        assert (answer.status_code, word in answer.content.decode()) == (200, True), path
    assert at_desk("steward").get("/desk/exchange/").status_code == 403
    again = desk.post(f"/desk/exchange/{one.pk}/replay", {"after": "0", "confirmed": "1"})
    assert again.status_code == 302
    assert set(Delivery.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_head_opens_a_subscription_at_the_desk_and_sees_its_secret_once(
    person: Callable[..., Any], at_desk: Callable[..., Client]
) -> None:
    account = person("partner", "yz-water")
    said = {"title": "水费系统", "name": "water", "account": account.username, "article": "js-credit-2021#16",
            "kinds": ["tariff"], "regions": "320600", "signing": "hmac", "answer_within": "60",
            "url": "https://water.example/events", "confirmed": "1"}  # fmt: skip
    answer = at_desk("head").post("/desk/exchange/new", said)
    assert "whsec_" in answer.content.decode()
    assert at_desk("case_officer").post("/desk/exchange/new", said).status_code == 403
    assert Subscriber.objects.get().deliveries.count() == 0
