from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.core.clock import day_of
from chengxin.core.errors import InputError, MissingError
from chengxin.core.periods import SHIPPED, Period, Workdays, seed

TABLE = Workdays.load()
DAYS = st.dates(min_value=date(2004, 1, 1), max_value=date(2026, 6, 30))


def last(text: str, start: date) -> date:
    return Period.parse(text).last_day(start, TABLE)


def test_working_days_leave_out_the_day_they_start_on() -> None:
    assert last("5 wd", date(2026, 3, 2)) == date(2026, 3, 9)  # Monday to Monday


def test_a_golden_week_and_its_make_up_days_are_counted_as_they_fell() -> None:
    assert TABLE.is_workday(date(2026, 10, 10)), "a Saturday worked for the holiday (调休)"
    assert not TABLE.is_workday(date(2026, 10, 7)), "a Wednesday of the holiday"
    assert last("5 wd", date(2026, 9, 28)) == date(2026, 10, 10)  # 29, 30 September, 8, 9, 10 October


def test_a_clock_whose_last_day_is_a_holiday_runs_to_the_next_working_day() -> None:
    assert last("10 d", date(2026, 9, 24)) == date(2026, 10, 8)
    assert last("3 d", date(2026, 3, 4)) == date(2026, 3, 9)  # a Saturday


def test_a_clock_that_ends_on_a_make_up_day_ends_there() -> None:
    assert last("10 d", date(2026, 9, 30)) == date(2026, 10, 10)


def test_months_end_on_the_like_numbered_day_or_the_last() -> None:
    assert last("1 m", date(2026, 1, 31)) == date(2026, 2, 28), "a Saturday, but a make-up day"
    assert last("3 m", date(2026, 2, 9)) == date(2026, 5, 9)
    assert last("1 y", date(2024, 2, 29)) == date(2025, 2, 28)


def test_a_span_counts_its_first_day_and_does_not_move() -> None:
    period = Period.parse("3 m")
    assert period.end(date(2026, 4, 1), TABLE, counts_first=True) == date(2026, 7, 1)
    assert period.last_day(date(2026, 4, 1), TABLE, counts_first=True) == date(2026, 6, 30)
    assert Period.parse("5 wd").last_day(date(2026, 3, 2), TABLE, counts_first=True) == date(2026, 3, 6)


def test_a_review_needs_no_table_of_the_years_to_come() -> None:
    assert Period.parse("1 y").end(date(2026, 12, 1), TABLE, counts_first=True) == date(2027, 12, 1)


def test_hours_run_through_the_night() -> None:
    start = datetime(2026, 9, 30, 12, tzinfo=UTC)
    assert Period.parse("48 h").end(start, TABLE) == start + timedelta(hours=48)
    with pytest.raises(ValueError, match="from a moment"):
        Period.parse("48 h").end(date(2026, 9, 30), TABLE)
    with pytest.raises(ValueError, match="at a moment"):
        Period.parse("48 h").last_day(start, TABLE)


def test_a_year_nobody_has_published_fails_loudly() -> None:
    with pytest.raises(MissingError) as caught:
        last("5 wd", date(2028, 12, 28))
    assert "2029" in caught.value.sentence("zh")
    assert "workdays.yml" in caught.value.hint("en")


def test_a_year_whose_notice_is_to_come_holds_the_holidays_of_the_regulation_and_is_expected(
    tmp_path: Path,
) -> None:
    assert TABLE.expected == {2027, 2028}
    assert last("5 wd", date(2026, 12, 30)) == date(2027, 1, 7), "New Year's Day is free"
    assert last("5 wd", date(2027, 2, 3)) == date(2027, 2, 16), "four days of Spring Festival, two moved"
    assert not any(day.year in TABLE.expected for day in TABLE.on), "only a notice has weekends worked"
    own = tmp_path / "workdays.yml"
    own.write_text("2027:\n  off: [01-01]\n  on: [01-03]\n", "utf-8")
    assert Workdays.load(own).expected == {2028}, "announced now"


def test_an_operator_adds_a_year(tmp_path: Path) -> None:
    own = tmp_path / "workdays.yml"
    own.write_text("2027:\n  off: [01-01]\n  on: [01-03]\n", "utf-8")
    table = Workdays.load(own)
    assert not table.is_workday(date(2027, 1, 1))
    assert table.is_workday(date(2027, 1, 3)), "a Sunday that is worked"
    assert Period.parse("2 wd").last_day(date(2026, 12, 31), table) == date(2027, 1, 4)
    assert table.is_workday(date(2026, 2, 14)), "the shipped years are still there"


@pytest.mark.parametrize(
    "text",
    [
        "2027: {off: [01-02], on: []}",
        "2027: {off: [13-01], on: []}",
        "2027: {off: []}",
        "2027",
        "[a",
        "x: {off: [], on: []}",
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, text: str) -> None:
    own = tmp_path / "workdays.yml"
    own.write_text(text, "utf-8")
    with pytest.raises(InputError):
        Workdays.load(own)


def test_the_shipped_table_is_what_the_generator_writes() -> None:
    assert SHIPPED.read_text("utf-8").strip() == seed(2004, 2026)


@given(DAYS)
def test_the_table_agrees_with_the_calendar_it_was_seeded_from(day: date) -> None:
    assert TABLE.is_workday(day) == chinese_calendar.is_workday(day)


@given(DAYS, st.integers(1, 60))
def test_n_working_days_hold_n_working_days(start: date, count: int) -> None:
    period = Period(count, "wd")
    assert TABLE.count(start + timedelta(days=1), period.end(start, TABLE)) == count
    assert TABLE.is_workday(period.last_day(start, TABLE))


@given(DAYS, st.integers(1, 60), st.sampled_from(["d", "m"]))
def test_a_clock_never_ends_early_nor_on_a_free_day(start: date, count: int, unit: str) -> None:
    period = Period.parse(f"{min(count, 4) if unit == 'm' else count} {unit}")
    clock, span = period.last_day(start, TABLE), period.end(start, TABLE, counts_first=True)
    assert clock >= span
    assert TABLE.is_workday(clock)


@given(
    DAYS, st.integers(1, 40), st.integers(1, 60), st.sampled_from(["d", "wd"]), st.sampled_from(["d", "wd"])
)
def test_what_is_not_shorter_never_ends_sooner(
    start: date, one: int, two: int, first: str, second: str
) -> None:
    longer, shorter = Period.parse(f"{one} {first}"), Period.parse(f"{two} {second}")
    if longer.not_shorter_than(shorter):
        assert longer.last_day(start, TABLE) >= shorter.last_day(start, TABLE)


@pytest.mark.parametrize("text", ["5", "wd", "0 d", "-1 d", "5 days", "1.5 m", "5wd5", ""])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Period.parse(text)


def test_a_period_is_written_in_one_way() -> None:
    assert str(Period.parse(" 5wd ")) == "5 wd"


def test_the_day_in_china_is_the_day() -> None:
    assert day_of(datetime(2026, 3, 1, 16, 30, tzinfo=UTC)) == date(2026, 3, 2)
    with pytest.raises(ValueError, match="zone"):
        day_of(datetime(2026, 3, 1, 16, 30))  # noqa: DTZ001
