"""``policy/*.yml`` of a program, and the overlays of places: values under their day, region and article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

from chengxin.policy.articles import Article, Status
from chengxin.policy.declarations.law import STATUSES
from chengxin.policy.declarations.sources import Sources
from chengxin.policy.declarations.units import Unit, unit_of
from chengxin.policy.marked import Node, Scalar
from chengxin.policy.page import CODE, DAY, REGION, Page, Shape, is_code, read_day
from chengxin.policy.problems import Mark
from chengxin.policy.values import NATION, Cell, Cells, Values


@dataclass(frozen=True)
class _Ground:
    """What the cells of one block rest on."""

    basis: str
    status: Status
    source: str
    article: Article | None


@dataclass(frozen=True)
class _Block:
    """Where cells are being read to."""

    sources: Sources
    articles: Mapping[str, Article]
    address: str
    unit: Unit


def read_values(program: str, path: Path, articles: Mapping[str, Article], sources: Sources) -> Values | None:
    """This will read one table of values."""
    page = sources.page(path)
    if page is None:
        return None
    address = f"values/{program}.{path.stem}"
    sources.place(address, page, "unit", "basis")
    unit_name = page.text("unit", required=False)
    block = _Block(sources, articles, address, unit_of(unit_name, page))
    title, title_en = page.text("title"), page.text("title_en")
    ground = _ground(page, block)
    nation = _names(page, block, ground, NATION)
    cells: Cells = {name: {NATION: found} for name, found in nation.items()}
    _merge(cells, _regions(page, block, ground))
    values = Values(program, path.stem, title, title_en, unit_name, ground.basis, cells)
    minimum = _minimum(page, block, nation)
    page.close()
    return replace(values, minimum={name: {NATION: floors} for name, floors in minimum.items()})


def read_overlay(
    path: Path, tables: dict[str, Values], articles: Mapping[str, Article], sources: Sources
) -> None:
    """This will lay what a place set by its own documents over a program's table, in its regions only."""
    page = sources.page(path)
    if page is None:
        return
    key = f"{page.code('program')}.{page.code('policy')}"
    table = tables.get(key)
    if table is None:
        sources.complain(page.mark("policy"), "overlay.no_table", table=key, known=", ".join(sorted(tables)))
        return
    block = _Block(sources, articles, f"values/{key}", unit_of(table.unit, page))
    laid = _regions(page, block, None)
    for name in laid.keys() - table.cells.keys():
        mark = sources.at(f"values/{key}/{next(iter(laid[name]))}/{name}")
        sources.complain(mark, "overlay.no_name", name=name, known=", ".join(sorted(table.cells)))
    cells = {name: dict(regions) for name, regions in table.cells.items()}
    _merge(cells, {name: regions for name, regions in laid.items() if name in table.cells})
    tables[key] = replace(table, cells=cells)
    page.close()


def _ground(page: Page, block: _Block, above: _Ground | None = None) -> _Ground:
    """This will read basis, status and source; a region takes over what it does not say from its table."""
    basis = page.basis(required=above is None) or (above.basis if above else "")
    status = page.choice("status", STATUSES, above.status if above else "confirmed")
    source = page.text("source", required=False) or (above.source if above else "")
    if status == "proposal" and not source:
        page.complain(page.mark("status"), "values.proposal_without_source")
    if basis and basis not in block.articles:
        page.complain(page.mark("basis"), "basis.unknown", basis=basis)
    return _Ground(basis, status, source, block.articles.get(basis))


def _regions(page: Page, block: _Block, above: _Ground | None) -> Cells:
    """This will read ``regions: {"320100": {basis, status, source, values}}``."""
    cells: Cells = {}
    listed = page.page("regions", required=above is None)
    for region, mark, node in listed.entries() if listed else ():
        if len(region) != 6 or not region.isdecimal():
            _expected(page, mark, region, REGION)
            continue
        each = page.opened(node)
        if each is not None:
            ground = _ground(each, block, above)
            for name, found in _names(each, block, ground, region).items():
                cells.setdefault(name, {})[region] = found
            each.close()
    return cells


def _names(page: Page, block: _Block, ground: _Ground, region: str) -> dict[str, tuple[Cell, ...]]:
    """This will read ``values: {red: {2016-01-01: 0.60}}``."""
    found: dict[str, tuple[Cell, ...]] = {}
    listed = page.page("values")
    for name, mark, node in listed.entries() if listed else ():
        block.sources.marks[f"{block.address}/{region}/{name}"] = mark
        if not is_code(name):
            _expected(page, mark, name, CODE)
        found[name] = _cells(page, node, block, ground)
    return found


def _cells(page: Page, node: Node, block: _Block, ground: _Ground) -> tuple[Cell, ...]:
    """This will read the days of one name: each value holds until the next day, null ends it."""
    dated: list[tuple[date, int | str | None]] = []
    listed = page.opened(node)
    for text, mark, value in listed.entries() if listed else ():
        try:
            since = read_day(text)
        except ValueError:
            _expected(page, mark, text, DAY)
            continue
        dated.append((since, _value(page, value, block.unit)))
        if ground.article is not None and dated[-1][1] is not None and not ground.article.in_force(since):
            _not_in_force(page, mark, ground.article, since)
    dated.sort(key=lambda pair: pair[0])
    if not dated or dated[0][1] is None:
        page.complain(node.mark, "values.empty")
    return tuple(_spread(dated, ground))


def _spread(dated: list[tuple[date, int | str | None]], ground: _Ground) -> list[Cell]:
    over = ground.article.valid_to if ground.article else None
    ends: list[tuple[date, int | str | None]] = [*dated, (date.max, None)]
    cells: list[Cell] = []
    for (since, value), (following, _) in pairwise(ends):
        if value is not None:
            until = min(day for day in (following, over) if day is not None)
            kept = None if until == date.max else until
            cells.append(Cell(since, kept, value, ground.basis, ground.status, ground.source))
    return cells


def _value(page: Page, node: Node, unit: Unit) -> int | str | None:
    if isinstance(node, Scalar) and node.is_null:
        return None
    nothing: int | str = 0
    return page.typed(node, unit.shape, unit.read, nothing)


def _minimum(page: Page, block: _Block, nation: dict[str, tuple[Cell, ...]]) -> dict[str, tuple[Cell, ...]]:
    """This will read ``minimum: true`` (what is above the regions is their floor) or a block of its own."""
    node = page.node(
        "minimum", ("true 或 {basis, values}", "true or {basis, values}", "minimum: true"), required=False
    )
    if node is None or (isinstance(node, Scalar) and node.text == "false"):
        return {}
    if isinstance(node, Scalar) and node.text == "true":
        return nation
    each = page.opened(node)
    if each is None:
        return {}
    found = _names(each, replace(block, address=f"{block.address}/minimum"), _ground(each, block), NATION)
    each.close()
    return found


def _merge(cells: Cells, laid: Cells) -> None:
    for name, regions in laid.items():
        cells.setdefault(name, {}).update(regions)


def _expected(page: Page, mark: Mark, text: str, shape: Shape) -> None:
    page.complain(
        mark, "policy.expected", text=text, expected_zh=shape[0], expected_en=shape[1], example=shape[2]
    )


def _not_in_force(page: Page, mark: Mark, article: Article, since: date) -> None:
    until = article.valid_to or "…"
    page.complain(
        mark, "basis.not_in_force", basis=article.id, on=since, since=article.valid_from, until=until
    )
