"""A year's tax grades: handed in, reckoned, decided with a schedule, and one taxpayer's grade with its reasons.

    python -m bench.tax [--taxpayers 4000000] [--small] [--home FOLDER]

Files go through ``chengxin load``, the grades through ``chengxin reckon``. Proposal and decision are taken by
the functions the desk's page calls (``kit.propose_list``'s ``schedules.propose``, and ``acts.act``), in a
process of their own; reasons by ``findings.reasons.explain``, which the taxpayer's page calls. Beside it, bare
DuckDB counts points and writes the grades of the same files without judging, linking or sealing anything.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from bench import registry
from bench.data import organisations
from bench.installed import command, environment, peak_gb, percentiles, timed
from chengxin.core.clock import day_of
from chengxin.engine.duck import connect, literal

TARGET_SECONDS = 60.0
TARGET_MS = 50.0
QUESTIONS = 40
YEAR = day_of(datetime.now(UTC)).year - 1
CONDUCTS = (
    "['late_filing', 'late_payment', 'late_accounts', 'late_withholding', 'books_not_kept', 'invoice_misuse', "
    "'arrears', 'evasion']"
)
FIRM = """code as "统一社会信用代码", name as "纳税人名称", region as "行政区划代码" """
YEARS = f"""select {FIRM}, {YEAR} as "评价年度",
  case when n % 5 < 3 then '是' else '否' end as "近三年信用记录完整",
  date '2000-01-01' + (n % 9500)::int as "登记日期",
  case when n % 11 = 0 then '否' else '是' end as "当年有业务" from firm"""
GUILTY = f"""select {FIRM}, {CONDUCTS}[(1 + hash(n * 3 + k) % 8)::bigint] as "失信行为代码",
  date '{YEAR}-01-01' + (hash(n + k) % 330)::int as "发生日期",
  date '{YEAR}-01-20' + (hash(n + k) % 330)::int as "认定日期",
  'bench' || n || '-' || k as "认定文书号",
  case when hash(n * 7 + k) % 2 = 0
       then date '{YEAR}-01-20' + (hash(n + k) % 330 + hash(n) % 120)::int end as "纠正日期"
  from firm, unnest([1, 2, 3, 4, 5]) as each(k) where hash(n) % 20 < 3 and k <= 1 + hash(n * 5) % 5"""
DECIDE = """
import json, sys, time
from chengxin.faces import boot
boot.setup_django(); boot.ready(quiet=True)
from chengxin.faces.premises import premises
from chengxin.cases import acts, opening, schedules
from chengxin.cases.adopted import current_bundle
from chengxin.effects.models import Standing
from chengxin.findings import reasons, reckon
from chengxin.ledger.models import Official
here = premises(); run = reckon.latest("tax_conduct", "grade"); bundle = current_bundle(here.today, store=here.store)
officer, head = (Official.objects.get(username=name) for name in ("bench-officer", "bench-head"))
same = {"agency": "js-tax", "on": here.today, "at": here.now, "bundle": bundle}
began = time.perf_counter()
table = reckon.rows(run, store=here.store)
about = {"program": "tax_conduct", "procedure": "grading", "title": "bench"}
case = opening.open_case(**about, agency="js-tax", region="320000", on=here.today)
listed = schedules.propose(case, table, run_sha256=run.run_sha256, official=officer, store=here.store, **same)
acts.act(case, "decide", official=head, schedule=listed, **same)
seconds = time.perf_counter() - began
picked = table["subject"].slice(0, int(sys.argv[1])).to_pylist()
asked = []
for subject in picked:
    began = time.perf_counter()
    assert reasons.explain("tax_conduct", "grade", subject, store=here.store).rows
    asked.append(time.perf_counter() - began)
anew = []
for subject in picked:
    began = time.perf_counter()
    assert reasons.explain("tax_conduct", "grade", subject, store=here.store, again=True).same
    anew.append(time.perf_counter() - began)
print(json.dumps({"rows": listed.rows, "adverse_rows": table["adverse"].to_pylist().count(True), "seconds": seconds,
                  "adverse_in_force": Standing.objects.filter(adverse=True).count(), "asked": asked, "anew": anew}))
"""


def write(home: Path, taxpayers: int) -> tuple[Path, Path]:
    """This will write the year's bases and conducts of so many organisations as CSV."""
    connection = connect(temp=home, keep_order=True)
    connection.register("given", organisations(taxpayers, temp=home))
    connection.execute("create temp table firm as select *, row_number() over () as n from given")
    files = home / "tax_year.csv", home / "tax_conduct.csv"
    for file, sql in zip(files, (YEARS, GUILTY), strict=True):
        connection.execute(f"copy ({sql}) to {literal(str(file))} (format csv, header)")
    connection.close()
    return files


def bare(years: Path, guilty: Path, target: Path) -> float:
    """This will time the least anybody could do: points counted and a letter written, nothing else."""
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    began = time.perf_counter()
    connection.execute(f"""copy (
      with lost as (select "统一社会信用代码" as code,
                           sum(case when "失信行为代码" like 'late%' then 5 else 11 end) as points
                    from read_csv('{guilty}') group by 1)
      select y."统一社会信用代码",
        case when 100 - coalesce(points, 0) >= 90 then 'A' when 100 - points >= 70 then 'B'
        when 100 - points >= 40 then 'C' else 'D' end as grade
      from read_csv('{years}') as y left join lost on lost.code = y."统一社会信用代码") to '{target}'""")
    return time.perf_counter() - began


def measure(taxpayers: int, home: Path) -> dict[str, Any]:
    """This will hand everything in, reckon, decide, and ask for the reasons of some."""
    home.mkdir(parents=True, exist_ok=True)
    firms = home / "organisations.csv"
    registry.write(firms, taxpayers)
    files = write(home, taxpayers)
    plain = bare(*files, home / "bare.parquet")
    command(home, "migrate")
    for name, role in (("bench-officer", "case_officer"), ("bench-head", "head")):
        words = ("--name", "拟某", "--agency", "js-tax", "--role", role)
        command(home, "official", name, *words)
    command(home, "load", "organisation", str(firms))
    loads = {}
    for file in files:
        receipt, seconds = timed(home, "load", file.stem, str(file), "--agency", "js-tax")
        loads[file.stem] = {"taken": receipt["taken"], "unlinked": receipt["unlinked"], "seconds": seconds}
    (reckoned,), reckon_seconds = timed(home, "reckon", "tax_conduct.grade")
    ended = subprocess.run(
        [sys.executable, "-c", DECIDE, str(QUESTIONS)],
        capture_output=True, text=True, check=False, env=environment(home),
    )  # fmt: skip
    if ended.returncode:
        raise SystemExit(ended.stderr)
    decided = json.loads(ended.stdout.splitlines()[-1])
    asked = percentiles(decided["asked"])
    whole = reckon_seconds + decided["seconds"]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "taxpayers": taxpayers,
        "loads": loads,
        "graded": reckoned["rows"],
        "reckon_seconds": reckon_seconds,
        "decide_seconds": round(decided["seconds"], 1),
        "adverse_rows": decided["adverse_rows"],
        "adverse_in_force": decided["adverse_in_force"],
        "grade_with_reasons": asked,
        "derived_again": percentiles(decided["anew"]),
        "bare_seconds": round(plain, 2),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_gb": peak_gb(),
        "within": whole <= TARGET_SECONDS
        and asked["p50_ms"] <= TARGET_MS
        and decided["rows"] == taxpayers
        and not decided["adverse_in_force"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--taxpayers", type=int, default=4_000_000)
    parser.add_argument("--small", action="store_true", help="40,000 taxpayers")
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(
        prefix="chengxin-bench-", dir=os.environ.get("BENCH_SCRATCH")
    ) as scratch:
        home = options.home or Path(scratch) / "home"
        print(json.dumps(measure(40_000 if options.small else options.taxpayers, home), ensure_ascii=False))


if __name__ == "__main__":
    main()
