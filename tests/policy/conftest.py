"""A small house written into a folder: every test changes one line of it and looks at what is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from chengxin.policy.declarations import Declared, read
from chengxin.policy.house import Paths

SMALL = {
    "law/price-2016.yml": """
        title: 差别收费办法
        title_en: Measures on Differential Fees
        level: normative
        issuers: [物价局, 环保局]
        duties: [price, environment]
        valid_from: 2016-01-01
        valid_to: 2031-01-01
        source: 为测试编写
        articles:
          "3":
            title: 下限
            title_en: Floors
            gist: 红色不低于0.6元
            gist_en: Red is at least 0.6 yuan
            minimum_unit: 元/立方米
            minimums: {red: {2016-01-01: 0.60}}
          "4": {title: 退出, title_en: Exit, gist: 修复后退出, gist_en: Ends on repair}
        """,
    "law/nj-2017.yml": """
        title: 某市通知
        title_en: A city's notice
        level: normative
        issuers: [某市物价局]
        duties: [price]
        valid_from: 2017-01-01
        source: 为测试编写
        articles:
          "1": {title: 标准, title_en: Rates, gist: 本市标准, gist_en: The city's rates}
        """,
    "law/list-2024.yml": """
        title: 措施清单
        title_en: List of measures
        level: normative
        issuers: [某局]
        duties: [credit]
        valid_from: 2016-01-01
        source: 为测试编写
        articles:
          A: {title: 限制, title_en: Limit, gist: 限制, gist_en: Limit, measure: {group: A, against: [grade]}}
          B: {title: 监管, title_en: Watch, gist: 监管, gist_en: Watch, measure: {group: B, longest: 2 y}}
          C: {title: 推荐, title_en: Advice, gist: 推荐, gist_en: Advice, measure: {group: C}}
        """,
    "catalogue/grade.yml": """
        title: 评价结果
        title_en: Rating
        about: organisation
        basis: price-2016#4
        reporters: [environment]
        disclosure: public
        retention: 5 y
        frequency: within 7 wd
        carries: decision
        proves: {document: number, decided_on: rated_on, exit: next_rating}
        keys: [code, rated_on]
        identifies: [[uscc, code]]
        name_column: name
        title_template: "评价：{colour}"
        columns:
          code: {title: 代码, title_en: Code, type: identifier, scheme: uscc, required: true, aliases: [信用代码]}
          name: {title: 名称, title_en: Name, type: text, required: true}
          colour:
            title: 颜色
            title_en: Colour
            type: choice
            allowed: {red: {zh: 红色, en: red, aliases: [红]}, green: {zh: 绿色, en: green}}
          number: {title: 文号, title_en: Number, type: text}
          rated_on: {title: 日期, title_en: Date, type: date}
        """,
    "programs/sewage/program.yml": """
        title: 差别收费
        title_en: Differential fees
        about: organisation
        reads: [grade]
        finds: [levy]
        decides: [levy]
        effects:
          fee: {kind: tariff, adverse: true, title: 加收, title_en: Fee, basis: price-2016#3, on_objection: none}
        """,
    "programs/sewage/policy/surcharge.yml": """
        title: 加收标准
        title_en: Surcharge
        unit: 元/立方米
        basis: price-2016#3
        values:
          red: {2016-01-01: 0.60, 2018-01-01: 0.80, 2020-01-01: null}
          black: {2016-01-01: 1.00}
        regions:
          "320100": {basis: nj-2017#1, values: {red: {2017-01-01: 0.90}}}
        """,
    "programs/sewage/procedures/levy.yml": """
        title: 加收决定
        title_en: Levy
        basis: price-2016#3
        decides_by: price
        cosigners: [environment]
        effect: fee
        finding: levy
        steps:
          - {act: propose, by: price, basis: price-2016#3}
          - {act: notify, by: price, basis: price-2016#3}
          - {act: serve, by: price, basis: price-2016#3}
          - {act: state, by: subject, basis: price-2016#3, within: 5 wd}
          - {act: cosign, by: cosigners, basis: price-2016#3}
          - {act: decide, by: price, basis: price-2016#3}
        statement: 5 wd
        objection: {routes_to: maker, on_objection: none}
        exit: {condition: repair_published, review: 1 y}
        """,
    "programs/sewage/findings/levy.sql": """
        -- levy 加收清单: who owes what
        -- grain: subject
        select subject, [record] as because from grade where colour = 'red'
        """,
    "overlays/surcharge.yml": """
        program: sewage
        policy: surcharge
        regions:
          "320104": {basis: nj-2017#1, values: {red: {2017-01-01: not_yet}}}
        """,
}

Change = Callable[..., "Small"]


class Small:
    """The small house, with some lines changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in SMALL.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> Small:
        """This will write a file of the house."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
        return self

    def change(self, name: str, before: str, after: str) -> Small:
        """This will change a text that stands in a file."""
        path = self.folder / name
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), "utf-8")
        return self

    @property
    def paths(self) -> Paths:
        return Paths(
            law=(self.folder / "law",),
            catalogue=(self.folder / "catalogue",),
            programs=tuple(sorted(path.parent for path in self.folder.glob("programs/*/program.yml"))),
            overlays=(self.folder / "overlays",),
        )

    def read(self, *, on: date | None = None, strict: bool = False) -> Declared:
        """This will read it and check it."""
        return read(self.paths, on=on, strict=strict)

    def said(self, *, on: date | None = None, strict: bool = False) -> list[tuple[str, str]]:
        """This will give (id, file:line) of every problem."""
        problems = self.read(on=on, strict=strict).problems
        return [(each.id, f"{Path(each.file).name}:{each.line}") for each in problems]


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)
