"""Lineage as a drawn chain: bill line ← decision ← finding ← record ← batch ← catalogue ← article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

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
    because: tuple[str, ...]
    word: str
    icon: str
    href: str = ""


def chain(links: Iterable[Mapping[str, Any]], href: Mapping[str, str] | None = None) -> list[ChainLink]:
    """This will make the links of ``effects.why`` ready to be drawn with ``{% chain links %}``.

    ``href`` gives addresses for ids that have a page.
    """
    known = href or {}
    drawn = []
    for one in links:
        word, icon = KINDS.get(str(one["kind"]), (str(one["kind"]), "link"))
        because = one.get("because") or ()
        drawn.append(
            ChainLink(
                str(one["kind"]), str(one["id"]), str(one.get("hash") or ""), str(one.get("title") or ""),
                tuple(str(b) for b in ([because] if isinstance(because, str | int) else because)),
                _(word), icon, known.get(str(one["id"]), ""),
            )
        )  # fmt: skip
    return drawn
