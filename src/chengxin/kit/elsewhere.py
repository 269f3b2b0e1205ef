"""What rests on another body's decision: its lines, whoever contests one, who is told of them, and what came.

::

    lines = rested(visit, "judgment_defaulters")            # a QuerySet, within the visitor's scope
    case = contest(visit, line, "mismatch", "match")        # marked and let be at once
    receivers(visit, "judgment_defaulters")                 # who is told, and how far behind each is
    deltas(visit, "judgment_defaulters")                    # what came by the signed feed
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet

from chengxin.cases import opening
from chengxin.cases.acts import act
from chengxin.cases.models import Case
from chengxin.core.errors import MissingError
from chengxin.core.identifiers import mask
from chengxin.effects.exchange.receipts import lags
from chengxin.effects.models import Standing
from chengxin.effects.publication import dark
from chengxin.kit.pages import Visit
from chengxin.kit.places import bodies
from chengxin.ledger.scope import Scope
from chengxin.subjects.models import Subject
from chengxin.subjects.persons import reveal
from chengxin.subjects.registry import subject_of_code


def rested(visit: Visit, program: str, code: str = "") -> QuerySet[Standing]:
    """This will give the lines of a program that rest on records, those that ended too, within the visitor's scope.

    ``code``: of the subject that bears it alone. The public gets nothing that is let be, and nothing at all when the
    clock is late (law 11).
    """
    within = visit.scope.q({"agency": "agency", "region": "region"})
    lines = Standing.objects.filter(within, program=program, record__isnull=False)
    if code:
        lines = lines.filter(subject=subject_of_code(code) or 0)
    if visit.official is None:
        return lines.none() if dark(visit.now) else lines.filter(frozen=False)
    return lines


def contest(visit: Visit, line: Standing, procedure: str, what: Literal["match", "content"]) -> Case:
    """This will open a case about a line and propose in it; what is contested follows at once.

    ``match``: that the record is about this subject at all, which is ours to answer: the lines are let be until
    then. ``content``: what the record says, which its maker alone answers: the lines are marked.
    """
    agency = visit.who.agency
    case = opening.open_case(
        program=line.program, procedure=procedure, agency=agency.pk, region=agency.region_id,
        title=f"{line.title}　{line.body['document_number']}"[:200], on=visit.today, subject=line.subject,
    )  # fmt: skip
    act(
        case, "propose", official=visit.who, agency=agency.pk, on=visit.today, at=visit.now, bundle=visit.adopted,
        detail={"contests": what, "part": line.part}, cites={"records": [line.record]},
    )  # fmt: skip
    return case


def masked(visit: Visit, subjects: Iterable[int]) -> dict[int, tuple[str, str]]:
    """This will give of natural persons the name and the citizen number as they may be shown: mostly hidden.

    The caller has logged the look. Whose number the house does not hold in clear has an empty one.
    """
    from chengxin.subjects.cards import cards

    people = set(Subject.objects.filter(pk__in=set(subjects), kind="person").values_list("pk", flat=True))
    known = cards(people)
    return {number: (_hidden(known[number].name), _masked(number, visit.secret)) for number in people}


def receivers(visit: Visit, program: str) -> list[dict[str, Any]]:
    """This will say of each subscriber of a program what it has acknowledged, what waits and since when."""
    seen = [
        one
        for one in lags(visit.now)
        if not one["programs"] or program in one["programs"]
        if any(visit.scope.covers(region) or Scope.of(regions=[region]).covers(visit.who.agency.region_id)
               for region in one["regions"])
    ]  # fmt: skip
    names = bodies(one["agency"] for one in seen)
    return [
        {**one, "body": names[one["agency"]], "minutes": _minutes(visit.now, one["oldest"])} for one in seen
    ]


def deltas(visit: Visit, program: str, most: int = 100) -> list[dict[str, Any]]:
    """This will give the newest signed deltas: whose, when made and received, and what became of the rows."""
    folder = visit.home / "feeds" / program
    newest = sorted(folder.glob("*/*.json"), key=lambda path: path.stat().st_mtime, reverse=True)[:most]
    names = bodies(path.parent.name for path in newest)
    found = []
    for path in newest:
        kept = json.loads(path.read_text("utf-8"))
        made, received = (datetime.fromisoformat(kept[name]) for name in ("made_at", "received_at"))
        found.append(
            {
                "body": names[path.parent.name],
                "sequence": kept["answer"]["sequence"] or None,
                "urgent": kept["answer"]["urgent"],
                "made_at": made,
                "received_at": received,
                "minutes": _minutes(received, made),
                **kept["answer"]["counts"],
            }
        )
    return found


def _minutes(later: datetime, earlier: datetime | None) -> int | None:
    return None if earlier is None else max(0, int((later - earlier).total_seconds() // 60))


def _hidden(name: str) -> str:
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def _masked(subject: int, key: str) -> str:
    try:
        return mask("id_number", reveal(subject, key))
    except MissingError:
        return ""
