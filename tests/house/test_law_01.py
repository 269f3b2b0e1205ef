"""House law 1: no effect without a decision in force, no decision without an article in force."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from levy import Desk, article, at, house, mass, on_all, rows

from chengxin.cases.acts import act
from chengxin.cases.adopted import Adopted
from tests.city.built import City
from tests.hands import adopt_by_two
from tests.house import oracle
from tests.house.conftest import in_force
from tests.house.doors import bound, look_at

TODAY = "2026-11-10"


def test_every_act_and_effect_of_the_city_stands_on_an_article_in_force(city: City, adopted: Any) -> None:
    def stands(name: str, on: str) -> bool:
        return in_force(adopted["articles"].get(name), on)

    assert len(oracle.standing(city.rows)) > 50
    assert oracle.unfounded(city.rows, stands) == []
    carrying = [name for name, item in adopted["items"].items() if item["carries"]]
    assert oracle.unproved(city.rows, carrying, stands, TODAY) == []


def test_every_act_of_the_city_goes_by_a_bundle_adopted_for_its_day(city: City) -> None:
    adoptions = sorted(city.rows("select since, bundle from cases_adoption"))
    for told in oracle.acts(city.rows).values():
        assert told.bundle == [bundle for since, bundle in adoptions if since <= told.on][-1]


def test_every_effect_says_what_its_schedule_says(city: City) -> None:
    """The lines that bind are those of the sealed sheet the decision cites, value by value."""
    import pyarrow.parquet as pq

    known, compared = oracle.acts(city.rows), Counter[str]()
    for effect in oracle.standing(city.rows):
        sha256 = known[effect["act"]].cites["schedule"]
        assert (sha256,) in city.rows(f"select sha256 from cases_schedule where case_id = {effect['case']}")
        sheet = pq.read_table(city.home / "sheets" / sha256[:2] / f"{sha256}.parquet").to_pylist()
        lines = [row for row in sheet if row["subject"] == effect["row"]]
        part = effect["body"].get("plant_code") or effect["part"]
        (line,) = [row for row in lines if len(lines) == 1 or row["part"] == part]
        for name in {"tier", "surcharge", "grade"} & set(line):
            assert line[name] == effect["body"][name], (effect["effect"], name)
            compared[name] += 1
        assert set(line["because"]) <= set(known[effect["act"]].cites["records"])
    assert compared["surcharge"] > 20


def test_every_line_a_firm_s_page_shows_has_its_decision_and_its_article(
    city_copy: City, adopted: Any
) -> None:
    known = {row[0]: row[1:] for row in city_copy.rows('select digest, id, kind, "case_id" from cases_act')}
    acts = oracle.acts(city_copy.rows)
    shown = look_at(city_copy, TODAY, bound(city_copy, TODAY), tick_age_hours=1)
    lines = [(page, line) for page in shown for line in page["api"]["public"]["in_force"]]
    assert len(lines) >= len(shown) == 6
    for page, line in lines:
        number, kind, _ = known[line["act"]]
        assert kind == "serve_decision"
        decision = acts[acts[number].detail["decision"]]
        assert in_force(adopted["articles"].get(line["article"]), decision.on)
        assert (line["document"], line["decided_on"]) == (decision.detail["number"], decision.on)
        assert line["since"] <= TODAY < (line["until"] or "9999")
        for word in (line["act"], line["agency_name"], adopted["articles"][line["article"]]["number"]):
            assert word in page["html"]
    for page in shown:
        for record in page["api"]["public"]["records"]:
            assert record["article"] in adopted["articles"]
            if record["attested"]:
                assert record["document"] and record["decided_on"], (
                    "a decision of others comes with its proof"
                )


@pytest.mark.django_db(databases=["default", "looks"])
class TestAttempts:
    """Steps on no article, a repealed one, or lines nobody decided."""

    @pytest.mark.parametrize(
        ("articles", "sentence"),
        [
            (["gone-2016#1"], "act.article_not_in_force"),
            (["js-sewage-fee-2016#3", "gone-2016#1"], "act.article_not_in_force"),
            (["nowhere#1"], "act.unknown_article"),
        ],
    )
    @pytest.mark.parametrize(
        "kind", ["propose", "notify", "serve", "decide", "serve_decision", "cosign", "revoke"]
    )
    def test_no_step_without_an_article_in_force(
        self, desk: Desk, refused: Callable[..., Any], kind: str, articles: list[str], sentence: str
    ) -> None:
        case = desk.case("plain")
        for before in ("propose", "notify", "serve", "waive", "decide", "serve_decision"):
            if before == kind:
                break
            desk.do(case, before)
        clerk = desk.who(kind, "nj-price")
        with refused(sentence) as told:
            desk.do(case, kind, articles=articles, official=clerk)
        assert articles[-1] in told.value.sentence("zh")

    def test_no_decision_once_the_article_of_its_effect_is_repealed(
        self, desk: Desk, refused: Callable[..., Any]
    ) -> None:
        """The procedure's article may still stand while the one its effect rests on is gone."""
        declared = house()
        program = declared.programs["levies"]
        surcharge = dataclasses.replace(program.effects["sewage_surcharge"], basis="gone-2016#1")
        program = dataclasses.replace(program, effects={**program.effects, "sewage_surcharge": surcharge})
        declared = dataclasses.replace(declared, programs={"levies": program})
        desk.bundle = Adopted(desk.bundle.sha256, declared, desk.bundle.workdays)
        case = desk.case("plain")
        for kind in ("propose", "notify", "serve", "waive"):
            desk.do(case, kind)
        head = desk.who("decide", "nj-price")
        with refused("act.article_not_in_force") as told:
            desk.do(case, "decide", official=head)
        assert "gone-2016#1" in told.value.sentence("zh")

    def test_no_adoption_on_a_repealed_article(
        self, desk: Desk, store: Any, refused: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        declared = house()
        repealed = dataclasses.replace(declared.articles["js-credit-2021#6"], valid_to=date(2016, 10, 1))
        declared = dataclasses.replace(declared, articles={**declared.articles, "js-credit-2021#6": repealed})
        with refused("act.article_not_in_force"):
            adopt_by_two(declared, since=desk.on, on=desk.on, at=at(desk.on), store=store, agency="nj-credit")

    def test_a_line_nobody_decided_binds_nobody(
        self, desk: Desk, store: Any, following: None, refused: Callable[..., Any]
    ) -> None:
        """What a caller writes into ``lines`` of a row is held against the procedure and the schedule."""
        case, schedule = mass(desk, store, rows((3, "", "red", 600000)))
        for kind in ("notify", "serve", "waive"):
            on_all(desk, store, schedule, kind)
        free = {"effect": "honour", "kind": "incentive", "title": "x", "adverse": False, "article": "nowhere#1",
                "part": "", "site": None, "since": "2016-01-01", "until": None, "exit": "", "review_on": None,
                "body": {}}  # fmt: skip
        head, clerk = desk.who("decide", "nj-price"), desk.who("serve", "nj-price")
        with refused("act.fixed_by_procedure"):
            desk.do(case, "decide", {"lines": [free]}, schedule=schedule, subject=3, official=head)
        desk.do(case, "decide", {"from": "2016-11-01"}, schedule=schedule)
        with refused("act.lines_missing"):
            desk.do(case, "serve_decision", schedule=schedule, subject=3, official=clerk)
        with refused("act.lines_missing"):
            desk.do(case, "serve_decision", {"lines": [free]}, schedule=schedule, subject=3, official=clerk)
        with refused("schedule.no_such_row"):
            on_all(desk, store, schedule, "serve_decision", [3, 999])
        with refused("schedule.no_such_row"):
            on_all(desk, store, schedule, "notify", [999])
        with refused("act.row_without_schedule"):
            desk.do(case, "revoke", subject=3, official=desk.who("revoke", "nj-price"))

    def test_a_decided_line_is_the_procedure_s(self, desk: Desk, following: None) -> None:
        """Of a single decision the caller says the part and the dates; effect, article and burden are fixed."""
        case = desk.case("plain")
        for kind in ("propose", "notify", "serve", "waive"):
            desk.do(case, kind)
        forged = {"effect": "honour", "adverse": False, "article": "nowhere#1", "since": "2016-01-01"}
        desk.do(case, "decide", {"lines": [forged]})
        assert not oracle.standing(query)
        desk.do(case, "serve_decision")
        assert oracle.unfounded(query, lambda name, on: name in house().articles) == []

    def test_an_unknown_step_is_no_step(self, desk: Desk, refused: Callable[..., Any]) -> None:
        case = desk.case("plain")
        desk.do(case, "propose")
        given = {"agency": "nj-price", "on": desk.on, "at": at(desk.on), "bundle": desk.bundle}
        for kind in ("", "publish", "bind", "DECIDE"):
            with refused("act.unknown", "official.no_such_verb", "act.nobody_acts"):
                act(case, kind, official=desk.who("propose", "nj-price"), **given)


def query(sql: str) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_the_oracle_sees_what_it_should() -> None:
    """Each thing it looks for is found in a picture that has it."""
    gone = article("gone-2016#1", date(2016, 6, 1))
    assert not in_force({"valid_from": "2016-01-01", "valid_to": str(gone.valid_to)}, "2016-06-01")
    dated = '{"from": "2016-11-01", "until": "2017-01-01"}'
    told = [
        (1, 5, "decide", None, "2016-10-08", 1, "a", '["x#1"]', "{}", dated, "b"),
        (2, 5, "serve_decision", 7, "2016-10-09", 1, "a", '["x#1"]', "{}", '{"decision": 1}', "b"),
        (3, 5, "propose", None, "2016-10-09", 1, "a", "[]", "{}", "{}", "b"),
    ]
    effect = [9, 7, 7, 5, 2, None, 1, "e", "x#1", "a", "2016-11-01", "2017-01-01", "", None, "{}"]
    seen = []
    for place, value in ((4, 1), (8, "gone"), (9, "z"), (10, "2016-10-20"), (11, None), (11, "2018-01-01")):
        changed = [*effect[:place], value, *effect[place + 1 :]]
        tables = {oracle.ACTS: told, oracle.STANDING: [changed]}
        seen.append(oracle.unfounded(tables.__getitem__, lambda name, on: name == "x#1"))
    assert [len(one) for one in seen] == [2, 2, 2, 2, 2, 2], seen
    assert all("act 3 (propose) cites no article" in one for one in seen)
