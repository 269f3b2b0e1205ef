"""What happens in a built city on a later day, by the real functions: programs that run in its home."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.city.built import City

ON = "2026-12-01"
"""A day after everything the city tells."""
_OPEN = """
import dataclasses, json, sys
from datetime import UTC, date, datetime
from pathlib import Path
from chengxin.faces import boot
home, said = Path(sys.argv[1]), json.loads(sys.argv[3])
now = datetime.fromisoformat(sys.argv[2]).replace(hour=2, tzinfo=UTC)
boot.setup_django(home)
from chengxin.faces.premises import premises
from chengxin.ledger.models import Official
here, system = premises(now), Official.objects.get(username="system")
"""
_REDACT = """
from chengxin.records.redaction import redact
scars = redact(said["records"], article=said["article"], reason="示例：保存期已满", official=system, now=now,
               store=here.store, house=here.house)
print(json.dumps([{"sheet": scar.sheet_id, "old_sha256": scar.old_sha256, "new_sha256": scar.new_sha256,
                   "article": scar.article, "on": said["on"]} for scar in scars]))
"""
_MERGE = """
from chengxin.subjects.linkage import merge
merge(said["gone"], said["kept"], official=system.pk, reason="示例：同一主体", now=now)
print("null")
"""
_TELL = """
from chengxin.cases.receipt import receive_batch
path = here.store.temp(".csv")
path.write_text(said["text"], encoding="utf-8")
official = Official.objects.get(username=said["steward"])
receipt = receive_batch(here.house.items[said["item"]], path, store=here.store, house=here.house,
                        bundle=here.adopted, agency=official.agency_id, official=official, door="cli", now=now,
                        told_on=now.date())
print(json.dumps({**receipt.as_dict(), "sheets": list(receipt.batch.sheets.values_list("id", flat=True))}))
"""
_DEARER = """
from chengxin.cases.adoption import confirm, propose
values = here.house.values["sewage_tariff.surcharge"]
def dearer(cells):
    last = dataclasses.replace(cells[-1], until=now.date())
    return (*cells[:-1], last, dataclasses.replace(last, since=now.date(), until=None, value=9_000_000))
cells = {name: {region: dearer(each) if isinstance(each[-1].value, int) else each for region, each in held.items()}
         for name, held in values.cells.items()}
changed = {**here.house.values, "sewage_tariff.surcharge": dataclasses.replace(values, cells=cells)}
legal, head = (Official.objects.get(username=f"credit-{post}") for post in ("legal", "head"))
words = {"on": now.date(), "at": now, "store": here.store}
proposed = propose(dataclasses.replace(here.house, values=changed), official=legal, since=now.date(), **words)
print(json.dumps(confirm(proposed, official=head, **words).bundle))
"""
_RECKON = """
from chengxin.findings.reckon import reckon
from chengxin.policy.programs import Finding
house = here.house
if said["rules"]:
    program = house.programs["sewage_tariff"]
    program = dataclasses.replace(program, reads=tuple(house.items), finds=(*program.finds, *said["rules"]))
    added = {f"sewage_tariff.{name}": Finding("sewage_tariff", name, name, "", "population", sql)
             for name, sql in said["rules"].items()}
    house = dataclasses.replace(house, programs={**house.programs, "sewage_tariff": program},
                                findings={**house.findings, **added})
run = reckon("sewage_tariff", said["finding"], date.fromisoformat(said["as_of"]), store=here.store, house=house,
             bundle=here.bundle, now=now)
print(json.dumps({"sha256": run.result_sha256, "run": run.run_sha256, "bundle": run.bundle, "rows": run.rows}))
"""


def copied(city: City, folder: Path) -> City:
    """This will copy the city, for whoever changes it."""
    return City(Path(shutil.copytree(city.home, folder / "home")))


def redact(
    city: City, records: Iterable[int], article: str = "pipl-2021#47", on: str = ON
) -> list[dict[str, Any]]:
    """This will remove records for good; the scars as ``replay --json`` names them."""
    found: list[dict[str, Any]] = _in(city, _REDACT, on, records=list(records), article=article)
    return found


def merge(city: City, gone: int, kept: int, on: str = ON) -> None:
    _in(city, _MERGE, on, gone=gone, kept=kept)


def tell(
    city: City, item: str, rows: Iterable[Mapping[str, str]], *, steward: str, on: str = ON
) -> dict[str, Any]:
    """This will hand in rows of an item; the receipt, with the numbers of its sheets."""
    lines = list(rows)
    text = "\n".join(",".join(row) for row in ([*lines[0]], *([*line.values()] for line in lines)))
    receipt: dict[str, Any] = _in(city, _TELL, on, item=item, text=text + "\n", steward=steward)
    return receipt


def adopt_dearer(city: City, on: str = ON) -> str:
    """This will adopt a bundle whose surcharges are dearer from a day on; its hash."""
    return str(_in(city, _DEARER, on))


def reckon(
    city: City, finding: str, as_of: str, rules: Mapping[str, str] | None = None, on: str = ON
) -> dict[str, Any]:
    """This will reckon a finding as of a day under today's bundle, with rules of one's own beside."""
    run: dict[str, Any] = _in(city, _RECKON, on, finding=finding, as_of=as_of, rules=dict(rules or {}))
    return run


def _in(city: City, program: str, on: str, **said: Any) -> Any:
    return city.python(_OPEN + program, str(city.home), on, json.dumps({**said, "on": on}))
