"""Two receiving bodies' desks in processes of their own, beside the served platform: told, asked, told again."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from tests.effects.test_exchange import Room, answers, free, until

from .test_judgment_defaulters import FIRM, SOMEONE, Court

STAGE = str(Path(__file__).with_name("defaulters_stage.py"))
DESKS = {"yz-construction": "construction_qualification", "yz-market": "company_post"}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.close()


def staged(room: Room, *words: str) -> Any:
    done = subprocess.run([sys.executable, STAGE, *words], env=room.city.environment, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def posted(address: str, body: bytes, **words: str) -> Any:
    request = urllib.request.Request(
        address, data=body, headers={"content-type": "application/json", **words}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def test_two_desks_block_or_warn_by_article_and_are_told_of_every_removal(room: Room) -> None:
    private = Ed25519PrivateKey.from_private_bytes(b"the court's key of these tests.."[:32])
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    room.city.environment["CHENGXIN_FEED_KEYS"] = "yz-court=whpk_" + base64.b64encode(raw).decode()
    ports = {agency: free() for agency in DESKS}
    given = staged(
        room, "receivers",
        json.dumps({agency: {"url": f"http://127.0.0.1:{port}/events", "persons": agency == "yz-market"}
                    for agency, port in ports.items()}),
    )  # fmt: skip
    web = free()
    platform = f"http://127.0.0.1:{web}"
    room.start("-m", "chengxin.faces.cli", "serve", "--port", str(web), "--web-processes", "1")
    for agency, matter in DESKS.items():
        room.start("-m", "chengxin.faces.reference_desk", "--port", str(ports[agency]), "--matter", matter,
                   "--state", str(room.folder / f"{agency}.json"), "--secret", given[agency]["secret"],
                   "--platform", platform, "--token", given[agency]["token"])  # fmt: skip
        until(lambda agency=agency: answers(ports[agency]), "the desk opens")
    until(lambda: answers(web), "the doors open")

    court = Court(given["court"]["token"], private, timezone.localdate())

    def told(*rows: dict[str, Any], urgent: bool = False) -> Any:
        body = court.body(*rows, urgent=urgent)
        words = court.words(body, identity=f"msg_{court.sequence}_{urgent}")
        return posted(f"{platform}/api/v1/feeds/judgment_defaulters", body,
                      authorization=f"Bearer {court.token}", **words)  # fmt: skip

    def asked(agency: str, number: str, code: str, role: str = "") -> Any:
        words = json.dumps({"number": number, "code": code, "role": role}).encode()
        return posted(f"http://127.0.0.1:{ports[agency]}/matter", words)

    assert asked("yz-construction", "ZS-1", FIRM)["decision"] == "held", (
        "nobody bears the code: silence is no answer"
    )
    listed = told(
        court.listing(), court.listing(id_number=SOMEONE, name="拟小某", case_number="（2026）苏0612执9号")
    )
    assert listed["counts"]["taken"] == 2, listed
    blocked = asked("yz-construction", "ZS-2", FIRM)
    assert blocked["decision"] == "blocked"
    assert blocked["because"][0]["contact"] == "云泽市澜溪区人民法院"
    assert blocked["feedback"]["taken"] == 1, blocked
    warned = asked("yz-market", "BA-1", SOMEONE, "director")
    assert (warned["decision"], warned["because"][0]["binding"]) == ("warned", "discretionary")
    assert asked("yz-market", "BA-2", FIRM)["decision"] == "passed", "the post is barred to persons alone"
    until(lambda: len(room.held("yz-construction")) == 4, "housing holds the firm's lines, and no person's")
    until(lambda: len(room.held("yz-market")) == 6, "the registry holds the person's by its own digest too")
    assert SOMEONE not in (room.folder / "yz-market.json").read_text("utf-8")

    gone = told(court.removal("urgent_removal"), urgent=True)
    assert gone["counts"]["taken"] == 1, gone
    assert asked("yz-construction", "ZS-3", FIRM)["decision"] == "passed"
    until(lambda: room.held("yz-construction") == [], "housing took everything back")
    until(lambda: len(room.held("yz-market")) == 2, "the registry keeps what still stands")
    settled = "select count(*) from effects_delivery where state <> 'acknowledged'"
    until(lambda: room.city.rows(settled) == [(0,)], "each telling and each withdrawal is acknowledged")
    feedback = "select count(*) from records_batch where item = 'measure_feedback' and taken = 1"
    assert room.city.rows(feedback) == [(3,)], "three matters of the firm were fed back"
