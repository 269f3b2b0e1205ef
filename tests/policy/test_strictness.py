"""Whatever is wrong with a declaration is said with its line; nothing is passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from chengxin.core.errors import DeclarationError
from chengxin.policy.house import load
from chengxin.policy.marked import read_table
from chengxin.policy.problems import Complaints
from policy.conftest import Small

LAW, GRADE = "law/price-2016.yml", "catalogue/grade.yml"
PROGRAM, VALUES = "programs/sewage/program.yml", "programs/sewage/policy/surcharge.yml"
LEVY, SQL, OVERLAY = (
    "programs/sewage/procedures/levy.yml",
    "programs/sewage/findings/levy.sql",
    "overlays/surcharge.yml",
)


def test_the_small_house_holds(small: Small) -> None:
    assert small.said() == []


def test_yaml_comes_in_as_text(small: Small) -> None:
    path = small.folder / "x.yml"
    path.write_text(
        "on: no\nprice: 0.60\nday: 2016-01-01\nnothing: null\nsaid: 'null'\n0x1F: 1_000\n", "utf-8"
    )
    table = read_table(path, Complaints())
    assert table is not None
    texts = {key: getattr(node, "text", None) for key, node in table.entries.items()}
    assert texts == {
        "on": "no",
        "price": "0.60",
        "day": "2016-01-01",
        "nothing": "null",
        "said": "null",
        "0x1F": "1_000",
    }
    assert [getattr(table.entries[key], "is_null", None) for key in ("nothing", "said")] == [True, False]
    assert table.keys["said"].line == 5


WRONG = [
    (LAW, "level: normative", "level: edict", "policy.expected", "price-2016.yml:3"),
    (LAW, "valid_from: 2016-01-01", "valid_from: 2016-1-1", "policy.expected", "price-2016.yml:6"),
    (LAW, "valid_from: 2016-01-01", "valid_from: 20160101", "policy.expected", "price-2016.yml:6"),
    (LAW, "valid_to: 2031-01-01", "valid_to: 2015-01-01", "law.ends_before_it_begins", "price-2016.yml:7"),
    (
        LAW,
        "title: 差别收费办法\n",
        "title: 差别收费办法\ntitle: 又一个\n",
        "policy.duplicate_key",
        "price-2016.yml:2",
    ),
    (LAW, "source: 为测试编写", "sauce: 为测试编写", "policy.unknown_key", "price-2016.yml:8"),
    (LAW, "source: 为测试编写\n", "", "policy.missing_key", "price-2016.yml:1"),
    (LAW, "issuers: [物价局, 环保局]", "issuers: &a [物价局]", "policy.reference", "price-2016.yml:4"),
    (LAW, "title_en: Measures", "title_en: !!str Measures", "policy.reference", "price-2016.yml:2"),
    (LAW, "title_en: Measures", "title_en: a: Measures", "policy.broken", "price-2016.yml:2"),
    (GRADE, "type: date", "type: datum", "policy.expected", "grade.yml:24"),
    (GRADE, "about: organisation", "about: company", "policy.expected", "grade.yml:3"),
    (GRADE, "retention: 5 y", "retention: five years", "policy.expected", "grade.yml:7"),
    (GRADE, "frequency: within 7 wd", "frequency: often", "policy.expected", "grade.yml:8"),
    (GRADE, "keys: [code, rated_on]", "keys: [code, dated]", "item.no_column", "grade.yml:11"),
    (GRADE, "评价：{colour}", "评价：{grade}", "item.no_column", "grade.yml:14"),
    (GRADE, "decided_on: rated_on", "decided_on: day", "item.no_column", "grade.yml:10"),
    (GRADE, "scheme: uscc, ", "scheme: duns, ", "item.scheme", "grade.yml:16"),
    (GRADE, "type: choice", "type: text", "item.choice", "grade.yml:19"),
    (GRADE, "aliases: [红]", "aliases: [绿色]", "item.spelling_twice", "grade.yml:22"),
    (GRADE, "aliases: [信用代码]", "aliases: [名称]", "item.header_twice", "grade.yml:15"),
    (GRADE, "name: {title: 名称", "Name: {title: 名称", "item.column_name", "grade.yml:17"),
    (GRADE, "required: true, aliases", "required: yes, aliases", "policy.expected", "grade.yml:16"),
    (
        GRADE,
        "number: {title: 文号, title_en: Number, type: text}",
        "number: 文号",
        "policy.expected",
        "grade.yml:23",
    ),
    (GRADE, "reporters: [environment]", "reporters: []", "policy.expected", "grade.yml:5"),
    (GRADE, "keys: [code, rated_on]\n", "", "policy.missing_key", "grade.yml:1"),
    (PROGRAM, "reads: [grade]", "reads: [grades]", "program.no_item", "program.yml:4"),
    (PROGRAM, "finds: [levy]", "finds: [levy, exit]", "program.no_file", "program.yml:5"),
    (PROGRAM, "finds: [levy]", "finds: []", "program.not_listed", "program.yml:5"),
    (PROGRAM, "kind: tariff", "kind: tax", "policy.expected", "program.yml:8"),
    (PROGRAM, "kind: tariff", "group: A, kind: tariff", "effect.group", "program.yml:8"),
    (
        PROGRAM,
        "about: organisation",
        "about: organisation\nscreens: []",
        "policy.unknown_key",
        "program.yml:4",
    ),
    (VALUES, "unit: 元/立方米", "unit: 元每吨", "values.unit_unknown", "surcharge.yml:3"),
    (
        VALUES,
        "black: {2016-01-01: 1.00}",
        "black: {2016-01-01: 1.0000001}",
        "policy.expected",
        "surcharge.yml:7",
    ),
    (VALUES, "black: {2016-01-01: 1.00}", "black: {2016-01-01: dear}", "policy.expected", "surcharge.yml:7"),
    (VALUES, "black: {2016-01-01: 1.00}", "black: {2016: 1.00}", "policy.expected", "surcharge.yml:7"),
    (VALUES, "black: {2016-01-01: 1.00}", "black: {2016-01-01: null}", "values.empty", "surcharge.yml:7"),
    (VALUES, "black: {2016-01-01: 1.00}", "black: 1.00", "policy.expected", "surcharge.yml:7"),
    (VALUES, '"320100":', '"南京":', "policy.expected", "surcharge.yml:9"),
    (
        VALUES,
        "basis: nj-2017#1",
        "status: proposal, basis: nj-2017#1",
        "values.proposal_without_source",
        "surcharge.yml:9",
    ),
    (LEVY, "act: cosign", "act: cosing", "policy.expected", "levy.yml:13"),
    (LEVY, "within: 5 wd", "within: 5 days", "policy.expected", "levy.yml:12"),
    (LEVY, "effect: fee", "effect: surcharge", "procedure.no_effect", "levy.yml:6"),
    (LEVY, "finding: levy", "finding: list", "procedure.no_finding", "levy.yml:7"),
    (LEVY, "cosigners: [environment]", "cosigners: []", "procedure.no_cosigners", "levy.yml:8"),
    (SQL, "-- levy 加收清单: who owes what", "-- who owes what", "finding.no_head", "levy.sql:1"),
    (SQL, "-- grain: subject", "-- grain: firm", "finding.no_grain", "levy.sql:1"),
    (OVERLAY, "policy: surcharge", "policy: surcharges", "overlay.no_table", "surcharge.yml:2"),
    (OVERLAY, "red: {", "purple: {", "overlay.no_name", "surcharge.yml:4"),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_said_with_its_line(small: Small, wrong: tuple[str, str, str, str, str]) -> None:
    file, before, after, id_, place = wrong
    problems = small.change(file, before, after).read().problems
    assert (id_, place) in [(each.id, f"{Path(each.file).name}:{each.line}") for each in problems]
    for problem in problems:
        for language in ("zh", "en"):
            assert problem.message(language)
            assert problem.hint(language)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (VALUES, "2016-01-01: 1.00", "2016-01-01: 0.60 * 2"),
        (VALUES, "2016-01-01: 1.00", "2016-01-01: $price"),
        (LEVY, "condition: repair_published", "condition: colour >= yellow"),
        (GRADE, "keys: [code, rated_on]", "keys: [code, if(rated_on)]"),
        (PROGRAM, "reads: [grade]", "reads: [grade or colour]"),
    ],
)
def test_an_expression_is_told_where_it_belongs(small: Small, file: str, before: str, after: str) -> None:
    problems = [
        each for each in small.change(file, before, after).read().problems if each.id == "policy.operator"
    ]
    assert len(problems) == 1
    assert "findings/*.sql" in problems[0].hint("zh")


def test_one_look_tells_every_problem(small: Small) -> None:
    small.change(LAW, "level: normative", "level: edict").change(GRADE, "type: date", "type: datum")
    small.change(LEVY, "act: cosign", "act: cosing").change(VALUES, "unit: 元/立方米", "unit: 斤")
    assert len({place.partition(":")[0] for _, place in small.said()}) == 4


def test_a_file_that_is_not_text_is_said(small: Small) -> None:
    (small.folder / "law/odd.yml").write_bytes("标题".encode("gbk"))
    (small.folder / "law/list.yml").write_text("- a\n", "utf-8")
    assert {id_ for id_, _ in small.said()} == {"policy.not_utf8", "policy.not_a_mapping"}


def test_the_same_name_twice_is_refused(small: Small) -> None:
    other = small.folder / "more" / "grade.yml"
    other.parent.mkdir()
    other.write_text((small.folder / GRADE).read_text("utf-8"), "utf-8")
    with pytest.raises(DeclarationError) as caught:
        load(
            small.paths.law,
            [*small.paths.catalogue, other.parent],
            small.paths.programs,
            small.paths.overlays,
        )
    assert caught.value.id == "policy.declared_twice"
    assert "grade.yml:1: " in str(caught.value)
