"""Triggers that keep what was done as it was done: no UPDATE, no DELETE, no REPLACE, no TRUNCATE.

They live in the database, not in the models, so that neither a shell nor a forgotten ``queryset.update``
gets past them. Django's table rebuild on SQLite drops a table's triggers without a word: whoever
migrates calls ``install`` afterwards (``faces.boot.migrate`` does), and ``verify`` refuses to open the
doors while one is missing or differs.

A batch and a sheet are not wholly closed: what a redaction or a confirmation must rewrite stays open,
what the department told us does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from chengxin.core.errors import HouseFault


@dataclass(frozen=True)
class Closed:
    """A table that only grows. ``keys``: every column (set) that is unique in it; an ``INSERT OR REPLACE``
    on SQLite would otherwise delete the row that bears one without firing a delete trigger."""

    table: str
    keys: tuple[tuple[str, ...], ...] = (("id",),)
    kept: tuple[str, ...] = ()
    """The columns that may not change; none named: no column may."""


CASE_FILE: Final = (
    Closed("ledger_entry"),
    Closed("ledger_seal", (("number",), ("entry_id",))),
    Closed("ledger_day_root", (("day",),)),
    Closed("ledger_administration", (("id",), ("answers_id",))),
    Closed("cases_act"),
    Closed("cases_schedule"),
    Closed("cases_adoption"),
    Closed("effects_bill_file"),
    Closed("effects_event"),
    Closed("records_redaction"),
    Closed("records_withdrawal"),
    Closed("records_confirmation"),
    Closed(
        "records_batch",
        (("id",), ("agency", "idempotency_key")),
        kept=("id", "item", "agency", "official", "region", "door", "source_sha256", "idempotency_key",
              "received_at", "told_on", "bundle", "nil", "corrects_id"),
    ),
    Closed("records_sheet", kept=("id", "batch_id", "item")),
)  # fmt: skip
LOOKS: Final = (Closed("looks_look"),)


def closed_tables(connection: BaseDatabaseWrapper) -> tuple[Closed, ...]:
    """This will name the tables that only grow in the database behind ``connection``."""
    return LOOKS if connection.alias == "looks" else CASE_FILE


def install(connection: BaseDatabaseWrapper) -> None:
    """This will put every trigger on, replacing what is there; a table not yet made is passed over."""
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            cursor.execute(_REFUSAL)
        for closed in closed_tables(connection):
            if closed.table in present:
                for name, text in _triggers(connection.vendor, closed).items():
                    cursor.execute(_drop(connection.vendor, name, closed.table))
                    cursor.execute(text)
                    if connection.vendor == "postgresql":
                        cursor.execute(f"alter table {closed.table} enable always trigger {name}")


def verify(connection: BaseDatabaseWrapper) -> None:
    """This will raise :class:`HouseFault` unless every trigger is on and says what it should."""
    absent = missing(connection)
    if absent:
        raise HouseFault("ledger.trigger_missing", triggers=", ".join(absent), database=connection.alias)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """This will name the triggers that are absent, switched off or not ours."""
    found = _found_postgresql(connection) if connection.vendor == "postgresql" else _found_sqlite(connection)
    return [
        name
        for closed in closed_tables(connection)
        for name, text in _triggers(connection.vendor, closed).items()
        if found.get(name) != (text if connection.vendor == "sqlite" else closed.table)
    ]


def names(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """This will list ``(trigger, table)`` for every table that only grows."""
    return [
        (name, closed.table)
        for closed in closed_tables(connection)
        for name in _triggers(connection.vendor, closed)
    ]


def _drop(vendor: str, name: str, table: str) -> str:
    return f"drop trigger if exists {name}" + (f" on {table}" if vendor == "postgresql" else "")


def _triggers(vendor: str, closed: Closed) -> dict[str, str]:
    return _postgresql(closed) if vendor == "postgresql" else _sqlite(closed)


def _sqlite(closed: Closed) -> dict[str, str]:
    table = closed.table
    changed = " or ".join(f"old.{c} is not new.{c}" for c in closed.kept)
    same = " or ".join("(" + " and ".join(f"{c} = new.{c}" for c in key) + ")" for key in closed.keys)

    def refusal(verb: str, when: str = "") -> str:
        condition = f" when {when}" if when else ""
        return (
            f"create trigger {table}_no_{verb} before {'insert' if verb == 'replace' else verb} on {table}"
            f"{condition} begin select raise(abort, '{table} is append-only'); end"
        )

    return {
        f"{table}_no_update": refusal("update", changed),
        f"{table}_no_delete": refusal("delete"),
        f"{table}_no_replace": refusal("replace", f"exists (select 1 from {table} where {same})"),
    }


def _postgresql(closed: Closed) -> dict[str, str]:
    table = closed.table
    changed = " or ".join(f"old.{c} is distinct from new.{c}" for c in closed.kept)
    when = f" when ({changed})" if changed else ""
    call = "execute function chengxin_append_only()"
    return {
        f"{table}_no_update": (
            f"create trigger {table}_no_update before update on {table} for each row{when} {call}"
        ),
        f"{table}_no_delete": (
            f"create trigger {table}_no_delete before delete on {table} for each row {call}"
        ),
        f"{table}_no_truncate": (
            f"create trigger {table}_no_truncate before truncate on {table} for each statement {call}"
        ),
    }


_REFUSAL_BODY: Final = """
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end
"""
_REFUSAL: Final = (
    "create or replace function chengxin_append_only() returns trigger language plpgsql "
    f"as $${_REFUSAL_BODY}$$"
)


def _found_sqlite(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("select name, sql from sqlite_master where type = 'trigger'")
        return {
            str(name): str(sql).replace("CREATE TRIGGER", "create trigger", 1)
            for name, sql in cursor.fetchall()
        }


def _found_postgresql(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Only triggers that fire always (also under ``session_replication_role``) and run our own function."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select t.tgname, c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid "
            "join pg_proc p on p.oid = t.tgfoid "
            "where t.tgenabled = 'A' and p.proname = 'chengxin_append_only' and p.prosrc = %s "
            "and pg_table_is_visible(c.oid)",
            [_REFUSAL_BODY],
        )
        return {str(name): str(table) for name, table in cursor.fetchall()}
