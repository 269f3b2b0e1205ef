"""The counted names a program may use (at most 90), with the page parts.

**Pages.** ``@page(path, door=, verbs=|public=True, title=, rail=, methods=)`` on ``f(visit, **captured)``.
The program's ``pages`` package imports its views. Faces mounts those with ``door="desk"`` at
``/desk/<program>/`` in the namespace ``<program>``, those with ``door="public"`` at ``/p/<program>/`` in
``<program>-public``: ``visit.url("sewage_tariff:levies")``. Verbs are those of ``ledger.roles``.

``Visit`` gives ``request now today official who scope store home house bundle adopted secret workdays``
and ``may(verb) require(verb) look(subjects, purpose=) render(template, **context) go(name) say(text)
queue(kind, payload)``. Views never ask the clock: ``visit.now``, ``visit.today``.

A program whose ``pages`` has ``home_charts(visit)``, a list of charts over public data, has them drawn on
the first page of the public door.

**Templates.** Extend ``"kit/desk.html"`` or ``"kit/public.html"``; blocks ``title``, ``page_class``
(``narrow`` for prose and forms) and ``main``. ``{% load kit i18n %}`` gives::

    {% table table %}            a Table handed to visit.render
    {% chart chart %}            stacked_bars / bars / columns / dot_strip
    {% chain links verify %}     chain(why["chain"])
    {% progress work %}          Progress
    {% error_summary form %} {% questions form %} {% answers asked "提交" %}
    {% grade "red" %} {% state "in_force" %} {% marked %} {% code uscc %} {% code sha short=True %}
    {% day on %} {% moment at %} {% countdown due %} {% icon "drop" %}
    {{ fen|yuan }} {{ n|number }} {{ item|spoken }} {{ agency|spoken:"name" }} {{ text|tr }}

A page with one form: ``visit.render("kit/ask.html", asked=ask(visit, Form, review=True), title=, submit=,
review=True, lead=, back=)``. Words are Chinese inside ``{% trans %}`` or ``gettext``; their English stands in
``locale/en``. Classes: ``.lead .facts .cards .card-part .acts .notice .empty .chip .split .figures .road``.

More stands in ``kit.tables``, ``kit.pages``, ``kit.forms`` and ``kit.charts``. The names are loaded when
first asked for: this package is an installed app, and models must not load before it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chengxin.kit.accounts import (
        adjust_bill,
        bill_as_issued,
        bill_file,
        bill_files,
        bill_from,
        bill_lines,
        bill_total,
        issue_bill,
        reconciled,
        refuse_bill,
    )
    from chengxin.kit.badges import grade_badge, state_mark, state_word
    from chengxin.kit.casework import (
        LEFT_OUT,
        DocumentTable,
        Found,
        LeftOut,
        document,
        find_now,
        found_last,
        left_out_of,
        list_rows,
        list_table,
        lists_of,
        named,
        next_number,
        own,
        panels_of,
        propose_list,
        reasons_of,
        rows_underway,
        signatures,
        stands,
        step,
        step_rows,
        within,
    )
    from chengxin.kit.chains import ChainLink, chain
    from chengxin.kit.charts import Chart, Series, bars, columns, dot_strip, sparkline, stacked_bars
    from chengxin.kit.elsewhere import contest, deltas, masked, receivers, rested
    from chengxin.kit.export import attachment
    from chengxin.kit.forms import Asked, DayInput, ask
    from chengxin.kit.pages import Visit, page
    from chengxin.kit.places import bodies, divisions, duties_of
    from chengxin.kit.progress import Progress
    from chengxin.kit.reminding import reminders_sent
    from chengxin.kit.tables import Column, Empty, Filter, Table
    from chengxin.kit.telling import keep, kept_of, tell
    from chengxin.kit.words import countdown, day_words, duty, language, spoken, yuan
    from chengxin.subjects.cards import cards
    from chengxin.subjects.codes import subject_of_code

_NAMES = {
    "chengxin.kit.pages": ("page", "Visit"),
    "chengxin.kit.tables": ("Table", "Column", "Filter", "Empty"),
    "chengxin.kit.export": ("attachment",),
    "chengxin.kit.forms": ("ask", "Asked", "DayInput"),
    "chengxin.kit.charts": ("Chart", "Series", "stacked_bars", "bars", "columns", "dot_strip", "sparkline"),
    "chengxin.kit.badges": ("grade_badge", "state_mark", "state_word"),
    "chengxin.kit.chains": ("chain", "ChainLink"),
    "chengxin.kit.progress": ("Progress",),
    "chengxin.kit.reminding": ("reminders_sent",),
    "chengxin.kit.casework": (
        *("Found", "found_last", "find_now", "propose_list", "step", "step_rows", "lists_of", "list_rows"),
        *("stands", "signatures", "next_number", "document", "DocumentTable"),
        *("LEFT_OUT", "LeftOut", "left_out_of", "within", "own", "named"),
        *("list_table", "rows_underway", "reasons_of", "panels_of"),
    ),
    "chengxin.kit.accounts": (
        *("bill_files", "bill_file", "bill_from", "refuse_bill", "issue_bill", "adjust_bill"),
        *("bill_lines", "bill_total", "bill_as_issued", "reconciled"),
    ),
    "chengxin.kit.telling": ("tell", "keep", "kept_of"),
    "chengxin.kit.elsewhere": ("rested", "contest", "masked", "receivers", "deltas"),
    "chengxin.subjects.cards": ("cards",),
    "chengxin.subjects.codes": ("subject_of_code",),
    "chengxin.kit.words": ("countdown", "day_words", "duty", "spoken", "yuan", "language"),
    "chengxin.kit.places": ("bodies", "divisions", "duties_of"),
}
_HOME = {name: module for module, names in _NAMES.items() for name in names}
__all__ = [
    "LEFT_OUT",
    "Asked",
    "ChainLink",
    "Chart",
    "Column",
    "DayInput",
    "DocumentTable",
    "Empty",
    "Filter",
    "Found",
    "LeftOut",
    "Progress",
    "Series",
    "Table",
    "Visit",
    "adjust_bill",
    "ask",
    "attachment",
    "bars",
    "bill_as_issued",
    "bill_file",
    "bill_files",
    "bill_from",
    "bill_lines",
    "bill_total",
    "bodies",
    "cards",
    "chain",
    "columns",
    "contest",
    "countdown",
    "day_words",
    "deltas",
    "divisions",
    "document",
    "dot_strip",
    "duties_of",
    "duty",
    "find_now",
    "found_last",
    "grade_badge",
    "issue_bill",
    "keep",
    "kept_of",
    "language",
    "left_out_of",
    "list_rows",
    "list_table",
    "lists_of",
    "masked",
    "named",
    "next_number",
    "own",
    "page",
    "panels_of",
    "propose_list",
    "reasons_of",
    "receivers",
    "reconciled",
    "refuse_bill",
    "reminders_sent",
    "rested",
    "rows_underway",
    "signatures",
    "sparkline",
    "spoken",
    "stacked_bars",
    "stands",
    "state_mark",
    "state_word",
    "step",
    "step_rows",
    "subject_of_code",
    "tell",
    "within",
    "yuan",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"the kit has no {name}; it has {', '.join(sorted(_HOME))}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
