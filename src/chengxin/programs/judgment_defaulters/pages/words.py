"""What the pages say alike: conducts, grounds of exit, and how rows get their debtor's name."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_noop as noop

from chengxin.kit import Visit, masked, named

PROGRAM: Final = "judgment_defaulters"
SPEAKS: Final = ("listing", "post_bar", "consumption_limit")
"""One effect of each item, so that a list has one row a record."""
KINDS: Final = {
    "listing": noop("列入单位"),
    "post_bar": noop("列入自然人"),
    "consumption_limit": noop("限制消费令"),
}
GROUNDS: Final = {
    "performed": noop("履行完毕"),
    "settled": noop("和解协议履行完毕"),
    "creditor": noop("申请执行人书面申请且法院同意"),
    "no_assets": noop("终结本次执行后两次查询无财产"),
    "suspended": noop("因再审或者破产中止执行"),
    "unenforceable": noop("裁定不予执行"),
    "terminated": noop("终结执行"),
    "term": noop("期限届满"),
    "error": noop("不应列入"),
}
RESULTS: Final = {"blocked": noop("不予办理"), "warned": noop("提示"), "passed": noop("照常办理")}
DOUBTS: Final = {
    "no_end": noop("应有期限而没有写明"),
    "too_long": noop("超过最长期限"),
    "performed": noop("已写明全部履行而仍在列"),
}


def named_debtors(visit: Visit, rows: list[Any]) -> list[dict[str, Any]]:
    """This will put each row's debtor beside it; of a natural person only what may be shown."""
    listed = named(row if isinstance(row, dict) else _plain(row) for row in rows)
    people = masked(visit, [row["subject"] for row in listed])
    for row in listed:
        hidden = people.get(row["subject"])
        row["name"], row["code"] = hidden or (row["name"], row["code"])
        row["person"] = hidden is not None
    return listed


def _plain(line: Any) -> dict[str, Any]:
    """A line of the standing as a row."""
    names = ("pk", "subject", "effect", "title", "marked", "frozen", "since", "until")
    body = {name: line.body.get(name, "") for name in ("document_number", "maker")}
    return {name: getattr(line, name) for name in names} | body | {"division": line.region}
