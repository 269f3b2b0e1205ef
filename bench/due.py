"""A list of a million matters by clock, body and division, as the calendar page asks for it.

    python -m bench.due [--rows 1000000] [--home FOLDER]

Makes a case file with that many running matters of forty bodies in thirty divisions, then asks for first pages by
drawn clocks, bodies and divisions through the page's own query, and prints p50 and p99 with the total counted.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

TODAY = date(2026, 11, 20)
BODIES, DIVISIONS, SPREAD = 40, 30, 700
ASKED, PAGE, AHEAD = 200, 50, 30
SLICE = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chengxin-due-") as folder:
        from chengxin.faces import boot

        home = options.home or Path(folder) / "home"
        home.mkdir(parents=True, exist_ok=True)
        boot.setup_django(home.resolve())
        boot.migrate()
        fill(options.rows)
        ask()


def fill(rows: int) -> None:
    """This will write cases and their standpoints straight into the tables, until there are enough."""
    from django.db import connection, transaction

    from chengxin.cases.models import Case, Standpoint
    from chengxin.cases.point import CLOCKS

    draw, clocks, begun = random.Random(7), list(CLOCKS), time.perf_counter()
    for first in range(Case.objects.count(), rows, SLICE):
        with transaction.atomic():
            cases = Case.objects.bulk_create(
                Case(
                    number=f"案〔2026〕{first + i}号", program="levies", procedure="plain", subject=first + i + 1,
                    region=f"3206{draw.randrange(DIVISIONS):02d}", agency=f"body-{draw.randrange(BODIES):02d}",
                    title="示例案件", opened_on=TODAY,
                )
                for i in range(min(SLICE, rows - first))
            )  # fmt: skip
            Standpoint.objects.bulk_create(
                Standpoint(
                    case=case, state="in_force", since=TODAY, agency=case.agency, region=case.region,
                    clock=draw.choice(clocks), clock_on=TODAY + timedelta(draw.randrange(-5, SPREAD)), last_act=1,
                )
                for case in cases
            )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    print(f"{rows} matters written in {time.perf_counter() - begun:.0f} s")


def ask() -> None:
    """This will time the count and the first page of many drawn questions."""
    from chengxin.cases.models import Standpoint
    from chengxin.cases.point import CLOCKS

    draw, clocks = random.Random(11), list(CLOCKS)
    for title, named in (
        ("clock, body and division", ("clock", "agency", "region")),
        ("body and division", ("agency", "region")),
        ("division and clock", ("clock", "region")),
        ("body", ("agency",)),
        ("nothing", ()),
    ):
        took, found = [], 0
        for _ in range(ASKED):
            drawn = {
                "clock": draw.choice(clocks), "agency": f"body-{draw.randrange(BODIES):02d}",
                "region": f"3206{draw.randrange(DIVISIONS):02d}",
            }  # fmt: skip
            last = TODAY + timedelta(days=AHEAD)
            rows = Standpoint.objects.filter(clock_on__lte=last, **{name: drawn[name] for name in named})
            begun = time.perf_counter()
            found += rows.count()
            list(rows.select_related("case").order_by("clock_on", "pk")[:PAGE])
            took.append((time.perf_counter() - begun) * 1000)
        took.sort()
        p99 = took[int(len(took) * 0.99) - 1]
        print(
            f"{title:<26} p50 {statistics.median(took):7.1f} ms   p99 {p99:7.1f} ms   {found // ASKED} in all"
        )


if __name__ == "__main__":
    main()
