"""三员分立 in the database: a trigger refuses, whoever writes, a role that may not stand beside another.

``administration`` says it with a sentence before it comes to this. Two periods that share a day are enough.
Installed and verified with the triggers of ``append_only``, for the same reason: SQLite drops them silently
when a table is rebuilt.
"""

from __future__ import annotations

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from chengxin.core.errors import HouseFault

from .roles import THREE

TABLE: Final = "ledger_assignment"
SAYS: Final = "ledger_assignment: the three administrators stand apart"
_ALONE: Final = ", ".join(f"'{name}'" for name in sorted(THREE))
_OTHER: Final = (
    f"select 1 from {TABLE} h where h.official_id = new.official_id and h.role <> new.role "
    "and h.id <> coalesce(new.id, 0) "
    f"and (h.role in ({_ALONE}) or new.role in ({_ALONE})) "
    "and (h.until is null or h.until > new.since) and (new.until is null or new.until > h.since)"
)
_BODY: Final = f"""
begin
  if exists ({_OTHER}) then
    raise exception '{SAYS}' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
"""
_FUNCTION: Final = (
    f"create or replace function chengxin_apart() returns trigger language plpgsql as $${_BODY}$$"
)


def install(connection: BaseDatabaseWrapper) -> None:
    """This will put the triggers on, replacing what is there; nothing where the table is not made yet."""
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for name, text in _triggers(connection.vendor).items():
            on = f" on {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"drop trigger if exists {name}{on}")
            cursor.execute(text)
            if connection.vendor == "postgresql":
                cursor.execute(f"alter table {TABLE} enable always trigger {name}")


def verify(connection: BaseDatabaseWrapper) -> None:
    """This will raise :class:`HouseFault` unless the triggers are on and say what they should."""
    if absent := missing(connection):
        raise HouseFault("ledger.trigger_missing", triggers=", ".join(absent), database=connection.alias)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """This will name the triggers that are absent, switched off or not ours."""
    if connection.alias == "looks":
        return []
    wanted = _triggers(connection.vendor)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "select t.tgname from pg_trigger t join pg_proc p on p.oid = t.tgfoid "
                "where t.tgenabled = 'A' and p.proname = 'chengxin_apart' and p.prosrc = %s", [_BODY]
            )  # fmt: skip
            found = {str(name) for (name,) in cursor.fetchall()}
            return [name for name in wanted if name not in found]
        cursor.execute("select name, sql from sqlite_master where type = 'trigger'")
        texts = {
            str(n): str(sql).replace("CREATE TRIGGER", "create trigger", 1) for n, sql in cursor.fetchall()
        }
    return [name for name, text in wanted.items() if texts.get(name) != text]


def _triggers(vendor: str) -> dict[str, str]:
    if vendor == "postgresql":
        return {
            f"{TABLE}_apart": f"create trigger {TABLE}_apart before insert or update on {TABLE} "
            "for each row execute function chengxin_apart()"
        }
    return {
        f"{TABLE}_apart_{verb}": f"create trigger {TABLE}_apart_{verb} before {verb} on {TABLE} "
        f"when exists ({_OTHER}) begin select raise(abort, '{SAYS}'); end"
        for verb in ("insert", "update")
    }
