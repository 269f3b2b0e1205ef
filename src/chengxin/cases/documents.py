"""Official documents: what an act says on paper, in the form of GB/T 9704.

A document is composed from its trace (facts, law, reasons, holding, rights) and the fixed wording beside
this file, then set by typst with the one vendored font. The same trace gives the same bytes. A character
the font cannot draw is an error, never an empty box.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from chengxin.core.clock import CHINA
from chengxin.core.errors import HouseFault, InputError
from chengxin.core.hashing import hash_file

Kind = Literal[
    "notice",
    "decision",
    "execution",
    "exit",
    "receipt",
    "bill",
    "routing",
    "service",
    "apology",
    "correction",
    "reminder",
]
ROOM = Path(__file__).parent
FONTS = ROOM / "fonts"
_ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class Table:
    """The table of an attachment: texts as they are to be shown, already formatted."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()
    """Relative; equal where empty."""
    aligns: tuple[str, ...] = ()
    """left, center or right; left where empty."""
    total: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What a document stands on. Paragraphs are finished sentences without numbering."""

    kind: Kind
    issuers: tuple[str, ...]
    """Names of the bodies, the one in charge first."""
    number: str
    on: date
    matter: str
    """What it is about, as a noun: 加收污水处理费."""
    addressee: str
    case_number: str
    digest: str
    """Of the act, as the verification page shows it."""
    check_url: str
    party: tuple[tuple[str, str], ...] = ()
    """(label, value) lines that say who the party is."""
    facts: tuple[str, ...] = ()
    law: tuple[tuple[str, str], ...] = ()
    """(title of the article, its text)"""
    reasons: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()
    hearing: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    """What the party may do beyond what every notice says."""
    exit: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    """What else the wording asks for: statement, due, period, count, party_name."""
    table: Table | None = None
    copies: str = ""
    """抄送 …"""
    proposal: bool = False
    """It rests on a value nobody has confirmed: the page says so across its width."""


def render(trace: Trace) -> bytes:
    """This will give the PDF of a trace: the same bytes each time."""
    page = compose(trace)
    refuse_missing_glyphs(_texts(page))
    import typst

    compiler = typst.Compiler(
        input=str(ROOM / "documents.typ"),
        root=str(ROOM),
        font_paths=_fonts(),
        sys_inputs={"document": json.dumps(page, ensure_ascii=False)},
    )
    moment = datetime.combine(trace.on, time(), CHINA).astimezone(UTC)
    pdf = compiler.compile(format="pdf", timestamp=int(moment.timestamp()))
    if not isinstance(pdf, bytes):
        raise HouseFault("document.not_one_file", title=page["title"])
    return pdf


def compose(trace: Trace) -> dict[str, Any]:
    """This will set the trace into its wording: the page as plain texts, ready to be drawn."""
    wording = _wording()
    form, fixed = wording[trace.kind], wording["fixed"]
    words = {"matter": trace.matter, "law_titles": _law_titles(trace.law), **trace.words}
    return {
        "title": _fill(form["title"], words),
        "issuer": trace.issuers[0],
        "issuers": list(trace.issuers),
        "official": form["official"],
        "number": trace.number,
        "addressee": trace.addressee,
        "party": [list(line) for line in trace.party],
        "opening": [_fill(text, words) for text in form["opening"]],
        "sections": _sections(trace, form["sections"], words),
        "closing": form["closing"],
        "attachment": _fill(form.get("attachment", ""), words) if trace.table else "",
        "signed": list(trace.issuers),
        "on": chinese_day(trace.on),
        "copies": trace.copies,
        "proposal": trace.proposal,
        "check": [
            fixed["check"],
            f"{fixed['case']}：{trace.case_number}",
            f"{fixed['digest']}：",
            *_grouped(trace.digest),
        ],
        "qr": _qr(trace.check_url),
        "table": _table(trace.table),
        "words": {name: fixed[name] for name in ("file", "draft", "attachment")},
    }


def chinese_day(day: date) -> str:
    """This will write a day as documents do: 2016年10月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def refuse_missing_glyphs(texts: Iterable[str]) -> None:
    """This will raise unless the vendored font can draw every character."""
    covered = _coverage()
    missing = {c for text in texts for c in text if ord(c) not in covered and c != "\n"}
    if missing:
        shown = "、".join(f"{c}（U+{ord(c):04X}）" for c in sorted(missing)[:10])
        raise InputError("document.missing_glyph", characters=shown)


def _sections(
    trace: Trace, forms: Sequence[Mapping[str, Any]], words: Mapping[str, str]
) -> list[dict[str, Any]]:
    sections: list[dict[str, Any]] = []
    for form in forms:
        source = form.get("from")
        quotes = [f"{title}　{text}" for title, text in trace.law] if source == "law" else []
        own = () if source in (None, "law") else getattr(trace, source)
        paragraphs = [*own, *(_fill(text, words) for text in form.get("paragraphs", ()))]
        if paragraphs or quotes:
            ordinal = _ORDINALS[len(sections)]
            title = f"{ordinal}、{form['title']}"
            sections.append({"title": title, "paragraphs": paragraphs, "quotes": quotes})
    return sections


def _fill(text: str, words: Mapping[str, str]) -> str:
    try:
        return text.format(**words)
    except KeyError as absent:
        raise HouseFault("document.word_missing", word=str(absent.args[0]), text=text[:40]) from absent


def _law_titles(law: Sequence[tuple[str, str]]) -> str:
    return "、".join(title for title, _ in law)


def _grouped(digest: str) -> list[str]:
    """All 64 digits, in lines of eight groups of four, so that they can be typed from paper."""
    groups = [digest[i : i + 4] for i in range(0, len(digest), 4)]
    return [" ".join(groups[i : i + 8]) for i in range(0, len(groups), 8)]


def _qr(url: str) -> str:
    import segno

    out = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(out, kind="svg", border=1, xmldecl=False, svgns=True, nl=False)
    return out.getvalue().decode("ascii")


def _table(table: Table | None) -> dict[str, Any] | None:
    if table is None:
        return None
    count = len(table.columns)
    return {
        "title": table.title,
        "note": table.note,
        "columns": list(table.columns),
        "rows": [list(row) for row in table.rows],
        "total": list(table.total),
        "widths": list(table.widths or (1,) * count),
        "aligns": list(table.aligns or ("left",) * count),
    }


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key != "qr":
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


@cache
def _wording() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOM / "documents.yml").read_text("utf-8"))
    return loaded


@cache
def manifest() -> dict[str, Any]:
    """This will read what was vendored: file, version, licence, checksum and the characters it covers."""
    loaded: dict[str, Any] = yaml.safe_load((FONTS / "manifest.yml").read_text("utf-8"))
    return loaded


@cache
def _coverage() -> frozenset[int]:
    covered: set[int] = set()
    for part in str(manifest()["covers"]).split():
        first, _, last = part.partition("-")
        covered.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(covered)


@cache
def _fonts() -> Any:
    """This will check the font against its checksum once, and open it."""
    import typst

    for name, sha256 in manifest()["files"].items():
        if hash_file(FONTS / name) != sha256:
            raise HouseFault("document.font_altered", file=name)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
