from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chengxin.core.errors import HouseFault
from chengxin.engine.store import KINDS, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def test_a_file_is_sealed_under_the_hash_of_its_bytes(store: Store) -> None:
    tmp = store.temp(".parquet")
    tmp.write_bytes("红色".encode())
    sha256 = store.seal_file(tmp, "sheet")
    assert sha256 == hashlib.sha256("红色".encode()).hexdigest()
    assert store.sheet(sha256).read_bytes() == "红色".encode()
    assert store.sheet(sha256).parent.name == sha256[:2]
    assert not tmp.exists()


def test_sealing_the_same_bytes_again_changes_nothing(store: Store) -> None:
    first = store.seal_bytes(b"a", "bundle")
    assert store.seal_bytes(b"a", "bundle") == first
    assert list(store.sweep_temp(before=datetime.now(UTC) + timedelta(days=1))) == []


def test_a_sealed_file_cannot_be_written_by_chance(store: Store) -> None:
    path = store.bundle(store.seal_bytes(b"a", "bundle"))
    assert path.stat().st_mode & 0o222 == 0


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_place_of_its_own(store: Store, kind: str) -> None:
    sha256 = store.seal_bytes(b"a", kind)  # type: ignore[arg-type]
    assert store.sealed(kind, sha256).exists()  # type: ignore[arg-type]


def test_two_temporary_files_never_share_a_path(store: Store) -> None:
    assert len({store.temp() for _ in range(1000)}) == 1000


def test_a_sweep_takes_only_what_is_old_and_unknown(store: Store) -> None:
    known, orphan = store.seal_bytes(b"known", "sheet"), store.seal_bytes(b"orphan", "sheet")
    hour = timedelta(hours=1)
    assert store.sweep("sheet", {known}, before=datetime.now(UTC) - hour) == []
    assert store.sweep("sheet", {known}, before=datetime.now(UTC) + hour) == [store.sheet(orphan)]
    assert store.sheet(known).exists()


def test_a_sweep_of_tmp_takes_folders_whole_and_spares_those_in_use(store: Store) -> None:
    old, used, loose = store.temp(".intake"), store.temp(".intake"), store.temp(".parquet")
    for folder in (old, used):
        (folder / "spill").mkdir(parents=True)
        (folder / "spill" / "x").write_bytes(b"x")
    loose.write_bytes(b"x")
    for path in (old, old / "spill", old / "spill" / "x", used, used / "spill", loose):
        os.utime(path, (0, 0))
    assert store.sweep_temp(before=datetime(2020, 1, 1, tzinfo=UTC)) == sorted([old, loose])
    assert used.exists()


@pytest.mark.parametrize("text", ["", "../../etc/passwd", "A" * 64, "a" * 63])
def test_what_is_no_hash_names_no_file(store: Store, text: str) -> None:
    with pytest.raises(HouseFault, match="hash"):
        store.sheet(text)


def test_an_item_cannot_name_a_folder_outside(store: Store) -> None:
    with pytest.raises(HouseFault):
        store.shelves("../x")
