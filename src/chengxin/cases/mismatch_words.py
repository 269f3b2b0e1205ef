"""A mismatch of ours in words: what was mended on which day, and a table of who was told and took it back."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from chengxin.cases.documents import Table, chinese_day
from chengxin.cases.mismatch import HOWS, STATES, contested
from chengxin.cases.models import Act
from chengxin.ledger.models import Agency

MISMATCHED: Final = frozenset({"apologise", "certify"})
_SETTLED: Final = frozenset({"taken_back", "asked_again"})
_COLUMNS: Final = ("单位", "途径", "自何日", "情况", "日期")


def mended(act: Act) -> tuple[str, ...]:
    """This will say when the mistake was found and mended, and how many were told of it."""
    told = act.detail["told"]
    own = act.case.acts.filter(pk__lt=act.pk, subject=act.subject)
    found = own.filter(detail__has_key="apology_by").order_by("-id").first()
    ended = own.filter(kind__in=("revoke", "take_out")).order_by("-id").first()
    done = [f"本机关于{chinese_day(found.on)}查明错误，停止关联。"] if found else []
    if ended is not None:
        done.append(f"据此作出的处理已于{chinese_day(ended.on)}撤销。")
    settled = sum(one["state"] in _SETTLED for one in told)
    counted = f"其中{settled}家已经撤下或者见到更正，逐家情况见附件。" if told else ""
    return (*done, f"截至{chinese_day(act.on)}，曾获知该错误信息的单位共{len(told)}家。{counted}")


def mistaken_matter(act: Act) -> str:
    """This will name what was wrongly shown, where a case contests it: that is the head of its title."""
    if act.kind not in MISMATCHED or contested(act.case) is None:
        return ""
    return act.case.title.split("　", maxsplit=1)[0]


def told_table(act: Act) -> Table | None:
    """This will draw up who was told, how, since when, and what became of it."""
    told = act.detail.get("told") if act.kind in MISMATCHED else None
    if not told:
        return None
    names: dict[str, str] = dict(
        Agency.objects.filter(pk__in={one["to"] for one in told}).values_list("code", "name")
    )
    return Table(
        title="已告知单位和撤下情况",
        columns=_COLUMNS,
        rows=tuple(_row(one, names) for one in told),
        widths=(4, 2, 2, 3, 2),
    )


def _row(one: dict[str, Any], names: dict[str, str]) -> tuple[str, ...]:
    return (
        names.get(one["to"], one["to"]),
        HOWS[one["how"]][0],
        _day(one["since"]),
        STATES[one["state"]][0],
        _day(one["on"]) if one["on"] else "—",
    )


def _day(text: str) -> str:
    return chinese_day(date.fromisoformat(text))
