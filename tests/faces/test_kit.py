"""The kit's parts, each by itself."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
from django.test import RequestFactory
from django.utils import translation

from chengxin import kit
from chengxin.core.errors import HouseFault, InputError
from chengxin.core.periods import Workdays
from chengxin.kit import badges, charts, words
from chengxin.kit.export import disarmed, plain
from chengxin.kit.tables import Column, Filter, Table

ROWS = [
    {"name": f"第{n}家", "colour": "red" if n % 2 else "green", "fen": n * 100, "subject": n}
    for n in range(1, 121)
]


def visiting(query: str = "", **headers: str) -> Any:
    request = RequestFactory().get(f"/desk/list{query}", headers=headers)
    looked: list[list[int]] = []

    def look(subjects: Any, *, purpose: str, case_number: str = "") -> None:
        looked.append(list(subjects))

    asked = {key: str(value) for key, value in request.GET.items()}
    return SimpleNamespace(request=request, asked=asked, look=look, looked=looked, today=date(2026, 3, 2))


def table(rows: Any, **more: Any) -> Table:
    columns = [
        Column("name", "名称"),
        Column("colour", "颜色", kind="grade"),
        Column("fen", "金额", kind="money"),
    ]
    return Table(
        "list", columns, rows, search=("name",), filters=[Filter("colour", "颜色", {"red": "红色"})], **more
    )


def names(it: Table) -> list[str]:
    return [row[0].value for row in it.shown]


@pytest.mark.parametrize("rows", [ROWS, pa.Table.from_pylist(ROWS)], ids=["list", "arrow"])
def test_a_table_sorts_filters_searches_and_pages(rows: Any) -> None:
    it = table(rows, order="fen").bind(visiting("?page=2"))
    assert (it.total, it.pages, it.first, it.last) == (120, 3, 51, 100)
    assert names(it)[0] == "第51家"
    assert names(table(rows).bind(visiting("?sort=-fen")))[0] == "第120家"
    assert table(rows).bind(visiting("?colour=red")).total == 60
    assert names(table(rows).bind(visiting("?q=第77"))) == ["第77家"]


def test_a_search_within_a_table_keeps_what_the_page_was_asked() -> None:
    it = table(ROWS).bind(visiting("?days=90&q=没有&colour=red&sort=-fen&page=2"))
    assert (it.kept, it.cleared) == ([("days", "90")], "/desk/list?days=90")


def test_a_table_sorts_only_by_what_it_shows() -> None:
    assert names(table(ROWS, order="fen").bind(visiting("?sort=password")))[0] == "第1家"
    assert table(ROWS).bind(visiting("?page=no")).number == 1
    assert table(ROWS).bind(visiting("?page=999")).number == 3


def test_only_what_is_shown_is_logged_and_before_it_is_shown() -> None:
    visit = visiting("?page=3")
    table(ROWS, subject="subject", purpose="核定").bind(visit)
    assert visit.looked == [list(range(101, 121))]


def test_nothing_is_shown_when_the_look_cannot_be_logged() -> None:
    visit = visiting()

    def broken(*_subjects: Any, **_words: Any) -> None:
        raise HouseFault("look.not_written", error="disk full")

    visit.look = broken
    it = table(ROWS, subject="subject", purpose="核定")
    with pytest.raises((HouseFault, KeyError)):
        it.bind(visit)
    assert it.shown == []


def test_an_export_gives_what_the_filters_show_and_logs_it() -> None:
    visit = visiting("?export=csv&table=list&colour=red")
    answer = table(ROWS, subject="subject", purpose="核定").answer(visit)
    assert answer is not None
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    lines = text.splitlines()
    assert lines[0] == "名称,颜色,金额"
    assert lines[1] == "第1家,红色,1.00"
    assert len(lines) == 61
    assert sum(map(len, visit.looked)) == 60


def test_an_export_to_excel_opens_again() -> None:
    import io

    from python_calamine import CalamineWorkbook

    answer = table(ROWS).answer(visiting("?export=xlsx"))
    assert answer is not None
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[0] == ["名称", "颜色", "金额"]
    assert len(rows) == 121


def test_an_unknown_export_is_refused() -> None:
    with pytest.raises(InputError):
        table(ROWS).answer(visiting("?export=exe"))


def test_no_cell_becomes_a_formula() -> None:
    assert [disarmed(v) for v in ("=1+1", "@x", "+86", "-2", "-x", "好")] == [
        "'=1+1",
        "'@x",
        "'+86",
        "-2",
        "'-x",
        "好",
    ]


def test_money_leaves_as_yuan_to_the_fen() -> None:
    assert [plain(Column("m", "", kind="money"), fen) for fen in (1, -105, 123456)] == [
        "0.01",
        "-1.05",
        "1234.56",
    ]


def test_the_countdown_speaks_in_words() -> None:
    today = date(2026, 11, 20)  # a Friday
    table = Workdays.load()
    with translation.override("zh-hans"):
        assert words.countdown(date(2026, 11, 25), today, table) == "还剩 3 个工作日，截至 11 月 25 日"
        assert words.countdown(date(2026, 11, 20), today) == "今天到期（11 月 20 日）"
        assert words.countdown(date(2027, 1, 4), date(2027, 1, 9)) == "期限已过 5 天（1 月 4 日）"
        assert words.countdown(None, today) == ""
        expected = words.countdown(date(2027, 1, 4), date(2026, 12, 30), table)
        assert expected == "还剩 2 个工作日，预计截至 2027 年 1 月 4 日"
        assert (
            words.countdown(date(2029, 1, 2), date(2028, 12, 30), table)
            == "还剩 3 天，截至 2029 年 1 月 2 日"
        )
    with translation.override("en"):
        assert words.countdown(date(2026, 11, 25), today, table) == "3 working days left, until 25 November"


def test_codes_are_grouped_for_reading_and_document_numbers_are_not() -> None:
    assert words.grouped("91320594MA1MT3U470") == ["9132", "0594", "MA1M", "T3U4", "70"]
    assert words.grouped("示例发改价〔2016〕12号") == ["示例发改价〔2016〕12号"]


def test_no_two_grades_of_the_colours_share_a_shape() -> None:
    shapes = [badges.GRADES[colour].shape for colour in ("green", "blue", "yellow", "red", "black")]
    assert len(set(shapes)) == 5
    assert "红色" in badges.grade_badge("red")
    assert "&lt;b&gt;" in badges.grade_badge("<b>")


def test_every_state_of_the_cases_room_has_a_shape_and_a_word() -> None:
    from chengxin.cases.edges import TITLES

    for state, said in TITLES.items():
        assert str(state) in badges.STATES
        assert badges.state_word(str(state)) == said[0]


COLOURS = [charts.Series(c, c, c) for c in ("green", "red")]


def test_a_mix_fills_its_bar_and_has_its_table() -> None:
    it = charts.stacked_bars(
        "mix", "色", "看", [("2015", {"green": 3, "red": 1}), ("2016", {"red": 2})], COLOURS
    )
    widths = [float(w) for w in re.findall(r'fill-\w+" x="[\d.]+%" width="([\d.]+)%', it.svg)]
    assert sum(widths) == pytest.approx(180, abs=0.01)
    assert it.body == [["2015", 3, 1, 4], ["2016", 0, 2, 2]]
    assert "style=" not in it.svg


@pytest.mark.parametrize(
    "it",
    [
        charts.bars("b", "b", "c", [("<甲>", 3), ("乙", 0)]),
        charts.columns("c", "c", "c", [(f"2016-{n:02}", n) for n in range(1, 13)]),
        charts.dot_strip("d", "d", "c", [1, 5, 5, 9], mark=5),
        charts.stacked_bars("s", "s", "c", [], COLOURS),
        charts.bars("e", "e", "c", []),
    ],
    ids=lambda it: it.name,
)
def test_charts_escape_and_stand_empty(it: charts.Chart) -> None:
    assert "<甲>" not in it.svg
    assert it.svg.startswith("<svg") and it.svg.endswith("</svg>")


def test_a_sparkline_needs_two_points() -> None:
    assert charts.sparkline([1]) == ""
    assert "polyline" in charts.sparkline([1, None, 3])


def test_the_kit_has_at_most_ninety_names_and_each_is_there() -> None:
    assert len(kit.__all__) <= 90
    assert sorted(kit.__all__) == dir(kit)
    for name in kit.__all__:
        assert getattr(kit, name) is not None
    with pytest.raises(AttributeError, match="the kit has no"):
        kit.everything  # noqa: B018


def test_no_name_of_the_kit_is_also_a_module_of_it() -> None:
    """Importing the module would put it in the name's place."""
    from pathlib import Path

    modules = {path.stem for path in Path(kit.__file__).parent.glob("*.py")}
    assert modules & set(kit.__all__) == set()
