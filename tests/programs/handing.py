"""What bodies hand in, through the real intake; and what a program finds in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.utils import timezone

from tests.faces.conftest import coded


def firm(number: int, division: str = "320612") -> dict[str, str]:
    """An invented firm by its number, with a code whose check characters hold."""
    code = coded(f"91{division}MA{number:06d}"[:16])
    return {"code": code, "name": f"拟示例{number:06d}有限公司", "division": division}


class Handing:
    """One program over an opened home, with a steward of one body."""

    def __init__(self, program: str, agency: str, steward: Any, folder: Path) -> None:
        from chengxin.cases.adopted import current_bundle
        from chengxin.faces.premises import premises

        self.program, self.agency, self.steward, self.folder = program, agency, steward, folder
        self.store = premises().store
        self.adopted = current_bundle(timezone.localdate(), store=self.store)

    def known(self, firms: Sequence[Mapping[str, str]]) -> dict[str, int]:
        """This will make the firms known and give each one's subject by its code."""
        from chengxin.subjects.models import Identifier
        from chengxin.subjects.registry import register

        columns = {"scheme": ["uscc"] * len(firms)}
        columns |= {name: [each[name] for each in firms] for name in ("code", "name")}
        columns["region"] = [each["division"] for each in firms]
        register(pa.table(columns), "organisation", timezone.now())
        codes = [each["code"] for each in firms]
        found = Identifier.objects.filter(scheme="uscc", code__in=codes)
        return dict(found.values_list("code", "subject"))

    def hand_in(self, item: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """This will hand a file in and give its receipt."""
        from chengxin.cases.receipt import receive_batch

        out = io.StringIO(newline="")
        heads = list(dict.fromkeys(name for row in rows for name in row))
        writer = csv.DictWriter(out, heads, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
        path = self.folder / f"{item}.csv"
        path.write_text(out.getvalue(), "utf-8")
        receipt = receive_batch(
            self.adopted.house.items[item], path, store=self.store, house=self.adopted.house,
            bundle=self.adopted, agency=self.agency, official=self.steward, door="desk", now=timezone.now(),
            told_on=timezone.localdate(), file_name=path.name, digest_key="a digest key of this test",
        )  # fmt: skip
        return dict(receipt.as_dict())

    def taken(self, item: str, *rows: Mapping[str, Any]) -> None:
        """This will hand rows in of which every one has to be taken and linked."""
        receipt = self.hand_in(item, rows)
        said = (receipt["taken"], receipt["unlinked"], receipt["quarantined"])
        assert said == (len(rows), 0, 0), receipt

    def rows(self, finding: str, on: date | None = None) -> list[dict[str, Any]]:
        """This will reckon a finding and give its rows."""
        from chengxin.findings.reckon import reckon, rows

        run = reckon(
            self.program, finding, on or timezone.localdate(), store=self.store, house=self.adopted.house,
            bundle=self.adopted.sha256, now=timezone.now(),
        )  # fmt: skip
        return list(rows(run, store=self.store).to_pylist())


def post(client: Any, where: str, **said: Any) -> str:
    """This will send a form and follow it; the page it leads to."""
    answer = client.post(where, said, follow=True)
    text = str(answer.content.decode())
    assert answer.status_code == 200, text
    return text


def walk_rows(case: Any, kinds: Sequence[str], *, by: Mapping[str, Any], agency: str, here: Handing) -> None:
    """This will take steps in every row of a case's list, as the officials named by step."""
    from chengxin.cases import schedules

    for kind in kinds:
        tally = schedules.act_on_all(
            case.schedules.get(), kind, official=by.get(kind, by[""]), agency=agency,
            on=timezone.localdate(), at=timezone.now(), bundle=here.adopted, store=here.store,
        )  # fmt: skip
        assert tally.taken, kind
