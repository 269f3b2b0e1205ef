"""The lines of a decision in words: what binds, on which values, from when until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from chengxin.cases import lines
from chengxin.cases.documents import chinese_day
from chengxin.cases.models import Act
from chengxin.cases.procedure import procedure_of
from chengxin.cases.schedules import rows
from chengxin.core.money import format_micro
from chengxin.engine.store import Store
from chengxin.policy.house import House
from chengxin.policy.items import Column

_MICRO = "微元/"
_ELSEWHERE = frozenset({"plant_code", "document_number"})
"""Shown columns that a sentence says in another place."""


def lines_of(act: Act, store: Store, house: House) -> list[dict[str, Any]]:
    """This will give the lines an act speaks of: its own, those of its row of the schedule, or the proposal's."""
    if act.detail.get("lines"):
        return list(act.detail["lines"])
    procedure = procedure_of(act.case, house)
    if procedure.effect is None:
        return []
    if act.schedule is not None and act.subject is not None:
        found = rows(act.schedule, store, [act.subject]).to_pylist()
        return [lines.complete(row, {}, procedure=procedure) for row in found]
    proposal = act.case.acts.filter(kind="propose", subject=None).order_by("-id").first()
    return list(proposal.detail.get("lines", ())) if proposal else []


def holding(found: Iterable[Mapping[str, Any]], shows: Iterable[str], house: House) -> tuple[str, ...]:
    """This will write each line as a sentence: ``加收污水处理费（P1）：档次为红色，…，自2016年11月1日起执行。``"""
    shown = [name for name in shows if name not in _ELSEWHERE]
    return tuple(
        f"{_named(line)}：{'，'.join([*_values(line, shown, house), _term(line)])}。" for line in found
    )


def reminder(found: Iterable[Mapping[str, Any]], shows: Sequence[str], house: House) -> tuple[str, ...]:
    """This will write each line of a reminder: what it is about, in the words of its finding where the effect shows
    nothing, and the last day of its window."""
    return tuple(
        f"{'，'.join([*(_values(line, shows, house) or [str(line['part'])]), _last_day(line)])}。"
        for line in found
    )


def _last_day(line: Mapping[str, Any]) -> str:
    return f"期限的最后一日为{chinese_day(date.fromisoformat(line['until']) - timedelta(days=1))}"


def _named(line: Mapping[str, Any]) -> str:
    return f"{line['title']}（{line['part']}）" if line["part"] else str(line["title"])


def _values(line: Mapping[str, Any], shown: Iterable[str], house: House) -> list[str]:
    body = line["body"]
    return [f"{_title(name, house)}为{_value(name, body[name], house)}" for name in shown if body.get(name)]


def _term(line: Mapping[str, Any]) -> str:
    since, until = line["since"], line["until"]
    begins = f"自{_day(since)}起" if since else "自决定书载明之日起"
    return f"{begins}{'至' + _day(until) + '前' if until else ''}执行"


def _column(name: str, house: House) -> Column | None:
    return next((item.columns[name] for item in house.items.values() if name in item.columns), None)


def _title(name: str, house: House) -> str:
    column = _column(name, house)
    return column.title.split("（", maxsplit=1)[0] if column else name


def _value(name: str, value: Any, house: House) -> str:
    """A choice in its word, a unit price in yuan; what the catalogue does not know as it is."""
    column = next(
        (c for item in house.items.values() if (c := item.columns.get(name)) and str(value) in c.allowed),
        None,
    )
    if column is not None:
        return column.allowed[str(value)].zh
    column = _column(name, house)
    if column is not None and column.unit.startswith(_MICRO) and isinstance(value, int):
        return f"{format_micro(value)}元/{column.unit.removeprefix(_MICRO)}"
    return str(value)


def _day(text: str) -> str:
    return chinese_day(date.fromisoformat(text))
