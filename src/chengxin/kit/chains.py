"""Lineage as a drawn chain: bill line ← decision ← finding ← record ← batch ← catalogue ← article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from chengxin.kit.words import shortened

KINDS = {
    "bill": (noop("账单行"), "drop"),
    "bill_line": (noop("账单行"), "drop"),
    "effect": (noop("效果"), "link"),
    "decision": (noop("决定"), "scale"),
    "schedule": (noop("附表"), "table"),
    "act": (noop("行为"), "scale"),
    "finding": (noop("研判"), "chart"),
    "run": (noop("计算"), "chart"),
    "record": (noop("记录"), "document"),
    "sheet": (noop("原件"), "document"),
    "batch": (noop("批次"), "inbox"),
    "item": (noop("目录项"), "table"),
    "catalogue": (noop("目录项"), "table"),
    "article": (noop("条文"), "shield"),
    "bundle": (noop("模型包"), "shield"),
}


@dataclass(frozen=True)
class ChainLink:
    """One link: what it is, its number, its hash, what it says, and on which links it rests."""

    kind: str
    id: str
    hash: str
    title: str
    because: tuple[tuple[str, str], ...]
    """(id, words) of the links it rests on."""
    word: str
    short: str
    icon: str
    href: str = ""


def chain(links: Iterable[Mapping[str, Any]], href: Mapping[str, str] | None = None) -> list[ChainLink]:
    """This will make the links of ``effects.why`` ready to be drawn with ``{% chain links %}``.

    ``href`` gives addresses for ids that have a page.
    """
    known, rows = href or {}, list(links)
    said = {str(one["id"]): f"{_word(one)} {_short(str(one['id']))}" for one in rows}
    return [
        ChainLink(
            kind=str(one["kind"]),
            id=str(one["id"]),
            hash=str(one.get("hash") or ""),
            title=str(one.get("title") or ""),
            because=tuple((str(each), said.get(str(each), str(each))) for each in one.get("because") or ()),
            word=_word(one),
            short=_short(str(one["id"])),
            icon=KINDS.get(str(one["kind"]), ("", "link"))[1],
            href=known.get(str(one["id"]), ""),
        )
        for one in rows
    ]


def _word(link: Mapping[str, Any]) -> str:
    kind = str(link["kind"])
    return _(KINDS[kind][0]) if kind in KINDS else kind


def _short(name: str) -> str:
    return shortened(name.split(":", 1)[-1])
