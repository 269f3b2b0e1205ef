"""A home is usable from nothing, costs little when it is, and does not open where it is not sound."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from chengxin.cases.models import Adoption
from chengxin.core.errors import HouseFault, RefusedByLaw
from chengxin.faces import boot
from chengxin.ledger import append_only, officials
from chengxin.ledger.models import Agency, Assignment, Entry, Official, Region

pytestmark = pytest.mark.django_db(databases=["default", "looks"], transaction=True)


@pytest.fixture
def opened(home: Path, settings: Any) -> Path:
    settings.HOME = home
    boot.ready(quiet=True)
    return home


def test_a_home_is_made_from_nothing(opened: Path, today: Any) -> None:
    system = boot.system_official()
    assert system.agency.duty == "platform"
    assert not system.has_usable_password()
    assert officials.may(system, "hand_in", "320681", on=today)
    assert not officials.may(system, "decide", on=today)
    assert Region.objects.get(pk="320600").name_en == "Yunze (demo)"
    (adoption,) = Adoption.objects.all()
    assert adoption.since == boot.BEGINNING
    assert (opened / "bundles" / adoption.bundle[:2] / f"{adoption.bundle}.json").exists()
    assert Entry.objects.filter(kind="adoption").count() == 1


@pytest.mark.usefixtures("opened")
def test_a_second_opening_changes_nothing_and_asks_little() -> None:
    before = [model.objects.count() for model in (Region, Agency, Official, Assignment, Adoption, Entry)]
    with CaptureQueriesContext(connections["default"]) as asked:
        boot.ready(quiet=True)
    assert [
        model.objects.count() for model in (Region, Agency, Official, Assignment, Adoption, Entry)
    ] == before
    assert len(asked.captured_queries) <= 8
    assert not any("insert" in q["sql"].lower().split() for q in asked.captured_queries)
    with pytest.raises(RefusedByLaw) as alone:
        boot.found_shipped()
    assert alone.value.id == "adoption.needs_two", "the platform puts in the first bundle, and no other"
    assert Adoption.objects.count() == 1


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("alias", boot.ALIASES)
def test_a_home_without_a_trigger_does_not_open(alias: str) -> None:
    connection = connections[alias]
    name, table = append_only.names(connection)[0]
    where = f" on {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"drop trigger {name}{where}")
    with pytest.raises(HouseFault, match=name):
        boot.ready(quiet=True)
    boot.migrate()
    boot.ready(quiet=True)


def test_a_changed_register_is_sown_again(opened: Path, settings: Any, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    shipped = (Path(boot.__file__).parents[1] / "places" / "demo" / "agencies.yml").read_text("utf-8")
    (place / "agencies.yml").write_text(shipped.replace("云泽市财政局", "云泽市财政厅"), "utf-8")
    settings.PLACE = str(place)
    boot.ready(quiet=True)
    assert Agency.objects.get(pk="yz-finance").name == "云泽市财政厅"
    assert Adoption.objects.count() == 1


def test_a_place_must_have_its_bodies_and_a_platform(home: Path, settings: Any, tmp_path: Path) -> None:
    settings.HOME, settings.PLACE = home, str(tmp_path / "nowhere")
    with pytest.raises(HouseFault, match=r"no agencies\.yml"):
        boot.ready(quiet=True)
    (tmp_path / "nowhere").mkdir()
    (tmp_path / "nowhere" / "agencies.yml").write_text(
        'a: {name: 甲, duty: price, region: "320600", valid_from: 2019-01-01}', "utf-8"
    )
    with pytest.raises(HouseFault, match="whose duty is platform"):
        boot.ready(quiet=True)
    assert not Agency.objects.exists()


def test_another_home_in_the_same_process_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HouseFault, match="cannot open"):
        boot.setup_django(tmp_path / "another")


def test_three_processes_at_once_make_one_home(home: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "LOOKS_DATABASE_URL"}}
    code = (
        "from pathlib import Path; from chengxin.faces import boot; "
        f"boot.ready(Path({str(home)!r}), quiet=True); "
        "from chengxin.cases.models import Adoption; assert Adoption.objects.count() == 1"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
