"""Disputes counted, requests put before a panel, determinations heard and pushed: through intake, desk and exchange."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengxin.core.errors import DeniedError
from tests.faces.conftest import at_desk, opened, person

from .handing import Handing, firm, post

__all__ = ["at_desk", "opened", "person"]
pytestmark = pytest.mark.django_db(databases=["default", "looks"])
DESK = "/desk/consumer_protection"


@pytest.fixture
def organ(opened: Path, person: Callable[..., Any]) -> Handing:
    """What market regulation hands in."""
    return Handing("consumer_protection", "yz-market", person("steward", "yz-market"), opened)


@pytest.fixture
def association(opened: Path, person: Callable[..., Any]) -> Handing:
    """What the association hands in."""
    return Handing("consumer_protection", "yz-consumer", person("steward", "yz-consumer"), opened)


def ago(days: int) -> Any:
    return timezone.localdate() - timedelta(days=days)


def dispute(of: dict[str, str], number: str, **said: Any) -> dict[str, Any]:
    """A dispute of the pilot: taken up, the trader came on the day, settled the first time."""
    told = {"filed_on": ago(20), "taken_up_on": ago(18), "called_on": ago(12), "came_on": ago(12)}
    return {
        **of,
        "number": number,
        **told,
        "mediations": 1,
        "closed_on": ago(9),
        "outcome": "settled",
        **said,
    }


def request(of: dict[str, str], number: str, conduct: str, **said: Any) -> dict[str, Any]:
    told = {"occurred_on": ago(40), "reported_on": ago(30), "facts": "拟事实", "evidence": "拟单据"}
    return {**of, "number": number, "conduct": conduct, **told, **said}


EXPERTS = "e1 法律 无\ne2 消费者代表 无\ne3 行业 无\ne4 质量技术 无\ne5 other none"


def step(desk: Client, listed: Any, subject: int, kind: str, **said: Any) -> str:
    """One step in one trader's row, its answers checked and confirmed; the page it leads to."""
    where = f"/desk/cases/{listed.case_id}/act/{kind}?row={subject}"
    answers = {"on": timezone.localdate().isoformat(), "confirmed": "1", **said}
    return desk.post(where, answers, follow=True).content.decode()


def panel(desk: Client, listed: Any, subject: int, pro: int) -> str:
    """A panel of five is named and votes, the first of them in favour."""
    step(desk, listed, subject, "convene_panel", members=EXPERTS)
    voices = {f"vote_{n}": "support" if n < pro else "oppose" for n in range(5)}
    return step(
        desk, listed, subject, "panel_advice", **voices, **{f"reasons_{n}": f"理由{n}" for n in range(5)}
    )


def test_twenty_seven_acts_in_three_tiers_each_with_words(organ: Handing) -> None:
    from chengxin.programs.consumer_protection.pages.words import ACTS

    acts = organ.adopted.house.values["consumer_protection.acts"]
    cells = acts.cells_on(timezone.localdate())
    assert Counter(cell.value for cell in cells.values()) == {"ordinary": 13, "heavier": 6, "severe": 8}
    assert {cell.status for cell in cells.values()} == {"proposal"}
    assert set(cells) == set(ACTS)


def test_no_measure_derogates_without_a_statute(organ: Handing) -> None:
    effects = organ.adopted.house.programs["consumer_protection"].effects
    assert {effect.group for effect in effects.values() if effect.kind == "measure"} == {"B"}
    assert not any(effect.matters for effect in effects.values())


def test_the_ratios_are_counted_from_the_disputes_with_their_n(
    association: Handing, at_desk: Callable[..., Client]
) -> None:
    of = firm(1)
    association.known([of])
    empty = Client().get("/p/consumer_protection/").content.decode()
    assert "还没有消费纠纷的记录" in empty
    pilot = [dispute(of, f"纷{n}") for n in range(20)]
    association.taken("consumer_dispute", *pilot)
    desk = at_desk("case_officer", "yz-consumer")
    assert desk.get(f"{DESK}/disputes/").content.decode().count("100.0% (20/20)") == 2
    late = dispute(of, "纷20", came_on=ago(11), mediations=2)
    waiting = {**of, "number": "纷21", "filed_on": ago(1)}
    association.taken("consumer_dispute", late, waiting)
    shown = desk.get(f"{DESK}/disputes/").content.decode()
    assert shown.count("95.2% (20/21)") == 2, "one not taken up yet is in neither n"
    assert "还剩" in shown
    public = Client().get("/p/consumer_protection/").content.decode()
    assert public.count("95.2% (20/21)") == 2
    assert of["code"] not in public
    stranger = at_desk("case_officer", "yz-tax").get(f"{DESK}/disputes/").content.decode()
    assert of["code"] not in stranger
    assert "20/21" not in stranger


def test_organs_and_the_association_report_and_nobody_else(
    organ: Handing,
    association: Handing,
    opened: Path,
    person: Callable[..., Any],
    at_desk: Callable[..., Client],
) -> None:
    of = firm(2)
    organ.known([of])
    organ.taken("consumer_misconduct", request(of, "请-1", "counterfeit"))
    association.taken("consumer_misconduct", request(of, "请-2", "vague_terms"))
    tax = Handing("consumer_protection", "yz-tax", person("steward", "yz-tax"), opened)
    with pytest.raises(DeniedError) as told:
        tax.hand_in("consumer_misconduct", [request(of, "请-3", "counterfeit")])
    assert told.value.id == "batch.not_reporter"
    shown = at_desk("case_officer", "yz-market").get(f"{DESK}/requests/").content.decode()
    assert {number for number in ("请-1", "请-2", "请-3") if number in shown} == {"请-1", "请-2"}


def test_a_panel_is_five_or_more_odd_clear_of_both_sides_and_each_gives_reasons(
    organ: Handing, association: Handing, at_desk: Callable[..., Client]
) -> None:
    from chengxin.cases.models import Act, Schedule
    from chengxin.cases.standpoints import point_of

    of = firm(6)
    subject = organ.known([of])[of["code"]]
    association.taken("consumer_misconduct", request(of, "请1", "vague_terms"))
    officer = at_desk("case_officer", "yz-market")
    post(officer, f"{DESK}/requests/propose", tier="ordinary")
    listed = Schedule.objects.get(case__program="consumer_protection")
    for members, said in (
        ("e1 法律 无\ne2 消费者代表", "第 2 行读不出来"),
        ("e1 法律 无\ne2 行业 无\ne3 行业 无", "5 人以上的单数"),
        (EXPERTS.replace("e5 other none", "e5 其他 投诉人"), "5 人以上的单数"),
        (EXPERTS.replace("无", of["code"], 1), "读不出来"),
        (EXPERTS.replace("无", f"无 {of['code']}", 1), "与本案有利害关系"),
    ):
        assert said in step(officer, listed, subject, "convene_panel", members=members), members
    shown = step(officer, listed, subject, "convene_panel", members=f"{EXPERTS}\ne6 行业 投诉人")
    assert "与投诉人有利害关系" in shown
    silent = {f"vote_{n}": "support" for n in range(5)}
    assert "写明理由" in step(officer, listed, subject, "panel_advice", **silent)
    step(officer, listed, subject, "panel_advice", **silent, paper="在外地评审，意见书如下。")
    assert point_of(listed.case, subject).advice == "support"
    (advice,) = Act.objects.filter(kind="panel_advice")
    assert {one["reasons"] for one in advice.detail["voices"]} == set(advice.cites["exhibits"])


def test_against_its_panel_the_organ_decides_with_reasons(
    organ: Handing, association: Handing, at_desk: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chengxin.cases.models import Act, Schedule
    from chengxin.cases.standpoints import point_of

    of = firm(7)
    subject = organ.known([of])[of["code"]]
    association.taken("consumer_misconduct", request(of, "请1", "vague_terms"))
    officer = at_desk("case_officer", "yz-market")
    post(officer, f"{DESK}/requests/propose", tier="ordinary")
    listed = Schedule.objects.get(case__program="consumer_protection")
    page = f"{DESK}/traders/{listed.pk}/"
    assert "理由4" in panel(officer, listed, subject, 2)
    post(officer, page, step="notify")
    assert point_of(listed.case, subject).state == "proposed", "the list takes up whom the panel supports"
    for kind in ("notify", "serve"):
        step(officer, listed, subject, kind, means="in_person", text="当面签收")
    later = timezone.now() + timedelta(days=21)
    monkeypatch.setattr(timezone, "now", lambda: later)
    head = at_desk("head", "yz-market")
    post(head, page, step="decide")
    assert point_of(listed.case, subject).state == "served"
    until = (timezone.localdate() + timedelta(days=90)).isoformat()
    assert "这一项还没有填" in step(head, listed, subject, "decide", until=until)
    step(head, listed, subject, "decide", until=until, text="票据已由本机关补查，足以认定。")
    assert point_of(listed.case, subject).state == "decided"
    assert Act.objects.get(kind="decide").cites["exhibits"]


def test_a_severe_determination_is_heard_where_the_trader_asks_and_the_others_go_on(
    organ: Handing, association: Handing, at_desk: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chengxin.cases.models import Schedule
    from chengxin.cases.standpoints import point_of

    asks, other = firm(8), firm(9)
    codes = organ.known([asks, other])
    first, second = codes[asks["code"]], codes[other["code"]]
    association.taken(
        "consumer_misconduct", request(asks, "请1", "counterfeit"), request(other, "请2", "absconded")
    )
    officer = at_desk("case_officer", "yz-market")
    post(officer, f"{DESK}/requests/propose", tier="severe")
    listed = Schedule.objects.get(case__program="consumer_protection")
    page = f"{DESK}/traders/{listed.pk}/"
    for subject in (first, second):
        panel(officer, listed, subject, 4)
    for kind in ("notify", "serve"):
        post(officer, page, step=kind)
    step(officer, listed, first, "ask_hearing", text="请求听证")
    told = timezone.localdate().isoformat()
    later = timezone.now() + timedelta(days=21)
    monkeypatch.setattr(timezone, "now", lambda: later)
    officer, head = at_desk("case_officer", "yz-market"), at_desk("head", "yz-market")
    post(head, page, step="decide")
    assert [point_of(listed.case, one).state for one in (first, second)] == ["served", "decided"]
    chair = at_desk("legal", "yz-market")
    shown = step(chair, listed, first, "hold_hearing", told_on=told, text="听证笔录全文")
    assert "笔录全文" in shown
    post(head, page, step="decide")
    assert point_of(listed.case, first).state == "decided"


def test_supported_by_the_panel_heard_determined_by_the_organ_pushed_and_repaired(
    organ: Handing,
    association: Handing,
    at_desk: Callable[..., Client],
    person: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from chengxin.cases.models import Case, Schedule
    from chengxin.effects.exchange.making import make
    from chengxin.effects.exchange.models import Event
    from chengxin.effects.exchange.subscribing import Wish, subscribe
    from chengxin.effects.models import Standing
    from chengxin.ledger import sealing

    house = organ.adopted.house
    centre = person("steward", "yz-credit")
    wish = Wish(
        name="centre", title="市公共信用信息中心", official=centre, article="sq-consumer-2016#4",
        kinds=("publication", "measure"), regions=("320600",), programs=("consumer_protection",),
    )  # fmt: skip
    subscribe(wish, by=person("head", "yz-market"), house=house, now=timezone.now())

    bad, doubted, small = firm(3), firm(4), firm(5)
    codes = organ.known([bad, doubted, small])
    association.taken(
        "consumer_misconduct",
        request(bad, "请1", "counterfeit"),
        request(doubted, "请2", "counterfeit"),
        request(small, "请3", "counterfeit"),
    )
    stranger = at_desk("case_officer", "yz-consumer")
    assert stranger.post(f"{DESK}/requests/propose", {"tier": "severe"}).status_code == 403
    officer, head = at_desk("case_officer", "yz-market"), at_desk("head", "yz-market")
    post(officer, f"{DESK}/requests/propose", tier="severe")
    listed = Schedule.objects.get(case__program="consumer_protection")
    assert listed.rows == 3
    page = f"{DESK}/traders/{listed.pk}/"
    for of, pro in ((bad, 3), (doubted, 2)):
        panel(officer, listed, codes[of["code"]], pro)
    shown = officer.get(page).content.decode()
    assert [word in shown for word in ("支持，3 比 2", "不支持，2 比 3", "还没有组成")] == [True] * 3
    post(officer, page, step="notify")
    post(officer, page, step="serve")
    post(head, page, step="decide")
    assert not Standing.objects.exists(), "the time to state a case still runs"
    assert bad["code"] not in head.get(f"{DESK}/traders/").content.decode()

    later = timezone.now() + timedelta(days=21)
    monkeypatch.setattr(timezone, "now", lambda: later)
    officer, head = at_desk("case_officer", "yz-market"), at_desk("head", "yz-market")
    post(head, page, step="decide")
    assert not Standing.objects.exists()
    post(officer, page, step="serve_decision")
    (line,) = Standing.objects.all()
    assert (line.subject, line.effect, line.adverse) == (codes[bad["code"]], "severe_misconduct", True)
    assert line.until == timezone.localdate() + timedelta(days=1095)
    assert bad["code"] in head.get(f"{DESK}/traders/").content.decode()
    assert bad["code"] not in Client().get("/p/consumer_protection/").content.decode()
    sealing.seal(timezone.now())
    make(house=house, now=timezone.now())
    told = Event.objects.filter(program="consumer_protection").count()
    assert told == 1

    repaired(officer, page, association, bad)
    assert bad["code"] not in head.get(f"{DESK}/traders/").content.decode()
    sealing.seal(timezone.now())
    make(house=house, now=timezone.now())
    assert Event.objects.filter(program="consumer_protection").count() == told + 1, "its end is pushed too"
    assert Case.objects.filter(program="consumer_protection").count() == 1


def repaired(officer: Client, page: str, association: Handing, bad: dict[str, str]) -> None:
    """Repaired once it is put right, and not before."""
    from chengxin.effects.models import Standing

    until = Standing.objects.get().until
    post(officer, page, step="repair")
    assert Standing.objects.get().until == until, "nothing was put right yet"
    association.taken("consumer_misconduct", request(bad, "请1", "counterfeit", corrected_on=ago(1)))
    post(officer, page, step="repair")
    assert Standing.objects.get().until == timezone.localdate()


def test_every_page_answers_when_empty_and_refuses_what_is_not_there(
    organ: Handing, at_desk: Callable[..., Client]
) -> None:
    officer = at_desk("case_officer", "yz-market")
    for where in ("disputes", "requests", "traders"):
        shown = officer.get(f"{DESK}/{where}/").content.decode()
        assert "这里还没有内容" in shown, where
    assert officer.get(f"{DESK}/traders/7/").status_code == 404
    assert officer.post(f"{DESK}/requests/propose", {"tier": "none"}).status_code == 404
    public = Client().get("/p/consumer_protection/").content.decode()
    assert [len(re.findall("<li>", part)) for part in public.split("<ol>")[1:]] >= [13, 6, 8]
