"""One event as one subscriber gets it: a CloudEvent 1.0 in a Standard Webhooks envelope."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chengxin.core.canonical import canonical_json
from chengxin.effects.exchange.making import opaque, persons
from chengxin.effects.exchange.models import Event, Subscriber
from chengxin.effects.exchange.subscribing import person_key, webhook_secret
from chengxin.ledger.models import DayRoot
from chengxin.policy.house import House
from chengxin.subjects.cards import cards
from chengxin.subjects.persons import digest, revealed

SOURCE: Final = "urn:chengxin:exchange"
_ALWAYS: Final = ("document_number", "decided_on")
_LINE: Final = ("effect", "title", "adverse", "marked", "frozen", "part", "article", "agency", "since", "until",
                "exit", "review_on", "ended")  # fmt: skip


def cloud_events(
    events: Sequence[Event], subscriber: Subscriber, *, house: House, key: str, wrap: str
) -> list[dict[str, Any]]:
    """This will dress events for one subscriber: only what the effect shows, and persons by its own digest."""
    subjects = {event.subject for event in events}
    known, people = cards(subjects), persons(subjects)
    codes = {number: card.code for number, card in known.items() if number not in people}
    own = person_key(subscriber, key)
    codes |= {number: digest(clear, own) for number, clear in revealed(people, wrap).items()}
    last = DayRoot.objects.order_by("-day").first()
    root = {"rootday": last.day.isoformat(), "root": last.root} if last else {}
    return [
        {
            "specversion": "1.0",
            "id": str(event.pk),
            "source": SOURCE,
            "type": f"chengxin.effect.{event.kind}",
            "subject": codes.get(event.subject, ""),
            "time": event.at.isoformat(),
            "datacontenttype": "application/json",
            "sequence": f"{event.pk:020d}",
            "ledgernumber": str(event.number),
            **root,
            "data": _data(event, event.subject in people, house),
        }
        for event in events
    ]


def _data(event: Event, person: bool, house: House) -> dict[str, Any]:
    state, program = event.state, house.programs.get(event.program)
    effect = program.effects.get(state["effect"]) if program else None
    shown: Iterable[str] = (*_ALWAYS, *(effect.shows if effect else ()))
    return {
        "line": opaque(event.line),
        "identified_by": "digest" if person else "code",
        "kind": event.effect_kind,
        "program": event.program,
        "region": event.region,
        **{name: state[name] for name in _LINE},
        "body": {name: state["body"][name] for name in shown if name in state["body"]},
    }


def headers(
    event: Mapping[str, Any], body: bytes, subscriber: Subscriber, *, key: str, now: datetime
) -> dict[str, str]:
    """This will sign a message as Standard Webhooks says: over id, moment and body."""
    identity, moment = f"evt_{event['id']}", str(int(now.timestamp()))
    signed = f"{identity}.{moment}.".encode() + body
    return {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": identity,
        "webhook-timestamp": moment,
        "webhook-signature": _signature(signed, subscriber, key),
    }


def _signature(signed: bytes, subscriber: Subscriber, key: str) -> str:
    if subscriber.signing == "ed25519":
        return "v1a," + base64.b64encode(private_key(key).sign(signed)).decode()
    mac = hmac.digest(webhook_secret(subscriber, key), signed, "sha256")
    return "v1," + base64.b64encode(mac).decode()


def is_signed(words: Mapping[str, str], body: bytes, keys: Iterable[str]) -> bool:
    """This will say whether one of a sender's keys signed a message that came to us the same way.

    ``whpk_`` is an ed25519 public key, ``whsec_`` a shared secret; a sender that changes keys has both for a while.
    """
    signed = f"{words.get('webhook-id', '')}.{words.get('webhook-timestamp', '')}.".encode() + body
    given = [each.split(",", 1) for each in words.get("webhook-signature", "").split() if "," in each]
    return any(_holds(kind, mark, signed, key) for key in keys for kind, mark in given)


def _holds(kind: str, mark: str, signed: bytes, key: str) -> bool:
    try:
        if kind == "v1a" and key.startswith("whpk_"):
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.removeprefix("whpk_")))
            public.verify(base64.b64decode(mark), signed)
            return True
        if kind == "v1" and key.startswith("whsec_"):
            mac = hmac.digest(base64.b64decode(key.removeprefix("whsec_")), signed, "sha256")
            return hmac.compare_digest(base64.b64decode(mark), mac)
    except (InvalidSignature, ValueError):
        return False
    return False


def private_key(key: str) -> Ed25519PrivateKey:
    """This will make the installation's signing key out of its exchange key."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"ed25519 " + key.encode()).digest())


def public_key(key: str) -> str:
    """This will give the key by which anyone checks our signature, as Standard Webhooks writes it."""
    raw = private_key(key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return "whpk_" + base64.b64encode(raw).decode()


def written(event: Mapping[str, Any]) -> bytes:
    """This will write an event as the bytes that are signed."""
    return canonical_json(event)
