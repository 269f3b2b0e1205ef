"""House law 4: only a law, an administrative or local regulation, or central policy carries a derogating measure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from levy import Desk, at, house

from chengxin.policy.house import House
from tests.city.built import City
from tests.hands import adopt_by_two
from tests.policy.conftest import Small

CARRIES = {"law", "admin_regulation", "local_regulation", "central_policy"}
MEASURE = """
title: 措施
title_en: Measure
about: organisation
reads: [grade]
finds: [levy]
decides: [levy]
effects:
  fee:
    {{kind: measure, group: {group}, adverse: true, title: 限制, title_en: Limit,
     basis: price-2016#3, on_objection: none, listed: list-2024#{group}}}
"""


def test_no_measure_in_force_in_the_city_lacks_its_level(city: City, adopted: Any) -> None:
    """Of the adopted bundle, and of whatever stands on anybody: a measure rests on an article that carries it."""
    groups = {
        (name, effect): (said["group"], adopted["articles"][said["basis"]]["level"])
        for name, program in adopted["programs"].items()
        for effect, said in dict(program["effects"]).items()
    }
    assert [key for key, (group, level) in groups.items() if group == "A" and level not in CARRIES] == []
    standing = set(city.rows("select distinct program, effect, kind from effects_standing"))
    assert standing
    for program, name, kind in standing:
        group, level = groups[program, name]
        assert kind != "measure" or group != "A" or level in CARRIES


@pytest.mark.parametrize(
    "level", ["law", "admin_regulation", "local_regulation", "central_policy", "rule", "normative"]
)
@pytest.mark.parametrize("group", ["A", "B", "C"])
def test_a_document_of_a_city_records_and_warns(small: Small, level: str, group: str) -> None:
    small.change("law/price-2016.yml", "level: normative", f"level: {level}")
    small.write("programs/sewage/program.yml", MEASURE.format(group=group))
    small.change("programs/sewage/procedures/levy.yml", "decides_by: price", "decides_by: environment")
    problems = small.read().problems
    refused = [each for each in problems if each.id == "effect.level"]
    assert bool(refused) is (group == "A" and level not in CARRIES)
    for each in refused:
        assert (Path(each.file).name, each.line) == ("program.yml", 10)
        assert "price-2016#3" in each.message("zh")
        assert level in each.message("en")
        assert each.hint("zh")
    assert not [each for each in problems if each.id != "effect.level"]


def outreaching(level: str) -> House:
    """A house that nobody checked: sealed as it is, its group A measure on an article of that level."""
    declared = house()
    name = "js-sewage-fee-2016#3"
    articles = {**declared.articles, name: dataclasses.replace(declared.articles[name], level=level)}
    program = declared.programs["levies"]
    limit = dataclasses.replace(program.effects["no_loan"], group="A")
    programs = {"levies": dataclasses.replace(program, effects={**program.effects, "no_loan": limit})}
    return dataclasses.replace(declared, articles=articles, programs=programs)


@pytest.mark.django_db(databases=["default", "looks"])
@pytest.mark.parametrize("level", ["rule", "normative"])
def test_nor_is_it_adopted_by_whoever_sealed_it(
    desk: Desk, store: Any, refused: Callable[..., Any], level: str
) -> None:
    given = {"since": desk.on, "on": desk.on, "at": at(desk.on), "store": store, "agency": "nj-credit"}
    with refused("adoption.unlawful") as told:
        adopt_by_two(outreaching(level), **given)
    assert "js-sewage-fee-2016#3" in told.value.sentence("zh")
    adopt_by_two(outreaching("central_policy"), **given)
