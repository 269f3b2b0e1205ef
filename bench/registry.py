"""Registering new organisations until they are searchable, and reading what is known.

    python -m bench.registry --rows 3000000 [--home FOLDER]

The case file is the one ``DATABASE_URL`` names, else SQLite under the home.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """This will do something and say how many seconds of the clock it took."""
    began = time.perf_counter()
    done = act()
    return done, round(time.perf_counter() - began, 2)


def prepare(home: Path) -> Any:
    """This will open (and migrate) an installation and give its store."""
    os.environ["CHENGXIN_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.faces.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from chengxin.engine.store import Store

    return Store(home)


def measure(rows: int, home: Path) -> dict[str, Any]:
    """This will register, index, register again and resolve ``rows`` organisations."""
    from bench.data import organisations

    store = prepare(home)
    from django.db import connection

    from chengxin.subjects import registration, registry, search
    from chengxin.subjects.prominence import prominence

    table = organisations(rows)
    table = table.append_column("prominence", prominence(table["capital"], table["founded"], NOW.date()))
    held: list[float] = []
    write = registration._write

    def watched(*given: Any) -> Any:
        done, seconds = timed(lambda: write(*given))
        held.append(seconds)
        return done

    registration._write = watched
    first, registering = timed(lambda: registry.register(table, "organisation", NOW))
    indexed, indexing = timed(lambda: search.index_names(store))
    again, registering_again = timed(lambda: registry.register(table, "organisation", NOW))
    _, identifying = timed(registry.identities)
    _, resolving = timed(lambda: registry.resolve(table))
    held.sort()
    return {
        "database": connection.vendor,
        "rows": rows,
        "new": first.new,
        "indexed": indexed,
        "searchable_seconds": round(registering + indexing, 1),
        "register_seconds": registering,
        "index_seconds": indexing,
        "slices": len(held),
        "slice_p50": held[len(held) // 2] if held else None,
        "slice_max": held[-1] if held else None,
        "again_new": again.new,
        "again_seconds": registering_again,
        "identities_seconds": identifying,
        "resolve_seconds": resolving,
        "on": date.today().isoformat(),  # noqa: DTZ011 - the day the figure was taken
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as scratch:
        print(json.dumps(measure(options.rows, options.home or Path(scratch))))


if __name__ == "__main__":
    main()
