"""Reminders by the clock: of each window once, served by the door my or waiting for a letter, recalled when moot."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from levy import RUN, Desk, at

from chengxin.cases import reminding, schedules, standpoints
from chengxin.cases.lapsing import lapse_over
from chengxin.cases.models import Act, Standpoint
from chengxin.core.errors import DeniedError, RefusedByLaw
from chengxin.effects import standing
from chengxin.effects.exchange.making import make
from chengxin.effects.exchange.models import Event
from chengxin.effects.models import Standing
from chengxin.ledger import sealing

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
SHEET = yaml.load((Path(__file__).parent / "reminding.yml").read_text("utf-8"), Loader=yaml.BaseLoader)


class Clock:
    """The clock over a finding that the test gives day by day."""

    def __init__(self, desk: Desk, store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        from chengxin.cases import follow

        self.desk, self.store, self.found = desk, store, []
        monkeypatch.setattr(follow, "_followers", [])
        follow.register(standing.follow)
        monkeypatch.setattr(reminding.reckon, "reckon", lambda *_, **__: SimpleNamespace(run_sha256=RUN))
        monkeypatch.setattr(
            reminding.reckon, "rows", lambda *_, **__: SimpleNamespace(to_pylist=lambda: self.found)
        )
        desk.who("serve_decision", "nj-price")

    def round(self, on: str, *found: tuple[int, str, int]) -> dict[str, int]:
        self.found = [
            {
                "subject": int(s),
                "division": "320100",
                "part": part,
                "days_left": int(left),
                "because": [s << 32],
            }
            for s, part, left in ((int(s), part, left) for s, part, left in found)
        ]
        return reminding.remind(bundle=self.desk.bundle, store=self.store, at=at(date.fromisoformat(on)))

    def agrees(self, subject: int, on: str) -> None:
        self.desk.on = date.fromisoformat(on)
        case = self.desk.case("plain", subject)
        self.desk.do(case, "propose")
        self.desk.do(case, "agree_service", cites={"exhibits": [1]})


@pytest.fixture
def clock(desk: Desk, store: Any, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(desk, store, monkeypatch)


def reminders() -> list[Standpoint]:
    return list(Standpoint.objects.filter(case__procedure="reminding", subject__gt=0).order_by("pk"))


@pytest.mark.parametrize("example", [pytest.param(one, id=one["title"]) for one in SHEET["examples"]])
def test_the_examples(clock: Clock, example: dict[str, Any]) -> None:
    for subject in example["agreed"]:
        clock.agrees(int(subject), example["rounds"][0]["on"])
    for told in example["rounds"]:
        if "agrees" in told:
            clock.agrees(int(told["agrees"]), told["on"])
        done = clock.round(told["on"], *told["found"])
        assert {name: str(n) for name, n in done.items()} == {name: told[name] for name in done}, told
    stands: dict[str, str] = {}
    for one in reminders():
        stands[str(one.subject)] = f"{stands.get(str(one.subject), '')} {one.state}".strip()
    assert stands == example["stands"]
    due = {str(one.subject): str(one.due_on) for one in reminders() if one.due_on}
    assert {who: due[who] for who in example.get("send_by", {})} == example.get("send_by", {})
    cached = standpoints.cached()
    standpoints.rebuild()
    assert standpoints.cached() == cached


def test_it_binds_nobody_says_its_window_and_ends_with_it(clock: Clock) -> None:
    clock.agrees(7, "2026-03-02")
    clock.round("2026-03-02", (7, "甲", 5))
    line = Standing.objects.get(effect="told")
    assert (line.subject, line.adverse, line.part, line.since, line.until) == (
        7,
        False,
        "甲",
        date(2026, 3, 2),
        date(2026, 3, 8),
    )
    made = Act.objects.get(kind="remind")
    assert (made.official, made.agency, made.detail["adverse"]) == (None, "nj-price", False)
    assert Act.objects.get(kind="serve_decision").detail["means"] == "e_service"
    assert Standpoint.objects.get(case=made.case, subject=0).state == "kept"
    now = at(date(2026, 3, 2))
    sealing.seal(now)
    assert make(house=clock.desk.bundle.house, now=now) == 1
    (event,) = Event.objects.all()
    assert (event.kind, event.effect_kind, event.subject) == ("came_into_force", "service", 7)
    lapse_over(bundle=clock.desk.bundle, at=at(date(2026, 3, 8)))
    assert [one.state for one in reminders()] == ["lapsed"]
    before = standing.lines()
    standing.rebuild(at(date(2026, 3, 9)))
    assert standing.lines() == before


def test_a_list_cut_off_is_gone_on_with_and_a_second_clock_finds_it(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = schedules.SLICE
    monkeypatch.setattr(schedules, "SLICE", 1)
    written = schedules.act_on_rows
    calls = []

    def dies(*given: Any, **words: Any) -> Any:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return written(*given, **words)

    monkeypatch.setattr(schedules, "act_on_rows", dies)
    found = [(7, "甲", 5), (8, "乙", 5), (9, "丙", 5)]
    with pytest.raises(KeyboardInterrupt):
        clock.round("2026-03-02", *found)
    assert len(reminders()) == 1
    monkeypatch.setattr(schedules, "SLICE", whole)
    assert clock.round("2026-03-02", *found)["made"] == 2
    assert len({one.case_id for one in reminders()}) == 1


def test_an_official_sends_the_letter_and_never_after_the_window(clock: Clock, store: Any) -> None:
    desk = clock.desk
    clock.round("2026-03-02", (8, "乙", 5), (9, "丙", 1))
    schedule = Act.objects.get(kind="list_reminders").schedule
    letter = {"means": "registered_letter", "tracking": "XA1", "received_on": "2026-03-04"}
    desk.on = date(2026, 3, 5)
    words = {"agency": "nj-price", "on": desk.on, "at": at(desk.on), "bundle": desk.bundle, "store": store}
    clerk = desk.who("serve_decision", "nj-price")
    with pytest.raises(RefusedByLaw) as late:
        schedules.act_on_all(schedule, "serve_decision", official=clerk, subjects=[9], detail=letter, **words)
    assert late.value.id == "reminder.too_late"
    served = schedules.act_on_all(
        schedule, "serve_decision", official=clerk, subjects=[8], detail=letter, **words
    )
    assert served.taken == 1
    assert Standing.objects.get(effect="told").subject == 8
    with pytest.raises(DeniedError) as denied:
        desk.do(schedule.case, "recall", subject=9, schedule=schedule)
    assert denied.value.id == "act.clock_alone"


def test_the_clock_has_no_such_power_where_a_procedure_decides(clock: Clock) -> None:
    case = clock.desk.case("plain")
    with pytest.raises(RefusedByLaw) as refused:
        clock.desk.do(
            case, "remind", {"windows": ["w"], "until": "2016-11-01"}, official=None, agency="nj-price"
        )
    assert refused.value.id == "reminder.decides"
