"""What stands on whom today because a decision is in force: written with the act, rebuilt from acts alone.

A projection, never the truth. It holds what is adverse or bears a price or a measure, and favourable
effects of single decisions; the favourable rows of a mass decision stay in their schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from chengxin.cases import standpoints
from chengxin.cases.models import Act, Case
from chengxin.cases.point import Point
from chengxin.core.errors import HouseFault
from chengxin.effects.models import Standing
from chengxin.subjects.models import Subject

_ENDS = frozenset({"repair", "revoke", "lapse"})
_MARKS = frozenset(
    {"object", "answer_objection", "ask_review", "answer_review", "annotate", "end_annotation"}
    | {"suspend", "resume"}
)
_PEOPLE = ("organisation", "person")
_SLICE = 1000


def follow(acts: Sequence[Act]) -> None:
    """This will write what follows from the acts of one transaction. Registered with ``cases.follow``."""
    kind = acts[0].kind
    if kind in {"decide", "serve_decision"}:
        _begin([act for act in acts if act.detail.get("lines")], adverse=kind == "serve_decision")
    elif kind in _ENDS:
        for act in acts:
            _end(act)
    elif kind == "shorten":
        for act in acts:
            _shorten(act)
    elif kind == "review":
        for act in acts:
            _lines_of(act).update(review_on=_day(act.detail.get("review_on")))
    elif kind in _MARKS:
        _mark(acts)


def in_force(on: date, subjects: Iterable[int] | None = None) -> QuerySet[Standing]:
    """This will give what holds on a day: begun, not ended, not frozen (law 11: read by date)."""
    held = Standing.objects.filter(Q(until__isnull=True) | Q(until__gt=on), since__lte=on, frozen=False)
    return held if subjects is None else held.filter(subject__in=list(subjects))


def holds(line: Standing, on: date) -> bool:
    """This will say of one line what ``in_force`` says of the table."""
    return line.since <= on and (line.until is None or line.until > on) and not line.frozen


def rebuild(now: datetime) -> int:
    """This will drop what rests on acts and build it again from them; it says how many lines there are.

    What rests on other bodies' records is ``resting``'s.

    ``now`` bounds the acts that are read: a rebuild of a past moment shows what stood then.
    """
    acts = Act.objects.filter(at__lte=now).select_related("case").order_by("id")
    with transaction.atomic():
        Standing.objects.filter(record__isnull=True).delete()
        for act in acts.iterator(chunk_size=_SLICE):
            follow([act])
        return Standing.objects.filter(record__isnull=True).count()


def lines() -> list[tuple[Any, ...]]:
    """This will give every line without its row number, sorted: to compare before and after a rebuild."""
    names = [field.name for field in Standing._meta.fields if field.name not in {"id", "body"}]
    rows = Standing.objects.values_list(*names, "body")
    return sorted(((*row[:-1], repr(sorted(row[-1].items()))) for row in rows), key=repr)


def _begin(acts: Sequence[Act], *, adverse: bool) -> None:
    """A decision brings its favourable lines into force, its service the adverse ones, and what a reminder tells."""
    if not acts:
        return
    case = acts[0].case
    decisions = _decisions(acts)
    points = _points(case, acts)
    answering = _answering({_row(act) for act in acts})
    Standing.objects.bulk_create(
        _standing(act, line, decisions[act.pk], points.get(act.subject), answering)
        for act in acts
        for line in act.detail["lines"]
        if bool(line["adverse"]) is adverse or decisions[act.pk].kind == "remind"
    )


def _standing(
    act: Act,
    line: Mapping[str, Any],
    decision: Act,
    point: Point | None,
    answering: Mapping[int, int],
) -> Standing:
    case, row = act.case, _row(act)
    return Standing(
        subject=answering.get(row, row),
        kind=line["kind"],
        program=case.program,
        effect=line["effect"],
        title=line["title"],
        adverse=line["adverse"],
        marked=point is not None and point.marked,
        frozen=point is not None and point.frozen,
        case=case.pk,
        act=act.pk,
        row=row,
        part=line["part"],
        site=line["site"] or (row if row in answering else None),
        article=line["article"],
        agency=decision.agency,
        region=str(line["body"].get("division") or case.region),
        since=date.fromisoformat(line["since"]),
        until=_day(line["until"]),
        exit=line["exit"],
        review_on=_day(line["review_on"]),
        body={
            **line["body"],
            "document_number": decision.detail.get("number", ""),
            "decided_on": decision.on.isoformat(),
        },
    )


def _end(act: Act) -> None:
    """The first day on which it no longer holds; one revoked from its beginning never held."""
    ends_on = _day(act.detail.get("ends_on")) or act.on
    for line in _lines_of(act).filter(Q(until__isnull=True) | Q(until__gt=ends_on)):
        line.until = max(ends_on, line.since)
        line.review_on = None
        line.save(update_fields=["until", "review_on"])


def _shorten(act: Act) -> None:
    """The milder rule: it holds no longer than to the new end."""
    until = date.fromisoformat(act.detail["until"])
    for line in _lines_of_row(act).filter(Q(until__isnull=True) | Q(until__gt=until), adverse=True):
        line.until = max(until, line.since)
        line.save(update_fields=["until"])


def _mark(acts: Sequence[Act]) -> None:
    points = _points(acts[0].case, acts)
    for act in acts:
        point = points[act.subject]
        _lines_of_row(act).update(marked=point.marked, frozen=point.frozen)


def _lines_of(act: Act) -> QuerySet[Standing]:
    """The lines an act speaks of: those of its case, its row, and the part it names."""
    held, part = _lines_of_row(act), act.detail.get("part")
    return held if part is None else held.filter(part=part)


def _lines_of_row(act: Act) -> QuerySet[Standing]:
    """Every line of its case or row: what is contested is so in all its parts."""
    held = Standing.objects.filter(case=act.case_id)
    return held if act.subject is None else held.filter(row=act.subject)


def _points(case: Case, acts: Sequence[Act]) -> dict[int | None, Point]:
    rows = [act.subject for act in acts if act.subject is not None]
    points: dict[int | None, Point] = dict(standpoints.points_of_rows(case, rows).items())
    if len(rows) < len(acts):
        points[None] = standpoints.point_of(case)
    return points


def _decisions(acts: Sequence[Act]) -> dict[int, Act]:
    """By the number of each act: the decision it serves, or itself."""
    named = {act.pk: act.detail.get("decision", act.pk) for act in acts}
    found = Act.objects.in_bulk(set(named.values()))
    return {own: found[decision] for own, decision in named.items()}


def _answering(rows: set[int]) -> dict[int, int]:
    """Who answers for the rows that are no people: a plant's firm, a shop's keeper."""
    sites = Subject.objects.filter(pk__in=rows, answers_for__isnull=False).exclude(kind__in=_PEOPLE)
    return {site.pk: site.answers_for for site in sites if site.answers_for is not None}


def _row(act: Act) -> int:
    row = act.subject if act.subject is not None else act.case.subject
    if row is None:
        raise HouseFault("standing.binds_nobody", act=act.pk)
    return row


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
