"""What every page of the program says alike, and whom it shows anything to: the tax service alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.core.errors import DeniedError, MissingError
from chengxin.kit import Column, Empty, Filter, Found, Table, Visit, cards, divisions, find_now, lists_of
from chengxin.programs.tax_conduct.sheets import PROGRAM, mix

TAX: Final = "tax"
TIERS: Final = {"ordinary": noop("一般失信"), "heavier": noop("较重失信"), "severe": noop("严重失信")}
TIERS_OR_NONE: Final = {**TIERS, "none": noop("无有效失信")}
EMPTY: Final = Empty("这里还没有内容", "税务机关报送之后，按当天的记录算出；只在税务机关内部使用。")


def own(visit: Visit, table: pa.Table) -> pa.Table:
    """This will keep what lies in the visitor's divisions; who is not of the tax service sees nothing."""
    if visit.who.agency.duty != TAX or visit.scope.agencies is not None:
        return table.slice(0, 0)
    seen = [each for each in mix(table, "division") if visit.scope.covers(each)]
    return table.filter(pc.is_in(table["division"], pa.array(seen, pa.string())))


def today(visit: Visit, finding: str) -> Found:
    """This will reckon a finding as of today and keep what the visitor may see."""
    found = find_now(visit, PROGRAM, finding, visit.today)
    return Found(found.run, own(visit, found.rows))


def require_tax(visit: Visit, verb: str) -> None:
    """This will refuse a step to whoever is not of the tax service or lacks the verb."""
    visit.require(verb)
    if visit.who.agency.duty != TAX:
        raise DeniedError("act.wrong_duty", agency=visit.who.agency.name, act=verb, duties=TAX)


def list_of(visit: Visit, procedure: str, number: int) -> Any:
    """This will find a proposed list by its number, within the visitor's scope."""
    for listed in lists_of(visit, PROGRAM, procedure):
        if listed.pk == number:
            return listed
    raise MissingError("door.no_such", number=number)


def named(rows: list[Any]) -> list[Any]:
    """This will put each row's name, code and division beside it."""
    known, places = (
        cards(row["subject"] for row in rows),
        divisions(row.get("division") or "" for row in rows),
    )
    for row in rows:
        card = known.get(row["subject"])
        row["name"], row["code"] = (card.name, card.code) if card else ("", "")
        row["place"] = places.get(row.get("division") or "", "")
    return rows


def listing(
    name: str, rows: Any, *columns: Column, purpose: str, filters: tuple[Filter, ...] = (), link: Any = None
) -> Table:
    """This will give a table of taxpayers, however long: only a page of it is named, and the look is logged."""
    return Table(
        name,
        columns=[
            Column("name", "纳税人", wide=True, sort="-", link=link),
            Column("code", "统一社会信用代码", kind="code", sort="-"),
            Column("place", "区划", sort="division"),
            *columns,
        ],
        rows=rows,
        filters=filters,
        subject="subject",
        purpose=purpose,
        prepare=named,
        empty=EMPTY,
    )


def tier_word(row: Mapping[str, Any], column: str = "tier") -> str:
    """This will say a tier in words."""
    return _(TIERS_OR_NONE[row[column]])


def points(row: Mapping[str, Any]) -> str:
    """This will write points kept in ten-thousandths: 97.5."""
    whole, rest = divmod(row["score"], 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")
