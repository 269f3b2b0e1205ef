"""What is public about a subject today: worked out when it is asked, so that nothing outlives its end.

Two sources: our own decisions in force that show something, and public records, among them other bodies'
decisions with their proof. A person is never published. If the clock job is late, what is adverse goes
dark (law 11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from chengxin.cases.models import Act, Case
from chengxin.cases.own_words import exhibit_of
from chengxin.cases.point import Point
from chengxin.cases.standpoints import point_of
from chengxin.core.clock import day_of
from chengxin.effects.models import Standing
from chengxin.effects.standing import in_force
from chengxin.engine.store import Store
from chengxin.ledger.models import Agency
from chengxin.ledger.scope import Scope
from chengxin.policy.house import House
from chengxin.policy.items import Item
from chengxin.records.reading import read_records
from chengxin.records.timeline import Line, timeline
from chengxin.subjects.models import Subject

LATEST = timedelta(hours=26)
PLATFORM = ("platform",)
"""Who alone reports what comes back into the records of our own decisions."""


@dataclass(frozen=True)
class InForce:
    """A decision of a body on this platform, in force today."""

    title: str
    title_en: str
    kind: str
    program: str
    effect: str
    adverse: bool
    marked: bool
    """异议处理中 stands beside it."""
    shows: dict[str, Any]
    """What the program declared to be shown, by column."""
    article: str
    citation: str
    agency: str
    agency_name: str
    since: date
    until: date | None
    exit: str
    review_on: date | None
    case: str
    document: str
    decided_on: date
    act: str
    """Digest of the act by which it binds: what the verification page takes."""
    routes_to: str
    """Where an objection goes: ``maker`` of the record it rests on, or this body itself (``self``)."""
    proposal: bool
    """It stands on an article nobody has confirmed yet."""
    notes: tuple[str, ...]
    """What is pending beside it: a reconsideration, a suit, a reorganisation."""
    own_words: int | None
    """The exhibit of the party's own statement, which stands beside what burdens it."""
    repair_from: date | None
    """The first day on which repair may be applied for."""


@dataclass(frozen=True)
class PublicRecord:
    """A record a department told us, public by its catalogue item and still valid."""

    record: int
    item: str
    item_title: str
    item_title_en: str
    title: str
    agency: str
    agency_name: str
    told: date
    valid_from: date | None
    valid_to: date | None
    article: str
    attested: bool
    """It carries its sender's decision: heard and served there, not here."""
    document: str
    decided_on: date | None
    adverse: bool
    """It burdens, or may: goes dark with the clock, as a permit or an honour does not (law 11)."""
    marked: bool = False
    """异议处理中 stands beside it."""
    binds: bool = False
    """Something adverse rests on it here, in force today."""


@dataclass(frozen=True)
class Published:
    """All that the public door may say of one subject on one day."""

    subject: int
    on: date
    dark: bool
    """The clock job is late: what is adverse is not shown until it has run."""
    in_force: tuple[InForce, ...]
    records: tuple[PublicRecord, ...]


def dark(now: datetime) -> bool:
    """This will say whether the clock job is over 26 hours late, or has never run (law 11)."""
    earliest = connection.ops.adapt_datetimefield_value(now - LATEST)
    with connection.cursor() as cursor:
        cursor.execute("select 1 from ledger_job where name = 'tick' and finished_at >= %s", [earliest])
        return cursor.fetchone() is None


def published(subject: int, *, store: Store, house: House, now: datetime) -> Published:
    """This will give what is public about a subject today; of a person: nothing."""
    on, late = day_of(now), dark(now)
    known = Subject.objects.filter(pk=subject).first()
    if known is None or known.kind == "person":
        return Published(subject, on, late, (), ())
    return Published(
        subject,
        on,
        late,
        tuple(one for one in decisions(subject, house=house, on=on) if not (late and one.adverse)),
        tuple(one for one in records(subject, store=store, house=house, on=on) if not (late and one.adverse)),
    )


def decisions(subject: int, *, house: House, on: date) -> list[InForce]:
    """This will give our own decisions in force that show something, adverse ones first."""
    held = in_force(on, [subject]).filter(record__isnull=True)  # another body's stands among the records
    shown = [line for line in held if _shows(line, house)]
    cases = Case.objects.in_bulk({line.case for line in shown if line.case})
    acts = Act.objects.in_bulk({line.act for line in shown if line.act})
    names = _agency_names(line.agency for line in shown)
    found = [_in_force(line, house, cases, acts, names) for line in shown]
    return sorted(found, key=lambda one: (not one.adverse, one.since, one.title, one.act))


def records(subject: int, *, store: Store, house: House, on: date) -> list[PublicRecord]:
    """This will give public records still valid, newest first; a decision only with its proof.

    What the platform filed of its own decisions is left out: it is as old as last night, and they stand
    live beside it.
    """
    lines = [
        line
        for line in timeline(subject, Scope.public(), store=store, as_of=on)
        if (item := house.items.get(line.item)) is not None and item.reporters != PLATFORM
        if line.valid_to is None or line.valid_to > on
    ]
    carrying = [line.record for line in lines if house.items[line.item].carries]
    values = read_records(carrying, store=store) if carrying else {}
    names = _agency_names(line.agency for line in lines)
    bearing = bearings(subject, on)
    found = (
        _record(line, house.items[line.item], values.get(line.record, {}), names, bearing.get(line.record))
        for line in lines
    )
    return sorted((one for one in found if one), key=lambda one: (one.told, one.record), reverse=True)


class Bearing(NamedTuple):
    """What rests on a record here: whether it is let be while its match is contested, marked, or binding."""

    let_be: bool
    marked: bool
    binds: bool


def bearings(subject: int, on: date) -> dict[int, Bearing]:
    """This will say, of each record anything rests on, how it stands today."""
    by_record: dict[int, list[Standing]] = {}
    for line in Standing.objects.filter(subject=subject, record__isnull=False):
        by_record.setdefault(line.record or 0, []).append(line)
    found = {}
    for record, lines in by_record.items():
        alive = [one for one in lines if not one.frozen and (one.until is None or one.until > on)]
        binds = any(one.adverse and one.since <= on for one in alive)
        found[record] = Bearing(not alive, any(one.marked for one in alive), binds)
    return found


def proof(item: Item, values: Mapping[str, Any]) -> tuple[str, date] | None:
    """This will give (document, decided on) of another body's decision; None where it is not proved.

    Without its proving fields a row is kept and has no effect.
    """
    if item.proves is None or any(values.get(name) in (None, "") for name in item.proves.columns):
        return None
    return str(values[item.proves.document]), values[item.proves.decided_on]


def _shows(line: Standing, house: House) -> tuple[str, ...]:
    program = house.programs.get(line.program)
    effect = program.effects.get(line.effect) if program else None
    return effect.shows if effect else ()


def _in_force(
    line: Standing,
    house: House,
    cases: Mapping[int, Case],
    acts: Mapping[int, Act],
    names: Mapping[str, str],
) -> InForce:
    effect = house.programs[line.program].effects[line.effect]
    case, act = cases[line.case or 0], acts[line.act or 0]
    article = house.articles.get(line.article)
    procedure = house.procedures.get(f"{case.program}.{case.procedure}")
    point = point_of(case, line.row if case.subject is None else None) if line.adverse else Point()
    return InForce(
        title=line.title,
        title_en=effect.title_en,
        kind=line.kind,
        program=line.program,
        effect=line.effect,
        adverse=line.adverse,
        marked=line.marked,
        shows={name: line.body[name] for name in effect.shows if name in line.body},
        article=line.article,
        citation=article.citation if article else line.article,
        agency=line.agency,
        agency_name=names.get(line.agency, line.agency),
        since=line.since,
        until=line.until,
        exit=line.exit,
        review_on=line.review_on,
        case=case.number,
        document=str(line.body.get("document_number", "")),
        decided_on=date.fromisoformat(line.body["decided_on"]),
        act=act.digest,
        routes_to=procedure.objection.routes_to if procedure else "self",
        proposal=article is None or article.status == "proposal",
        notes=tuple(note.what for note in point.notes),
        own_words=exhibit_of(point),
        repair_from=point.repairable.since if point.repairable else None,
    )


def _record(
    line: Line, item: Item, values: Mapping[str, Any], names: Mapping[str, str], bearing: Bearing | None
) -> PublicRecord | None:
    proved = proof(item, values) if item.carries else None
    if (item.carries and proved is None) or (bearing is not None and bearing.let_be):
        return None
    return PublicRecord(
        record=line.record,
        item=item.name,
        item_title=item.title,
        item_title_en=item.title_en,
        title=line.title,
        agency=line.agency,
        agency_name=names.get(line.agency, line.agency),
        told=line.told,
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        article=item.basis,
        attested=item.carries is not None,
        document=proved[0] if proved else "",
        decided_on=proved[1] if proved else None,
        adverse=item.carries == "decision",
        marked=bearing is not None and bearing.marked,
        binds=bearing is not None and bearing.binds,
    )


def _agency_names(codes: Iterable[str]) -> dict[str, str]:
    return dict(Agency.objects.filter(pk__in=set(codes)).values_list("code", "name"))
