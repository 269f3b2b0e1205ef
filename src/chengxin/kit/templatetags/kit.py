"""The kit's parts, as templates write them: ``{% load kit %}``."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select, Textarea
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from chengxin.kit import badges, charts, icons, words
from chengxin.kit.chains import ChainLink
from chengxin.kit.forms import Asked
from chengxin.kit.progress import Progress
from chengxin.kit.tables import Cell, Table

register = template.Library()
register.simple_tag(icons.icon, name="icon")
register.simple_tag(badges.grade_badge, name="grade")
register.simple_tag(badges.state_mark, name="state")
register.simple_tag(badges.marked, name="marked")
register.filter("yuan", words.yuan)


@register.simple_tag
def code(value: object, *, short: bool = False) -> SafeString:
    """This will show a code or hash in groups of four, the whole of it copied by one tap."""
    text = str(value or "")
    if not text:
        return SafeString("")
    shown = words.shortened(text) if short else text
    groups = format_html_join("", "<span>{}</span>", ((group,) for group in words.grouped(shown)))
    more = SafeString('<span class="code-more">…</span>') if len(shown) < len(text) else SafeString("")
    return format_html(
        '<span class="code"><code title="{}">{}{}</code>'
        '<button type="button" class="copy" data-copy="{}" aria-label="{}">{}</button></span>',
        text,
        groups,
        more,
        text,
        _("复制 %(text)s") % {"text": text[:24]},
        icons.icon("copy"),
    )


@register.simple_tag(takes_context=True)
def day(context: template.Context, value: date | datetime | None, *, full: bool = False) -> str:
    """This will write a day in words; this year's without the year, unless ``full``."""
    if isinstance(value, datetime):
        value = localtime(value).date() if value.tzinfo else value.date()
    return words.day_words(value, None if full else context.get("today"))


@register.simple_tag
def moment(value: datetime | None) -> SafeString | str:
    """This will write a day and a time, the machine-readable one with it."""
    if value is None:
        return ""
    local = localtime(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), local.strftime("%Y-%m-%d %H:%M"))


@register.simple_tag(takes_context=True)
def countdown(context: template.Context, due: date | None) -> SafeString | str:
    """This will say how long is left, in words, counting working days where the gate knows them."""
    if due is None:
        return ""
    visit = context.get("visit")
    workdays = visit.workdays if visit and (visit.official or visit.party) else None
    late = " is-late" if due < context["today"] else ""
    return format_html(
        '<span class="countdown{}">{}{}</span>',
        late,
        icons.icon("clock"),
        words.countdown(due, context["today"], workdays),
    )


@register.filter
def spoken(both: Any, field: str = "title") -> str:
    """This will choose the language of a house text: ``item|spoken`` reads ``title`` and ``title_en``."""
    if hasattr(both, "zh"):
        return words.spoken(str(both.zh), str(both.en))
    return words.spoken(str(getattr(both, field, "")), str(getattr(both, f"{field}_en", "") or ""))


@register.filter
def tr(text: str) -> str:
    """This will translate a word that comes from a variable (a declared title, a state)."""
    return _(text) if text else ""


@register.filter
def number(value: int | None) -> str:
    """This will write a count with separators."""
    return "" if value is None else f"{value:,}"


@register.inclusion_tag("kit/table.html", takes_context=True)
def table(context: template.Context, it: Table) -> dict[str, Any]:
    """This will write a bound table with its search, filters, pages and exports."""
    return {"table": it, "visit": context.get("visit"), "today": context.get("today")}


WRITERS: dict[str, Any] = {
    "money": lambda cell, context: words.yuan(cell.value),
    "int": lambda cell, context: f"{cell.value:,}",
    "grade": lambda cell, context: badges.grade_badge(str(cell.value)),
    "state": lambda cell, context: badges.state_mark(str(cell.value)),
    "code": lambda cell, context: code(cell.value),
    "hash": lambda cell, context: code(cell.value, short=True),
    "date": lambda cell, context: day(context, cell.value),
    "time": lambda cell, context: moment(cell.value),
    "countdown": lambda cell, context: countdown(context, cell.value),
    "spark": lambda cell, context: charts.sparkline(cell.value),
}


@register.simple_tag(takes_context=True, name="cell")
def write_cell(context: template.Context, cell: Cell) -> SafeString | str:
    """This will write one cell as its column's kind says; nothing is written as a dash."""
    if cell.unsaid and not cell.column.title:
        return ""
    if cell.unsaid:
        return SafeString('<span class="none">—</span>')
    writer = WRITERS.get(cell.column.kind)
    written = writer(cell, context) if writer else str(cell.value)
    return format_html('<a href="{}">{}</a>', cell.href, written) if cell.href else written


@register.inclusion_tag("kit/chart.html")
def chart(it: charts.Chart) -> dict[str, Any]:
    """This will write a chart with its caption, its legend and the table behind it."""
    data = json_script(json.loads(json.dumps(it.explore)), f"explore-{it.name}") if it.explore else ""
    return {"chart": it, "data": data}


@register.inclusion_tag("kit/chain.html")
def chain(links: list[ChainLink], verify: str = "") -> dict[str, Any]:
    """This will draw lineage as a chain; ``verify`` is where a hash is sent to be checked."""
    return {"links": links, "verify": verify}


@register.inclusion_tag("kit/progress.html")
def progress(it: Progress) -> dict[str, Any]:
    """This will write work under way, asking again every second."""
    return {"progress": it}


@register.inclusion_tag("kit/summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    """This will list what is wrong at the top of the page, each line leading to its field."""
    return {"form": form}


@register.inclusion_tag("kit/questions.html")
def questions(form: Any) -> dict[str, Any]:
    """This will write each question with its label, hint and error."""
    fields = [(bound, control(bound), kind_of(bound)) for bound in form.visible_fields()]
    return {"form": form, "fields": fields}


@register.inclusion_tag("kit/answers.html", takes_context=True)
def answers(context: template.Context, asked: Asked, submit: str) -> dict[str, Any]:
    """This will write «check your answers»: each with the way back, and one button that says it."""
    return {"asked": asked, "submit": submit, "csrf_token": context.get("csrf_token")}


def kind_of(bound: BoundField) -> str:
    """This will say how a question is laid out: radio, tick or line."""
    widget = bound.field.widget
    return (
        "radio"
        if isinstance(widget, RadioSelect)
        else "tick"
        if isinstance(widget, CheckboxInput)
        else "line"
    )


def control(bound: BoundField) -> SafeString:
    """This will write the control with the ids its hint and error are known by."""
    widget = bound.field.widget
    css = (
        "form-select"
        if isinstance(widget, Select) and not isinstance(widget, RadioSelect)
        else "form-control"
    )
    css = "" if kind_of(bound) != "line" else css
    described = f"{bound.auto_id}-hint" if bound.help_text else ""
    if bound.errors:
        described, css = f"{described} {bound.auto_id}-error".strip(), f"{css} is-invalid".strip()
    given = {"class": css, "aria-describedby": described}
    attrs: dict[str, Any] = {name: value for name, value in given.items() if value}
    if isinstance(widget, Textarea):
        attrs["rows"] = 4
    return bound.as_widget(attrs=attrs)
