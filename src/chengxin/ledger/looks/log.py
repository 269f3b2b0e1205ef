"""The log of looks: who was shown what is not published, written before the answer (law 7).

One row per subject shown, in a database of its own; every answer waits for its own rows to be on disk. If
they cannot be written, the answer is refused. The subject reads it without the officer's name.
"""

from __future__ import annotations

import fcntl
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from chengxin.core.errors import DeniedError, HouseFault
from chengxin.ledger.models import Official

from .models import Look
from .together import Together

_DATABASE: Final = "looks"
Slip = tuple[Any, ...]
"""What one answer has to log: moment, words in the order of the columns, and the subjects shown."""
_INSERT: Final = "insert into looks_look (at, subject, official, post, agency, door, purpose, case_number)"
_VALUES: Final = f"{_INSERT} values (%s, %s, %s, %s, %s, %s, %s, %s)"
_UNNESTED: Final = f"""{_INSERT} select * from unnest(%s::timestamptz[], %s::bigint[], %s::bigint[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[])"""


def look(
    official: Official | Agent,
    subjects: Iterable[int],
    *,
    door: str,
    purpose: str,
    case_number: str = "",
    now: datetime,
) -> int:
    """This will log that ``subjects`` are about to be shown to ``official``, and count them.

    Call it after the rows are chosen and before any of them leaves the house. When it returns the rows are
    on disk; when it raises, show nothing: :class:`DeniedError` without a purpose, :class:`HouseFault` where
    the log cannot be written.
    """
    shown = sorted(set(subjects))
    look_together([(Errand(official, door, purpose, case_number, now), shown)])
    return len(shown)


def look_together(looks: Iterable[tuple[Errand, Collection[int]]]) -> None:
    """This will log what several answers are about to show, in one transaction, as :func:`look` does."""
    slips = [_slip(errand, shown) for errand, shown in looks if shown]
    if not slips:
        return
    try:
        _together.join(slips)
    except DatabaseError as failed:
        raise HouseFault("look.not_written") from failed


def _slip(errand: Errand, shown: Collection[int]) -> Slip:
    if not errand.purpose.strip():
        raise DeniedError("look.no_purpose", door=errand.door)
    official = errand.official
    words = (official.pk, official.post, str(official.agency_id), errand.door[:60], errand.purpose[:120])
    return (errand.now, *words, errand.case_number[:80], sorted(set(shown)))


def _write(groups: Sequence[list[Slip]]) -> Sequence[None]:
    """This will put the looks of several answers on disk in one transaction."""
    connection = connections[_DATABASE]
    rows = [
        (connection.ops.adapt_datetimefield_value(now), subject, *words)
        for slips in groups
        for now, *words, shown in slips
        for subject in shown
    ]
    with _turn(connection), transaction.atomic(using=_DATABASE, durable=True), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_UNNESTED, [list(column) for column in zip(*rows, strict=True)])
        else:
            cursor.executemany(_VALUES, rows)
    return [None] * len(groups)


@contextmanager
def _turn(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Processes write in turn: SQLite alone would have the later ones sleep and try again."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql" or not Path(name).is_file():
        yield
        return
    with Path(f"{name}.turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


_together: Together[list[Slip], None] = Together(_write)
"""Answers that wait at the same time share one commit: a disk syncs some hundred times a second."""


@dataclass(frozen=True)
class Agent:
    """Who looks under a mandate, at its own party's file: no official and no body; the case number is the mandate's."""

    pk: int = 0
    post: str = "受托代理人"
    agency_id: str = ""


BY_MANDATE: Final = Agent()


@dataclass(frozen=True)
class Errand:
    """What stays the same while one request is answered: who looks, through which door, and what for.

    ``errand = Errand(official, "desk:firm", purpose, case_number, now)``, then ``errand.look(subjects)``
    before each part of the answer.
    """

    official: Official | Agent
    door: str
    purpose: str
    case_number: str
    now: datetime

    def look(self, subjects: Iterable[int]) -> int:
        """This will log the subjects as :func:`look` does."""
        return look(
            self.official,
            subjects,
            door=self.door,
            purpose=self.purpose,
            case_number=self.case_number,
            now=self.now,
        )


@dataclass(frozen=True)
class LookSeen:
    """A look as its subject may read it: the body and the post, never the officer. Without a body it was the
    subject's own agent, under the mandate that ``case_number`` names."""

    number: int
    at: datetime
    agency: str
    post: str
    door: str
    purpose: str
    case_number: str


def looks_at(
    *subjects: int, limit: int = 100, before: int | None = None, deferred: Collection[tuple[str, str]] = ()
) -> list[LookSeen]:
    """This will list the looks at a subject, newest first; ``before``, a look's number, continues a page.

    Merged subjects are read under all their numbers. ``deferred``: the cases whose looks are shown only
    later, each with the body that has it; another body's look is shown, whatever number it was given.
    """
    looks = Look.objects.filter(subject__in=subjects)
    for case_number, agency in deferred:
        looks = looks.exclude(case_number=case_number, agency=agency)
    if before is not None:
        looks = looks.filter(pk__lt=before)
    rows = looks.order_by("-id").values_list("id", "at", "agency", "post", "door", "purpose", "case_number")
    return [LookSeen(*row) for row in rows[:limit]]
