"""Through every floor: a colours file becomes a surcharge, the surcharge a bill, and the bill says why."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from levy import Desk, at

from chengxin.cases import follow, schedules
from chengxin.cases.documents import render
from chengxin.cases.models import Act
from chengxin.cases.receipt import receive_batch, receive_nil, receive_row
from chengxin.cases.tracing import trace_of
from chengxin.core.errors import InputError
from chengxin.effects import standing
from chengxin.effects.bills import Hand, issue
from chengxin.effects.publication import dark, published
from chengxin.effects.snapshot import snapshot
from chengxin.effects.why import KINDS, tree, verify, why
from chengxin.findings.reckon import reckon, rows
from chengxin.ledger.models import Job, Official
from chengxin.ledger.scope import Scope
from chengxin.policy.house import load
from chengxin.programs.sewage_tariff.levy import schedule_of
from chengxin.records.models import Batch, Sheet
from chengxin.subjects.registry import subject_of_code
from tests.hands import adopt_by_two

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
DUTIES = ("price", "environment", "finance", "construction", "water")


def uscc(stem: str) -> str:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(c) * pow(3, n, 31) for n, c in enumerate(stem))
    return stem + alphabet[(31 - total) % 31]


def orgcode(stem: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    check = 11 - sum(digits.index(c) * w for c, w in zip(stem, weights, strict=True)) % 11
    return stem + {10: "X", 11: "0"}.get(check, str(check))


RED, GREEN = (uscc("91320102" + orgcode(stem)) for stem in ("MA1AAAA1", "MA1AAAA2"))
COLOURS = [
    "社会信用代码,企业名称,厂区编号,所属区县,评价周期,颜色,结果类别,公布日期,文号",
    f"{RED},示例红印染有限公司,P1,320102,2014,红,评价,2015-06-30,示环信〔2015〕3号",
    f"{RED},示例红印染有限公司,P1,320102,2015,红,评价,2016-06-28,示环信〔2016〕3号",
    f"{GREEN},示例绿水有限公司,P1,320102,2015,绿,评价,2016-06-28,示环信〔2016〕3号",
]
REPAIRED = [COLOURS[0], f"{RED},示例红印染有限公司,P1,320102,2015,黄,修复,2016-12-20,示环信〔2016〕9号"]


@dataclasses.dataclass
class City:
    desk: Desk
    store: Any
    secret: str
    folder: Path

    @property
    def house(self) -> Any:
        return self.desk.bundle.house

    def receive(self, item: str, lines: list[str], agency: str) -> Any:
        path = self.folder / f"{item}-{self.desk.on}.csv"
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return receive_batch(
            self.house.items[item], path, store=self.store, house=self.house, bundle=self.desk.bundle.sha256,
            agency=agency, official=self.desk.who("receive", agency), door="desk", now=at(self.desk.on),
            told_on=self.desk.on, file_name=path.name,
        )  # fmt: skip

    def levy(self) -> Any:
        run = reckon(
            "sewage_tariff", "surcharge", self.desk.on, store=self.store, house=self.house,
            bundle=self.desk.bundle.sha256, now=at(self.desk.on),
        )  # fmt: skip
        case = self.desk.case("levy", subject=None, program="sewage_tariff")
        price = self.desk.who("propose", "nj-price")
        schedule = schedules.propose(
            case, schedule_of(rows(run, store=self.store).to_pylist()), run_sha256=run.run_sha256,
            official=price, agency="nj-price", on=self.desk.on, at=at(self.desk.on), bundle=self.desk.bundle,
            store=self.store,
        )  # fmt: skip
        for kind in ("notify", "serve", "waive"):
            self.all(schedule, kind)
        for duty in DUTIES:
            self.desk.do(case, "cosign", agency=f"nj-{duty}", schedule=schedule)
        self.desk.do(case, "decide", {"from": "2016-11-01"}, schedule=schedule)
        self.all(schedule, "serve_decision")
        return schedule

    def all(self, schedule: Any, kind: str) -> None:
        schedules.act_on_all(
            schedule, kind, official=self.desk.who(kind, "nj-price"), agency="nj-price", on=self.desk.on,
            at=at(self.desk.on), bundle=self.desk.bundle, store=self.store,
        )  # fmt: skip

    def snapshot(self) -> Any:
        platform = Official.objects.filter(username="platform").first()
        if platform is None:
            platform = self.desk.official("system", agency="nj-platform", username="platform")
        return snapshot(official=platform, bundle=self.desk.bundle, store=self.store, now=at(self.desk.on))

    def why(self, code: str, scope: Scope | None = None) -> list[dict[str, Any]]:
        told = why(code, store=self.store, house=self.house, scope=scope or Scope.public(), on=self.desk.on)
        return list(told["chain"])


@pytest.fixture
def city(
    official: Callable[..., Any], store: Any, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> City:
    monkeypatch.setattr(follow, "_followers", [standing.follow])
    on = date(2026, 3, 2)
    adopted = adopt_by_two(load(), since=date(2010, 1, 1), on=on, at=at(on), store=store, agency="nj-credit")
    return City(Desk(official, adopted), store, secret, tmp_path)


@pytest.fixture
def levied(city: City) -> City:
    city.receive("environment_grade", COLOURS, "nj-environment")
    city.desk.wait(1)
    city.levy()
    city.desk.on = date(2016, 11, 20)
    Job.objects.update_or_create(name="tick", defaults={"finished_at": at(city.desk.on)})
    return city


def subject(code: str) -> int:
    found = subject_of_code(code)
    assert found is not None
    return found


def test_a_batch_comes_with_its_act_of_receipt_or_not_at_all(city: City) -> None:
    receipt = city.receive("environment_grade", COLOURS, "nj-environment")
    act = Act.objects.get(kind="receive")
    assert act.detail["attested_by"] == "sender", "heard and served there, not here"
    assert (act.detail["read"], act.detail["taken"]) == (3, 3)
    assert act.cites["batches"] == [receipt.batch.pk]
    assert act.cites["sheets"] == [sheet.sha256 for sheet in Sheet.objects.all()]


def test_a_single_record_and_a_nil_report_have_their_receipt_too(city: City) -> None:
    words = {
        "store": city.store, "bundle": city.desk.bundle, "agency": "nj-environment", "door": "form",
        "official": city.desk.who("receive", "nj-environment"), "now": at(city.desk.on),
        "told_on": city.desk.on,
    }  # fmt: skip
    item = city.house.items["environment_grade"]
    values = dict(zip(COLOURS[0].split(","), COLOURS[1].split(","), strict=True))
    one = receive_row(item, values, house=city.house, **words)
    nil = receive_nil(item, **words)
    said = [act.detail for act in Act.objects.filter(kind="receive").order_by("id")]
    assert [(each["taken"], each["nil"]) for each in said] == [(1, False), (0, True)]
    assert Act.objects.filter(kind="receive").values("case").distinct().count() == 1, "one book a year"
    assert [act.cites["batches"] for act in Act.objects.filter(kind="receive").order_by("id")] == [
        [one.batch.pk],
        [nil.batch.pk],
    ]


def test_a_receipt_that_is_refused_takes_the_batch_with_it(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(written: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(follow, "_followers", [refuse])
    with pytest.raises(RuntimeError):
        city.receive("environment_grade", COLOURS, "nj-environment")
    assert not Batch.objects.exists()
    assert not Act.objects.filter(kind="receive").exists()


def test_the_chain_leads_from_the_effect_to_the_article_and_every_hash_holds(levied: City) -> None:
    chain = levied.why(RED)
    kinds = [link["kind"] for link in chain]
    assert set(kinds) == set(KINDS) - {"bill"}
    assert kinds == sorted(kinds, key=KINDS.index)
    by_id = {link["id"]: link for link in chain}
    assert all(name in by_id for link in chain for name in link["because"]), "nothing rests on thin air"
    assert len([link for link in chain if link["kind"] == "record"]) == 2, "red twice: both ratings"
    assert verify(chain, store=levied.store, house=levied.house) == []
    depths = [depth for depth, _ in tree(chain)]
    assert depths[0] == 0
    assert max(depths) >= 5
    assert any("连续" in link["title"] or "加收" in link["title"] for link in chain)


def test_a_hash_that_was_tampered_with_is_named(levied: City) -> None:
    chain = levied.why(RED)
    for link in chain:
        forged = [{**one, "hash": "0" * 64} if one is link else one for one in chain]
        assert verify(forged, store=levied.store, house=levied.house) == [link["id"]]


def test_the_bill_line_stands_at_the_top(levied: City) -> None:
    levied.desk.on = date(2016, 12, 5)
    biller = levied.desk.who("issue_bill", "nj-water-company")
    hand = Hand(biller, "nj-water-company", levied.desk.on, at(levied.desk.on), levied.desk.bundle,
                levied.store, levied.secret)  # fmt: skip
    line = {"subject": subject(RED), "account": "H-77", "plant_code": "P1", "from_on": date(2016, 11, 1),
            "to_on": date(2016, 12, 1), "fen": 12345}  # fmt: skip
    issue(pa.Table.from_pylist([line]), program="sewage_tariff", company="nj-water-company", period="2016-11",
          run_sha256="ab" * 32, hand=hand)  # fmt: skip
    chain = levied.why(RED)
    assert chain[0]["kind"] == "bill"
    assert "123.45" not in chain[0]["title"], "the public sees that there is a bill, not how much"
    assert "H-77" not in chain[0]["title"]
    assert chain[0]["because"][0].startswith("effect:")
    wide = Scope.of(classes=("public", "shared", "government"))
    assert "123.45" in levied.why(RED, wide)[0]["title"]
    assert verify(chain, store=levied.store, house=levied.house) == []


def test_what_is_public_is_what_holds_today_and_ends_without_a_trace(levied: City) -> None:
    def shown(on: date) -> Any:
        Job.objects.filter(name="tick").update(finished_at=at(on))
        return published(subject(RED), store=levied.store, house=levied.house, now=at(on))

    (held,) = shown(date(2016, 11, 20)).in_force
    assert (held.title, held.adverse, held.marked) == ("加收污水处理费", True, False)
    assert held.shows["tier"] == "red_again"
    assert held.routes_to == "maker"
    assert held.agency_name == "南京市发展和改革委员会"
    assert Act.objects.filter(digest=held.act).exists()
    assert not shown(date(2016, 10, 31)).in_force
    act = Act.objects.filter(kind="serve_decision").latest("id")
    levied.desk.on = date(2016, 12, 25)
    levied.desk.do(
        act.case,
        "repair",
        {"part": "P1", "ends_on": "2017-01-01"},
        schedule=act.schedule,
        subject=act.subject,
    )
    assert shown(date(2016, 12, 31)).in_force
    assert not shown(date(2017, 1, 1)).in_force


def test_when_the_clock_is_late_what_is_adverse_goes_dark(levied: City) -> None:
    now = at(levied.desk.on)
    assert not dark(now + timedelta(hours=26))
    late = now + timedelta(hours=26, seconds=1)
    assert dark(late)
    seen = published(subject(RED), store=levied.store, house=levied.house, now=late)
    assert seen.dark
    assert not seen.in_force
    assert not seen.records
    Job.objects.all().delete()
    assert dark(now), "a clock that never ran is late"


def test_what_came_into_force_is_filed_once_and_again_when_it_ends(levied: City) -> None:
    first = levied.snapshot()
    assert first.batch.taken == 1
    assert levied.snapshot() is None, "nothing has changed"
    levied.desk.on = date(2016, 12, 25)
    act = Act.objects.filter(kind="serve_decision").latest("id")
    levied.desk.do(
        act.case,
        "repair",
        {"part": "P1", "ends_on": "2017-01-01"},
        schedule=act.schedule,
        subject=act.subject,
    )
    assert levied.snapshot().batch.taken == 1
    run = reckon(
        "sewage_tariff", "exit", levied.desk.on, store=levied.store, house=levied.house,
        bundle=levied.desk.bundle.sha256, now=at(levied.desk.on),
    )  # fmt: skip
    assert run.rows == 0


def test_the_documents_of_the_levy_are_drawn_from_its_acts(levied: City) -> None:
    for kind in ("notify", "decide", "serve_decision", "receive"):
        act = Act.objects.filter(kind=kind).select_related("case", "schedule").latest("id")
        trace = trace_of(act, bundle=levied.desk.bundle, store=levied.store, check_url="https://x/verify/1")
        assert trace.digest == act.digest
        assert trace.facts
        assert render(trace).startswith(b"%PDF")
    served = Act.objects.filter(kind="serve_decision").select_related("case", "schedule").latest("id")
    trace = trace_of(served, bundle=levied.desk.bundle, store=levied.store, check_url="https://x/verify/1")
    assert len(trace.issuers) == 5
    assert trace.addressee == "示例红印染有限公司"
    assert trace.hearing == ("你单位书面放弃陈述、申辩。",)
    assert trace.holding == (
        "加收污水处理费（P1）：加收档次为连续红色，加收标准为1.00元/立方米，所依据的评价周期为2015，自2016年11月1日起执行。",
    )
    told = Act.objects.filter(kind="notify").select_related("case", "schedule").latest("id")
    trace = trace_of(told, bundle=levied.desk.bundle, store=levied.store, check_url="https://x/verify/1")
    assert trace.reasons[0].startswith("本机关拟决定加收污水处理费（P1）：加收档次为连续红色")
    with pytest.raises(InputError):
        trace_of(
            Act.objects.filter(kind="waive")[0], bundle=levied.desk.bundle, store=levied.store, check_url=""
        )
