"""What a bundle would change is told piece by piece, and a value is written as a declaration writes it."""

from __future__ import annotations

import dataclasses

from chengxin.policy.changes import changes
from chengxin.policy.declarations.units import unit_of, written
from chengxin.policy.house import load
from chengxin.policy.page import Page


def test_every_shipped_value_is_written_so_that_it_reads_back_to_the_same() -> None:
    house, page = load(), Page.__new__(Page)
    count = 0
    for table in house.values.values():
        unit = unit_of(table.unit, page)
        for row in table.rows():
            value = row.value_text if row.value_int is None else row.value_int
            assert unit.read(written(value, table.unit)) == value, (table.name, row)
            count += 1
    assert count > 100
    assert [written(1_200_000, "元/立方米"), written(-5, "元"), written(1250, "%")] == [
        "1.2",
        "-0.05",
        "12.5",
    ]


def test_a_house_differs_from_itself_in_nothing_and_from_another_in_what_was_touched() -> None:
    house = load()
    assert changes(house, house) == []
    name, procedure = next(iter(house.procedures.items()))
    steps = (dataclasses.replace(procedure.steps[0], within="9 wd"), *procedure.steps[1:])
    item = next(iter(house.items))
    other = dataclasses.replace(
        house,
        procedures={**house.procedures, name: dataclasses.replace(procedure, steps=steps)},
        items={key: one for key, one in house.items.items() if key != item},
    )
    gone, within = changes(house, other)
    assert (gone.sort, gone.name, gone.how) == ("item", item, "removed")
    assert (within.sort, within.name, within.where) == ("procedure", name, f"steps/{steps[0].act}/within")
    assert (within.was, within.now) == (procedure.steps[0].within or "", "9 wd")
    assert [one.how for one in changes(other, house)] == ["added", "changed"]
