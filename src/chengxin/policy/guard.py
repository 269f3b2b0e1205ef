"""The guard of measures: each is an entry of a published list, answers the conduct it is taken for, and reaches
whoever misbehaved and nobody of the family (国办发〔2020〕49号: 清单管理, 关联性, 过惩相当).

The level of its basis is looked at in ``lawful``; its term on the day, in ``cases.term``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chengxin.policy.house import House
from chengxin.policy.programs import FAMILY, Effect, Program

if TYPE_CHECKING:
    from chengxin.policy.declarations.sources import Sources

LIST_RULE = "gbf-2020-49#7"
"""Derogating measures stand on a list, answer the conduct, and are in proportion."""
_FAMILY_WORDS = re.compile(r"子女|配偶|家属|亲属|父母|家庭成员|家人")


def check_measures(house: House, sources: Sources) -> None:
    """This will complain of a measure that is unlisted, of another group, unrelated, or reaches family."""
    for article in house.articles.values():
        for item in article.measure.against if article.measure else ():
            if item not in house.items:
                mark = sources.at(f"article/{article.id}")
                sources.complain(mark, "program.no_item", name=item, known=", ".join(sorted(house.items)))
    for program in house.programs.values():
        for effect in program.effects.values():
            address = f"effect/{program.name}.{effect.name}"
            if effect.kind == "measure":
                _check_listed(address, effect, program, house, sources)
                _check_family(address, effect, sources)
            elif effect.listed:
                sources.complain(sources.at(f"{address}/listed"), "measure.no_measure", effect=effect.name)


def conduct(effect: Effect, program: Program, house: House) -> frozenset[str]:
    """This will name the catalogue items whose records show what the measure is taken for."""
    if effect.rests_on:
        return frozenset(effect.rests_on)
    rules = [
        house.findings[f"{program.name}.{procedure.finding}"].sql
        for procedure in house.procedures.values()
        if procedure.program == program.name and procedure.effect == effect.name
        if f"{program.name}.{procedure.finding}" in house.findings
    ]
    return frozenset(
        item for item in program.reads if any(re.search(rf"\b{item}\b", sql) for sql in rules) or not rules
    )


def _check_listed(address: str, effect: Effect, program: Program, house: House, sources: Sources) -> None:
    entry = house.articles.get(effect.listed)
    mark = sources.at(f"{address}/listed" if effect.listed else address)
    if entry is None or entry.measure is None:
        known = ", ".join(sorted(one.id for one in house.articles.values() if one.measure))
        words = {"listed": effect.listed or "—", "article": LIST_RULE, "known": known or "—"}
        sources.complain(mark, "measure.unlisted", effect=effect.name, **words)
        return
    listed = entry.measure
    if effect.group is not None and effect.group != listed.group:
        words = {"group": effect.group, "listed": entry.id, "other": listed.group}
        sources.complain(mark, "measure.other_group", effect=effect.name, **words)
    shown = conduct(effect, program, house)
    related = shown <= set(listed.against) if effect.rests_on else shown & set(listed.against)
    if listed.against and not related:
        words = {"listed": entry.id, "article": LIST_RULE, "against": ", ".join(listed.against)}
        shows = ", ".join(sorted(shown)) or "—"
        sources.complain(mark, "measure.unrelated", effect=effect.name, conduct=shows, **words)


def _check_family(address: str, effect: Effect, sources: Sources) -> None:
    parts = {role for matter in effect.matters for role in matter.roles} & FAMILY
    titles = (effect.title, *(matter.title for matter in effect.matters))
    reached = sorted(parts) + [found[0] for title in titles if (found := _FAMILY_WORDS.search(title))]
    if reached:
        mark = sources.at(f"{address}/matters" if effect.matters else address)
        sources.complain(
            mark, "measure.family", effect=effect.name, who=", ".join(reached), article=LIST_RULE
        )
