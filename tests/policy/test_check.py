from __future__ import annotations

import shutil
from pathlib import Path

from chengxin.policy.check import check
from chengxin.policy.denied import rules
from chengxin.policy.house import ROOT, load
from policy.conftest import Small


def test_the_shipped_declarations_hold() -> None:
    assert check() == []


def test_strictly_the_shipped_proposals_are_refused() -> None:
    refused = check(strict=True)
    assert {problem.id for problem in refused} == {"values.proposal", "basis.proposal"}
    assert all("status" in problem.hint("zh") for problem in refused)


def test_a_folder_of_one_s_own_is_checked_with_the_shipped(small: Small) -> None:
    small.change("catalogue/grade.yml", "type: date", "type: datum")
    found = check([small.folder])
    assert [(problem.id, Path(problem.file).name, problem.line) for problem in found] == [
        ("policy.expected", "grade.yml", 24)
    ]


def test_a_program_s_folder_or_one_file_of_it_is_enough(small: Small) -> None:
    small.change("programs/sewage/procedures/levy.yml", "act: cosign", "act: cosing")
    program = small.folder / "programs/sewage"
    for path in (program, program / "procedures", program / "procedures/levy.yml"):
        found = check([small.folder / "law", small.folder / "catalogue", path])
        assert [problem.id for problem in found] == ["policy.expected"]


def test_what_is_shipped_is_not_read_twice(tmp_path: Path) -> None:
    assert check([ROOT / "law", ROOT / "catalogue", ROOT / "programs"]) == []
    shutil.copytree(ROOT / "law", tmp_path / "law")
    assert {problem.id for problem in check([tmp_path])} == {"policy.declared_twice"}


def test_a_path_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert [problem.id for problem in check([tmp_path / "law" / "none.yml"])] == ["policy.no_file"]


def test_a_folder_with_nothing_to_check_is_said(tmp_path: Path) -> None:
    assert [problem.id for problem in check([tmp_path])] == ["policy.nothing_here"]


def test_the_whole_of_what_is_shipped_may_be_named() -> None:
    assert check([ROOT, ROOT / "law" / "apl-2021.yml"]) == []


def test_what_is_denied_is_denied_by_an_article() -> None:
    articles = load().articles
    assert {rule.basis for listed in rules().values() for rule in listed} <= articles.keys()
