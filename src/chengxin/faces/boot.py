"""Makes a home usable from nothing, and refuses to open the doors of one that is not sound.

Both databases are migrated and their triggers put back (a rebuild of a table on SQLite drops them without a
word), the divisions and the place's bodies are sown, the platform has its own account, and the shipped
bundle is put in where the place has none yet. When all that was done before, it costs a few reads.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chengxin.core.errors import HouseFault

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from chengxin.ledger.models import Agency, Official
    from chengxin.policy.house import House

ALIASES: Final = ("default", "looks")
SYSTEM: Final = "system"
BEGINNING: Final = date(2010, 1, 1)
"""The first bundle of a place holds from here, so that the years before its installation can be reckoned."""


def setup_django(home: Path | None = None) -> None:
    """This will load the settings for a home, once a process; ``home`` wins over ``CHENGXIN_HOME``."""
    if home is not None:
        os.environ["CHENGXIN_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.faces.settings")
    import django
    from django.conf import settings

    django.setup()
    if home is not None and home.resolve() != settings.HOME:
        raise HouseFault("boot.another_home", home=home, opened=settings.HOME)


def ready(home: Path | None = None, quiet: bool = False) -> None:
    """This will make the home usable, or raise :class:`HouseFault` where a trigger is missing.

    Safe to call from several processes at once: one does the work, the others wait for it.
    """
    setup_django(home)
    _refuse_one_database_for_both()
    _tell_followers()
    if not _is_ready():
        with _alone():
            _make_ready(_silent if quiet else _aloud)
    verify()


def migrate(quiet: bool = True) -> None:
    """This will bring both databases to the newest migration and put every append-only trigger back."""
    from django.core.management import call_command
    from django.db import connections

    from chengxin.ledger import apart, append_only

    for alias in ALIASES:
        call_command("migrate", database=alias, verbosity=0 if quiet else 1, interactive=False)
        append_only.install(connections[alias])
        apart.install(connections[alias])


def verify() -> None:
    """This will raise :class:`HouseFault` unless every trigger of the house is in place in both databases."""
    from django.db import connections

    from chengxin.ledger import apart, append_only

    for alias in ALIASES:
        append_only.verify(connections[alias])
        apart.verify(connections[alias])


def pending(alias: str) -> list[str]:
    """This will name the migrations on disk that a database has not had: ``["cases.0002_…"]``.

    It compares what the database says of itself with the files, and imports none of them.
    """
    from django.apps import apps
    from django.db import connections

    done = _applied(connections[alias])
    return [
        f"{app.label}.{path.stem}"
        for app in apps.get_app_configs()
        for path in sorted((Path(app.path) / "migrations").glob("[!_]*.py"))
        if (app.label, path.stem) not in done
    ]


def shipped() -> House:
    """This will read the house that the repository and the place propose."""
    from django.conf import settings

    from chengxin.policy.house import default_paths, load

    paths = default_paths(str(_place()))
    return load((*settings.LAW_PATHS, *paths.law), paths.catalogue, paths.programs, paths.overlays)


def found_shipped() -> str:
    """This will put in what is shipped as the first bundle of the place, from :data:`BEGINNING`, and give its hash.

    Nobody is in office yet: the platform does it alone. Every later bundle is adopted by two.
    """
    from django.conf import settings
    from django.utils import timezone

    from chengxin.cases.adoption import found
    from chengxin.core.clock import day_of
    from chengxin.engine.store import Store

    now = timezone.now()
    return found(
        shipped(),
        official=system_official(),
        since=BEGINNING,
        on=day_of(now),
        at=now,
        store=Store(settings.HOME),
    ).sha256


def system_official() -> Official:
    """This will give the account in whose name the platform itself acts."""
    from chengxin.ledger.models import Official

    return Official.objects.select_related("agency").get(username=SYSTEM)


def _tell_followers() -> None:
    """Who stands above ``cases`` and must hear of every act in its transaction."""
    from chengxin.cases import follow
    from chengxin.effects import resting, standing

    follow.register(standing.follow)
    follow.register(resting.follow)


def _refuse_one_database_for_both() -> None:
    """Looks stand in a database of their own: a bulk write beside them must not hold an answer up."""
    from django.db import connections

    one, other = (connections[alias].settings_dict for alias in ALIASES)
    if all(one[key] == other[key] for key in ("ENGINE", "NAME", "HOST", "PORT")):
        raise HouseFault("boot.one_database", name=one["NAME"])


def _applied(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return set()
        cursor.execute("select app, name from django_migrations")
        return {(str(app), str(name)) for app, name in cursor.fetchall()}


def _is_ready() -> bool:
    return not any(pending(alias) for alias in ALIASES) and _is_sown() and _has_adopted()


def _make_ready(say: _Say) -> None:
    if any(pending(alias) for alias in ALIASES):
        say("建立数据库 · making the databases")
        migrate()
    if not _is_sown():
        say("写入行政区划和机构名册 · sowing divisions and bodies")
        _sow()
    if not _has_adopted():
        say("放入随附的政策文件包 · putting in the shipped bundle")
        found_shipped()


def _has_adopted() -> bool:
    from chengxin.cases.models import Adoption

    return Adoption.objects.exists()


def _is_sown() -> bool:
    """The stamp tells whether the tables are those sown last; the account, whether it was this database."""
    from chengxin.ledger.models import Official

    stamp = _stamp()
    if not stamp.exists() or stamp.read_text() != _digest_of_tables():
        return False
    return Official.objects.filter(username=SYSTEM).exists()


def _sow() -> None:
    from django.db import transaction

    from chengxin.ledger import agencies, regions

    place = _place()
    with transaction.atomic():
        regions.seed()
        if (place / "regions.yml").exists():
            regions.rename(place / "regions.yml")
        agencies.seed(place / "agencies.yml")
        _make_system_official()
    _stamp().write_text(_digest_of_tables())


def _make_system_official() -> None:
    """The platform's own account: nobody can log in as it, and it takes no part in any judgement."""
    from chengxin.ledger.models import Agency, Assignment, Official
    from chengxin.ledger.regions import NATION

    agency: Agency | None = Agency.objects.filter(duty="platform", valid_to=None).first()
    if agency is None:
        raise HouseFault("boot.no_platform", file=_place() / "agencies.yml")
    official, fresh = Official.objects.get_or_create(
        username=SYSTEM, defaults={"name": "平台", "post": "系统", "agency": agency}
    )
    if fresh:
        official.set_unusable_password()
        official.save(update_fields=["password"])
    Assignment.objects.get_or_create(
        official=official, role="system", region_id=NATION, defaults={"since": agency.valid_from}
    )


def _place() -> Path:
    """A place is a folder of ``chengxin/places`` or any folder of its own."""
    from django.conf import settings

    name = str(settings.PLACE)
    place = Path(name) if "/" in name else Path(__file__).parents[1] / "places" / name
    if not (place / "agencies.yml").exists():
        raise HouseFault("boot.no_place", place=place)
    return place


def _stamp() -> Path:
    from django.conf import settings

    return Path(settings.HOME) / "sown"


def _digest_of_tables() -> str:
    from chengxin.ledger import regions

    tables = (regions.SHIPPED, _place() / "regions.yml", _place() / "agencies.yml")
    bodies = [table.read_bytes() if table.exists() else b"" for table in tables]
    return hashlib.sha256(b"\0".join(bodies)).hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time makes a home ready; on PostgreSQL also one machine at a time."""
    from django.conf import settings
    from django.db import connection

    with (Path(settings.HOME) / "boot.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(hashtext('chengxin boot'))")
            try:
                yield
            finally:
                cursor.execute("select pg_advisory_unlock(hashtext('chengxin boot'))")


class _Say:
    """Where progress is told: the standard error, so that ``--json`` stays clean."""

    def __init__(self, loud: bool) -> None:
        self.loud = loud

    def __call__(self, text: str) -> None:
        if self.loud:
            sys.stderr.write(f"  {text}\n")


_silent, _aloud = _Say(False), _Say(True)
