from __future__ import annotations

import pytest

from chengxin.core.errors import DeclarationError
from chengxin.findings.rules import check, in_order, reads, rule_of
from chengxin.policy.house import House, load

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
