"""House law 2: nothing adverse of ours without notice, a chance to state, service, and an end in sight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from levy import Desk, at, mass, rows

from chengxin.cases.acts import act
from chengxin.cases.edges import EDGES
from tests.city.built import City
from tests.house import oracle
from tests.house.roads import Roads, acts_asked
from tests.house.walk import walk


def test_everyone_in_the_city_was_heard_before_anything_bound(city: City, adopted: Any) -> None:
    assert len(oracle.standing(city.rows)) > 50
    heard = []
    for program, name in city.rows("select distinct program, procedure from cases_case order by 1, 2"):
        declared = dict(adopted["procedures"]).get(f"{program}.{name}")
        if declared is None:
            continue  # an objection, a correction: of the house's own roads, which bind nobody
        found = f"select id from cases_case where program = '{program}' and procedure = '{name}'"
        mine = {case for (case,) in city.rows(found)}

        def query(sql: str, mine: set[int] = mine) -> list[Any]:
            place = {oracle.STANDING: 3, oracle.UNSERVED: 0}.get(sql)
            return [row for row in city.rows(sql) if place is None or row[place] in mine]

        favourable = [name] if not any(effect["adverse"] for effect in oracle.standing(query)) else []
        heard += [f"{program}.{name}"] * any(effect["adverse"] for effect in oracle.standing(query))
        told = oracle.unheard(query, declared["decides_by"], declared["cosigners"], favourable=favourable)
        assert told == [], (program, name)
    assert len(heard) > 1, heard


def test_no_day_in_the_whole_case_file_is_far_off(city: City) -> None:
    """Also in acts that bind nobody yet: every ISO day anywhere in what an act says."""
    found = []
    for told in oracle.acts(city.rows).values():
        farthest = f"{int(told.on[:4]) + oracle.FARTHEST}{told.on[4:]}"
        found += [(told.id, day) for day in _days(told.detail) if day > farthest]
    assert found == []
    for column in ("in_force_from", "ends_on", "review_on", "due_on"):
        assert city.rows(f"select * from cases_standpoint where {column} > '2046-12-31'") == []


def _days(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [day for inner in value.values() for day in _days(inner)]
    if isinstance(value, list):
        return [day for inner in value for day in _days(inner)]
    return [value] if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-" else []


pytestmark = pytest.mark.django_db(databases=["default", "looks"])


@pytest.fixture
def case(desk: Desk, following: None) -> Any:
    """A levy proposed and told, its notice served today."""
    held = desk.case("plain")
    for kind in ("propose", "notify", "serve"):
        desk.do(held, kind)
    return held


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ((), "decide"),
        (("propose",), "decide"),
        (("propose",), "serve"),
        (("propose", "notify"), "decide"),
        (("propose", "notify", "serve", "state"), "decide"),
        (("propose", "notify", "serve"), "serve_decision"),
        (("propose", "notify", "serve", "waive"), "serve_decision"),
    ],
)
def test_no_step_is_left_out(
    desk: Desk, refused: Callable[..., Any], steps: tuple[str, ...], kind: str
) -> None:
    held = desk.case("plain")
    for one in steps:
        desk.do(held, one)
    desk.wait(30)
    clerk = desk.who(kind, "nj-price")
    with refused("act.out_of_order") as told:
        desk.do(held, kind, official=clerk)
    assert EDGES[kind].act in told.value.sentence("zh")
    assert told.value.words["next"], "it says what may come instead"


def test_nobody_is_decided_about_while_there_is_time_to_state(
    desk: Desk, case: Any, refused: Callable[..., Any]
) -> None:
    head = desk.who("decide", "nj-price")
    for day in range(8, 14):
        desk.on = date(2016, 10, day)
        with refused("act.statement_period_runs") as told:
            desk.do(case, "decide", official=head)
        assert "2016-10-13" in told.value.sentence("zh")
    desk.on = date(2016, 10, 14)
    desk.do(case, "decide")


@pytest.mark.parametrize(
    "said",
    [
        ("decide", {"adverse": False}, "act.fixed_by_procedure"),
        ("decide", {"partial": True}, "act.fixed_by_procedure"),
        ("decide", {"until": "2099-12-31"}, "act.far_future"),
        ("decide", {"from": "2036-11-01"}, "act.far_future"),
        ("decide", {"review_on": "9999-12-31"}, "act.far_future"),
        ("decide", {"review_on": "2016-10-30"}, "act.review_passed"),
        ("decide", {"from": "2016-12-01", "until": "2016-12-01"}, "act.ends_before_it_begins"),
        ("decide", {"exit": ""}, "act.without_end"),
        ("take_out", {"adverse": False}, "act.fixed_by_procedure"),
    ],
)
def test_a_decision_says_when_it_ends_and_not_that_nobody_is_burdened(
    desk: Desk, case: Any, refused: Callable[..., Any], said: tuple[str, dict[str, Any], str]
) -> None:
    kind, detail, sentence = said
    desk.wait(30)
    official = desk.who(kind, "nj-price")
    with refused(sentence):
        desk.do(case, kind, detail, official=official)


@pytest.mark.parametrize("kind", ["propose", "notify", "serve", "decide", "serve_decision"])
def test_nobody_says_of_himself_that_a_step_burdens_nobody(
    desk: Desk, store: Any, refused: Callable[..., Any], kind: str
) -> None:
    """``adverse: False`` would let a decision bind unheard: a list of burdens has no favourable rows."""
    case, schedule = mass(desk, store, rows((3, "", "red", 600000)))
    single, official = desk.case("plain"), desk.who(kind, "nj-price")
    with refused("act.fixed_by_procedure", "act.out_of_order"):
        desk.do(case, kind, {"adverse": False}, schedule=schedule, subject=3, official=official)
    with refused("act.fixed_by_procedure", "act.out_of_order"):
        desk.do(single, kind, {"adverse": False}, official=official)


@pytest.mark.parametrize("kind", ["repair", "revoke"])
def test_an_end_far_off_is_no_end(
    desk: Desk, following: None, refused: Callable[..., Any], kind: str
) -> None:
    held = desk.bind("plain")
    official = desk.who(kind, "nj-price")
    with refused("act.far_future"):
        desk.do(held, kind, {"ends_on": "2199-01-01"}, official=official)
    with refused("act.far_future", "act.review_passed"):
        desk.do(held, "review", {"review_on": "2199-01-01"}, official=desk.who("review", "nj-price"))
    with refused("act.without_end"):
        desk.do(held, "review", official=desk.who("review", "nj-price"))


@pytest.mark.parametrize("agency", ["nj-finance", "nt-environment", "nj-credit", "nj-water-company"])
def test_only_the_competent_body_decides(
    desk: Desk, case: Any, refused: Callable[..., Any], agency: str
) -> None:
    desk.wait(30)
    head = desk.who("decide", agency)
    with refused("act.wrong_duty", "act.wrong_region"):
        desk.do(case, "decide", agency=agency, official=head)
    with refused("act.other_agency"):
        desk.do(case, "decide", official=head)
    with refused("official.may_not"):
        desk.do(case, "decide", official=desk.who("propose", "nj-price"))
    with refused("act.nobody_acts"):
        act(case, "decide", official=None, agency="nj-price", on=desk.on, at=at(desk.on), bundle=desk.bundle)


SEEN = (
    *("serve_decision", "object", "repair", "revoke", "hold_hearing", "panel_advice", "answer_objection"),
    *("urge", "annotate", "own_words", "apply_repair", "accept_repair", "refuse_repair"),
    "legal_review",
)
"""What must have come through at least once in a gate's walk, so that its judgement means something."""


def test_whatever_is_tried_nothing_binds_unheard(desk: Desk, store: Any, following: None) -> None:
    """Random acts, most of them unlawful: see ``walk``. A finding names its seed and all that was tried."""
    came = Roads(acts_asked()).walk(lambda seed, length: walk(desk, store, seed, length))
    assert came["refused"] > came["drawn"] // 2, "most are refused"
    assert came["effects"] > came["drawn"] // 500, (
        "and enough comes to something for the judgement to mean it"
    )
    for kind in SEEN:
        assert came[kind], f"no {kind} ever came through: {came}"


def test_the_oracle_sees_what_it_should() -> None:
    """A hearing with one thing missing at a time."""
    reached = '"means": "in_person", "receipt": "1", "served_on": '
    served = f'{{{reached}"2016-10-08", "statement_until": "2016-10-13"}}'
    bound = f'{{{reached}"2016-10-15", "decision": 4}}'
    acts = [
        (1, 5, "propose", None, "2016-10-08", 1, "a", '["x"]', "{}", "{}", "b"),
        (2, 5, "notify", None, "2016-10-08", 1, "a", '["x"]', "{}", "{}", "b"),
        (3, 5, "serve", None, "2016-10-08", 1, "a", '["x"]', "{}", served, "b"),
        (4, 5, "decide", None, "2016-10-14", 1, "a", '["x"]', "{}", "{}", "b"),
        (5, 5, "serve_decision", None, "2016-10-15", 1, "a", '["x"]', "{}", bound, "b"),
    ]
    effect = (9, 7, 7, 5, 5, None, 1, "e", "x", "a", "2016-10-15", None, "repaired", "2017-10-14", "{}")

    def said(told: list[Any], one: tuple[Any, ...] = effect, duty: str = "price") -> list[str]:
        tables = {oracle.ACTS: told, oracle.STANDING: [one]}
        other = {"select code, duty from ledger_agency": [("a", duty)],
                 "select official_id from ledger_assignment where role = 'head'": [(1,)]}  # fmt: skip
        other |= {oracle.UNSERVED: [], oracle.PROCEDURES: [(5, "plain")]}
        return oracle.unheard((tables | other).__getitem__, "price")

    assert said(acts) == []
    for missing in (1, 2, 3):
        assert len(said([*acts[:missing], *acts[missing + 1 :]])) >= 1
    early = (*acts[3][:4], "2016-10-13", *acts[3][5:])
    assert len(said([*acts[:3], early, acts[4]])) == 1
    short = (*acts[2][:9], served.replace("10-13", "10-12"), "b")
    assert len(said([*acts[:2], short, *acts[3:]])) == 1
    assert len(said(acts, duty="water")) == 1
    for forged in (
        '"means": "e_service"',
        '"means": "public_notice"',
        '"means": "registered_letter"',
        '"means": "x"',
    ):
        for place in (2, 4):
            told = (*acts[place][:9], acts[place][9].replace('"means": "in_person"', forged), "b")
            assert len(said([*acts[:place], told, *acts[place + 1 :]])) == 1, (place, forged)
    assert len(said([*acts[:4], (*acts[4][:9], bound.replace("10-15", "10-16"), "b")])) == 2
    for place, value in ((10, "2016-10-14"), (12, ""), (13, None), (13, "2016-01-01"), (13, "2099-01-01")):
        assert len(said(acts, (*effect[:place], value, *effect[place + 1 :]))) == 1, (place, value)
