"""Effects that rest on another body's decision, which came to us as a record with its proof.

The decision is its maker's: heard, served, changed and ended there. A line of the standing says what follows
here while the record counts, and it ends with the record, by whatever road that goes: superseded, taken back,
its last day. What we add is the match of the record to a subject; whoever disputes the match is let be at once,
and whoever disputes the content is sent on to the maker with a mark beside the line.

``settle`` follows one batch, ``refresh`` holds a whole item against its records. Each slice of changed lines
stands with a ledger entry of its own, from which the exchange tells everyone concerned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from chengxin.cases import standpoints
from chengxin.cases.edges import State
from chengxin.cases.models import Act, Case
from chengxin.core.canonical import digest
from chengxin.core.clock import day_of
from chengxin.effects.models import Standing
from chengxin.engine import duck, warm
from chengxin.engine.store import Store
from chengxin.ledger.entries import enter
from chengxin.ledger.models import Agency
from chengxin.policy.house import House
from chengxin.policy.items import Item
from chengxin.policy.programs import Effect
from chengxin.records import asof
from chengxin.records.models import Batch
from chengxin.records.pieces import Folder
from chengxin.subjects.linkage import links

SLICE: Final = 500
"""Lines written in one transaction."""
MATCH, CONTENT = "match", "content"
"""What a case may contest of a record: that it is about this subject, which is ours; what it says, its maker's."""
ENTRY: Final = "resting"
_MOVES: Final = frozenset({"propose", "decide", "take_out", "repair", "revoke", "lapse"})
_WRITTEN: Final = ("record", "title", "adverse", "article", "agency", "region", "since", "until", "exit",
                   "marked", "frozen", "body")  # fmt: skip


class _Name(NamedTuple):
    """What a line is known by, whatever record speaks for it now."""

    program: str
    effect: str
    subject: int
    part: str


@dataclass(frozen=True)
class _Contest:
    """What an open or decided case does to a line."""

    marked: bool
    frozen: bool
    ends_on: date | None


def items(house: House) -> list[str]:
    """This will name the items on which any effect rests."""
    return sorted({name for _program, effect in _all(house) for name in effect.rests_on})


def settle(batch: Batch, *, store: Store, house: House, now: datetime) -> int:
    """This will bring the lines of everyone a batch speaks of to what the records say now, and count the changes."""
    if batch.item not in items(house) or not batch.taken:
        return 0
    with warm.lent(store) as connection:
        touched = _spoken_of(connection, batch, store)
    return _settle(house.items[batch.item], touched, store=store, house=house, now=now)


def refresh(item: str, *, store: Store, house: House, now: datetime) -> int:
    """This will hold every line that rests on an item against its records, and count the changes."""
    return _settle(house.items[item], None, store=store, house=house, now=now)


def refresh_all(*, store: Store, house: House, now: datetime) -> int:
    """This will do so for every item on which any effect rests."""
    return sum(refresh(item, store=store, house=house, now=now) for item in items(house))


def part_of(item: Item, values: Mapping[str, Any]) -> str:
    """This will name a record among those of its subject, by its keys but for the code of the subject itself."""
    own = {column for _scheme, column in item.identifies}
    keys = {name: str(values.get(name) or "") for name in item.keys if name not in own}
    return f"{item.name}:{digest(keys)[:16]}"[:60]


def follow(acts: Sequence[Act]) -> None:
    """This will mark, freeze or end at once what a case contests. Registered with ``cases.follow``."""
    for act in acts:
        if act.kind not in _MOVES or act.subject is not None or act.case.subject is None:
            continue
        proposal = act if act.kind == "propose" else act.case.acts.filter(kind="propose").first()
        if proposal is not None and proposal.detail.get("contests"):
            _contest(act.case, proposal, at=act.at)


def _all(house: House) -> Iterator[tuple[str, Effect]]:
    for program in house.programs.values():
        for effect in program.effects.values():
            yield program.name, effect


def _spoken_of(connection: duck.DuckDBPyConnection, batch: Batch, store: Store) -> list[int]:
    """Whom the rows of a batch are about, and whom those were about that they replaced."""
    source = _shelf(batch.item, store)
    sheets = ", ".join(str(number) for number in batch.sheets.values_list("id", flat=True))
    if source is None or not sheets:
        return []
    asof.gone_sql(connection, asof.known(batch.item, None, store=store))
    rows = connection.execute(
        f"SELECT record, subject FROM {source} WHERE record >> 32 IN ({sheets}) "
        f"OR record IN (SELECT record FROM superseding WHERE by_record >> 32 IN ({sheets}))"
    ).fetchall()
    by_hand = dict(_linked([record for record, _subject in rows]))
    return sorted({by_hand.get(record, subject) for record, subject in rows} - {None})


def _settle(item: Item, subjects: Sequence[int] | None, *, store: Store, house: House, now: datetime) -> int:
    if subjects is not None and not subjects:
        return 0
    wanted = _wanted(item, subjects, store=store, house=house)
    held = {_name(line): line for line in _held(item, subjects)}
    changed: list[Standing] = []
    for name, line in wanted.items():
        before = held.get(name)
        if before is None:
            changed.append(line)
        elif any(getattr(before, field) != getattr(line, field) for field in _WRITTEN):
            line.pk = before.pk
            changed.append(line)
    changed += [
        _ended(line, day_of(now))
        for name, line in held.items()
        if name not in wanted and _open(line, day_of(now))
    ]
    for low in range(0, len(changed), SLICE):
        _write(changed[low : low + SLICE], now)
    return len(changed)


def _wanted(
    item: Item, subjects: Sequence[int] | None, *, store: Store, house: House
) -> dict[_Name, Standing]:
    """Every line there must be: one for each proved record that counts and each effect that rests on its item."""
    contests = _contests(subjects)
    agencies = dict(Agency.objects.values_list("code", "region_id"))
    found: dict[_Name, Standing] = {}
    for row in _counting(item, subjects, store):
        for program, effect in _all(house):
            if item.name not in effect.rests_on:
                continue
            region = str(row.get(item.region_column) or agencies.get(row["sender"], ""))
            line = _line(program, effect, item, row, region)
            contest = contests.get((line.subject, line.part))
            if contest is not None:
                _bear(line, contest)
            found[_name(line)] = line
    return found


def _counting(item: Item, subjects: Sequence[int] | None, store: Store) -> list[dict[str, Any]]:
    """The records of an item that count now, each with its subject and its sender, and with its proof."""
    source = _shelf(item.name, store)
    if source is None or item.proves is None:
        return []
    with warm.lent(store) as connection:
        gone = asof.gone_sql(connection, asof.known(item.name, None, store=store))
        by_hand = dict(_linked(None))
        named = {
            record for record, subject in by_hand.items() if subjects is None or subject in set(subjects)
        }
        whose = "subject IS NOT NULL" if subjects is None else f"subject IN ({_listed(subjects)})"
        whose = f"({whose} OR record IN ({_listed(named)}))" if named else whose
        proved = " AND ".join(f"{duck.name(column)} IS NOT NULL" for column in item.proves.columns)
        rows = duck.table(
            connection,
            f"SELECT * FROM {source} WHERE {whose} AND {proved} AND record >> 32 IN (SELECT sheet FROM present_sheets) "
            f"AND record NOT IN ({gone}) ORDER BY record",
        ).to_pylist()
    senders = dict(
        Batch.objects.filter(sheets__in={row["record"] >> 32 for row in rows}).values_list("sheets", "agency")
    )
    found = []
    for row in rows:
        subject = by_hand.get(row["record"], row["subject"])
        if subjects is None or subject in set(subjects):
            found.append({**row, "subject": subject, "sender": senders[row["record"] >> 32]})
    return found


def _line(program: str, effect: Effect, item: Item, row: Mapping[str, Any], region: str) -> Standing:
    proof = item.proves
    assert proof is not None  # noqa: S101 - only proved records are read
    shown = {name: _plain(row[name]) for name in effect.shows if row.get(name) is not None}
    decided: date = row[proof.decided_on]
    since = row.get(item.valid_from) or decided
    until = row.get(item.valid_to) if item.valid_to else None
    return Standing(
        subject=row["subject"],
        kind=effect.kind,
        program=program,
        effect=effect.name,
        title=effect.title,
        adverse=effect.adverse,
        record=row["record"],
        row=row["subject"],
        part=part_of(item, row),
        article=effect.basis,
        agency=row["sender"],
        region=region,
        since=since,
        until=max(until, since) if until else None,
        exit=proof.exit,
        body={
            **shown,
            "document_number": str(row[proof.document]),
            "decided_on": decided.isoformat(),
            "maker": str(row.get(proof.maker) or "") if proof.maker else "",
        },
    )


def _held(item: Item, subjects: Sequence[int] | None) -> Iterator[Standing]:
    lines = Standing.objects.filter(record__isnull=False, part__startswith=f"{item.name}:")
    if subjects is None:
        yield from lines.iterator(chunk_size=SLICE)
        return
    for low in range(0, len(subjects), SLICE):
        yield from lines.filter(subject__in=subjects[low : low + SLICE])


def _write(lines: Sequence[Standing], now: datetime) -> None:
    """Changed lines and the ledger entry that tells of them, in one short transaction."""
    fresh, known = [line for line in lines if line.pk is None], [line for line in lines if line.pk]
    with transaction.atomic():
        Standing.objects.bulk_create(fresh)
        Standing.objects.bulk_update(known, _WRITTEN) if known else None
        _tell(lines, now)


def _tell(lines: Iterable[Standing], now: datetime) -> None:
    for first, last in _runs(sorted(line.pk for line in lines)):
        enter(ENTRY, f"effects_standing:{first}-{last}", {"lines": [first, last]}, at=now)


def touched(ref: str) -> QuerySet[Standing]:
    """This will give the lines an entry of ours speaks of, for the maker of events."""
    first, _, last = ref.removeprefix("effects_standing:").partition("-")
    return Standing.objects.filter(pk__range=(int(first), int(last)), record__isnull=False)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring numbers as (first, last)."""
    if not numbers:
        return
    first = numbers[0]
    for one, following in pairwise(numbers):
        if following != one + 1:
            yield first, one
            first = following
    yield first, numbers[-1]


# contests


def _contests(subjects: Sequence[int] | None) -> dict[tuple[int, str], _Contest]:
    """By subject and part: what the cases that contest a record do to its lines, the newest last."""
    cases = Case.objects.filter(
        subject__isnull=False, acts__kind="propose", acts__detail__contests__isnull=False
    )
    if subjects is not None:
        cases = cases.filter(subject__in=list(subjects))
    found: dict[tuple[int, str], _Contest] = {}
    for case in cases.distinct().order_by("pk"):
        proposal = case.acts.filter(kind="propose").get()
        contest = _contest_of(case, proposal.detail["contests"])
        before = found.get((case.subject or 0, proposal.detail["part"]))
        if before is None or before.ends_on is None:
            found[case.subject or 0, proposal.detail["part"]] = contest
    return found


def _contest_of(case: Case, contests: str) -> _Contest:
    state = standpoints.point_of(case).state
    if contests == CONTENT:
        return _Contest(state in {State.PROPOSED, State.IN_FORCE}, frozen=False, ends_on=None)
    if state is State.IN_FORCE:
        decided = case.acts.filter(kind="decide").latest("pk")
        return _Contest(marked=False, frozen=False, ends_on=decided.on)
    return _Contest(state is State.PROPOSED, frozen=state is State.PROPOSED, ends_on=None)


def _contest(case: Case, proposal: Act, *, at: datetime) -> None:
    part = proposal.detail["part"]
    contest = _contest_of(case, proposal.detail["contests"])
    lines = list(Standing.objects.filter(subject=case.subject or 0, part=part, record__isnull=False))
    for line in lines:
        _bear(line, contest)
    Standing.objects.bulk_update(lines, ["marked", "frozen", "until"]) if lines else None
    _tell(lines, at)


def _bear(line: Standing, contest: _Contest) -> None:
    line.marked, line.frozen = contest.marked, contest.frozen
    if contest.ends_on is not None:
        line.until = max(min(contest.ends_on, line.until or contest.ends_on), line.since)


def _open(line: Standing, today: date) -> bool:
    return line.until is None or line.until > today


def _ended(line: Standing, today: date) -> Standing:
    line.until = max(today, line.since)
    return line


def _name(line: Standing) -> _Name:
    return _Name(line.program, line.effect, line.subject, line.part)


def _linked(records: Sequence[int] | None) -> list[tuple[int, int]]:
    table = links(records=records)
    return [(row["record"], row["subject"]) for row in table.to_pylist()]


def _shelf(item: str, store: Store) -> str | None:
    folder = Folder(store.shelves(item))
    files = [path for group in folder.manifest().groups for path in folder.files(group)]
    return f"read_parquet({duck.paths(files)}, union_by_name = true)" if files else None


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers))) or "NULL"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
