"""Where an objection goes: to the body that made what the decision rests on."""

from __future__ import annotations

from chengxin.cases.models import Case
from chengxin.cases.schedules import rows
from chengxin.engine.store import Store
from chengxin.records.models import Sheet

RECORD_BITS = 32
"""A record's number is its sheet's, shifted, and its place in the sheet."""


def maker_of(case: Case, subject: int | None, store: Store) -> str:
    """This will name the body that told the first record a case, or one row of it, rests on.

    The first record is the one that put the row on the list; repairs and what came before it follow. Empty
    where the case rests on no record that still lies in a sheet.
    """
    sheets = [record >> RECORD_BITS for record in _grounds(case, subject, store)]
    told: dict[int, str] = dict(Sheet.objects.filter(pk__in=sheets).values_list("pk", "batch__agency"))
    return next((told[sheet] for sheet in sheets if sheet in told), "")


def _grounds(case: Case, subject: int | None, store: Store) -> list[int]:
    schedule = case.schedules.order_by("-id").first()
    if schedule is None or subject is None:
        proposal = case.acts.filter(kind="propose").order_by("-id").first()
        return list(proposal.cites.get("records", ())) if proposal else []
    lines = rows(schedule, store, [subject]).select(["because"]).to_pylist()
    return [int(record) for line in lines for record in line["because"] or ()]
