"""House laws 1, 2, 4 and 5 over declarations, and the floors of a tariff."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chengxin.policy.articles import LEVELS
from policy.conftest import SMALL, Small

LAW, GRADE = "law/price-2016.yml", "catalogue/grade.yml"
PROGRAM, VALUES = "programs/sewage/program.yml", "programs/sewage/policy/surcharge.yml"
LEVY, OVERLAY = "programs/sewage/procedures/levy.yml", "overlays/surcharge.yml"


@pytest.mark.parametrize(
    ("file", "before", "place"),
    [
        (GRADE, "basis: price-2016#4", "grade.yml:4"),
        (PROGRAM, "basis: price-2016#3", "program.yml:8"),
        (VALUES, "basis: price-2016#3", "surcharge.yml:4"),
        (VALUES, "basis: nj-2017#1", "surcharge.yml:9"),
        (LEVY, "basis: price-2016#3", "levy.yml:3"),
        (LEVY, "act: notify, by: price, basis: price-2016#3", "levy.yml:10"),
        (OVERLAY, "basis: nj-2017#1", "surcharge.yml:4"),
    ],
)
def test_nothing_stands_on_an_article_there_is_not(small: Small, file: str, before: str, place: str) -> None:
    head, _, _ = before.rpartition("#")
    assert ("basis.unknown", place) in small.change(file, before, f"{head}#99").said()


def test_a_column_may_stand_on_its_own_article(small: Small) -> None:
    small.change(GRADE, "type: date}", "type: date, basis: nj-2017#7}")
    assert small.said() == [("basis.unknown", "grade.yml:24")]


def test_what_stood_on_a_repealed_article_is_found(small: Small) -> None:
    assert small.said(on=date(2026, 1, 1)) == []
    said = small.said(on=date(2031, 1, 1))
    assert {id_ for id_, _ in said} == {"basis.not_in_force"}
    assert {place.partition(":")[0] for _, place in said} == {"grade.yml", "program.yml", "levy.yml"}


@pytest.mark.parametrize("level", LEVELS)
def test_only_statute_or_central_policy_carries_a_derogating_measure(small: Small, level: str) -> None:
    small.change(LAW, "level: normative", f"level: {level}")
    small.change(PROGRAM, "kind: tariff", "kind: measure, group: A, listed: list-2024#A").change(
        LEVY, "decides_by: price", "decides_by: credit"
    )
    carried = level in ("law", "admin_regulation", "local_regulation", "central_policy")
    assert small.said() == ([] if carried else [("effect.level", "program.yml:8")])


@pytest.mark.parametrize("group", ["B", "C"])
def test_other_measures_need_no_statute(small: Small, group: str) -> None:
    said = f"kind: measure, group: {group}, listed: list-2024#{group}"
    assert small.change(PROGRAM, "kind: tariff", said).said() == []


def test_a_measure_says_its_group(small: Small) -> None:
    assert small.change(PROGRAM, "kind: tariff", "kind: measure, listed: list-2024#A").said() == [
        ("effect.group", "program.yml:8")
    ]


def test_a_tariff_needs_a_price_body(small: Small) -> None:
    assert small.change(LAW, "duties: [price, environment]", "duties: [environment]").said() == [
        ("effect.no_price_body", "program.yml:8")
    ]


def test_a_tariff_is_decided_by_the_price_body(small: Small) -> None:
    assert small.change(LEVY, "decides_by: price", "decides_by: environment").said() == [
        ("procedure.price_decides", "levy.yml:4")
    ]


def test_a_value_below_the_article_s_minimum_is_refused(small: Small) -> None:
    small.change(VALUES, "2016-01-01: 0.60", "2016-01-01: 0.599999")
    assert small.said() == [("values.below_minimum", "surcharge.yml:6")]


def test_a_region_may_raise_a_minimum_and_never_lower_it(small: Small) -> None:
    small.change(OVERLAY, "not_yet", "0.59")
    assert small.said() == [("values.below_minimum", "surcharge.yml:4")]
    small.change(OVERLAY, "0.59", "0.60")
    assert small.said() == []


def test_a_table_may_be_the_floor_of_its_regions(small: Small) -> None:
    small.change(VALUES, "values:", "minimum: true\nvalues:")
    assert small.said() == []
    small.change(VALUES, "2017-01-01: 0.90", "2017-01-01: 0.70")
    assert small.said() == [("values.below_minimum", "surcharge.yml:10")], "0.80 is the floor from 2018"


def test_a_floor_may_stand_beside_its_article(small: Small) -> None:
    small.change(
        VALUES, "values:", "minimum: {basis: price-2016#3, values: {black: {2016-01-01: 1.20}}}\nvalues:"
    )
    assert small.said() == [("values.below_minimum", "surcharge.yml:8")]


@pytest.mark.parametrize("act", ["notify", "serve", "state", "decide"])
def test_nothing_adverse_goes_unheard(small: Small, act: str) -> None:
    small.change(LEVY, f"act: {act}", "act: legal_review")
    assert ("procedure.unheard", "levy.yml:8") in small.said()


@pytest.mark.parametrize(
    ("said", "held"), [("5 wd", True), ("10 wd", True), ("20 d", True), ("3 wd", False), ("5 d", False)]
)
def test_the_time_to_state_may_only_be_lengthened(small: Small, said: str, held: bool) -> None:
    small.change(LEVY, "statement: 5 wd", f"statement: {said}")
    assert small.said() == ([] if held else [("procedure.statement_short", "levy.yml:15")])


@pytest.mark.parametrize(
    ("step", "block", "said"),
    [
        ("panel_advice, by: price", "panel: {least: 5, clear_of: [party], basis: price-2016#3}", []),
        ("panel_advice, by: price", "panel: {least: 4, basis: price-2016#3}", ["procedure.panel_small"]),
        ("panel_advice, by: price", "panel: {least: 1, basis: price-2016#3}", ["procedure.panel_small"]),
        ("legal_review, by: price", "panel: {least: 5, basis: price-2016#3}", ["procedure.never_asked"]),
        ("panel_advice, by: price", "panel: {least: 5, basis: price-2016#9}", ["basis.unknown"]),
        ("ask_hearing, by: subject", "hearing: {counts: fine, least: 10, basis: price-2016#4}", []),
        (
            "panel_advice, by: price",
            "hearing: {counts: fine, least: 10, basis: price-2016#4}",
            ["procedure.never_asked"],
        ),
        ("ask_hearing, by: subject, within: 3 wd", "", ["procedure.request_short"]),
        ("ask_hearing, by: subject, within: 10 wd", "", []),
    ],
)
def test_a_panel_and_a_hearing_are_asked_for_and_never_below_the_floor(
    small: Small, step: str, block: str, said: list[str]
) -> None:
    small.change(LEVY, "statement: 5 wd", f"statement: 5 wd\n{block}")
    small.change(LEVY, "  - {act: decide", f"  - {{act: {step}, basis: price-2016#3}}\n  - {{act: decide")
    assert [name for name, _ in small.said()] == said


def test_an_adverse_decision_says_how_it_ends(small: Small) -> None:
    small.change(LEVY, "exit: {condition: repair_published, review: 1 y}\n", "")
    assert small.said() == [("procedure.no_end", "levy.yml:1")]


def test_what_is_not_adverse_needs_no_hearing(small: Small) -> None:
    small.change(PROGRAM, "adverse: true", "adverse: false").change(LEVY, "act: state", "act: propose")
    small.change(LEVY, "statement: 5 wd\n", "")
    assert small.said() == []


def test_a_carried_decision_names_its_proof_and_its_end(small: Small) -> None:
    small.change(GRADE, ", exit: next_rating", "")
    assert small.said() == [("item.no_proof", "grade.yml:9")]


def test_a_proof_proves_something(small: Small) -> None:
    assert small.change(GRADE, "carries: decision\n", "").said() == [("item.proof_of_nothing", "grade.yml:9")]


def column(small: Small, name: str, title: str, more: str = "") -> list[tuple[str, str]]:
    declared = (
        f"{name}: {{title: {title}, title_en: {name.replace('_', ' ')}, type: text{more}}}\n  rated_on:"
    )
    return small.change(GRADE, "rated_on:", declared).said()


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("faith", "宗教信仰"),
        ("religion", "其他"),
        ("note", "血型"),
        ("blood_type", "类型"),
        ("note", "既往病史"),
        ("fingerprint", "采集"),
        ("dna", "样本"),
        ("note", "基因检测结果"),
    ],
)
def test_denied_data_is_never_recorded(small: Small, name: str, title: str) -> None:
    assert column(small, name, title, ", consent: true, disclosure: consent") == [
        ("denied.never", "grade.yml:24")
    ]


@pytest.mark.parametrize(
    "title", ["个人收入", "银行存款", "有价证券", "商业保险", "不动产", "纳税额", "房产套数"]
)
def test_consent_only_data_needs_consent(small: Small, title: str) -> None:
    assert column(small, "amount", title) == [("denied.consent", "grade.yml:24")]


def test_with_consent_it_may_be_recorded(small: Small) -> None:
    assert column(small, "amount", "个人收入", ", consent: true, disclosure: consent") == []


def test_consent_without_its_disclosure_class_is_not_enough(small: Small) -> None:
    assert column(small, "amount", "个人收入", ", consent: true") == [("denied.consent", "grade.yml:24")]


def test_an_alias_betrays_a_column_too(small: Small) -> None:
    assert column(small, "remark", "备注", ", aliases: [血型]") == [("denied.never", "grade.yml:24")]


@pytest.mark.parametrize(
    "title", ["营业收入", "宗教事务局意见", "疾病预防控制中心意见", "拖欠农民工工资", "不动产登记机构"]
)
def test_what_only_looks_like_it_may_stay(small: Small, title: str) -> None:
    assert column(small, "note", title) == []


@pytest.mark.parametrize("title", ["信访次数", "物业费欠缴", "拒绝献血"])
def test_what_is_no_misconduct_carries_no_decision(small: Small, title: str) -> None:
    assert column(small, "note", title) == [("denied.never_adverse", "grade.yml:24")]


def test_strictly_nothing_unconfirmed_is_acted_on(small: Small) -> None:
    assert small.said(strict=True) == []
    small.change(VALUES, "basis: nj-2017#1", "basis: nj-2017#1, status: proposal, source: 待核")
    assert small.said() == []
    assert small.said(strict=True) == [("values.proposal", "surcharge.yml:9")]
    assert small.read().house.values["sewage.surcharge"].cells["red"]["320100"][0].status == "proposal"


def test_strictly_an_unread_article_carries_nothing(small: Small) -> None:
    small.change(LAW, "gist: 修复后退出", "status: proposal, gist: 修复后退出")
    assert small.said() == []
    assert small.said(strict=True) == [("basis.proposal", "price-2016.yml:17")]


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("group: B", "measure.unlisted"),
        ("group: B, listed: price-2016#3", "measure.unlisted"),
        ("group: B, listed: list-2024#C", "measure.other_group"),
        ("group: A, listed: list-2024#A", "measure.unrelated"),
        ("group: B, listed: list-2024#B, matters: {school: {title: 招生, title_en: School, binding: mandatory, "
         "roles: [child]}}", "measure.family"),
        ("group: B, listed: list-2024#B, matters: {school: {title: 子女入学, title_en: School, binding: mandatory}}",
         "measure.family"),
    ],
)  # fmt: skip
def test_a_measure_is_listed_relates_to_the_conduct_and_reaches_no_family(
    small: Small, said: str, refused: str
) -> None:
    small.change(LAW, "level: normative", "level: local_regulation")
    small.change("law/list-2024.yml", "against: [grade]", "against: [other]")
    small.write("catalogue/other.yml", SMALL[GRADE])
    problems = small.change(PROGRAM, "kind: tariff", f"kind: measure, {said}").read().problems
    assert [each.id for each in problems] == [refused]
    named = "list-2024" if refused == "measure.other_group" else "gbf-2020-49#7"
    assert all(named in each.message(tongue) for each in problems for tongue in ("zh", "en")), (
        "by its article"
    )


def test_a_list_names_items_there_are(small: Small) -> None:
    small.change("law/list-2024.yml", "against: [grade]", "against: [nothing]")
    assert small.said() == [("program.no_item", "list-2024.yml:9")]


def test_only_a_statute_lets_a_look_be_told_later_and_strictly_only_a_confirmed_one(small: Small) -> None:
    small.change(LAW, "gist: 修复后退出", "defers_looks: true, gist: 修复后退出")
    assert small.said() == [("law.defers_below_law", "price-2016.yml:17")]
    small.change(LAW, "defers_looks: true", "defers_looks: yes")
    assert ("policy.expected", "price-2016.yml:17") in small.said()
    small.change(LAW, "defers_looks: yes", "level: law, status: proposal, defers_looks: true")
    assert small.said() == []
    assert ("basis.proposal", "price-2016.yml:17") in small.said(strict=True)


MATTERS = (
    "kind: measure, group: {group}, listed: list-2024#{group}, "
    "matters: {{bid: {{title: 投标, title_en: Bid, binding: {binding}}}}}"
)


@pytest.mark.parametrize(
    ("group", "binding", "said"),
    [
        ("B", "mandatory", []),
        ("B", "discretionary", []),
        ("C", "discretionary", []),
        ("C", "mandatory", [("matter.only_recommends", "program.yml:8")]),
    ],
)
def test_a_measure_names_matters_and_a_recommendation_binds_nobody(
    small: Small, group: str, binding: str, said: list[Any]
) -> None:
    small.change(PROGRAM, "kind: tariff", MATTERS.format(group=group, binding=binding))
    assert small.said() == said


def test_only_a_measure_names_matters(small: Small) -> None:
    said = MATTERS.format(group="B", binding="mandatory").replace(
        "measure, group: B, listed: list-2024#B", "tariff"
    )
    assert small.change(PROGRAM, "kind: tariff", said).said() == [("effect.matters", "program.yml:8")]


def test_one_matter_has_one_title(small: Small) -> None:
    said = MATTERS.format(group="B", binding="mandatory")
    line = "fee: {kind: tariff, adverse: true, title: 加收, title_en: Fee, basis: price-2016#3, on_objection: none}"
    other = line.replace("fee:", "ban:").replace("kind: tariff", said.replace("投标", "招标"))
    small.change(PROGRAM, line, line.replace("kind: tariff", said) + f"\n  {other}")
    assert [id_ for id_, _place in small.said()] == ["matter.two_titles"]


def test_the_clock_reminds_and_neither_burdens_nor_decides(small: Small) -> None:
    """A procedure that reminds names its finding, brings a service that burdens nobody, and has two steps."""
    exit_ = "exit: {condition: repair_published, review: 1 y}"
    small.change(LEVY, exit_, f"{exit_}\nreminds: {{window: part, days_left: days_left}}")
    said = [id_ for id_, _place in small.said()]
    assert {"procedure.reminder_binds", "procedure.reminder_decides"} <= set(said)


def test_who_reminds_says_of_what(small: Small) -> None:
    small.change(LEVY, "act: notify,", "act: remind,")
    assert "procedure.reminds_of_nothing" in [id_ for id_, _place in small.said()]
