from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chengxin.core.errors import DeclarationError
from chengxin.findings.rules import check, in_order, reads, rule_of
from chengxin.policy.house import House, load
from chengxin.policy.procedures import Objection, Procedure, Reminds

from .conftest import HEAVY, house_of


def test_a_rule_names_the_items_and_findings_it_reads(house: House) -> None:
    assert reads(house, rule_of(house, "credit", "heavy")) == (["penalty"], [])
    assert reads(house, rule_of(house, "credit", "listed")) == ([], ["heavy"])


def test_each_finding_comes_after_those_it_reads(house: House) -> None:
    assert in_order(house, "credit") == ["heavy", "listed"]


def test_the_shipped_rules_are_fit() -> None:
    assert check(load()) == []


def test_every_problem_has_a_file_and_a_line() -> None:
    problems = check(house_of(heavy=HEAVY.replace("::bigint", ""), fine=HEAVY))
    found = {(problem.file, problem.line, problem.id) for problem in problems}
    assert ("programs/credit/findings/heavy.sql", 3, "sql.sum_uncast") in found
    assert {file for file, _, _ in found} == {"programs/credit/findings/heavy.sql"}


def test_a_rule_that_cannot_be_read_does_not_hide_the_others() -> None:
    problems = check(house_of(heavy="select from from", other=HEAVY.replace("::bigint", "")))
    assert {problem.file.rsplit("/", 1)[1] for problem in problems} == {"heavy.sql", "other.sql"}


def test_a_circle_is_named() -> None:
    circle = house_of(one="select subject, because from two", two="select subject, because from one")
    assert [problem.id for problem in check(circle)] == ["finding.circle"]
    with pytest.raises(DeclarationError, match="→"):
        in_order(circle, "credit")


def test_what_the_clock_reminds_by_says_whom_of_what_and_for_how_long() -> None:
    """The column that names the window and the days left are those its procedure names."""
    soon = HEAVY.replace("heavy 重罚", "soon 将到").replace(
        "sum(penalty.amount)::bigint as total", "'x' as part, 5 as days_left, min('320100') as division"
    )
    bare = house_of(soon=soon)
    objection, reminds = Objection("self", "mark"), Reminds("part", "days_left")
    words: dict[str, Any] = {
        "program": "credit",
        "name": "reminding",
        "title": "提醒",
        "title_en": "Reminder",
    }
    words |= {
        "basis": "law#1",
        "decides_by": "tax",
        "cosigners": (),
        "steps": (),
        "statement": "",
        "exit": None,
    }
    procedure = Procedure(**words, objection=objection, finding="soon", reminds=reminds)
    assert check(replace(bare, procedures={"credit.reminding": procedure})) == []
    other = replace(procedure, reminds=Reminds("document", "days_left"))
    (problem,) = check(replace(bare, procedures={"credit.reminding": other}))
    assert (problem.id, problem.words["column"]) == ("finding.unfit_to_remind", "document")
    assert "reminding.yml" in problem.message("en") and "days_left" in problem.hint("en")
