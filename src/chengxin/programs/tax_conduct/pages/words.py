"""What every page of the program says alike, and whom it shows anything to: the tax service alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.core.errors import MissingError
from chengxin.kit import Column, Empty, Filter, Found, Table, Visit, find_now, lists_of, named, own
from chengxin.programs.tax_conduct.sheets import PROGRAM

TAX: Final = "tax"
TIERS: Final = {"ordinary": noop("一般失信"), "heavier": noop("较重失信"), "severe": noop("严重失信")}
TIERS_OR_NONE: Final = {**TIERS, "none": noop("无有效失信")}
EMPTY: Final = Empty("这里还没有内容", "税务机关报送之后，按当天的记录算出；只在税务机关内部使用。")


def today(visit: Visit, finding: str) -> Found:
    """This will reckon a finding as of today and keep what the visitor may see."""
    found = find_now(visit, PROGRAM, finding, visit.today)
    return Found(found.run, own(visit, found.rows, TAX))


def list_of(visit: Visit, procedure: str, number: int) -> Any:
    """This will find a proposed list by its number, within the visitor's scope."""
    for listed in lists_of(visit, PROGRAM, procedure):
        if listed.pk == number:
            return listed
    raise MissingError("door.no_such", number=number)


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
