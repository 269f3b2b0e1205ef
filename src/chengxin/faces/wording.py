"""How declarations read on a screen: an article as it is cited, a period, a frequency, a disclosure class."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit.words import duty, language
from chengxin.policy.articles import Article
from chengxin.policy.house import House

PERIODS = {
    "y": noop("%(n)d 年"),
    "m": noop("%(n)d 个月"),
    "d": noop("%(n)d 天"),
    "wd": noop("%(n)d 个工作日"),
    "h": noop("%(n)d 小时"),
}
WITHIN = "within "
FREQUENCIES = {
    "daily": noop("每天"),
    "weekly": noop("每周"),
    "monthly": noop("每月"),
    "bimonthly": noop("每两个月"),
    "quarterly": noop("每季度"),
    "half-yearly": noop("每半年"),
    "yearly": noop("每年"),
    "on change": noop("有变化时"),
    "on_change": noop("有变化时"),
    "on occurrence": noop("发生时"),
    "as_made": noop("作出之后"),
    "as_it_happens": noop("发生时"),
}
DISCLOSURES = {
    "public": noop("向社会公开"),
    "shared": noop("部门之间共享"),
    "restricted": noop("限指定岗位"),
    "consent": noop("经本人授权"),
}
SCHEMES = {
    "uscc": noop("统一社会信用代码"),
    "regno": noop("注册号"),
    "orgcode": noop("组织机构代码"),
    "permit": noop("排污许可证"),
    "taxno": noop("纳税人识别号"),
    "plant": noop("厂区"),
    "water_account": noop("户号"),
}


TYPES = {
    "text": noop("文字"),
    "code": noop("代码"),
    "date": noop("日期"),
    "month": noop("年月"),
    "year": noop("年份"),
    "int": noop("整数"),
    "money": noop("金额"),
    "quantity": noop("数量"),
    "bool": noop("是或否"),
    "region": noop("行政区划代码或名称"),
    "choice": noop("所列之一"),
    "identifier": noop("证照上的代码"),
}
REASONS = {
    "code": noop("代码相同"),
    "code_begins": noop("代码开头相同"),
    "exact": noop("名称相同"),
    "begins": noop("名称开头相同"),
    "contains": noop("名称中含有"),
    "form": noop("只差组织形式"),
    "initials": noop("拼音首字母"),
    "typo": noop("差一个字"),
    "former": noop("曾用名"),
    "other": noop("其他名称"),
    "merged": noop("合并前的编号"),
    "county": noop("同一区县"),
    "city": noop("同一城市"),
    "province": noop("同一省"),
}


def cited(article: Article | None, name: str = "") -> str:
    """This will cite an article; one that the rules in force do not have keeps its name."""
    if article is None:
        return name
    if language() == "zh":
        return article.citation
    return f"{article.title_en or article.instrument_title}, art. {article.number}"


def cited_all(house: House, names: Iterable[str]) -> str:
    """This will cite several articles."""
    return _("；").join(cited(house.articles.get(name), name) for name in names)


def period(text: str) -> str:
    """This will write ``5 y`` as «5 年»."""
    found = re.fullmatch(r"(\d+) (y|m|d|wd|h)", text.strip())
    if not found:
        return text
    return _(PERIODS[found[2]]) % {"n": int(found[1])}


def frequency(name: str) -> str:
    """This will write how often an item is handed in; ``within 7 wd`` is counted from the event."""
    if name.startswith(WITHIN):
        return _("%(period)s内") % {"period": period(name.removeprefix(WITHIN))}
    return _(FREQUENCIES[name]) if name in FREQUENCIES else name


def disclosure(name: str) -> str:
    """This will write who may see an item."""
    return _(DISCLOSURES[name]) if name in DISCLOSURES else name


def duties(names: Iterable[str]) -> str:
    """This will name several duties."""
    return _("、").join(duty(name) for name in names)


def scheme(name: str) -> str:
    """This will name a scheme of codes."""
    return _(SCHEMES[name]) if name in SCHEMES else name


def reasons(names: Iterable[str]) -> str:
    """This will say why a subject was found."""
    return _("、").join(reason(name) for name in names)


def reason(name: str) -> str:
    """This will say one reason; ``alike:87`` is a share of likeness."""
    if name.startswith("alike:"):
        return _("名称相似 %(share)s%%") % {"share": name[6:]}
    return _(REASONS[name]) if name in REASONS else name


def column_type(name: str) -> str:
    """This will say what a column takes."""
    return _(TYPES[name]) if name in TYPES else name
