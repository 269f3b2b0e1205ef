"""Today: what waits, by the clock."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case as Either
from django.db.models import Count, DateField, F, Max, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from chengxin.cases.edges import ENDED, State
from chengxin.cases.models import Standpoint
from chengxin.cases.point import CLOCKS
from chengxin.faces.desk.log_in import EVERYONE
from chengxin.faces.models import Task
from chengxin.kit import Column, Empty, Table, Visit, page, spoken
from chengxin.ledger.agencies import with_predecessors
from chengxin.records.models import Batch
from chengxin.subjects.registry import cards

ROAD_CLOCK = Coalesce("due_on", "review_on")
CLOCK = Either(
    When(Q(answer_by__isnull=False) & Q(due_on=None, review_on=None), then=F("answer_by")),
    When(answer_by__lt=ROAD_CLOCK, then=F("answer_by")),
    default=ROAD_CLOCK,
    output_field=DateField(),
)
"""The nearest deadline: of the road, or of what stands beside it."""
QUIET = [*ENDED, State.KEPT]


@page("", door="desk", verbs=EVERYONE, name="today", title="今天的事", rail="today", icon="home")
def today(visit: Visit) -> HttpResponseBase:
    """This will show what waits for this official, the nearest deadline first."""
    table = waiting_table(visit) if visit.may("read") else None
    late = alarms(visit, "escalate") if visit.may("read") and visit.may("decide") else None
    return visit.render(
        "faces/desk/today.html",
        counts=counts(visit),
        table=table,
        escalated=escalated_table(visit, late) if late is not None and late.exists() else None,
        tasks=_tasks(visit),
    )


def points(visit: Visit) -> QuerySet[Standpoint]:
    """This will give the standpoints within the official's scope."""
    within = visit.scope.q({"agency": "case__agency", "region": "case__region"})
    return Standpoint.objects.filter(within).select_related("case")


def waiting(visit: Visit) -> QuerySet[Standpoint]:
    """This will give what still moves and has a clock, or stands as a whole."""
    moving = points(visit).exclude(state__in=QUIET)
    return moving.filter(Q(subject=0) | Q(marked=True) | Q(due_on__isnull=False) | Q(answer_by__isnull=False))


def lines(visit: Visit) -> list[dict[str, Any]]:
    """This will gather what waits: rows of one decision at one step with one deadline are one line."""
    grouped = (
        waiting(visit)
        .annotate(deadline=CLOCK)
        .values("case", "case__title", "case__number", "case__subject", "state", "deadline")
        .annotate(n=Count("pk", filter=Q(subject__gt=0)), row=Max("subject"))
        .order_by(F("deadline").asc(nulls_last=True), "-case")
    )
    return [dict(line) for line in grouped]


def alarms(visit: Visit, kind: str) -> QuerySet[Standpoint]:
    """This will give what the clock warned of, or told the head of, and is not done yet: the official's own body's."""
    own = with_predecessors(visit.who.agency_id)
    return points(visit).filter(alarm=kind, agency__in=own)


def escalated_table(visit: Visit, late: QuerySet[Standpoint]) -> Table:
    """This will list for the head what his body has let pass; it goes from here when it is done."""
    return Table(
        "escalated",
        columns=[
            Column("clock_on", "期限", kind="countdown"),
            Column("clock", "什么期限", value=lambda p: spoken(*CLOCKS[p.clock]), sort="clock"),
            Column("title", "事项", value="case.title", sort="-", wide=True, link=lambda p: point_href(visit, p)),
            Column("name", "单位", value=lambda p: p.subject_name, wide=True),
            Column("state", "走到哪一步", kind="state"),
        ],
        rows=late.exclude(clock="").order_by("clock_on", "pk"),
        subject=lambda p: p.subject or p.case.subject,
        purpose="督办逾期事项",
        prepare=with_names,
    )  # fmt: skip


def point_href(visit: Visit, point: Standpoint) -> str:
    """This will lead to a case, or to the one row of it."""
    href = visit.url("desk:case", number=point.case_id)
    return f"{href}?row={point.subject}" if point.subject else href


def late_by(day: date) -> Q:
    """This will select what falls due, or is to be reviewed, by a day."""
    return Q(due_on__lte=day) | Q(due_on=None, review_on__lte=day) | Q(answer_by__lte=day)


def waiting_table(visit: Visit) -> Table:
    """This will make the worklist; the look at each firm named on it is logged before it is shown."""
    return Table(
        "waiting",
        columns=[
            Column("deadline", "期限", kind="countdown"),
            Column("case__title", "事项", link=lambda line: line_href(visit, line), wide=True),
            Column("name", "单位", sort="-"),
            Column("state", "走到哪一步", kind="state"),
            Column("case__number", "案号", wide=True),
        ],
        rows=lines(visit),
        search=("case__title", "case__number"),
        subject=only_subject,
        purpose="办理在办案件",
        prepare=named,
        empty=Empty("今天没有到期的事", "立案、告知、会签之后，下一步和期限会按先后列在这里。"),
    )


def only_subject(line: dict[str, Any]) -> int | None:
    """This will give whom a line is about, where it is about one."""
    about = line["row"] if line["n"] == 1 and line["row"] else line["case__subject"]
    return int(about) if about else None


def line_href(visit: Visit, line: dict[str, Any]) -> str:
    """This will lead to the case; to its rows at that step, or to the one row it is about."""
    href = visit.url("desk:case", number=line["case"])
    if line["n"] > 1:
        return f"{href}?state={line['state']}#table-rows"
    return f"{href}?row={line['row']}" if line["row"] else href


def named(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """This will put beside each line whom it is about, or how many."""
    known = cards([about for line in found if (about := only_subject(line))])
    for line in found:
        it = known.get(only_subject(line) or 0)
        line["name"] = it.name if it else _("%(n)d 家") % {"n": line["n"]} if line["n"] > 1 else ""
    return found


def with_names(found: list[Standpoint]) -> list[Standpoint]:
    """This will put beside each standpoint the name of whom it is about."""
    known = cards([s for p in found if (s := p.subject or p.case.subject)])
    for point in found:
        it = known.get(point.subject or point.case.subject or 0)
        point.subject_name = it.name if it else ""  # type: ignore[attr-defined]
    return found


def counts(visit: Visit) -> list[dict[str, Any]]:
    """This will count what waits in each corner this official may open."""
    found: list[dict[str, Any]] = []
    if visit.may("read"):
        due = waiting(visit).filter(late_by(visit.today)).count()
        found.append(
            {"n": due, "word": _("件今天到期或已过期"), "href": visit.url("desk:cases") + "?due=today"}
        )
        near = alarms(visit, "warn").count()
        found.append(
            {"n": near, "word": _("件期限将满，时钟已提示"), "href": visit.url("desk:due") + "?days=7"}
        )
        marked = points(visit).filter(marked=True).exclude(state__in=QUIET).count()
        found.append(
            {"n": marked, "word": _("件有异议在处理"), "href": visit.url("desk:cases") + "?marked=True"}
        )
    if visit.may("read_batches"):
        within = Batch.objects.filter(visit.scope.q({"agency": "agency", "region": "region"}))
        refused = within.filter(quarantined__gt=0).count()
        found.append({"n": refused, "word": _("批有退回的行"), "href": visit.url("desk:quarantine")})
        unlinked = within.filter(unlinked__gt=0).count()
        if visit.may("link"):
            href = visit.url("desk:unlinked")
            found.append({"n": unlinked, "word": _("批有待确认关联的行"), "href": href})
    return found


def _tasks(visit: Visit) -> list[Task]:
    return list(Task.objects.filter(official=visit.who.pk).order_by("-id")[:5])
