"""The evidence of a case through its doors: a look at everybody in it first, documents drawn, and it checks."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.utils import timezone

from chengxin.cases import schedules
from chengxin.cases.adopted import current_bundle
from chengxin.cases.opening import open_case
from chengxin.core.errors import DeniedError
from chengxin.effects import verifier
from chengxin.faces.cli import main
from chengxin.faces.premises import premises
from chengxin.faces.proving import prove
from chengxin.ledger.looks.models import Look

pytestmark = pytest.mark.django_db(databases=["default", "looks"])


@pytest.fixture
def told(store: Any, firms: dict[str, int], person: Callable[..., Any], today: Any) -> Any:
    """A list of two firms, who were told of it."""
    case = open_case(
        program="sewage_tariff", procedure="levy", agency="yz-price", region="320600", title="加收名单", on=today
    )  # fmt: skip
    subjects = sorted(firms.values())[:2]
    because = pa.array([[], []], pa.list_(pa.int64()))
    rows = pa.table(
        {"subject": subjects, "tier": ["red", "black"], "surcharge": [600_000, 1_000_000], "adverse": [True, True],
         "because": because}
    )  # fmt: skip
    who = {"official": person("case_officer"), "agency": "yz-price", "on": today, "at": timezone.now(),
           "bundle": current_bundle(today, store=store), "store": store}  # fmt: skip
    schedule = schedules.propose(case, rows, run_sha256="0" * 64, **who)
    schedules.act_on_all(schedule, "notify", **who)
    return case


def test_a_mass_case_is_proved_with_its_documents(told: Any, firms: dict[str, int], person: Any) -> None:
    officer = person("case_officer")
    packed = prove(told, officer, door="desk:evidence", purpose="应诉", here=premises())
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert verifier.check_bundle(files) == []
    assert len([name for name in files if name.startswith("documents/")]) == 2
    assert set(Look.objects.values_list("subject", flat=True)) == set(sorted(firms.values())[:2])
    assert set(Look.objects.values_list("case_number", flat=True)) == {told.number}


def test_who_may_not_take_it_away_gets_nothing(told: Any, person: Any) -> None:
    with pytest.raises(DeniedError):
        prove(told, person("partner"), door="desk:evidence", purpose="应诉", here=premises())
    assert not Look.objects.exists()


def test_the_command_writes_it(told: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "evidence.zip"
    words = ["evidence", told.number, "--out", str(path), "--purpose", "应诉", "--json"]
    assert main(words) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["case"], said["bytes"]) == (told.number, path.stat().st_size)
