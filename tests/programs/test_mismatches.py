"""A mismatch of ours through the desk: reported, found, apologised for, certified, and checked by anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.faces.conftest import at_desk, opened, person
from tests.programs.test_judgment_defaulters import Court, court, listed, today

__all__ = ["at_desk", "court", "opened", "person", "today"]
pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def test_a_mismatch_of_ours_ends_with_an_apology_and_a_certificate_anybody_can_check(
    court: Court, at_desk: Callable[..., Any], person: Callable[..., Any]
) -> None:
    from chengxin.cases.models import Case
    from chengxin.effects.exchange.models import Delivery, Subscriber
    from chengxin.effects.exchange.receipts import acknowledge
    from chengxin.effects.exchange.subscribing import Wish, subscribe
    from chengxin.faces.jobs import exchange
    from chengxin.faces.premises import premises
    from chengxin.ledger.looks.log import look

    here = premises()
    for name, body in (("housing", "yz-construction"), ("bank", "yz-central-bank")):
        wish = Wish(name=name, title=name, official=person("partner", body), article="zbf-2016-64#9",
                    kinds=["publication", "measure"], regions=["320600"], programs=["judgment_defaulters"])  # fmt: skip
        subscribe(wish, by=person("head", "yz-credit"), house=here.house, now=here.now)
    court.tells(court.listing())
    exchange.make()
    Delivery.objects.update(tried_at=timezone.now(), sent_at=timezone.now(), state="acknowledged")
    look(
        person("partner", "yz-market"), [listed().subject], door="api:gate", purpose="企业登记", now=here.now
    )
    officer, on = at_desk("case_officer", "yz-credit"), court.today.isoformat()
    officer.post(f"/desk/judgment_defaulters/contest/{listed().pk}/", {"what": "match", "confirmed": "1"})
    case = Case.objects.get(procedure="mismatch")
    waits = officer.get("/desk/mismatches/").content.decode()
    assert "按时答复" not in waits and case.number in waits, "no ratio of nothing"
    early = officer.post(f"/desk/cases/{case.pk}/act/apologise", {"on": on, "confirmed": "1"})
    assert early.status_code == 409, "nothing was found yet"
    at_desk("head", "yz-credit").post(f"/desk/cases/{case.pk}/act/decide", {"on": on, "confirmed": "1"})
    exchange.make()
    housing = Subscriber.objects.get(name="housing")
    Delivery.objects.filter(event__kind="ended").update(tried_at=timezone.now())
    over = Delivery.objects.filter(subscriber=housing, event__kind="ended").values_list("event", flat=True)
    acknowledge(housing, list(over), "taken_back", now=timezone.now())
    for kind in ("apologise", "certify"):
        done = officer.post(f"/desk/cases/{case.pk}/act/{kind}", {"on": on, "confirmed": "1"})
        assert done.status_code == 302, done.content.decode()
    apology, certificate = case.acts.get(kind="apologise"), case.acts.get(kind="certify")
    assert [(one["to"], one["how"], one["state"]) for one in apology.detail["told"]] == [
        ("yz-central-bank", "exchange", "waiting"),
        ("yz-construction", "exchange", "taken_back"),
        ("yz-market", "gate", "by_letter"),
    ]
    assert apology.detail["number"] and certificate.detail["number"]
    for paper in (apology, certificate):
        drawn = officer.get(f"/desk/cases/{case.pk}/paper/{paper.pk}.pdf")
        assert b"".join(drawn.streaming_content).startswith(b"%PDF")
    assert "更正证明，有效" in Client().get(f"/verify/{certificate.digest}").content.decode()
    assert "本平台没有这个校验码" in Client().get(f"/verify/{'0' * 64}").content.decode()
    shown = officer.get("/desk/mismatches/").content.decode()
    assert "按时答复 1 / 1 件" in shown
    assert "已确认撤下" in officer.get(f"/desk/cases/{case.pk}/").content.decode()
