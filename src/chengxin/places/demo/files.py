"""The departments' files: what the city's bodies would hand in, errors planted and each row's end known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from chengxin.places.demo import city, conduct, consumers, court, prices, sheets, taxes, truth
from chengxin.places.demo.city import Account, Fact, Firm, Grade, Reading
from chengxin.places.demo.dirt import Cell, Columns, Outcome, Tally, soil
from chengxin.places.demo.plan import Plan

XLSX_ROWS: Final = 100_000

_KIND: Final = {"rating": "评价", "repair": "修复"}
_COLOUR: Final = {"green": "绿色", "blue": "蓝", "yellow": "黄色", "red": "红色", "black": "黑"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as it was handed in."""

    path: str
    """Below the folder of the files."""
    item: str
    agency: str
    told_on: date
    tally: Tally


def write_city(folder: Path, size: str, progress: Callable[[str], None] = lambda _: None) -> list[Delivery]:
    """This will write every file of a city and ``truth.json`` beside them, the same bytes every time."""
    told = truth.Told()
    deliveries = []
    for plan in plans(size):
        progress(plan.title)
        deliveries.append(_write(folder, plan, size, told))
    _write_refused(folder / "refused")
    body = {
        "size": size,
        "today": city.TODAY.isoformat(),
        "files": [{**asdict(each), "told_on": each.told_on.isoformat()} for each in deliveries],
        "refused": sorted(path.name for path in (folder / "refused").iterdir()),
        "levies": truth.levies(told, city.TODAY),
        "exits": truth.exits(told, city.TODAY),
    }
    (folder / "truth.json").write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return deliveries


def _write(folder: Path, plan: Plan, size: str, told: truth.Told) -> Delivery:
    form: sheets.Form = "csv" if plan.form == "xlsx" and city.SIZES[size] > XLSX_ROWS else plan.form
    tally = Tally()
    path = folder / f"{plan.number:02d}-{plan.name}{sheets.SUFFIX[form]}"

    def rows() -> Iterator[list[Cell]]:
        for row, source, outcome in soil(plan.rows(), plan.columns, plan.key, plan.dirt, tally):
            _tell(told, source, outcome)
            yield row

    sheets.write(path, form, plan.title, list(plan.header), rows())
    return Delivery(path.name, plan.item, plan.agency, plan.told_on, tally)


def _tell(told: truth.Told, source: object, outcome: Outcome) -> None:
    if outcome == "taken" and isinstance(source, Grade):
        told.grade(source)


def plans(size: str) -> Iterator[Plan]:
    """This will list the city's files in the order they were handed in."""
    organisations, grades = list(_organisations(size)), list(_grades(size))
    several = [
        *organisations,
        _mended("市场主体登记-补报", date(2022, 2, 10), organisations),
        *grades,
        _mended(
            "2025年度环保信用评价-补报",
            date(2026, 5, 27),
            [p for p in grades if p.name == "2025年度环保信用评价"],
        ),
        *_facts(size),
        *_accounts(size),
        *_readings(size),
        *conduct.penalties(size),
        *conduct.inspections(size),
        *court.plans(),
        *taxes.plans(),
        *consumers.plans(),
        *prices.plans(),
    ]
    several.sort(key=lambda plan: (plan.told_on, plan.item, plan.name))
    return (replace(plan, number=number) for number, plan in enumerate(several, start=1))


def _mended(name: str, told_on: date, given: list[Plan]) -> Plan:
    """This will hand in again, as they truly are, the rows that were quarantined before."""
    first = given[0]

    def rows() -> Iterator[tuple[list[Cell], Any]]:
        for plan in given:
            true = plan.rows()
            for _, _, outcome in soil(plan.rows(), plan.columns, plan.key, plan.dirt, Tally()):
                if outcome == "held":
                    continue
                clean, source = next(true)
                if outcome == "quarantined":
                    yield clean, source

    return replace(
        first, name=name, title=f"云泽市{name}（演示数据）", told_on=told_on, form="bom", rows=rows, dirt=0
    )


_ORGANISATION: Final = ("统一社会信用代码", "企业名称", "行政区划", "成立日期", "注册资本", "行业代码")


def _organisations(size: str) -> Iterator[Plan]:
    forms: tuple[sheets.Form, ...] = ("xlsx", "gbk", "csv", "bom", "jsonl", "parquet", "gbk")
    for region, form in zip(city.COUNTIES, forms, strict=True):
        yield Plan(
            0, f"市场主体登记-{region}", f"{region} 市场主体登记（演示数据）", "organisation",
            "yz-market", date(2022, 1, 10), form, _ORGANISATION,
            Columns(code=0, name=1, date=3), _firms_of(size, region)
        )  # fmt: skip


def _firms_of(size: str, region: str) -> Callable[[], Iterator[tuple[list[Cell], Firm]]]:
    return lambda: (
        ([e.uscc, e.name, e.region, e.registered_on.isoformat(), f"{e.capital}万元人民币", e.industry], e)
        for e in city.firms(size)
        if e.region == region
    )


_GRADE: Final = (
    "统一社会信用代码", "企业名称", "厂区编号", "行政区划", "评价年度",
    "评价等级", "结果类别", "公布日期", "公布文号", "评定机关"
)  # fmt: skip
_GRADE_COLUMNS: Final = Columns(code=0, name=1, date=7, choice=5)


def _grade_row(each: Grade) -> tuple[list[Cell], Grade]:
    firm = each.firm
    head: list[Cell] = [firm.uscc, firm.name, each.plant, firm.region, each.period]
    day = f"{each.published_on:%Y/%m/%d}"
    return [*head, _COLOUR[each.colour], _KIND[each.kind], day, each.document, "云泽市生态环境局"], each


def _grades(size: str) -> Iterator[Plan]:
    forms: tuple[sheets.Form, ...] = ("gbk", "xlsx", "bom", "xlsx", "jsonl")
    for year, form in zip(city.YEARS, forms, strict=True):
        yield _grade_plan(f"{year}年度环保信用评价", date(year + 1, 5, 25), form, _ratings_of(size, year))
    for first, last, form in _REPAIR_PERIODS:
        name = f"环保信用修复-{first:%Y%m}-{last:%Y%m}"
        yield _grade_plan(name, last + timedelta(days=1), form, _repairs_of(size, first, last))
    yield _grade_plan("2025年度环保信用评价更正", date(2026, 9, 16), "xlsx", _corrections_of(size))


_REPAIR_PERIODS: Final[tuple[tuple[date, date, sheets.Form], ...]] = (
    (date(2025, 8, 1), date(2025, 10, 31), "csv"),
    (date(2025, 11, 1), date(2026, 4, 30), "gbk"),
    (date(2026, 8, 1), date(2026, 9, 20), "xlsx"),
    (date(2026, 9, 21), date(2026, 10, 29), "jsonl"),
)


def _grade_plan(
    name: str, told_on: date, form: sheets.Form, rows: Callable[[], Iterator[tuple[list[Cell], Grade]]]
) -> Plan:
    title = f"云泽市{name}（演示数据）"
    return Plan(
        0, name, title, "environment_grade", "yz-environment", told_on, form, _GRADE, _GRADE_COLUMNS, rows
    )


def _ratings_of(size: str, year: int) -> Callable[[], Iterator[tuple[list[Cell], Grade]]]:
    return lambda: (_grade_row(g) for each in city.rated_firms(size) for g in city.ratings(each, year))


def _repairs_of(size: str, first: date, last: date) -> Callable[[], Iterator[tuple[list[Cell], Grade]]]:
    return lambda: (
        _grade_row(g)
        for each in city.rated_firms(size)
        for g in city.repairs(each)
        if first <= g.published_on <= last
    )


def _corrections_of(size: str) -> Callable[[], Iterator[tuple[list[Cell], Grade]]]:
    return lambda: (_grade_row(g) for each in city.rated_firms(size) for g in city.corrections(each))


_FACT: Final = (
    "统一社会信用代码",
    "企业名称",
    "厂区编号",
    "行政区划",
    "记分行为",
    "认定日期",
    "有效期至",
    "文书号",
)


def _facts(size: str) -> Iterator[Plan]:
    forms: dict[int, sheets.Form] = {2024: "parquet", 2025: "bom"}
    for year, form in forms.items():
        name = f"{year}年环境信用记分事实"
        yield Plan(
            0, name, f"云泽市{name}（演示数据）", "environment_fact", "yz-environment",
            date(year + 1, 1, 6), form, _FACT, Columns(code=0, name=1, date=5), _facts_of(size, year)
        )  # fmt: skip


def _facts_of(size: str, year: int) -> Callable[[], Iterator[tuple[list[Cell], Fact]]]:
    return lambda: (
        (
            [f.firm.uscc, f.firm.name, f.plant, f.firm.region, f.conduct, f.occurred_on.isoformat(),
             f.valid_until.isoformat(), f.document], f,
        )
        for each in city.rated_firms(size)
        for f in city.facts(each, year)
    )  # fmt: skip


_ACCOUNT: Final = (
    "户号", "统一社会信用代码", "用户名称", "厂区编号", "行政区划",
    "分摊千分比", "自备水源", "抄表周期", "起始日期", "确认日期"
)  # fmt: skip


def _accounts(size: str) -> Iterator[Plan]:
    yield Plan(
        0, "用水户号与厂区对应", "云泽水务用水户号与厂区对应（演示数据）", "water_account",
        "yz-water-company", date(2024, 10, 21), "gbk", _ACCOUNT,
        Columns(code=1, name=2, date=8), lambda: _account_rows(size)
    )  # fmt: skip


def _account_rows(size: str) -> Iterator[tuple[list[Cell], Account]]:
    for firm in city.rated_firms(size):
        for a in city.accounts(firm):
            confirmed = "2024-10-18" if a.confirmed else ""
            yield [
                a.number, a.firm.uscc, a.firm.name, a.plant, a.firm.region, a.share,
                "是" if a.own_well else "否", "两月一抄" if a.months == 2 else "一月一抄",
                "2024-10-01", confirmed
            ], a  # fmt: skip


_READING: Final = ("户号", "统一社会信用代码", "户名", "上次抄表日", "本次抄表日", "用水量")


def _readings(size: str) -> Iterator[Plan]:
    forms: tuple[sheets.Form, ...] = ("csv", "gbk", "parquet", "xlsx")
    for number in range(12):
        first, last = (city.month_start(number * 2), city.month_start(number * 2 + 2))
        name = f"抄表水量-{first:%Y%m}"
        yield Plan(
            0, name, f"云泽水务{name}（演示数据）", "water_reading", "yz-water-company",
            last + timedelta(days=1), forms[number % 4], _READING,
            Columns(code=1, name=2, date=4), _readings_of(size, first, last)
        )  # fmt: skip


def _readings_of(size: str, first: date, last: date) -> Callable[[], Iterator[tuple[list[Cell], Reading]]]:
    return lambda: (
        (
            [r.account, r.holder.uscc, r.holder.name, r.from_on.isoformat(), r.to_on.isoformat(),
             f"{r.volume // 1000}.{r.volume % 1000:03d}"], r,
        )
        for account in _meters(size)
        for r in city.readings(account)
        if first < r.to_on <= last
    )  # fmt: skip


def _meters(size: str) -> Iterable[Account]:
    return (a for firm in city.rated_firms(size) for a in city.accounts(firm) if a.firm == a.holder)


def _write_refused(folder: Path) -> None:
    """This will write files that must be refused whole, each for a reason of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    first = _grade_row(next(city.ratings(city.firm(0), 2025)))[0]
    whole = sheets.write(folder / "截断.xlsx", "xlsx", "截断", list(_GRADE), [first] * 50).read_bytes()
    (folder / "截断.xlsx").write_bytes(whole[: len(whole) // 2])
    (folder / "空表.csv").write_bytes(sheets.as_bytes("csv", list(_GRADE), []))
    (folder / "缺列.csv").write_bytes(sheets.as_bytes("csv", list(_GRADE[1:5]), [first[1:5]]))
    (folder / "编码错误.csv").write_bytes(b"\x00\xff\xfe\x81" * 400)
    (folder / "不是表格.xlsx").write_bytes(b"%PDF-1.4\n1 0 obj << >> endobj\n%%EOF\n")
