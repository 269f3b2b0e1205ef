"""The court's list as it comes, binds, ends and is contested: signed deltas through the real door, and what follows."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone

from tests.faces.conftest import at_desk, coded, opened, person

__all__ = ["at_desk", "opened", "person"]
pytestmark = pytest.mark.django_db(databases=["default", "looks"])
FIRM = coded("91320600MA0JD001")
OTHER = coded("91320600MA0JD002")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(stem: str) -> str:
    """This will complete seventeen digits to a citizen number."""
    return stem + "10X98765432"[sum(int(d) * w for d, w in zip(stem, WEIGHTS, strict=True)) % 11]


SOMEONE = number("32068119800101123")
CHILD = number("32068120150101123")


class Court:
    """The court's system: it numbers its deltas and signs them."""

    def __init__(self, key: str, private: Ed25519PrivateKey, today: date) -> None:
        self.token, self.private, self.today, self.sequence = key, private, today, 0

    def listing(self, **words: Any) -> dict[str, Any]:
        item = "judgment_defaulter_person" if "id_number" in words else "judgment_defaulter"
        values = {
            "name": "云泽拟信建设有限公司", "division": "320612", "court": "云泽市澜溪区人民法院",
            "case_number": "（2026）苏0612执1号", "duty": "支付工程款 120 万元", "performance": "none",
            "conduct": "refuses", "published_on": (self.today - timedelta(days=30)).isoformat(),
            **({} if "id_number" in words else {"code": FIRM, "representative": "拟某"}), **words,
        }  # fmt: skip
        return {"operation": "add", "item": item, "values": values}

    def removal(self, operation: str = "delete", **words: Any) -> dict[str, Any]:
        values = {"code": FIRM, "case_number": "（2026）苏0612执1号", "exit_ground": "performed",
                  "exit_ground_on": self.today.isoformat(), **words}  # fmt: skip
        return {"operation": operation, "item": "judgment_defaulter", "values": values}

    def body(self, *rows: dict[str, Any], urgent: bool = False, sequence: int = 0) -> bytes:
        made = timezone.now().isoformat()
        if urgent:
            return json.dumps({"urgent": True, "made_at": made, "rows": rows}).encode()
        self.sequence = sequence or self.sequence + 1
        return json.dumps({"sequence": self.sequence, "made_at": made, "rows": rows}).encode()

    def words(self, body: bytes, identity: str = "msg_1", moment: int = 0) -> dict[str, str]:
        stamp = str(moment or int(timezone.now().timestamp()))
        mark = self.private.sign(f"{identity}.{stamp}.".encode() + body)
        return {
            "webhook-id": identity,
            "webhook-timestamp": stamp,
            "webhook-signature": "v1a," + base64.b64encode(mark).decode(),
        }

    def post(self, body: bytes, **words: Any) -> Any:
        signed = {
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in self.words(body, **words).items()
        }
        return Client().post(
            "/api/v1/feeds/judgment_defaulters", body, content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.token}", **signed,
        )  # fmt: skip

    def tells(self, *rows: dict[str, Any], **words: Any) -> dict[str, Any]:
        answer = self.post(
            self.body(*rows, **words), identity=f"msg_{self.sequence}_{words.get('urgent', False)}"
        )
        assert answer.status_code == 200, answer.content.decode()
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
def today(opened: Path) -> date:
    return timezone.localdate()


@pytest.fixture
def court(opened: Path, person: Callable[..., Any], settings: Any, today: date) -> Court:
    from chengxin.ledger.officials import issue_key

    private = Ed25519PrivateKey.from_private_bytes(b"the court's key of these tests.."[:32])
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    settings.FEED_KEYS = [("yz-court", "whpk_" + base64.b64encode(raw).decode())]
    return Court(issue_key(person("steward", "yz-court"), "court", now=timezone.now()), private, today)


@pytest.fixture
def gate(opened: Path) -> Callable[..., Any]:
    """What the gate says of a code in a matter."""
    from django.conf import settings

    from chengxin.effects.gate import check
    from chengxin.faces.premises import premises
    from chengxin.subjects.registry import subjects_of_codes

    def ask(code: str, matter: str, role: str = "") -> Any:
        here = premises()
        (subject,) = subjects_of_codes([code], settings.DIGEST_KEY)
        return check(subject, matter, role, adopted=here.adopted, now=here.now)

    return ask


def page(code: str) -> str:
    """What the public door says of a firm."""
    from chengxin.effects.publication import published
    from chengxin.faces.premises import premises
    from chengxin.subjects.registry import subject_of_code

    here = premises()
    shown = published(subject_of_code(code) or 0, store=here.store, house=here.house, now=here.now)
    return " ".join(record.title for record in shown.records)


def test_a_listing_binds_with_its_record_and_ends_with_its_removal(
    court: Court, gate: Callable[..., Any]
) -> None:
    told = court.tells(court.listing())
    assert told["counts"] == {"taken": 1, "held": 0, "refused": 0}, told
    asked = gate(FIRM, "construction_qualification")
    assert asked.answer == "may_apply"
    (measure,) = asked.measures
    assert (measure.binding, measure.article) == ("mandatory", "zbf-2016-64#4")
    assert (measure.contact, measure.document) == ("云泽市澜溪区人民法院", "（2026）苏0612执1号")
    assert "（2026）苏0612执1号" in page(FIRM)
    assert "项其他机关的决定对它生效" in Client().get(f"/s/{FIRM}").content.decode()
    court.tells(court.removal())
    assert "今天没有任何决定对它生效" in Client().get(f"/s/{FIRM}").content.decode()
    assert gate(FIRM, "construction_qualification").answer == "none"
    assert page(FIRM) == ""


def test_a_firms_listing_lists_neither_its_representative_nor_anybody_else(
    court: Court, gate: Callable[..., Any]
) -> None:
    court.tells(
        court.listing(), court.listing(id_number=SOMEONE, name="拟另", case_number="（2026）苏0612执9号")
    )
    assert gate(FIRM, "company_post").answer == "none", "the post is barred to a person, not to a firm"
    asked = gate(SOMEONE, "company_post", "director")
    assert [(one.binding, one.article) for one in asked.measures] == [("discretionary", "company-2023#178")]
    court.tells(court.listing(code=OTHER, name="云泽另一有限公司", representative="拟另"))
    assert len(gate(SOMEONE, "company_post").measures) == 1, (
        "listed once: by his own decision, not by the firm's"
    )
    assert gate(SOMEONE, "construction_qualification").answer == "none"


def test_a_person_is_never_published_and_hidden_at_the_desk(
    court: Court, at_desk: Callable[..., Any]
) -> None:
    court.tells(court.listing(id_number=SOMEONE, name="拟小某"))
    from chengxin.subjects.models import Subject

    subject = Subject.objects.get(kind="person")
    public = Client()
    for where in ("/p/judgment_defaulters/", f"/s/{subject.pk}", "/search?q=拟小某"):
        said = public.get(where).content.decode()
        assert "拟小" not in said.replace('value="拟小某"', "").replace("“拟小某”", "") or where.startswith(
            "/search"
        )
        assert SOMEONE not in said and "苏0612执1号" not in said, where
    assert "zxgk.court.gov.cn" in public.get("/p/judgment_defaulters/").content.decode()
    shown = at_desk("case_officer", "yz-credit").get("/desk/judgment_defaulters/").content.decode()
    assert "拟**" in shown and "320***********" in shown
    assert "拟小某" not in shown and SOMEONE not in shown


def test_a_consumption_restriction_is_an_item_apart(court: Court, gate: Callable[..., Any]) -> None:
    order = court.listing()
    words = ("name", "code", "division", "court", "case_number", "representative")
    values = {name: order["values"][name] for name in words}
    restricted = {**values, "restricted_on": court.today.isoformat()}
    told = court.tells({"operation": "add", "item": "consumption_restriction", "values": restricted})
    assert told["counts"]["taken"] == 1, told
    assert gate(FIRM, "high_consumption").answer == "may_apply"
    for matter in ("construction_qualification", "loan", "government_project"):
        assert gate(FIRM, matter).answer == "none", matter


def test_rows_are_answered_one_by_one_in_both_languages(court: Court, gate: Callable[..., Any]) -> None:
    good = court.listing(case_number="（2026）苏0612执7号")
    told = court.tells(
        good,
        {**court.listing(), "operation": "invent"},
        {**court.listing(), "item": "administrative_penalty"},
        court.listing(id_number="320681********1123"),
        court.listing(case_number=""),
        {**court.listing(case_number="（2026）苏0612执8号"), "operation": "change"},
        court.listing(id_number=CHILD, case_number="（2026）苏0612执10号"),
        court.listing(case_number="（2026）苏0612执11号", conduct="其他情形"),
        good,
        court.listing(code=FIRM[:-1] + ("0" if FIRM[-1] != "0" else "1"), case_number="（2026）苏0612执12号"),
    )
    refused = {row["row"]: row["id"] for row in told["rows"] if row["result"] == "refused"}
    assert refused == {
        2: "feed.operation", 3: "feed.item", 4: "feed.masked", 5: "feed.no_name", 6: "feed.unknown",
        7: "feed.listed_as_minor", 8: refused.get(8), 9: "feed.twice", 10: refused.get(10),
    }  # fmt: skip
    assert told["counts"] == {"taken": 1, "held": 0, "refused": 9}
    for row in told["rows"][1:]:
        assert all(row[name] for name in ("zh", "en", "hint_zh", "hint_en")), row
    assert gate(FIRM, "loan").measures[0].document == "（2026）苏0612执7号"


def said(answer: Any) -> str:
    """The sentence a door refused with."""
    return str(answer.json()["type"]).rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def test_what_is_not_signed_or_out_of_order_is_not_taken(court: Court, settings: Any) -> None:
    from chengxin.records.models import Batch

    body = court.body(court.listing())
    assert said(court.post(body, moment=1_700_000_000)) == "feed.stale"
    forged = court.words(body)
    answer = Client().post(
        "/api/v1/feeds/judgment_defaulters", body.replace(b"320612", b"320614"),
        content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {court.token}",
        HTTP_WEBHOOK_ID=forged["webhook-id"], HTTP_WEBHOOK_TIMESTAMP=forged["webhook-timestamp"],
        HTTP_WEBHOOK_SIGNATURE=forged["webhook-signature"],
    )  # fmt: skip
    assert (answer.status_code, said(answer)) == (403, "feed.signature")
    assert court.post(body).status_code == 200
    ahead = court.post(court.body(court.removal(), sequence=3))
    assert (ahead.status_code, said(ahead)) == (409, "feed.out_of_order")
    changed = court.post(court.body(court.listing(performance="part"), sequence=1))
    assert (changed.status_code, said(changed)) == (409, "feed.another_body")
    assert Batch.objects.count() == 1
    settings.FEED_KEYS = []
    assert said(court.post(body)) == "feed.no_key"


def test_the_same_delta_again_gets_the_same_answer_and_changes_nothing(
    court: Court, gate: Callable[..., Any]
) -> None:
    from chengxin.effects.standing import lines

    add, gone = court.body(court.listing()), court.body(court.removal())
    first = court.post(add).json()
    assert court.post(gone).json()["counts"]["taken"] == 1
    held = lines()
    assert court.post(add).json() == first
    assert court.post(gone).json()["counts"]["taken"] == 1
    assert lines() == held
    assert gate(FIRM, "loan").answer == "none"


def test_an_urgent_removal_waits_for_nobody_and_nothing_older_undoes_it(
    court: Court, gate: Callable[..., Any], person: Callable[..., Any]
) -> None:
    from chengxin.effects.exchange.models import Delivery, Event
    from chengxin.effects.exchange.subscribing import Wish, subscribe
    from chengxin.faces.jobs import exchange
    from chengxin.faces.premises import premises

    here = premises()
    for name, body, persons in (("centre", "yz-credit", False), ("housing", "yz-construction", False),
                                ("registry", "yz-market", True), ("bank", "yz-central-bank", True)):  # fmt: skip
        wish = Wish(name=name, title=name, official=person("partner", body), article="zbf-2016-64#9",
                    kinds=["publication", "measure"], regions=["320600"], programs=["judgment_defaulters"],
                    persons=persons)  # fmt: skip
        subscribe(wish, by=person("head", "yz-credit"), house=here.house, now=here.now)
    court.tells(court.listing())
    exchange.make()
    begun = Event.objects.filter(kind="came_into_force").count()
    assert begun == 4
    Delivery.objects.update(tried_at=timezone.now(), sent_at=timezone.now(), state="acknowledged")
    late = court.body({**court.listing(performance="part"), "operation": "change"})
    told = court.tells(court.removal("urgent_removal"), urgent=True)
    assert (told["urgent"], told["counts"]["taken"]) == (True, 1)
    assert gate(FIRM, "construction_qualification").answer == "none"
    assert page(FIRM) == ""
    recalled = Event.objects.filter(kind="ended")
    assert recalled.count() == begun
    assert Delivery.objects.filter(event__in=recalled, state="waiting").count() == 4 * begun
    answer = court.post(late).json()
    assert answer["rows"][0]["id"] == "feed.removed"
    assert gate(FIRM, "construction_qualification").answer == "none"
    anew = court.listing(published_on=court.today.isoformat(), case_number="（2026）苏0612执1号")
    assert court.tells(anew)["counts"]["taken"] == 1, "listed anew, by a new publication"
    assert gate(FIRM, "construction_qualification").answer == "may_apply"


def listed(effect: str = "qualification_limit") -> Any:
    from chengxin.effects.models import Standing

    return Standing.objects.get(effect=effect)


def test_a_wrong_match_is_let_be_at_once_and_taken_back_from_everyone(
    court: Court, gate: Callable[..., Any], at_desk: Callable[..., Any]
) -> None:
    from chengxin.cases.models import Case
    from chengxin.effects import resting
    from chengxin.effects.exchange.models import Event
    from chengxin.faces.jobs import exchange
    from chengxin.faces.premises import premises

    court.tells(court.listing())
    exchange.make()
    officer = at_desk("case_officer", "yz-credit")
    address = f"/desk/judgment_defaulters/contest/{listed().pk}/"
    officer.post(address, {"what": "match", "confirmed": "1"})
    case = Case.objects.get(procedure="mismatch")
    assert (listed().marked, listed().frozen) == (True, True)
    assert page(FIRM) == "", "what is not certain to be its own is not shown of it"
    assert gate(FIRM, "construction_qualification").answer == "none"
    exchange.make()
    assert Event.objects.filter(kind="changed").count() == 4
    head = at_desk("head", "yz-credit")
    done = head.post(f"/desk/cases/{case.pk}/act/decide", {"on": court.today.isoformat(), "confirmed": "1"})
    assert done.status_code == 302, done.content.decode()
    assert listed().until is not None and listed().until <= court.today
    exchange.make()
    assert Event.objects.filter(kind="ended").count() == 4
    here = premises()
    assert resting.refresh_all(store=here.store, house=here.house, now=here.now) == 0, "it stays away"


def test_an_objection_to_the_content_is_marked_and_passed_to_the_court(
    court: Court, gate: Callable[..., Any], at_desk: Callable[..., Any]
) -> None:
    from chengxin.cases.models import Case

    court.tells(court.listing())
    officer = at_desk("case_officer", "yz-credit")
    officer.post(f"/desk/judgment_defaulters/contest/{listed().pk}/", {"what": "content", "confirmed": "1"})
    case = Case.objects.get(procedure="content")
    (measure,) = gate(FIRM, "construction_qualification").measures
    assert "异议处理中" in Client().get(f"/s/{FIRM}").content.decode()
    assert measure.marked, "it binds on, with the mark beside it: the court decides"
    head = at_desk("head", "yz-credit")
    done = head.post(f"/desk/cases/{case.pk}/act/decide", {"on": court.today.isoformat(), "confirmed": "1"})
    assert done.status_code == 302, done.content.decode()
    assert gate(FIRM, "construction_qualification").measures[0].marked
    before = listed().record
    assert court.tells({**court.listing(performance="part"), "operation": "change"})["counts"]["taken"] == 1
    assert listed().record != before and listed().marked, (
        "the court's change keeps the mark until it has answered"
    )


def test_a_batch_taken_back_takes_its_lines_with_it_and_a_rebuild_finds_the_same(
    court: Court, gate: Callable[..., Any], at_desk: Callable[..., Any]
) -> None:
    from chengxin.effects import resting, standing
    from chengxin.effects.models import Standing
    from chengxin.faces.premises import premises
    from chengxin.records.models import Batch

    court.tells(court.listing(), court.listing(code=OTHER, name="云泽另一有限公司"))
    court.tells(court.removal(code=OTHER))
    here, held = premises(), standing.lines()
    Standing.objects.all().delete()
    resting.refresh_all(store=here.store, house=here.house, now=here.now)
    assert standing.lines() == held
    first = Batch.objects.order_by("pk").first()
    assert first is not None
    said = {"reason": "整批报送有误", "confirmed": "1"}
    answer = at_desk("steward", "yz-court").post(f"/desk/batches/{first.pk}/withdraw", said)
    assert answer.status_code == 302, answer.content.decode()
    assert gate(FIRM, "loan").answer == "none"


def test_the_command_line_takes_a_delta_that_was_carried_here(court: Court, tmp_path: Path) -> None:
    import argparse

    from chengxin.faces.cli import feed

    body = court.body(court.listing(), court.listing(case_number=""))
    (tmp_path / "delta.json").write_bytes(body)
    (tmp_path / "delta.sig").write_text(json.dumps(court.words(body, moment=1_700_000_000)))
    options = argparse.Namespace(
        program="judgment_defaulters", file=tmp_path / "delta.json", signature=tmp_path / "delta.sig",
        username="steward@yz-court", agency=None, json=True,
    )  # fmt: skip
    assert feed.run(options) == 1, "one row was refused"


def test_every_page_answers_whom_it_is_for(court: Court, at_desk: Callable[..., Any]) -> None:
    court.tells(
        court.listing(conduct="evades"),
        court.listing(case_number="（2026）苏0612执2号", exit_ground="performed",
                      exit_ground_on=(court.today - timedelta(days=14)).isoformat()),
    )  # fmt: skip
    officer = at_desk("case_officer", "yz-credit")
    shown = officer.get("/desk/judgment_defaulters/").content.decode()
    assert FIRM in shown and "应有期限而没有写明" in shown
    assert "逾期未退出" in officer.get("/desk/judgment_defaulters/exits/").content.decode()
    assert officer.get("/desk/judgment_defaulters/receivers/").status_code in {200, 403}
    assert officer.get("/desk/judgment_defaulters/feedback/").status_code == 200
    for clock, seen in (("standing", True), ("soon", False), ("contested", False), ("ended", False)):
        page_ = officer.get(
            f"/desk/judgment_defaulters/?clock={clock}",
            headers={"HX-Request": "true", "HX-Target": "table-listings"},
        )
        assert (FIRM in page_.content.decode()) is seen, clock


def test_the_oracle_names_what_rests_on_no_decision(court: Court) -> None:
    """Law 1 in plain SQL: each line rests on a record of an item that carries its maker's decision."""
    from django.db import connection

    from chengxin.effects.models import Standing
    from chengxin.faces.premises import premises
    from tests.house import oracle

    house, today = premises().house, court.today

    def query(sql: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def stands(name: str, on: str) -> bool:
        return name in house.articles and house.articles[name].in_force(date.fromisoformat(on))

    court.tells(court.listing())
    carrying = [item.name for item in house.items.values() if item.carries]
    assert oracle.unproved(query, carrying, stands, today.isoformat()) == []
    assert oracle.unfounded(query, stands) == []
    Standing.objects.filter(effect="listing").update(record=1)
    assert len(oracle.unproved(query, carrying, stands, today.isoformat())) == 1


def test_the_published_form_of_a_firm_is_shown_for_its_code_and_never_when_the_clock_is_late(
    court: Court,
) -> None:
    from chengxin.ledger.models import Job

    court.tells(court.listing(), court.listing(id_number=SOMEONE, name="拟小某"))
    shown = Client().get(f"/p/judgment_defaulters/?code={FIRM}").content.decode()
    for word in ("拟某", "云泽市澜溪区人民法院", "支付工程款 120 万元", "全部未履行", "有履行能力而拒不履行"):
        assert word in shown, word
    assert "拟小某" not in Client().get(f"/p/judgment_defaulters/?code={SOMEONE}").content.decode()
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=27))
    late = Client().get(f"/p/judgment_defaulters/?code={FIRM}").content.decode()
    assert "支付工程款" not in late and "<b>0</b>" in late
    court.tells(court.removal())
    assert "支付工程款" not in Client().get(f"/p/judgment_defaulters/?code={FIRM}").content.decode()
