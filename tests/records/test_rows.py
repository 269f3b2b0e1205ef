"""Every kind of dirt ends as it should: taken as what it means, or sent back with a reason and the sender's row."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from chengxin.cases.models import Act
from chengxin.cases.receipt import receive_confirmed, receive_nil
from chengxin.core.errors import ConflictError, InputError
from chengxin.engine.store import Store
from chengxin.records.models import Batch, Confirmation
from chengxin.records.reading import read_records
from chengxin.records.templates import refused_workbook
from chengxin.subjects.models import Subject
from chengxin.subjects.registry import subject_of
from tests.records.counter import ANOTHER, DAY, FIRM, Counter, adopted, counter_of, reasons, table, tally
from tests.records.old_excel import write_xls

pytestmark = pytest.mark.django_db(databases=["default", "looks"])
HEADS = ["企业名称", "统一社会信用代码", "成立日期"]
GOOD = ["示范科技有限公司", FIRM, "2016-03-01"]
BORN = date(2016, 3, 1)


@pytest.fixture
def counter(store: Store, official: Callable[..., Any]) -> Counter:
    return counter_of(store, official)


def excel(*rows: Sequence[Any], epoch_1904: bool = False, dates: Sequence[int] = ()) -> bytes:
    """An XLSX; ``dates`` are columns written as days with a date format."""
    body = io.BytesIO()
    book = xlsxwriter.Workbook(body, {"in_memory": True, "date_1904": epoch_1904})
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for line, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, date) and place in dates:
                sheet.write_datetime(line, place, cell, day)
            else:
                sheet.write(line, place, cell)
    book.close()
    return body.getvalue()


def parquet(**columns: Any) -> bytes:
    body = io.BytesIO()
    pq.write_table(pa.table(columns), body)
    return body.getvalue()


def old_excel(folder: Path, *rows: Sequence[Any], epoch_1904: bool = False) -> bytes:
    return write_xls(folder / "old.xls", rows, epoch_1904=epoch_1904).read_bytes()


# --- the same row, whatever it is written as --------------------------------------------------------


def wide(text: str) -> str:
    """As an input method left in full width writes it."""
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)


SAME: dict[str, bytes] = {
    "UTF-8": table(HEADS, GOOD),
    "UTF-8 with a byte-order mark": b"\xef\xbb\xbf" + table(HEADS, GOOD),
    "GBK": table(HEADS, GOOD, encoding="gbk"),
    "GB18030": table(HEADS, GOOD, encoding="gb18030"),
    "UTF-16": table(HEADS, GOOD, encoding="utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + table(HEADS, GOOD, encoding="utf-16-be"),
    "semicolons": table(HEADS, GOOD, delimiter=";"),
    "tabs in UTF-16, as Excel saves text": table(HEADS, GOOD, delimiter="\t", encoding="utf-16"),
    "bars": table(HEADS, GOOD, delimiter="|"),
    "line ends of Unix": table(HEADS, GOOD).replace(b"\r\n", b"\n"),
    "no line end at the end": table(HEADS, GOOD).rstrip(b"\r\n"),
    "quoted cells": table(HEADS, [f'"{cell}"' for cell in GOOD]),
    "English headings": table(["Name", "USCC", "Registered on"], GOOD),
    "aliases and stars": table(["＊单位名称：", " 信用代码 ", "设立日期"], GOOD),
    "full-width code and digits": table(HEADS, [GOOD[0], wide(FIRM), wide("2016-03-01")]),
    "a lower-case code": table(HEADS, [GOOD[0], FIRM.lower(), GOOD[2]]),
    "stray spaces": table(HEADS, [f" \u3000{GOOD[0]}\u200b", f" {FIRM[:8]} {FIRM[8:]}\xa0", " 2016-03-01 "]),
    "an apostrophe before the code": table(HEADS, [GOOD[0], f"'{FIRM}", GOOD[2]]),
    "an ignored column": table([*HEADS, "备注"], [*GOOD, "无"]),
    "title rows above": table(["示范市企业名录", "", ""], ["2026年3月", "", ""], HEADS, GOOD),
    "an XLSX": excel(HEADS, GOOD),
    "an XLSX with a day": excel(HEADS, [*GOOD[:2], BORN], dates=[2]),
    "an XLSX counting from 1904": excel(HEADS, [*GOOD[:2], BORN], dates=[2], epoch_1904=True),
    "an XLSX with a bare day number": excel(HEADS, [*GOOD[:2], 42430]),
    "a bare day number counting from 1904": excel(HEADS, [*GOOD[:2], 42430 - 1462], epoch_1904=True),
    "a Parquet": parquet(name=[GOOD[0]], code=[FIRM], registered_on=[BORN]),
    "JSON lines": json.dumps({"name": GOOD[0], "code": FIRM, "registered_on": "2016-03-01"}).encode() + b"\n",
    "a JSON array": json.dumps([dict(zip(HEADS, GOOD, strict=True))], ensure_ascii=False).encode(),
}  # fmt: skip
DAYS = ["2016-03-01", "2016/3/1", "2016.3.1", "2016年3月1日", "2016年03月01号", "20160301", "2016-03-01 00:00:00",
        "２０１６年３月１日", "42430", "2016-3-1"]  # fmt: skip


@pytest.mark.parametrize("written", SAME)
def test_the_same_row_however_it_is_written(counter: Counter, written: str) -> None:
    receipt = counter.take("organisation", SAME[written])
    assert tally(receipt) == (1, 1, 0, 0), counter.refused(receipt)
    (row,) = counter.rows(receipt)
    assert (row["name"].strip("\u200b"), row["code"], row["registered_on"]) == (GOOD[0], FIRM, BORN)
    assert (row["scheme"], receipt.batch.unlinked) == ("uscc", 0)
    assert subject_of("uscc", FIRM) is not None


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_an_old_workbook(counter: Counter, tmp_path: Path, epoch_1904: bool) -> None:
    serial = 42430 - 1462 * epoch_1904
    receipt = counter.take(
        "organisation", old_excel(tmp_path, HEADS, [*GOOD[:2], serial], epoch_1904=epoch_1904)
    )
    assert tally(receipt) == (1, 1, 0, 0), counter.refused(receipt)
    assert counter.rows(receipt)[0]["registered_on"] == BORN


def test_days_in_ten_notations(counter: Counter) -> None:
    rows = [[f"示范{place}有限公司", FIRM, day] for place, day in enumerate(DAYS)]
    receipt = counter.take("administrative_penalty", table(
        ["行政相对人名称", "统一社会信用代码", "处罚决定日期", "处罚机关"], *[[*row, "示范局"] for row in rows]
    ))  # fmt: skip
    assert tally(receipt) == (10, 10, 0, 0), counter.refused(receipt)
    assert {row["decided_on"] for row in counter.rows(receipt)} == {BORN}


CAPITAL = {
    "500": 5_000_000_00, "500万": 5_000_000_00, "500万元": 5_000_000_00, "500(万元人民币)": 5_000_000_00,
    "500（万元）": 5_000_000_00, "500万人民币": 5_000_000_00, "人民币500万元": 5_000_000_00,
    "500.000000万元": 5_000_000_00, "５００万元": 5_000_000_00, "5,000,000元": 5_000_000_00,
    "5000000元": 5_000_000_00, "500 万元": 5_000_000_00, "500万元整": 5_000_000_00, "0.05亿元": 5_000_000_00,
    "3.4000(万元人民币)": 34_000_00, "512.6万人民币": 5_126_000_00, "500万元人民币": 5_000_000_00,
    "500万美元": 5_000_000_00, "500(万美元)": 5_000_000_00, "500万港元": 5_000_000_00,
}  # fmt: skip
CURRENCY = {"500万美元": "USD", "500(万美元)": "USD", "500万港元": "HKD"}


def test_capital_in_twenty_notations(counter: Counter) -> None:
    rows = [[f"示范{place}有限公司", FIRM, f'"{text}"'] for place, text in enumerate(CAPITAL)]
    heads = ["企业名称", "统一社会信用代码", "注册资本"]
    receipt = counter.take("organisation", table(heads, *rows))
    assert tally(receipt) == (20, 20, 0, 0), counter.refused(receipt)
    found = {row["name"]: (row["capital"], row["capital_currency"]) for row in counter.rows(receipt)}
    wanted = {
        f"示范{place}有限公司": (fen, CURRENCY.get(text, "CNY"))
        for place, (text, fen) in enumerate(CAPITAL.items())
    }
    assert found == wanted


def test_titles_merged_above_and_sheets_hidden_before(counter: Counter) -> None:
    body = io.BytesIO()
    book = xlsxwriter.Workbook(body, {"in_memory": True})
    sheet, old = book.add_worksheet("本期"), book.add_worksheet("上期")
    old.write_row(0, 0, HEADS)
    old.write_row(1, 0, ["不应收下的有限公司", ANOTHER, "2015-01-01"])
    old.hide()
    sheet.activate()
    sheet.merge_range("A1:C1", "示范市企业登记情况")
    sheet.merge_range("A2:C2", "填报单位：示范局　　单位：万元")
    sheet.write_row(2, 0, HEADS)
    sheet.write_row(3, 0, GOOD)
    sheet.write_row(5, 0, ["示范化工有限公司", "BAD", ""])
    book.close()
    receipt = counter.take("organisation", body.getvalue())
    assert tally(receipt) == (2, 1, 0, 1)
    assert [row["name"] for row in counter.rows(receipt)] == [GOOD[0]]
    assert counter.why(receipt) == {6: "code_shape"}, "the number the sender sees beside the row"


def test_blank_lines_keep_the_numbers_below_them(counter: Counter) -> None:
    body = table(HEADS, GOOD) + b"\r\n,,\r\n" + table(["甲厂", "BAD", ""])
    receipt = counter.take("organisation", body)
    assert counter.why(receipt) == {5: "code_shape"}
    assert tally(receipt) == (2, 1, 0, 1)


# --- what goes back ---------------------------------------------------------------------------------

PENALTY = ["行政相对人名称", "统一社会信用代码", "行政处罚决定书文号", "处罚机关", "罚款金额（万元）", "处罚决定日期",
           "公示截止期"]  # fmt: skip


def penalty(**own: str) -> list[str]:
    row = {"name": "示范化工有限公司", "code": FIRM, "number": "示罚1号", "by": "示范局", "fine": "1.5",
           "on": "2026-01-05", "ends": "2027-01-05"}  # fmt: skip
    return list((row | own).values())


BACK: dict[str, dict[str, str]] = {
    "required": {"by": ""},
    "ruined_code": {"code": "9.132E+17"},
    "code_shape": {"code": "9132060"},
    "code_check": {"code": FIRM[:-1] + "6"},
    "too_long": {"by": "局" * 201},
    "bad_date": {"on": "2026-02-30"},
    "bad_money": {"fine": "一万元左右"},
    "after_told": {"on": "2026-03-09"},
    "ends_before": {"ends": "2025-12-31"},
}


def test_every_fault_has_its_reason_its_remedy_and_the_senders_row(counter: Counter) -> None:
    rows = [penalty(number="好的")]
    for place, own in enumerate(BACK.values()):
        rows += [penalty(number=f"示罚{place}号", **own), penalty(number=f"好的{place}")]
    receipt = counter.take("administrative_penalty", table(PENALTY, *rows))
    assert tally(receipt) == (len(rows), len(BACK) + 1, 0, len(BACK))
    assert counter.why(receipt) == {3 + 2 * place: reason for place, reason in enumerate(BACK)}
    assert reasons(receipt) == dict.fromkeys(sorted(BACK), 1)
    for row in counter.refused(receipt):
        assert all(
            row[text].strip() and "{" not in row[text] for text in ("zh", "en", "remedy_zh", "remedy_en")
        )
        assert row["value"] is not None or row["reason"] == "required"


def test_a_row_shifted_by_a_cell_goes_back(counter: Counter) -> None:
    receipt = counter.take("administrative_penalty", table(PENALTY, penalty(), [*penalty(by="示范,局"), "x"]))
    assert counter.why(receipt) == {3: "shifted"}


def test_one_of_several_is_enough_and_none_is_not(counter: Counter) -> None:
    heads = ["企业名称", "统一社会信用代码", "排污许可证编号", "评价周期", "评价等级", "结果类别", "公布日期"]
    receipt = counter.take("environment_grade", table(
        heads,
        ["甲厂", FIRM, "", "2025", "绿牌", "评价", "2026-01-05"],
        ["甲厂", "", f"{FIRM}001P", "2024", "蓝色等级", "年度评价", "2025-01-05"],
        ["乙厂", "-", "", "2025", "red", "rating", "2026-01-05"],
        ["丙厂", FIRM, "", "2023", "紫色", "评价", "2024-01-05"],
    ))  # fmt: skip
    assert counter.why(receipt) == {4: "none_of", 5: "unknown_choice"}
    taken = counter.rows(receipt)
    assert [(row["colour"], row["kind"], row["code"]) for row in taken] == [
        ("green", "rating", FIRM), ("blue", "rating", FIRM),
    ]  # fmt: skip
    assert receipt.batch.unlinked == 0
    assert Subject.objects.count() == 1, "a permit number begins with the code of the firm that bears it"
    assert "绿色" in counter.refused(receipt)[1]["remedy_zh"]


def test_yes_and_no_shares_years_and_litres(counter: Counter) -> None:
    heads = [
        "户号",
        "信用代码",
        "用户名称",
        "行政区划",
        "分摊千分比",
        "是否自备水源",
        "抄表周期",
        "对应起始日",
    ]
    receipt = counter.take("water_account", table(
        heads,
        ["001", FIRM, "甲厂", "320102", "1000", "是", "两月一抄", "2025-01-01"],
        ["002", FIRM, "甲厂", "320102104", "500.0", "否", "1", "2025-01-01"],
        ["003", FIRM, "甲厂", "玄武区", "500", "是", "m1", "2025-01-01"],
        ["004", FIRM, "甲厂", "320102", "500.5", "是", "m1", "2025-01-01"],
        ["005", FIRM, "甲厂", "320102", "500", "可能", "m1", "2025-01-01"],
    ))  # fmt: skip
    assert counter.why(receipt) == {4: "bad_region", 5: "bad_int", 6: "bad_bool"}
    assert [(row["division"], row["share"], row["own_well"], row["cycle"]) for row in counter.rows(receipt)] == [
        ("320102", 1000, True, "m2"), ("320102", 500, False, "m1"),
    ]  # fmt: skip
    heads = ["户号", "信用代码", "户名", "上次抄表日", "本次抄表日", "水量"]
    receipt = counter.take("water_reading", table(
        heads,
        ["001", FIRM, "甲厂", "2025-01-01", "2025-03-01", '"1,250.5"'],
        ["001", FIRM, "甲厂", "2025-03-01", "2025-05-01", "0.0005"],
    ))  # fmt: skip
    assert counter.why(receipt) == {3: "bad_quantity"}
    assert [row["volume"] for row in counter.rows(receipt)] == [1_250_500]


# --- again, otherwise, by another body --------------------------------------------------------------


def test_a_row_told_twice_in_one_file_is_held(counter: Counter) -> None:
    receipt = counter.take(
        "organisation", table(HEADS, GOOD, GOOD, ["示范化工有限公司", ANOTHER[:-1] + "9", ""], GOOD)
    )
    assert tally(receipt) == (4, 2, 2, 0)


def test_a_file_sent_again_takes_nothing(counter: Counter) -> None:
    body = table(PENALTY, penalty(), penalty(number="示罚2号"))
    assert tally(counter.take("administrative_penalty", body)) == (2, 2, 0, 0)
    again = counter.take("administrative_penalty", body)
    assert tally(again) == (2, 0, 2, 0)
    assert not again.batch.sheets.exists()
    assert tally(counter.take("administrative_penalty", excel(PENALTY, penalty()))) == (1, 0, 1, 0)


def test_newer_content_under_the_same_key_takes_the_place_of_the_older(counter: Counter) -> None:
    first = counter.take("administrative_penalty", table(PENALTY, penalty(), penalty(number="示罚2号")))
    second = counter.take(
        "administrative_penalty", table(PENALTY, penalty(fine="2.5")), DAY + timedelta(days=1)
    )
    assert tally(second) == (1, 1, 0, 0)
    (pair,) = pq.read_table(counter.store.superseded(second.batch.supersedes_sha256)).to_pylist()
    old, new = counter.rows(first)[0]["record"], counter.rows(second)[0]["record"]
    assert (pair["record"], pair["by_record"]) == (old, new)
    read = read_records([old, new], store=counter.store)
    assert (read[old]["fine"], read[new]["fine"]) == (1_500_000, 2_500_000), "both were told and can be read"


def test_another_body_does_not_overwrite_what_one_told(
    counter: Counter, store: Store, official: Callable[..., Any]
) -> None:
    counter.take("administrative_penalty", table(PENALTY, penalty()))
    other = counter_of(store, official, agency="nj-price")
    receipt = other.take(
        "administrative_penalty", table(PENALTY, penalty(fine="9"), penalty(number="示罚2号"))
    )
    assert tally(receipt) == (2, 1, 0, 1)
    assert other.why(receipt) == {2: "other_body"}


def test_the_same_idempotency_key_gives_the_same_receipt(counter: Counter) -> None:
    body = table(PENALTY, penalty())
    first = counter.take("administrative_penalty", body, idempotency_key="once")
    second = counter.take("administrative_penalty", body, idempotency_key="once")
    assert first.batch.pk == second.batch.pk
    assert Batch.objects.count() == 1
    assert Act.objects.filter(kind="receive").count() == 1


def test_the_same_key_for_another_file_is_refused(counter: Counter) -> None:
    counter.take("administrative_penalty", table(PENALTY, penalty()), idempotency_key="once")
    with pytest.raises(ConflictError) as told:
        counter.take("administrative_penalty", table(PENALTY, penalty(fine="2")), idempotency_key="once")
    assert told.value.id == "batch.key_reused"
    assert Batch.objects.count() == 1


def test_nothing_to_report_is_a_report(counter: Counter) -> None:
    receipt = receive_nil(
        counter.item("administrative_penalty"), store=counter.store, bundle=adopted(), agency=counter.agency,
        official=counter.official, door="desk", now=counter.now, told_on=DAY,
    )  # fmt: skip
    assert tally(receipt) == (0, 0, 0, 0)
    assert receipt.batch.nil
    assert Act.objects.get(kind="receive").detail["nil"] is True


# --- mended, and confirmed --------------------------------------------------------------------------


def test_the_refused_rows_mended_and_sent_again_keep_the_senders_numbers(
    counter: Counter, tmp_path: Path
) -> None:
    first = counter.take("administrative_penalty", table(
        PENALTY, penalty(), penalty(number="示罚2号", code="9.132E+17"), penalty(number="示罚3号"),
        penalty(number="示罚4号", on="2026-02-30"),
    ))  # fmt: skip
    path = tmp_path / "退回.xlsx"
    path.write_bytes(refused_workbook(first.batch, counter.item("administrative_penalty"), counter.store))
    mended = mend(path, {"9.132E+17": FIRM})
    second = counter.take("administrative_penalty", mended)
    assert tally(second) == (2, 1, 0, 1)
    assert [row["row"] for row in counter.rows(second)] == [3]
    assert counter.why(second) == {5: "bad_date"}
    third = counter.take(
        "administrative_penalty", mend(path, {"9.132E+17": FIRM, "2026-02-30": "2026-02-28"})
    )
    assert tally(third) == (2, 1, 1, 0)
    assert [row["row"] for row in counter.rows(third)] == [5]


def test_a_column_of_the_catalogue_may_bear_the_name_of_one_of_ours(counter: Counter, tmp_path: Path) -> None:
    """A serious list has a reason of its own: it comes back as it was sent, beside the reason of the refusal."""
    told = "名单名称,主体名称,统一社会信用代码,列入决定书文号,列入事由,列入日期,列入机关"
    row = f"示范名单,示范化工,{FIRM},示列1号,拖欠工资,2026-02-30,示范市市场监督管理局"
    first = counter.take("serious_list", f"{told}\n{row}\n".encode())
    assert counter.why(first) == {2: "bad_date"}
    path = tmp_path / "退回.xlsx"
    path.write_bytes(refused_workbook(first.batch, counter.item("serious_list"), counter.store))
    second = counter.take("serious_list", mend(path, {"2026-02-30": "2026-02-27"}))
    assert [row["reason"] for row in counter.rows(second)] == ["拖欠工资"]


def mend(path: Path, cells: dict[str, str]) -> bytes:
    """The returned workbook with some of its cells written right."""
    import python_calamine

    rows = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()
    return excel(
        *[
            [cells.get(str(cell), cell) if place >= 6 else cell for place, cell in enumerate(row)]
            for row in rows
        ]
    )


def test_a_code_really_issued_so_is_taken_on_an_officials_word(counter: Counter) -> None:
    odd = FIRM[:-1] + "6"
    first = counter.take("administrative_penalty", table(
        PENALTY, penalty(), penalty(number="示罚2号", code=odd), penalty(number="示罚3号", code="9.1E+17"),
        penalty(number="示罚4号", code=odd, by=""),
    ))  # fmt: skip
    assert counter.why(first) == {3: "code_check", 4: "ruined_code", 5: "code_check"}
    words: dict[str, Any] = {
        "official": counter.official, "reason": "证照上即如此", "now": counter.now, "store": counter.store,
        "house": adopted().house, "bundle": adopted(),
    }  # fmt: skip
    receipt = receive_confirmed(first.batch, 3, **words)
    assert tally(receipt) == (1, 1, 0, 0)
    (row,) = counter.rows(receipt)
    assert (row["code"], row["row"], receipt.batch.unlinked) == (odd, 3, 0)
    assert subject_of("uscc", odd) not in (None, subject_of("uscc", FIRM))
    assert Confirmation.objects.get().row == 3
    with pytest.raises(ConflictError):
        receive_confirmed(first.batch, 3, **words)
    for other in (4, 5, 99):
        with pytest.raises(InputError):
            receive_confirmed(first.batch, other, **words)
    later = counter.take("administrative_penalty", table(PENALTY, penalty(number="示罚9号", code=odd)))
    assert tally(later) == (1, 1, 0, 0), "the registry knows the code now"


def test_a_row_without_a_code_is_taken_and_waits(counter: Counter) -> None:
    receipt = counter.take("administrative_penalty", table(PENALTY, penalty(code="")))
    assert tally(receipt) == (1, 1, 0, 0)
    assert receipt.batch.unlinked == 1
    assert counter.rows(receipt)[0]["scheme"] is None
    assert not Subject.objects.exists()


def test_a_history_told_late_finds_its_firms_in_its_own_years(counter: Counter) -> None:
    counter.take("organisation", table(HEADS, GOOD))
    late = DAY - timedelta(days=400)
    assert subject_of("uscc", FIRM, late) is None, "nobody knew the firm then"
    receipt = counter.take("administrative_penalty", table(PENALTY, penalty(on="2025-01-05")), told_on=late)
    assert tally(receipt) == (1, 1, 0, 0)
    assert subject_of("uscc", FIRM, late) == subject_of("uscc", FIRM) is not None
    assert subject_of("uscc", FIRM, late - timedelta(days=1)) is None
