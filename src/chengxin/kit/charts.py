"""Pictures drawn on the server: SVG that keeps its letters' size on a phone, reads in black and white, and
has its caption and its table with it.

Widths are percentages and heights are pixels, so nothing is scaled. Colours are classes of the one token
file; the five environmental colours carry a pattern too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

ROW = 44
BAR = 28
LABEL_FITS = 4
"""A label wider than four figures (a Chinese character is two wide) stands above its bar, not before it."""
SHORT_BAR = (
    '<svg y="{}" width="100%" height="{}"><text class="chart-label" x="0" y="21">{}</text>'
    '<svg x="9%" width="91%" height="28" y="2">{}</svg></svg>'
)
LONG_BAR = (
    '<svg y="{}" width="100%" height="{}"><text class="chart-label" x="0" y="14">{}</text>'
    '<svg width="100%" height="28" y="22">{}</svg></svg>'
)
LETTERS_FIT = 7.0
"""A segment narrower than this share of the width keeps its number for the table."""


@dataclass(frozen=True)
class Series:
    """One series: its key in the data, its word, and its fill (green, blue, red, action, …)."""

    key: str
    title: str
    fill: str = "action"


@dataclass(frozen=True)
class Chart:
    """A picture with what to see in it and the numbers behind it. Write it with ``{% chart it %}``."""

    name: str
    title: str
    caption: str
    svg: SafeString
    head: Sequence[str]
    body: Sequence[Sequence[Any]]
    legend: Sequence[Series] = ()
    explore: dict[str, Any] = field(default_factory=dict)
    """Where it is worth exploring: the data for ECharts, which then replaces the picture on request."""


def stacked_bars(
    name: str,
    title: str,
    caption: str,
    rows: Sequence[tuple[str, Mapping[str, int]]],
    series: Sequence[Series],
    *,
    share: bool = True,
    unit: str = "",
    explore: bool = False,
) -> Chart:
    """This will draw the mix of each row (a year, a district) as one bar cut by series.

    With ``share`` each bar fills the width, so the mix is compared; without it, lengths are.
    """
    totals = [sum(values.get(s.key, 0) for s in series) for _label, values in rows]
    widest = max(totals, default=0) or 1
    long = any(_width(label) > LABEL_FITS for label, _values in rows)
    height = ROW + 16 if long else ROW
    drawn = []
    for number, ((label, values), total) in enumerate(zip(rows, totals, strict=True)):
        parts = [(one, values.get(one.key, 0)) for one in series]
        bar = _bar(total if share else widest, parts)
        place = LONG_BAR if long else SHORT_BAR
        drawn.append(format_html(place, number * height, height, label, bar))
    body = [[label, *(values.get(s.key, 0) for s in series), total]
            for (label, values), total in zip(rows, totals, strict=True)]  # fmt: skip
    head = ["", *(s.title for s in series), _("合计") + (f"（{unit}）" if unit else "")]
    options = {
        "kind": "stacked",
        "labels": [label for label, _values in rows],
        "series": [
            {"name": s.title, "fill": s.fill, "values": [v.get(s.key, 0) for _label, v in rows]}
            for s in series
        ],
    }
    svg = _canvas(len(rows) * height, drawn, title)
    return Chart(name, title, caption, svg, head, body, tuple(series), options if explore else {})


def _width(label: str) -> int:
    return sum(1 if letter.isascii() else 2 for letter in label)


def _bar(scale: int, parts_of: Sequence[tuple[Series, int]]) -> SafeString:
    left, parts = 0.0, []
    total = sum(value for _one, value in parts_of)
    for one, value in parts_of:
        width = 90.0 * value / (scale or 1)
        if width:
            parts.append(_segment(left, width, one, value))
        left += width
    number = format_html(
        '<text class="chart-number" x="{}%" dx="8" y="19">{}</text>', f"{left:.2f}", f"{total:,}"
    )
    return SafeString("".join(parts)) + number


def _segment(left: float, width: float, one: Series, value: int) -> SafeString:
    tip = f"{one.title} {value:,}"
    rect = format_html(
        '<g><title>{}</title><rect class="fill-{}" x="{}%" width="{}%" height="{}"/>'
        '<rect class="hatch-{}" x="{}%" width="{}%" height="{}"/>',
        tip, one.fill, f"{left:.3f}", f"{width:.3f}", BAR, one.fill, f"{left:.3f}", f"{width:.3f}", BAR,
    )  # fmt: skip
    if width < LETTERS_FIT:
        return rect + SafeString("</g>")
    return rect + format_html(
        '<text class="chart-inside on-{}" x="{}%" y="19" text-anchor="middle">{}</text></g>',
        one.fill,
        f"{left + width / 2:.3f}",
        f"{value:,}",
    )


def bars(
    name: str,
    title: str,
    caption: str,
    rows: Sequence[tuple[str, int]],
    *,
    unit: str = "",
    fill: str = "action",
    words: Sequence[str] | None = None,
) -> Chart:
    """This will draw one bar a row, its number beside it; ``words`` writes the numbers (money)."""
    widest = max((value for _label, value in rows), default=0) or 1
    said = list(words) if words else [f"{value:,}" for _label, value in rows]
    drawn = [
        format_html(
            '<svg y="{}" width="100%" height="52"><text class="chart-label" x="0" y="14">{}</text>'
            '<rect class="fill-track" x="0" y="22" width="100%" height="12" rx="6"/>'
            '<rect class="fill-{}" x="0" y="22" width="{}%" height="12" rx="6"/>'
            '<text class="chart-number" x="100%" y="14" text-anchor="end">{}</text></svg>',
            number * 52,
            label,
            fill,
            f"{100 * value / widest:.3f}",
            words_of,
        )
        for number, ((label, value), words_of) in enumerate(zip(rows, said, strict=True))
    ]
    body = [[label, word] for (label, _value), word in zip(rows, said, strict=True)]
    return Chart(name, title, caption, _canvas(len(rows) * 52, drawn, title), ["", unit or _("数量")], body)


def columns(
    name: str,
    title: str,
    caption: str,
    rows: Sequence[tuple[str, int]],
    *,
    unit: str = "",
    fill: str = "action",
    words: Sequence[str] | None = None,
) -> Chart:
    """This will draw small upright bars over time, the newest at the right."""
    height, step = 120, 100 / max(1, len(rows))
    tallest = max((value for _label, value in rows), default=0) or 1
    said = list(words) if words else [f"{value:,}" for _label, value in rows]
    crowded = len(rows) > 8
    drawn = []
    for number, ((label, value), word) in enumerate(zip(rows, said, strict=True)):
        tall, left = round(height * value / tallest), number * step
        middle = f"{left + step / 2:.3f}"
        drawn.append(
            format_html(
                '<g><title>{} {}</title>'
                '<rect class="fill-{}" x="{}%" y="{}" width="{}%" height="{}" rx="2"/>',
                label, word, fill, f"{left + step * 0.15:.3f}", 24 + height - tall, f"{step * 0.7:.3f}", tall,
            )
        )  # fmt: skip
        if not crowded:
            drawn.append(_text("chart-number", middle, 24 + height - tall - 6, "middle", word))
        if not crowded or number in {0, len(rows) - 1}:
            anchor = "middle" if not crowded else ("start" if number == 0 else "end")
            place = middle if not crowded else ("0" if number == 0 else "100")
            drawn.append(_text("chart-label", place, 24 + height + 20, anchor, label))
        drawn.append(SafeString("</g>"))
    body = [[label, word] for (label, _value), word in zip(rows, said, strict=True)]
    return Chart(name, title, caption, _canvas(24 + height + 28, drawn, title), ["", unit or _("数量")], body)


def dot_strip(
    name: str, title: str, caption: str, values: Sequence[int], mark: int | None = None, *, unit: str = ""
) -> Chart:
    """This will draw a distribution as dots on one line, the subject's own place marked with a flag."""
    low, high = min(values, default=0), max(values, default=1)
    spread = (high - low) or 1
    stack: dict[int, int] = {}
    drawn = [SafeString('<line class="chart-axis" x1="0" x2="100%" y1="84" y2="84"/>')]
    for value in sorted(values):
        slot = round(60 * (value - low) / spread)
        stack[slot] = stack.get(slot, 0) + 1
        if stack[slot] <= 8:
            drawn.append(format_html('<circle class="fill-track-strong" cx="{}%" cy="{}" r="3.5"/>',
                                     f"{2 + slot * 96 / 60:.2f}", 84 - stack[slot] * 9))  # fmt: skip
    if mark is not None:
        at = f"{2 + 96 * (mark - low) / spread:.2f}"
        drawn.append(
            format_html(
                '<line class="chart-mark" x1="{}%" x2="{}%" y1="2" y2="84"/>'
                '<circle class="fill-gold" cx="{}%" cy="84" r="6"/>',
                at, at, at,
            )
        )  # fmt: skip
    drawn += [
        _text("chart-label", "0", 106, "start", f"{low:,}"),
        _text("chart-label", "100", 106, "end", f"{high:,}"),
    ]
    body = [[_("最小"), f"{low:,}"], [_("最大"), f"{high:,}"], [_("个数"), f"{len(values):,}"]]
    if mark is not None:
        body.append([_("所处位置"), f"{mark:,}"])
    return Chart(name, title, caption, _canvas(112, drawn, title), ["", unit or _("数值")], body)


def sparkline(values: Sequence[int | None]) -> SafeString:
    """This will draw a line small enough for a cell of a list, its last point marked."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, spread = min(known), (max(known) - min(known)) or 1
    step = 76 / (len(values) - 1)
    points = [(2 + n * step, 20 - 16 * (v - low) / spread) for n, v in enumerate(values) if v is not None]
    return format_html(
        '<svg class="spark" viewBox="0 0 80 24" width="80" height="24" role="img" aria-label="{}">'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2.5"/></svg>',
        "、".join(f"{v:,}" for v in known),
        " ".join(f"{x:.1f},{y:.1f}" for x, y in points),
        f"{points[-1][0]:.1f}",
        f"{points[-1][1]:.1f}",
    )


def _text(css: str, left: str, top: int, anchor: str, words: str) -> SafeString:
    return format_html(
        '<text class="{}" x="{}%" y="{}" text-anchor="{}">{}</text>', css, left, top, anchor, words
    )


def _canvas(height: int, parts: Sequence[SafeString], title: str) -> SafeString:
    return format_html(
        '<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">{}{}</svg>',
        height,
        title,
        PATTERNS,
        mark_safe("".join(conditional_escape(part) for part in parts)),  # noqa: S308 -- each part is escaped
    )


PATTERNS = SafeString(
    '<defs><pattern id="hatch-blue" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<path d="M0 8L8 0" class="hatch"/></pattern>'
    '<pattern id="hatch-yellow" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<circle cx="2" cy="2" r="1" class="hatch-dot"/></pattern>'
    '<pattern id="hatch-red" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<path d="M0 0L6 6M6 0L0 6" class="hatch"/></pattern></defs>'
)
