"""The laws of the house over what was declared: every basis stands, no measure outreaches its article,
no price falls below its document, nothing denied is recorded, nothing adverse goes unheard.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from chengxin.core.periods import Period
from chengxin.policy.articles import DEROGATING
from chengxin.policy.denied import check_denied
from chengxin.policy.guard import check_measures
from chengxin.policy.house import House
from chengxin.policy.problems import Problem
from chengxin.policy.procedures import (
    BLOCKS,
    HEARING,
    LONGEST,
    REMINDING,
    SHORTEST_REQUEST,
    SHORTEST_STATEMENT,
    SMALLEST_PANEL,
    WITHOUT_DUTY,
    Procedure,
)
from chengxin.policy.programs import Effect, Program
from chengxin.policy.values import NATION, Cell, Values

if TYPE_CHECKING:
    from chengxin.policy.declarations.sources import Sources

PRICE = "price"


def check_house(house: House, sources: Sources, *, on: date | None) -> None:
    """This will complain of everything that is against the laws of the house."""
    _check_bases(house, sources, on)
    _check_deferrals(house, sources)
    _check_effects(house, sources)
    check_measures(house, sources)
    _check_values(house, sources)
    _check_items(house, sources)
    _check_programs(house, sources)
    for procedure in house.procedures.values():
        _check_procedure(procedure, house, sources)


def refusals(house: House) -> list[Problem]:
    """This will tell what in a house is against the laws of the house, whatever files it was read from."""
    from chengxin.policy.declarations.sources import Sources  # which reads by way of this module

    sources = Sources()
    check_house(house, sources, on=None)
    return sources.complain.in_order()


def bases(house: House) -> Iterator[tuple[str, str]]:
    """This will give the address and the basis of everything that needs one (house law 1)."""
    for item in house.items.values():
        yield f"item/{item.name}/basis", item.basis
        for column in item.columns.values():
            yield f"item/{item.name}/{column.name}/basis", column.basis
    for program in house.programs.values():
        for effect in program.effects.values():
            yield f"effect/{program.name}.{effect.name}/basis", effect.basis
            if effect.listed:
                yield f"effect/{program.name}.{effect.name}/listed", effect.listed
    for key, procedure in house.procedures.items():
        yield f"procedure/{key}/basis", procedure.basis
        for number, step in enumerate(procedure.steps):
            yield f"procedure/{key}/{number}/basis", step.basis
        for name in BLOCKS:
            if (block := getattr(procedure, name)) is not None:
                yield f"procedure/{key}/{name}/basis", block.basis


def _check_bases(house: House, sources: Sources, on: date | None) -> None:
    for address, basis in bases(house):
        article = house.articles.get(basis)
        if basis and article is None:
            sources.complain(sources.at(address), "basis.unknown", basis=basis)
        elif article is not None and on is not None and not article.in_force(on):
            words = {"basis": basis, "on": on, "since": article.valid_from, "until": article.valid_to or "…"}
            sources.complain(sources.at(address), "basis.not_in_force", **words)


def _check_effects(house: House, sources: Sources) -> None:
    for program in house.programs.values():
        for effect in program.effects.values():
            _check_effect(f"effect/{program.name}.{effect.name}", effect, house, sources)
            _check_rests(f"effect/{program.name}.{effect.name}", effect, program, house, sources)
    _check_matters(house, sources)


def _check_rests(address: str, effect: Effect, program: Program, house: House, sources: Sources) -> None:
    """This will let an effect rest on a record only where the record carries its maker's decision (house law 1)."""
    for name in effect.rests_on:
        item = house.items.get(name)
        if name not in program.reads or item is None or item.carries != "decision":
            mark = sources.at(f"{address}/rests_on")
            sources.complain(mark, "effect.rests_on_no_decision", effect=effect.name, item=name)


def _check_matters(house: House, sources: Sources) -> None:
    """This will hold one title to one matter, and keep a recommendation from binding anybody."""
    titles: dict[str, str] = {}
    for program in house.programs.values():
        for effect in program.effects.values():
            mark = sources.at(f"effect/{program.name}.{effect.name}/matters")
            for matter in effect.matters:
                known = titles.setdefault(matter.name, matter.title)
                if known != matter.title:
                    words = {"matter": matter.name, "title": matter.title, "known": known}
                    sources.complain(mark, "matter.two_titles", **words)
                if effect.group == "C" and matter.binding == "mandatory":
                    sources.complain(mark, "matter.only_recommends", effect=effect.name, matter=matter.name)


def _check_effect(address: str, effect: Effect, house: House, sources: Sources) -> None:
    """This will hold the kind of an effect against the level and the issuers of its article (house law 4)."""
    article = house.articles.get(effect.basis)
    if article is None:
        return
    mark = sources.at(f"{address}/basis")
    if effect.group == "A" and article.level not in DEROGATING:
        words = {"effect": effect.name, "basis": article.id, "level": article.level}
        sources.complain(mark, "effect.level", known=" | ".join(sorted(DEROGATING)), **words)
    if effect.kind == "tariff" and PRICE not in article.duties:
        sources.complain(mark, "effect.no_price_body", effect=effect.name, basis=article.id)


def _check_values(house: House, sources: Sources) -> None:
    for key, table in house.values.items():
        for name, regions in table.cells.items():
            for region, cells in regions.items():
                mark_at = f"values/{key}/{region}/{name}"
                for cell in cells:
                    lowest = _lowest(table, name, cell, house)
                    if lowest is not None and isinstance(cell.value, int) and cell.value < lowest:
                        words = {"name": name, "value": cell.value, "lowest": lowest, "region": region or "—"}
                        sources.complain(
                            sources.at(mark_at), "values.below_minimum", basis=cell.basis, **words
                        )


def _lowest(table: Values, name: str, cell: Cell, house: House) -> int | None:
    """This will give the highest floor that binds while the cell holds: its table's, and its articles'."""
    declared = table.minimum.get(name, {}).get(NATION, ())
    floors = [floor.value for floor in declared if _meet(floor, cell) and isinstance(floor.value, int)]
    for basis in {table.basis, cell.basis}:
        article = house.articles.get(basis)
        if article is not None and article.minimum_unit == table.unit:
            floors += [
                floor.value
                for floor in article.minimums.get(name, ())
                if cell.holds(max(floor.since, cell.since))
            ]
    return max(floors, default=None)


def _meet(one: Cell, other: Cell) -> bool:
    return one.holds(max(one.since, other.since)) and other.holds(max(one.since, other.since))


def _check_items(house: House, sources: Sources) -> None:
    for item in house.items.values():
        address = f"item/{item.name}"
        check_denied(item, sources)
        if item.carries and (item.proves is None or not (item.proves.ends_on or item.proves.exit)):
            sources.complain(sources.at(f"{address}/carries"), "item.no_proof", item=item.name)
        if item.proves is not None and not item.carries:
            sources.complain(sources.at(f"{address}/proves"), "item.proof_of_nothing", item=item.name)
        if item.registers and not (item.identifies and item.name_column):
            sources.complain(sources.at(address), "item.registers_nobody", item=item.name)


def _check_programs(house: House, sources: Sources) -> None:
    for program in house.programs.values():
        for name in program.reads:
            if name not in house.items:
                mark = sources.at(f"program/{program.name}/reads")
                sources.complain(mark, "program.no_item", name=name, known=", ".join(sorted(house.items)))


def _check_procedure(procedure: Procedure, house: House, sources: Sources) -> None:
    program = house.programs[procedure.program]
    address = f"procedure/{procedure.program}.{procedure.name}"
    if procedure.effect and procedure.effect not in program.effects:
        mark = sources.at(f"{address}/effect")
        sources.complain(mark, "procedure.no_effect", name=procedure.effect, known=", ".join(program.effects))
    if procedure.finding and procedure.finding not in program.finds:
        mark = sources.at(f"{address}/finding")
        sources.complain(mark, "procedure.no_finding", name=procedure.finding, known=", ".join(program.finds))
    _check_deadlines(procedure, address, sources)
    _check_asked(procedure, address, sources)
    effect = program.effects.get(procedure.effect)
    _check_reminding(procedure, effect, address, sources)
    if effect is not None and effect.adverse:
        _check_hearing(procedure, address, sources)
    if effect is not None and effect.kind == "tariff" and procedure.decides_by != PRICE:
        sources.complain(
            sources.at(f"{address}/decides_by"), "procedure.price_decides", by=procedure.decides_by
        )
    if any(step.by == "cosigners" for step in procedure.steps) and not procedure.cosigners:
        sources.complain(sources.at(f"{address}/steps"), "procedure.no_cosigners")
    if procedure.decides_by in WITHOUT_DUTY:
        sources.complain(
            sources.at(f"{address}/decides_by"), "procedure.nobody_decides", by=procedure.decides_by
        )


def _check_reminding(procedure: Procedure, effect: Effect | None, address: str, sources: Sources) -> None:
    """This will let the clock remind only of what a finding names, by a service that burdens nobody."""
    named = {step.act for step in procedure.steps}
    if procedure.reminds is None:
        if "remind" in named:
            sources.complain(sources.at(f"{address}/steps"), "procedure.reminds_of_nothing")
        return
    mark = sources.at(f"{address}/reminds")
    if not procedure.finding:
        sources.complain(mark, "procedure.reminds_without_finding")
    if effect is None or effect.adverse or effect.kind != "service":
        sources.complain(mark, "procedure.reminder_binds", effect=procedure.effect or "—")
    if named != set(REMINDING) or procedure.cosigners:
        sources.complain(mark, "procedure.reminder_decides", steps=", ".join(REMINDING))


def _check_deadlines(procedure: Procedure, address: str, sources: Sources) -> None:
    """This will refuse a deadline of a body that is longer than the kernel's."""
    for number, step in enumerate(procedure.steps):
        most = LONGEST.get(step.act)
        if most and step.within and not Period.parse(most).not_shorter_than(Period.parse(step.within)):
            mark = sources.at(f"{address}/{number}/basis")
            sources.complain(mark, "procedure.deadline_long", act=step.act, said=step.within, most=most)


def _check_asked(procedure: Procedure, address: str, sources: Sources) -> None:
    """This will refuse a panel or a hearing that is described and never asked, and one below the kernel's floor."""
    steps = {step.act: step for step in procedure.steps}
    blocks = {"panel": ("panel_advice", procedure.panel), "hearing": ("ask_hearing", procedure.hearing)}
    for name, (act, block) in blocks.items():
        if block is not None and act not in steps:
            sources.complain(
                sources.at(f"{address}/{name}/basis"), "procedure.never_asked", name=name, act=act
            )
    if procedure.panel is not None and (
        procedure.panel.least < SMALLEST_PANEL or not procedure.panel.least % 2
    ):
        words = {"said": procedure.panel.least, "least": SMALLEST_PANEL}
        sources.complain(sources.at(f"{address}/panel/least"), "procedure.panel_small", **words)
    asked = steps.get("ask_hearing")
    shortest = Period.parse(SHORTEST_REQUEST)
    if asked and asked.within and not Period.parse(asked.within).not_shorter_than(shortest):
        number = procedure.steps.index(asked)
        mark = sources.at(f"{address}/{number}/basis")
        sources.complain(mark, "procedure.request_short", said=asked.within, least=SHORTEST_REQUEST)


def _check_hearing(procedure: Procedure, address: str, sources: Sources) -> None:
    """This will refuse an adverse decision without notice, statement, service or an end (house law 2)."""
    present = {step.act for step in procedure.steps}
    missing = [act for act in HEARING if act not in present]
    if missing:
        sources.complain(sources.at(f"{address}/steps"), "procedure.unheard", missing=", ".join(missing))
    shortest = Period.parse(SHORTEST_STATEMENT)
    if not procedure.statement or not Period.parse(procedure.statement).not_shorter_than(shortest):
        said = procedure.statement or "—"
        sources.complain(
            sources.at(f"{address}/statement"), "procedure.statement_short", said=said, least=str(shortest)
        )
    if procedure.exit is None:
        sources.complain(sources.at(address), "procedure.no_end")


def _check_deferrals(house: House, sources: Sources) -> None:
    """What keeps from somebody who looked at it takes a statute (house law 7)."""
    for article in house.articles.values():
        if article.defers_looks and article.level != "law":
            mark = sources.at(f"article/{article.id}/defers_looks")
            sources.complain(mark, "law.defers_below_law", article=article.id, level=article.level)


def check_confirmed(house: House, sources: Sources) -> None:
    """This will refuse what is still a proposal: of values, each cell; of law, what something stands on."""
    for key, table in house.values.items():
        for name, regions in table.cells.items():
            for region, cells in regions.items():
                if any(cell.status == "proposal" for cell in cells):
                    mark = sources.at(f"values/{key}/{region}/{name}")
                    sources.complain(mark, "values.proposal", name=name, region=region or "—")
    used = {basis for _, basis in bases(house)}
    used |= {
        cell.basis
        for t in house.values.values()
        for rs in t.cells.values()
        for cs in rs.values()
        for cell in cs
    }
    used |= {article.id for article in house.articles.values() if article.defers_looks}
    for basis in sorted(used & house.articles.keys()):
        article = house.articles[basis]
        if article.status == "proposal":
            sources.complain(
                sources.at(f"article/{basis}"), "basis.proposal", basis=basis, source=article.source
            )
