"""Where sealed files stand under the home, and how a file is sealed: read, hashed, synced, renamed.

A sealed file is named by the SHA-256 of its bytes, so it is written once and never changes. Everything that
is not named by a hash (shelves, the timeline, the search index, ``tmp``) is disposable and can be rebuilt.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

from chengxin.core.errors import HouseFault

Kind = Literal["sheet", "refused", "superseded", "input", "run", "result", "bundle", "content"]
"""What may be sealed. ``input`` is what a run needs beside the sheets: hot rows, gone records, identities."""

KINDS: tuple[str, ...] = get_args(Kind)
_PLACES: dict[str, tuple[str, str]] = {
    "sheet": ("sheets", ".parquet"),
    "refused": ("refused", ".parquet"),
    "superseded": ("superseded", ".parquet"),
    "input": ("inputs", ".parquet"),
    "run": ("runs", ".json"),
    "result": ("results", ".parquet"),
    "bundle": ("bundles", ".json"),
    "content": ("content", ""),
}
_HASH = re.compile(r"[0-9a-f]{64}")
_ITEM = re.compile(r"[a-z][a-z0-9_]*")
_BLOCK = 1 << 20


class Store:
    """The folder of one installation. It knows paths and sealing, and nothing about what the files mean."""

    def __init__(self, home: Path) -> None:
        self.home = Path(home).absolute()

    def __repr__(self) -> str:
        return f"Store({str(self.home)!r})"

    def sealed(self, kind: Kind, sha256: str) -> Path:
        """This will give where the sealed file of that kind and hash stands, whether or not it is there."""
        if not _HASH.fullmatch(sha256):
            raise HouseFault("store.not_a_hash", text=sha256[:80])
        folder, suffix = _PLACES[kind]
        return self.home / folder / sha256[:2] / f"{sha256}{suffix}"

    def sheet(self, sha256: str) -> Path:
        """This will give the path of a sheet: a batch as received, typed Parquet."""
        return self.sealed("sheet", sha256)

    def refused(self, sha256: str) -> Path:
        """This will give the path of the refused rows of a batch."""
        return self.sealed("refused", sha256)

    def superseded(self, sha256: str) -> Path:
        """This will give the path of what a batch superseded: ``(record, by_record)``."""
        return self.sealed("superseded", sha256)

    def input(self, sha256: str) -> Path:
        """This will give the path of what a run was given beside the sheets."""
        return self.sealed("input", sha256)

    def runs(self, sha256: str) -> Path:
        """This will give the path of a sealed ``run.json``."""
        return self.sealed("run", sha256)

    def result(self, sha256: str) -> Path:
        """This will give the path of the rows a run gave, by the hash of the rows."""
        return self.sealed("result", sha256)

    def bundle(self, sha256: str) -> Path:
        """This will give the path of a policy bundle."""
        return self.sealed("bundle", sha256)

    def content(self, sha256: str) -> Path:
        """This will give the path of an exhibit's (encrypted) bytes."""
        return self.sealed("content", sha256)

    def shelves(self, item: str) -> Path:
        """This will give the folder of an item's shelves, made if absent. Disposable."""
        if not _ITEM.fullmatch(item):
            raise HouseFault("store.not_an_item", text=item[:80])
        return self._folder("shelves", item)

    def timeline(self) -> Path:
        """This will give the folder of the timeline's files, made if absent. Disposable."""
        return self._folder("timeline")

    def search(self) -> Path:
        """This will give the folder of the search index, made if absent. Disposable."""
        return self._folder("search")

    def temp(self, suffix: str = "") -> Path:
        """This will give a path in ``tmp`` nobody else has. The file is not made; the caller writes it."""
        return self._folder("tmp") / f"{os.getpid()}-{secrets.token_hex(8)}{suffix}"

    def seal_file(self, tmp: Path, kind: Kind) -> str:
        """This will move a finished file of ``tmp`` under the SHA-256 of its bytes and give that hash.

        File and folder are synced before it returns, so a hash written to the case file afterwards always
        finds its bytes. Sealing the same bytes again changes nothing; the temporary file is gone either way.
        """
        sha256 = _hash_and_sync(tmp)
        target = self.sealed(kind, sha256)
        if target.exists():
            os.utime(target)  # young again, so that a sweep under way leaves it
            tmp.unlink()
            return sha256
        _make_durable(target.parent)
        tmp.chmod(0o440)
        tmp.replace(target)
        _sync_folder(target.parent)
        return sha256

    def seal_as(self, tmp: Path, kind: Kind, sha256: str) -> Path:
        """This will seal a finished file under a hash of what it says, not of its bytes, and give its path.

        For results: the same rows have one name, whoever wrote the Parquet. What stood there is replaced.
        """
        _hash_and_sync(tmp)
        target = self.sealed(kind, sha256)
        _make_durable(target.parent)
        tmp.chmod(0o440)
        tmp.replace(target)
        _sync_folder(target.parent)
        return target

    def seal_bytes(self, body: bytes, kind: Kind) -> str:
        """This will seal bytes as they are and give their SHA-256."""
        tmp = self.temp()
        tmp.write_bytes(body)
        return self.seal_file(tmp, kind)

    def sweep(self, kind: Kind, known: Collection[str], *, before: datetime) -> list[Path]:
        """This will remove sealed files of a kind that no row knows and that are older than ``before``.

        Such an orphan is what a process killed between sealing and its transaction leaves behind. Give a
        ``before`` that no running intake can reach, and read ``known`` after choosing it.
        """
        folder, _ = _PLACES[kind]
        names = set(known)
        found = (path for path in (self.home / folder).glob("??/*") if path.name.split(".")[0] not in names)
        return _remove_older(found, before)

    def sweep_temp(self, *, before: datetime) -> list[Path]:
        """This will remove files and folders left in ``tmp`` that nobody touched since a given time."""
        return _remove_older(self._folder("tmp").iterdir(), before)

    def _folder(self, *parts: str) -> Path:
        folder = self.home.joinpath(*parts)
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _hash_and_sync(path: Path) -> str:
    """This will hash a file while reading it once, and make its bytes durable."""
    hasher = hashlib.sha256()
    with path.open("rb+") as file:
        while block := file.read(_BLOCK):
            hasher.update(block)
        os.fsync(file.fileno())
    return hasher.hexdigest()


def _make_durable(folder: Path) -> None:
    """This will make a folder with its parents, each synced into the one above it."""
    if folder.exists():
        return
    _make_durable(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _touched(path: Path) -> float:
    """This will say when a file, or the newest thing in a folder, was last written."""
    return max((each.stat().st_mtime for each in path.rglob("*")), default=0.0) or path.stat().st_mtime


def _remove_older(paths: Iterable[Path], before: datetime) -> list[Path]:
    limit = before.timestamp()
    removed = []
    for path in paths:
        with suppress(FileNotFoundError):  # its owner was quicker
            if _touched(path) < limit:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                removed.append(path)
    return sorted(removed)
