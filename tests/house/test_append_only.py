"""House law: acts are append-only. No door, shell or forgotten ``update`` gets past the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from chengxin.core.errors import HouseFault
from chengxin.ledger import append_only

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = date(2026, 3, 2)
pytestmark = pytest.mark.django_db(databases=["default", "looks"])


def _rows() -> dict[str, Callable[[], models.Model]]:
    """One way to make a row of every closed table, each with what it must stand on."""

    def make(label: str, **fields: Any) -> models.Model:
        model = apps.get_model(label)
        for field in model._meta.local_concrete_fields:  # a column added later needs no word here
            needed = not (field.null or field.has_default() or field.auto_created or field.is_relation)
            if needed and field.name not in fields and isinstance(field, models.IntegerField):
                fields[field.name] = 1
        return model._default_manager.create(**fields)

    def case() -> models.Model:
        return make("cases.Case", number="1", program="p", procedure="q", region="320100", agency="a",
                    title="t", opened_on=DAY)  # fmt: skip

    def act() -> models.Model:
        return make(
            "cases.Act", case=case(), kind="propose", on=DAY, at=AT, agency="a", bundle="b", digest="d"
        )

    def batch() -> models.Model:
        return make(
            "records.Batch",
            item="i",
            agency="a",
            door="cli",
            received_at=AT,
            told_on=DAY,
            bundle="b",
            idempotency_key="k",
        )

    def sheet() -> models.Model:
        return make("records.Sheet", id=1, batch=batch(), item="i", sha256="s", rows=1, size=1)

    def entry() -> models.Model:
        return make("ledger.Entry", at=AT, kind="act", ref="cases_act:1", digest="d")

    def administered() -> models.Model:
        region = make("ledger.Region", code="320100", name="r")
        body = make("ledger.Agency", code="b", name="b", duty="d", region=region, valid_from=DAY)
        one, other = (make("ledger.Official", username=u, name=u, agency=body) for u in "ab")
        first = make("ledger.Administration", at=AT, kind="ask", by=one, official=other)
        return make("ledger.Administration", at=AT, kind="grant", by=other, official=other, answers=first)

    return {
        "ledger_entry": entry,
        "ledger_seal": lambda: make("ledger.Seal", number=1, entry=entry(), day=DAY),
        "ledger_day_root": lambda: make("ledger.DayRoot", day=DAY, first=1, size=1, root="r"),
        "ledger_administration": administered,
        "cases_act": act,
        "cases_schedule": lambda: make("cases.Schedule", case=case(), sha256="s", rows=1, finding_run="r"),
        "cases_adoption": lambda: make("cases.Adoption", bundle="b", act=act(), since=DAY),
        "effects_bill_file": lambda: make(
            "effects.BillFile", program="p", company="c", period="2026-03", exhibit=1, sha256="s", lines=1,
            fen=1, run_sha256="r", issued_at=AT, official=1),
        "effects_event": lambda: make(
            "effects.Event", number=1, line="1:1:e::0", kind="ended", subject=1, effect_kind="measure",
            program="p", at=AT, state={}),
        "records_redaction": lambda: make(
            "records.Redaction", sheet=sheet(), old_sha256="o", new_sha256="n", rows=[1], article="a", at=AT),
        "records_withdrawal": lambda: make(
            "records.Withdrawal", batch=batch(), reason="r", official=1, at=AT),
        "records_confirmation": lambda: make(
            "records.Confirmation", batch=batch(), row=1, column="c", official=1, reason="r", at=AT),
        "records_batch": batch,
        "records_sheet": sheet,
        "looks_look": lambda: make(
            "looks.Look", at=AT, subject=1, official=1, post="p", agency="a", door="d", purpose="p"),
    }  # fmt: skip


OPEN = {"records_batch": ("quarantined", 7), "records_sheet": ("sha256", "scarred")}
TOUCHED = {"ledger_seal": "day", "ledger_day_root": "root", "records_batch": "item", "records_sheet": "item"}


EVERY = [pytest.param(closed, id=closed.table) for closed in (*append_only.CASE_FILE, *append_only.LOOKS)]


def _of(closed: append_only.Closed) -> tuple[models.Model, BaseDatabaseWrapper]:
    row = _rows()[closed.table]()
    return row, connections["looks" if closed in append_only.LOOKS else "default"]


@pytest.mark.parametrize("closed", EVERY)
def test_no_update_no_delete(closed: append_only.Closed) -> None:
    row, connection = _of(closed)
    column = TOUCHED.get(closed.table, "id")
    value = "'2001-01-01'" if column == "day" else "'x'" if column != "id" else "id + 1"
    for statement in (f"update {closed.table} set {column} = {value}", f"delete from {closed.table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using=connection.alias):
            connection.cursor().execute(statement)
    row.refresh_from_db()


@pytest.mark.parametrize("closed", EVERY)
def test_no_truncate_and_no_replace(closed: append_only.Closed) -> None:
    row, connection = _of(closed)
    if connection.vendor == "postgresql":
        connection.cursor().execute("set constraints all immediate")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(using=connection.alias):
            connection.cursor().execute(f"truncate {closed.table} cascade")
        return
    columns = [f.column for f in row._meta.local_concrete_fields]
    picked = ", ".join(f'"{c}"' for c in columns)
    statement = f"insert or replace into {closed.table} ({picked}) select {picked} from {closed.table}"
    with pytest.raises(DatabaseError, match="append-only"):
        connection.cursor().execute(statement)


@pytest.mark.parametrize("table", OPEN)
def test_what_a_redaction_must_rewrite_stays_open(table: str) -> None:
    row = _rows()[table]()
    field, value = OPEN[table]
    setattr(row, field, value)
    row.save()
    row.refresh_from_db()
    assert getattr(row, field) == value


@pytest.mark.parametrize("closed", EVERY)
def test_the_declared_keys_are_all_the_keys_there_are(closed: append_only.Closed) -> None:
    model = next(m for m in apps.get_models() if m._meta.db_table == closed.table)
    unique = {(f.column,) for f in model._meta.local_concrete_fields if f.unique}
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            unique.add(tuple(model._meta.get_field(f).column for f in constraint.fields))
    assert unique == set(closed.keys)
    assert set(closed.kept) <= {f.column for f in model._meta.local_concrete_fields}


@pytest.mark.parametrize("alias", ["default", "looks"])
def test_a_missing_trigger_is_a_fault_of_the_house(alias: str) -> None:
    connection = connections[alias]
    append_only.verify(connection)
    name, table = append_only.names(connection)[0]
    where = f" on {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"drop trigger {name}{where}")
    assert append_only.missing(connection) == [name]
    with pytest.raises(HouseFault, match=name):
        append_only.verify(connection)
    append_only.install(connection)
    append_only.verify(connection)


def test_a_trigger_that_was_weakened_is_missing() -> None:
    connection = connections["default"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("alter table cases_act disable trigger cases_act_no_delete")
        else:
            cursor.execute("drop trigger cases_act_no_delete")
            cursor.execute(
                "create trigger cases_act_no_delete before delete on cases_act begin select 1; end"
            )
    assert append_only.missing(connection) == ["cases_act_no_delete"]
    append_only.install(connection)


def test_every_table_of_the_case_file_that_claims_it_is_closed() -> None:
    """A model whose docstring says «Append-only» has triggers, and none has them without saying so."""
    closed = {c.table for c in (*append_only.CASE_FILE, *append_only.LOOKS) if not c.kept}
    claiming = {m._meta.db_table for m in apps.get_models() if "Append-only" in (m.__doc__ or "")}
    assert claiming <= closed
