"""The rules of a program: what each may read, in which order they run, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter

from chengxin.core.errors import DeclarationError, MissingError
from chengxin.engine import lint, views
from chengxin.policy.house import House
from chengxin.policy.items import Item
from chengxin.policy.problems import Problem
from chengxin.policy.procedures import REMINDS_OF
from chengxin.policy.programs import Finding, Program

Columns = dict[str, str]


def rule_of(house: House, program: str, finding: str) -> Finding:
    """This will give a rule, or say which there are."""
    try:
        return house.findings[f"{program}.{finding}"]
    except KeyError as error:
        known = ", ".join(sorted(house.findings))
        raise MissingError("finding.unknown", finding=f"{program}.{finding}", known=known) from error


def columns_of(item: Item) -> Columns:
    """This will give the columns a rule sees of an item, with their DuckDB types."""
    own = {name: kind for name, kind in item.sql_types().items() if name not in views.EVERY_ITEM}
    return {**views.EVERY_ITEM, **own}


def reads(house: House, rule: Finding) -> tuple[list[str], list[str]]:
    """This will name the catalogue items and the findings a rule reads, each in order of name."""
    program = house.programs[rule.program]
    named = lint.reads(rule.sql)
    items = sorted(named & set(program.reads) & set(house.items))
    return items, sorted(name for name in named & set(program.finds) if name != rule.name)


def in_order(house: House, program: str) -> list[str]:
    """This will name a program's findings so that each comes after those it reads."""
    needs = {name: reads(house, rule_of(house, program, name))[1] for name in house.programs[program].finds}
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = " → ".join(error.args[1])
        raise DeclarationError("finding.circle", circle=circle, file=_file(program), line=1) from error


def check(house: House) -> list[Problem]:
    """This will lint every rule of the house. (``policy.check`` reads the YAML; this reads the SQL.)"""
    return [problem for program in house.programs.values() for problem in _problems(house, program)]


def refuse_unfit(house: House, rule: Finding) -> None:
    """This will raise the first problem of a rule: nothing runs that was not linted."""
    for problem in _problems(house, house.programs[rule.program], only=rule.name):
        raise problem.error()


def _problems(house: House, program: Program, only: str | None = None) -> Iterator[Problem]:
    tables = {name: columns_of(house.items[name]) for name in program.reads if name in house.items}
    order, circle = _ordered(house, program)
    yield from circle
    for name in order:
        rule = rule_of(house, program.name, name)
        problems = _linted(rule, repr(tables))
        if not problems:
            tables[name] = lint.shape(rule.sql, tables)
            problems = list(_unfit_to_remind(house, rule, tables[name]))
        if only in (None, name):
            yield from problems
        if only == name:
            return


def _unfit_to_remind(house: House, rule: Finding, given: Columns) -> Iterator[Problem]:
    """This will refuse a rule that the clock reminds by, where it does not say whom, of what and for how long."""
    for procedure in house.procedures.values():
        if (procedure.program, procedure.finding) != (rule.program, rule.name) or procedure.reminds is None:
            continue
        wanted = {**REMINDS_OF, procedure.reminds.window: "VARCHAR", procedure.reminds.days_left: "BIGINT"}
        for column, kind in wanted.items():
            if given.get(column) != kind:
                words = {"procedure": procedure.name, "column": column, "kind": kind}
                yield Problem(_file(rule.program, rule.name), 1, "finding.unfit_to_remind", words)


def _ordered(house: House, program: Program) -> tuple[list[str], list[Problem]]:
    """This will give the order; or, where rules cannot be parsed or turn in a circle, that problem."""
    try:
        return in_order(house, program.name), []
    except DeclarationError as error:
        if error.id == "finding.circle":
            return [], [_as_problem(error, _file(program.name))]
        return list(program.finds), []


def _as_problem(error: DeclarationError, file: str) -> Problem:
    words = {key: word for key, word in error.words.items() if key not in ("file", "line")}
    return Problem(file, 1, error.id, words)


@cache
def _linted(rule: Finding, tables: str) -> list[Problem]:
    """This will lint a rule once for the tables it may read (written out, so that they can be a key)."""
    import ast

    return lint.lint(rule.sql, ast.literal_eval(tables), rule.grain, file=_file(rule.program, rule.name))


def _file(program: str, finding: str = "") -> str:
    return f"programs/{program}/findings/{finding}.sql" if finding else f"programs/{program}/program.yml"
