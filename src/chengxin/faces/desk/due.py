"""到期日历: what is due, by day: every matter under the clock that runs out first, read from one index.

Also as a calendar file (RFC 5545) that an official's own calendar subscribes to or opens; it names matters by
their numbers and nobody.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http.response import HttpResponseBase

from chengxin.cases.models import Standpoint
from chengxin.cases.point import CLOCKS
from chengxin.core.numerals import whole
from chengxin.faces.desk.cases import numbered
from chengxin.faces.desk.today import point_href, with_names
from chengxin.kit import Column, Empty, Filter, Table, Visit, attachment, page, spoken
from chengxin.ledger.models import Agency, Region

AHEAD = 30
"""Days ahead, where nobody asks for more."""
FARTHEST = 366
MOST = 1000
"""Events of one calendar file."""
FEW = 40
"""Bodies and divisions offered to choose from."""


@page("due/", door="desk", verbs=("read",), title="到期日历", rail="casework", icon="clock")
def due(visit: Visit) -> HttpResponseBase:
    """This will list what falls due within some days, and what is overdue, the nearest first."""
    rows = within(visit)
    table = Table(
        "due",
        columns=[
            Column("clock_on", "期限", kind="countdown"),
            Column("clock", "什么期限", value=lambda p: spoken(*CLOCKS[p.clock]), sort="clock"),
            Column("title", "事项", value="case.title", sort="-", wide=True, link=lambda p: point_href(visit, p)),
            Column("name", "单位", value=lambda p: p.subject_name, wide=True),
            Column("state", "走到哪一步", kind="state"),
            Column("number", "案号", value=lambda p: numbered(p.case.number), sort="-", wide=True),
        ],
        rows=rows.select_related("case").order_by("clock_on", "pk"),
        filters=_filters(visit),
        subject=lambda p: p.subject or p.case.subject,
        purpose="办理在办案件",
        prepare=with_names,
        empty=Empty("这些天没有到期的", "陈述申辩、异议、修复、撤销、致歉、复查和到期，都按天列在这里。"),
    )  # fmt: skip
    return visit.render(
        "faces/desk/due.html",
        table=table,
        days=by_day(visit, rows),
        ahead=ahead(visit),
        choices=(7, AHEAD, 90),
    )


@page("due/calendar.ics", door="desk", verbs=("read",), name="due_calendar")
def due_calendar(visit: Visit) -> HttpResponseBase:
    """This will give the same days as a calendar file, without any name in it."""
    found = list(within(visit).select_related("case").order_by("clock_on", "pk")[:MOST])
    text = "".join(f"{folded}\r\n" for line in _calendar(visit, found) for folded in _folded(line))
    return attachment(io.BytesIO(text.encode()), "due.ics", "text/calendar")


def within(visit: Visit) -> QuerySet[Standpoint]:
    """This will select what is due within the scope and the days asked for, by its own columns alone."""
    inside = visit.scope.q({"agency": "agency", "region": "region"})
    last = visit.today + timedelta(days=ahead(visit))
    return Standpoint.objects.filter(inside, clock_on__lte=last)


def ahead(visit: Visit) -> int:
    """This will read how many days ahead are asked for."""
    return min(whole(visit.asked.get("days", "")) or AHEAD, FARTHEST)


def by_day(visit: Visit, rows: QuerySet[Standpoint]) -> list[dict[str, Any]]:
    """This will count what falls due on each day; all that is overdue is one line."""
    days = (
        rows.filter(clock_on__gte=visit.today).values("clock_on").annotate(n=Count("pk")).order_by("clock_on")
    )
    found: list[dict[str, Any]] = [{"on": one["clock_on"], "n": one["n"]} for one in days]
    late = rows.filter(clock_on__lt=visit.today).count()
    return [{"on": None, "n": late}, *found] if late else found


def _filters(visit: Visit) -> list[Filter]:
    """By clock, and by body and division where the official sees more than one."""
    filters = [Filter("clock", "什么期限", {name: spoken(*words) for name, words in CLOCKS.items()})]
    bodies = Agency.objects.filter(visit.scope.q({"agency": "code", "region": "region__code"}), valid_to=None)
    named = {it.code: spoken(it.name, it.name_en) for it in bodies.order_by("code")[:FEW]}
    if len(named) > 1:
        filters.append(Filter("agency", "机关", named))
    regions = Region.objects.filter(visit.scope.q({"region": "code"}) if _bounded(visit) else Q())
    places = {it.code: spoken(it.name, it.name_en) for it in regions.order_by("code")[:FEW]}
    if _bounded(visit) and len(places) > 1:
        filters.append(Filter("region", "区划", places))
    return filters


def _bounded(visit: Visit) -> bool:
    return visit.scope.region_ranges is not None


def _calendar(visit: Visit, found: Sequence[Standpoint]) -> Iterator[str]:
    stamp = visit.now.strftime("%Y%m%dT%H%M%SZ")
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Chengxin//due//ZH", "CALSCALE:GREGORIAN")
    for one in found:
        day: date = one.clock_on or visit.today
        yield from (
            "BEGIN:VEVENT",
            f"UID:{one.case_id}-{one.subject}-{one.clock}@chengxin",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_escaped(spoken(*CLOCKS[one.clock]))} {_escaped(numbered(one.case.number))}",
            f"URL:{visit.request.build_absolute_uri(point_href(visit, one))}",
            "END:VEVENT",
        )
    yield "END:VCALENDAR"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", " ")


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets, none of them cut within a character."""
    rest, head = line, ""
    while rest:
        length = len(rest)
        while len((head + rest[:length]).encode()) > 75:
            length -= 1
        yield head + rest[:length]
        rest, head = rest[length:], " "
