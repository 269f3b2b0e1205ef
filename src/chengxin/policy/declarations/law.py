"""``law/*.yml``: one instrument a file, named by the file, with its articles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chengxin.policy.articles import (
    LEVELS,
    MEASURE_GROUPS,
    ON_END,
    Article,
    Floor,
    Instrument,
    Listed,
    Status,
)
from chengxin.policy.declarations.sources import Sources
from chengxin.policy.declarations.units import Unit, unit_of
from chengxin.policy.marked import Node
from chengxin.policy.page import DAY, Page, read_day

STATUSES: tuple[Status, ...] = ("confirmed", "proposal")


def read_law(paths: Sequence[Path], sources: Sources) -> tuple[dict[str, Instrument], dict[str, Article]]:
    """This will read every instrument and article, complaining of what is wrong."""
    instruments: dict[str, Instrument] = {}
    articles: dict[str, Article] = {}
    for path in sources.files(paths):
        page = sources.page(path)
        if page is None:
            continue
        instrument = _instrument(path.stem, page)
        if instrument.id in instruments:
            sources.complain(page.mark(), "policy.declared_twice", name=instrument.id)
        sources.place(f"law/{instrument.id}", page)
        instruments[instrument.id] = instrument
        articles.update(_articles(instrument, page, sources))
        page.close()
    return instruments, articles


def _instrument(id_: str, page: Page) -> Instrument:
    valid_from, valid_to = page.day("valid_from"), page.day_or_none("valid_to")
    if valid_to is not None and valid_to <= valid_from:
        page.complain(
            page.mark("valid_to"), "law.ends_before_it_begins", valid_from=valid_from, valid_to=valid_to
        )
    return Instrument(
        id=id_,
        title=page.text("title"),
        title_en=page.text("title_en"),
        number=page.text("number", required=False),
        level=page.choice("level", LEVELS),
        issuers=page.texts("issuers"),
        duties=page.codes("duties"),
        valid_from=valid_from,
        valid_to=valid_to,
        source=page.text("source"),
        status=page.choice("status", STATUSES, "confirmed"),
        on_end=page.choice("on_end", ON_END, "stands"),
    )


def _articles(instrument: Instrument, page: Page, sources: Sources) -> dict[str, Article]:
    found: dict[str, Article] = {}
    listed = page.page("articles", required=False)
    for number, mark, node in listed.entries() if listed else ():
        each = page.opened(node)
        if each is not None:
            article = _article(instrument, number, each)
            found[article.id] = article
            sources.marks[f"article/{article.id}"] = mark
            sources.marks[f"article/{article.id}/defers_looks"] = each.mark("defers_looks")
            each.close()
    return found


def _article(instrument: Instrument, number: str, page: Page) -> Article:
    unit = page.text("minimum_unit", required=False)
    minimums = page.page("minimums", required=False)
    return Article(
        id=f"{instrument.id}#{number}",
        instrument=instrument.id,
        instrument_title=instrument.title,
        number=number,
        title=page.text("title"),
        title_en=page.text("title_en"),
        gist=page.text("gist"),
        gist_en=page.text("gist_en"),
        level=page.choice("level", LEVELS, instrument.level),
        duties=instrument.duties,
        valid_from=page.day_or_none("valid_from") or instrument.valid_from,
        valid_to=page.day_or_none("valid_to") or instrument.valid_to,
        source=page.text("source", required=False) or instrument.source,
        status=page.choice("status", STATUSES, instrument.status),
        minimum_unit=unit,
        minimums=_minimums(minimums, unit_of(unit, page)) if minimums else {},
        on_end=page.choice("on_end", ON_END, instrument.on_end),
        measure=_listed(page),
        defers_looks=page.flag("defers_looks"),
    )


def _listed(page: Page) -> Listed | None:
    each = page.page("measure", required=False)
    if each is None:
        return None
    found = Listed(
        each.choice("group", MEASURE_GROUPS), each.codes("against"), each.period("longest", required=False)
    )
    each.close()
    return found


def _minimums(page: Page, unit: Unit) -> dict[str, tuple[Floor, ...]]:
    return {name: _floors(page, node, unit) for name, _, node in page.entries()}


def _floors(page: Page, node: Node, unit: Unit) -> tuple[Floor, ...]:
    dated = page.opened(node)
    floors: list[Floor] = []
    for day, mark, value in dated.entries() if dated else ():
        try:
            since = read_day(day)
        except ValueError:
            page.complain(
                mark, "policy.expected", text=day, expected_zh=DAY[0], expected_en=DAY[1], example=DAY[2]
            )
            continue
        floors.append(Floor(since, page.typed(value, unit.shape, unit.number, 0)))
    return tuple(sorted(floors, key=lambda floor: floor.since))
