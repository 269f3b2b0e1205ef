"""House law 10: grades and money are integers, from the sheet to the bill, and a fen is rounded once.

What is not money, and may be a float: how many seconds a run took, and where a chart draws its line. A workbook
holds doubles by its nature: its cells are the fen written as yuan, beside the CSV that is the bill.
"""

from __future__ import annotations

import ast
import json
import sqlite3
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import chengxin
from chengxin.engine.lint import lint
from tests.city.built import City
from tests.house.doors import bound
from tests.house.oracle import opened

TODAY = "2026-11-10"
WHOLE = ("int32", "int64", "string", "bool", "date32[day]", "list<element: int64>", "list<item: int64>")
SECONDS = {("findings_run", "seconds")}
"""Columns of wall-clock time, which no rule reads and no hash covers."""
FIGURES = ("sheets", "results", "inputs", "superseded", "shelves", "timeline", "refused")


def sealed(city: City, folder: str, sha256: str) -> list[dict[str, Any]]:
    return pq.read_table(city.home / folder / sha256[:2] / f"{sha256}.parquet").to_pylist()


def test_no_parquet_of_the_city_has_a_column_that_is_not_whole(city: City) -> None:
    """Sheets, schedules, bill lines, results, what runs are given, and every shelf drawn from them."""
    files = [path for folder in FIGURES for path in city.home.glob(f"{folder}/**/*.parquet")]
    assert len(files) > 100
    found = [(path, field) for path in files for field in pq.read_schema(path)]
    assert not [(path, field) for path, field in found if str(field.type) not in WHOLE]


def test_what_the_catalogue_calls_money_and_quantity_lies_whole_in_every_sheet(
    city: City, adopted: dict[str, Any]
) -> None:
    seen = 0
    for item, sha256 in city.rows("select item, sha256 from records_sheet"):
        schema = pq.read_schema(city.home / "sheets" / sha256[:2] / f"{sha256}.parquet")
        columns = dict(adopted["items"][item]["columns"])
        for name, column in columns.items():
            if column["type"] in ("money", "quantity", "price", "int") and name in schema.names:
                seen += 1
                assert schema.field(name).type == pa.int64(), (item, name)
    assert seen > 20


def test_no_bundle_run_or_case_file_holds_a_float(city: City) -> None:
    for path in [*city.home.glob("bundles/*/*.json"), *city.home.glob("runs/*/*.json")]:
        opened(path.read_text("utf-8"))
    for name in ("case.sqlite3", "looks.sqlite3"):
        with sqlite3.connect(f"file:{city.home / name}?mode=ro", uri=True) as connection:
            for table, column in _columns(connection):
                kinds = {
                    row[0] for row in connection.execute(f'select distinct typeof("{column}") from "{table}"')
                }
                assert (table, column) in SECONDS or kinds <= {"integer", "text", "blob", "null"}, (
                    table,
                    column,
                )
                texts = connection.execute(
                    f'select "{column}" from "{table}" where typeof("{column}") = \'text\' '
                    f"and substr(\"{column}\", 1, 1) in ('{{', '[')"
                )
                for (text,) in texts:
                    opened(text)


def _columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
        for column in connection.execute(f'pragma table_info("{table}")').fetchall():
            yield table, column[1]


# --- the bills, worked out once more with pencil and paper -------------------------------------------


def fen(*parts: tuple[int, int]) -> int:
    """Litres by micro-yuan a cubic metre, exactly, added up and rounded half up to a fen at the very end."""
    yuan = sum((Decimal(volume) / 1000 * (Decimal(price) / 1_000_000) for volume, price in parts), Decimal(0))
    return int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))


def half_up(above: int, below: int) -> int:
    return int((Decimal(above) / Decimal(below)).quantize(Decimal(1), ROUND_HALF_UP))


def test_every_line_issued_is_price_by_volume_rounded_once(city: City) -> None:
    """From the reading, the share of the meter and the prices as they were told, not from what the rule kept."""
    told = {
        row["record"]: row
        for (sha256,) in city.rows("select sha256 from records_sheet where item in "
                                   "('water_reading', 'water_account', 'tariff_in_force')")
        for row in sealed(city, "sheets", sha256)
    }  # fmt: skip
    surcharged = 0
    for number, sha256, amount, lines in city.rows(
        "select id, lines_sha256, fen, lines from effects_bill_file"
    ):
        issued = sealed(city, "sheets", sha256)
        assert (sum(line["fen"] for line in issued), len(issued)) == (amount, lines)
        for line in issued:
            records = [told[record] for record in line["because"]]
            reading = next(row for row in records if "volume" in row)
            prices = [row for row in records if "surcharge" in row]
            parts = list(_portions(line, prices))
            after = line["fen"] + (line.get("fen_before") or 0)
            assert line["base_fen"] == fen((line["volume"], line["base"]))
            assert after == fen((line["volume"], line["base"]), *parts), (number, line)
            assert sum(volume for volume, _ in parts) == line["surcharged_volume"]
            assert line["volume"] <= reading["volume"]
            surcharged += bool(parts)
    assert surcharged > 50


def _portions(line: dict[str, Any], prices: list[dict[str, Any]]) -> Iterator[tuple[int, int]]:
    """The litres of each surcharge: its days of the cycle, until the next one takes its place."""
    ordered = sorted(prices, key=lambda row: (row["from_on"], row["surcharge"], row["record"]))
    cycle = (line["to_on"] - line["from_on"]).days
    for place, price in enumerate(ordered):
        ends = [line["to_on"], price["to_on"] or line["to_on"]]
        ends += [each["from_on"] for each in ordered[place + 1 : place + 2]]
        days = (min(ends) - max(line["from_on"], price["from_on"])).days
        yield half_up(line["volume"] * days, cycle), price["surcharge"]


def test_a_meter_s_shares_lose_no_litre(city: City) -> None:
    """Accounts that share a meter are billed its whole volume between them, and not one litre more."""
    ((sha256,),) = city.rows(
        "select result_sha256 from findings_run where finding = 'sewage_tariff.bill' order by id desc limit 1"
    )
    readings = {
        row["record"]: row["volume"]
        for (each,) in city.rows("select sha256 from records_sheet where item = 'water_reading'")
        for row in sealed(city, "sheets", each)
    }
    billed: dict[int, list[int]] = {}
    for line in sealed(city, "results", sha256):
        reading = next(record for record in line["because"] if record in readings)
        billed.setdefault(reading, []).append(line["volume"])
    assert len(billed) > 1000
    whole = [reading for reading, volumes in billed.items() if sum(volumes) == readings[reading]]
    assert len(whole) > len(billed) // 2
    assert not [reading for reading, volumes in billed.items() if sum(volumes) > readings[reading]]


# --- the doors ---------------------------------------------------------------------------------------

TO_SUBSCRIBERS = {
    "/api/v1/gate/list",
    "/api/v1/exchange/key",
    "/api/v1/exchange/changes",
    "/api/v1/exchange/files/{kind}.jsonl",
    "/api/v1/exchange/files/{kind}.jsonl.sig",
}
"""Answered to a subscription alone: the standing in their words, which is read above where it lies."""

ASKED = """
import json, sys
from pathlib import Path
from chengxin.faces import boot
boot.setup_django(Path(sys.argv[1]))
from django.test import Client
from django.utils import timezone
from chengxin.ledger.models import Job, Official
from chengxin.ledger.officials import issue_key
Job.objects.update_or_create(name="tick", defaults={"finished_at": timezone.now()})
who = {name: issue_key(Official.objects.get(username=name), "figures", now=timezone.now())
       for name in ("market-steward", "auditor", "price-officer")}
client, told = Client(), {}
for path in json.loads(sys.argv[2]):
    asks = "price-officer" if path.startswith("/api/v1/gate") else "market-steward"
    key = who["auditor" if path == "/api/v1/changes" else asks]
    answer = client.get(path, HTTP_AUTHORIZATION=f"Bearer {key}")
    told[path] = [answer.status_code, answer.content.decode()]
print(json.dumps(told))
"""


def test_no_answer_of_the_api_holds_a_float(city_copy: City) -> None:
    """Every road of the API that reads is asked, and parsed without a single float."""
    code = bound(city_copy, TODAY, 1)[0]
    ((batch,),) = city_copy.rows("select max(id) from records_batch where agency = 'yz-market'")
    roads = {
        "/api/v1/subjects": "/api/v1/subjects?q=有限公司",
        "/api/v1/subjects/{code}": f"/api/v1/subjects/{code}",
        "/api/v1/subjects/{code}/why": f"/api/v1/subjects/{code}/why",
        "/api/v1/catalogue": "/api/v1/catalogue",
        "/api/v1/gate": "/api/v1/gate",
        "/api/v1/gate/recalls": "/api/v1/gate/recalls",
        "/api/v1/catalogue/{name}/schema": "/api/v1/catalogue/water_reading/schema",
        "/api/v1/changes": "/api/v1/changes",
        "/api/v1/batches": "/api/v1/batches",
        "/api/v1/batches/{batch}": f"/api/v1/batches/{batch}",
    }
    told = city_copy.python(ASKED, str(city_copy.home), json.dumps([*roads.values(), "/api/v1/openapi.json"]))
    described = json.loads(told.pop("/api/v1/openapi.json")[1])
    reading = {path for path, road in described["paths"].items() if "get" in road}
    assert reading - set(roads) - TO_SUBSCRIBERS == {
        "/api/v1/tasks/{task}", "/api/v1/batches/{batch}/refused.xlsx", "/api/v1/subjects/{code}/looks",
    }  # fmt: skip
    assert '"type": "number"' not in json.dumps(described), (
        "no figure is described as one that may have a fraction"
    )
    for path, (status, body) in told.items():
        assert status == 200, (path, body[:300])
        opened(body)
    figures = opened(told[f"/api/v1/subjects/{code}"][1])["public"]["in_force"]
    assert figures
    assert all(type(line["body"]["surcharge"]) is int for line in figures if "body" in line)


# --- the rules ---------------------------------------------------------------------------------------

TABLES = {
    "penalty": {
        "subject": "BIGINT", "record": "BIGINT", "told": "DATE", "agency": "VARCHAR", "region": "VARCHAR",
        "amount": "BIGINT", "decided_on": "DATE", "kind": "VARCHAR",
    }
}  # fmt: skip
OF_A_ROW = (
    "amount * 1.5", "amount * .5", "1e3", "1.", "greatest(amount, 1.5)", "nullif(amount, 1.0)",
    "case when amount > 0.5 then 1 else 0 end", "amount / 2", "amount ^ 2", "amount ** 2", "power(amount, 2)",
    "fdiv(amount, 2)", "divide(amount, 2)", "ln(amount)", "exp(1)", "sqrt(amount)", "log10(amount)", "pi()",
    "round(amount, 2)", "trunc(amount)", "ceil(amount)", "'0.5'::double", "cast(kind as real)",
    "try_cast(kind as numeric)", "amount::decimal(18, 2)", "amount::hugeint", "amount::float::bigint",
    "(amount / 2)::bigint", "list_aggregate([amount], 'avg')", "list_avg([amount])", "list_sum([amount])",
    "extract(epoch from decided_on)", "date_part('epoch', decided_on)", "julian(decided_on)", "random()",
    "cume_dist() over (order by record)", "percent_rank() over (order by record)",
    "sum(amount) over (partition by subject)", "(select avg(amount) from penalty)", "'NaN'::double",
)  # fmt: skip
OF_MANY_ROWS = (
    "avg(amount)", "avg(amount)::bigint", "mean(amount)", "median(amount)", "favg(amount)", "mad(amount)",
    "quantile_cont(amount, 0.5)", "approx_quantile(amount, 0.5)", "stddev(amount)", "var_pop(amount)",
    "corr(amount, amount)", "geomean(amount)", "product(amount)", "fsum(amount)", "kahan_sum(amount)",
    "sum(amount)", "sum(distinct amount)", "coalesce(sum(amount), 0)", "(sum(amount) + 1)::bigint", "count(*)",
    "sum(amount) filter (where amount > 1)", "sum(amount)::varchar::bigint", "max(amount / 2)",
    "sum(amount / 2)::bigint", "sum(amount * 0.6)::bigint", "histogram(amount)",
)  # fmt: skip
ROW = "select subject, {} as figure, [record] as because from penalty"
GROUP = "select subject, {} as figure, list(record) as because from penalty group by subject"
HIDDEN = (
    "with k as (select subject, record, {} as f from penalty)"
    " select subject, [record] as because from k where f > 0"
)


@pytest.mark.parametrize(
    "sql",
    [
        *(ROW.format(each) for each in OF_A_ROW),
        *(GROUP.format(each) for each in OF_MANY_ROWS),
        *(HIDDEN.format(each) for each in OF_A_ROW),
    ],
)
def test_no_rule_makes_a_fraction_in_sight_or_out_of_it(sql: str) -> None:
    problems = lint(sql, TABLES, "population", file="rule.sql")
    assert problems
    for language in ("zh", "en"):
        assert all(problem.message(language) and problem.hint(language) for problem in problems)


def test_a_whole_rule_passes() -> None:
    assert lint(ROW.format("(amount * 600000 + 5000000) // 10000000"), TABLES, "population") == []
    assert lint(GROUP.format("coalesce(sum(amount), 0)::bigint"), TABLES, "population") == []


COUNTED = ("core", "cases", "effects", "findings", "policy", "programs")
"""Floors through which a grade or an amount passes on its way to an act, a bill or a page."""
WORKBOOK = "effects/billing_files.py"
"""Writes fen as yuan into cells, which are doubles whoever writes them."""


def fractional(node: ast.AST) -> bool:
    """A float, ``float``, ``round`` or a decimal, or a figure divided otherwise than whole."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("float", "round", "Decimal")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return isinstance(node.right, ast.Constant) and isinstance(node.right.value, int)
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def test_no_code_on_the_way_of_an_amount_writes_a_fraction() -> None:
    root = Path(chengxin.__file__).parent
    found = {
        str(path.relative_to(root))
        for floor in COUNTED
        for path in (root / floor).rglob("*.py")
        if any(fractional(node) for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    }
    assert found == {WORKBOOK}
