"""House law 5: no item carries denied data; consent-only data never enters without the subject's consent."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from chengxin.policy.check import check
from chengxin.policy.house import ROOT
from tests.city.built import City

DENIED = {
    "religion": ("faith_kind", "宗教信仰", "Belief"),
    "religion_en": ("religion", "类别", "Religious belief"),
    "genes": ("sample", "基因", "Genetic sample"),
    "genes_en": ("dna", "样本", "Sample"),
    "fingerprints": ("print_1", "指纹", "Print"),
    "fingerprints_en": ("mark_1", "采集", "Fingerprint"),
    "blood": ("kind_1", "血型", "Kind"),
    "blood_en": ("kind_2", "类型", "Blood type"),
    "disease": ("note_1", "疾病史", "Note"),
    "disease_en": ("note_2", "备注甲", "Medical history"),
}
CONSENT = {
    "income": ("amount_1", "个人收入", "Amount"),
    "income_en": ("amount_2", "数额", "Annual income"),
    "deposits": ("amount_3", "银行存款", "Amount"),
    "deposits_en": ("amount_4", "余额", "Bank deposits"),
    "securities": ("amount_5", "有价证券", "Holding"),
    "insurance": ("amount_6", "商业保险", "Cover"),
    "insurance_en": ("amount_7", "保障", "Commercial insurance"),
    "estate": ("amount_8", "不动产", "Property"),
    "estate_en": ("amount_9", "房屋", "Real estate"),
    "tax": ("amount_10", "纳税额", "Amount"),
    "tax_en": ("amount_11", "税款", "Tax paid"),
}
SHIPPED = sorted(path.stem for path in (ROOT / "catalogue").glob("*.yml"))
WORDS = (
    "宗教",
    "信仰",
    "基因",
    "指纹",
    "血型",
    "病史",
    "个人收入",
    "存款",
    "有价证券",
    "religion",
    "fingerprint",
    "blood type",
)


def column(name: str, title: str, title_en: str, more: str = "") -> str:
    return f"  {name}: {{title: {title}, title_en: {title_en}, type: text{more}}}\n"


def with_columns(folder: Path, item: str, lines: list[str]) -> Path:
    """This will write a shipped item with more columns into a house of its own name."""
    text = (ROOT / "catalogue" / f"{item}.yml").read_text("utf-8")
    before, found, after = text.partition("\ncolumns:\n")
    assert found
    path = folder / "catalogue" / f"own_{item}.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(before + found + "".join(lines) + after, "utf-8")
    return path


@pytest.mark.parametrize("item", SHIPPED)
def test_no_item_takes_denied_data_by_any_name(tmp_path: Path, item: str) -> None:
    """All at once in every shipped item, in Chinese and in English, even with the subject's consent."""
    consented = ", consent: true, disclosure: consent"
    lines = [column(*said, more=consented) for said in DENIED.values()]
    path = with_columns(tmp_path, item, lines)
    found = [each for each in check([tmp_path]) if each.id == "denied.never"]
    assert sorted(each.line for each in found) == _lines(path, DENIED)
    for each in found:
        assert each.words["basis"] in each.message("zh")
        assert each.hint("en")


@pytest.mark.parametrize("item", SHIPPED)
def test_consent_only_data_needs_a_consent_filing(tmp_path: Path, item: str) -> None:
    path = with_columns(tmp_path, item, [column(*said) for said in CONSENT.values()])
    found = [each for each in check([tmp_path]) if each.id == "denied.consent"]
    assert sorted(each.line for each in found) == _lines(path, CONSENT)
    consented = ", consent: true, disclosure: consent"
    with_columns(tmp_path, item, [column(*said, more=consented) for said in CONSENT.values()])
    assert [each for each in check([tmp_path]) if each.id.startswith("denied.")] == []


def _lines(path: Path, said: dict[str, tuple[str, str, str]]) -> list[int]:
    lines = path.read_text("utf-8").splitlines()
    return sorted(
        n for n, line in enumerate(lines, 1) for name, _, _ in said.values() if line.startswith(f"  {name}: ")
    )


def test_no_sheet_and_no_item_of_the_city_holds_any_of_it(city: City, adopted: Any) -> None:
    """Read with no code of ours: the columns of every sealed sheet, all titles of the adopted catalogue."""
    sheets = list((city.home / "sheets").glob("??/*.parquet"))
    assert len(sheets) > 10
    names = {name for path in sheets for name in pq.read_schema(path).names}
    for item in adopted["items"].values():
        for said in dict(item["columns"]).values():
            names |= {said["name"], said["title"], said["title_en"], *said["aliases"]}
            assert not said["consent"] or said["disclosure"] == "consent"
    assert [(name, word) for name in names for word in WORDS if word in name.lower().replace("_", " ")] == []


def test_a_row_with_consent_only_data_goes_back(city_copy: City, tmp_path: Path) -> None:
    """Though a place may declare the item: until filings are built, no filing can be shown, so nothing enters."""
    home = shutil.copytree(city_copy.home, tmp_path / "home")
    before = set(home.glob("sheets/??/*.parquet"))
    answer = City(home).python(TAKEN, str(home))
    assert answer == {"taken": 1, "quarantined": 1, "reasons": {"consent": 1}}
    for path in set(home.glob("sheets/??/*.parquet")) - before:
        assert pq.read_table(path)["income"].null_count == pq.read_metadata(path).num_rows


TAKEN = """
import dataclasses, json, sys
from datetime import date
from pathlib import Path
from chengxin.faces import boot
home = Path(sys.argv[1])
boot.setup_django(home)
from chengxin.cases.receipt import receive_batch
from chengxin.faces.premises import premises
from chengxin.ledger.models import Official
from chengxin.policy.items import Column
from django.utils import timezone
here = premises()
item = here.house.items["inspection"]
income = Column("income", "个人收入", "Personal income", "money", item.basis, "consent", unit="元", consent=True)
item = dataclasses.replace(item, columns={**item.columns, "income": income})
source = next(iter(sorted((home / "demo").glob("*双随机*"))))
import csv
with source.open(encoding="utf-8-sig", newline="") as file:
    lines = list(csv.reader(file))
head, rows = lines[0] + ["个人收入"], [line for line in lines[1:] if len(line) == len(lines[0])][:2]
target = home / "tmp" / "own.csv"
out = [head, [*rows[0], "5000"], [*rows[1], ""]]
with target.open("w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows(out)
house = dataclasses.replace(here.house, items={**here.house.items, item.name: item})
batch = receive_batch(
    item, target, store=here.store, house=house, bundle=here.adopted, agency="yz-market",
    official=Official.objects.get(username="market-steward"), door="cli", now=timezone.now(), told_on=date(2026, 11, 1),
).batch
print(json.dumps({"taken": batch.taken + batch.held, "quarantined": batch.quarantined, "reasons": batch.by_reason}))
"""
