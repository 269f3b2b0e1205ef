"""Nothing is read before its hash was checked; a file once checked is not read again until it changes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chengxin.core.errors import HouseFault
from chengxin.core.hashing import hash_file
from chengxin.engine import rows
from chengxin.engine.spec import RunSpec
from chengxin.engine.store import Kind, Store

_Stamp = tuple[int, int, int, int]
_seen: dict[Path, tuple[_Stamp, str]] = {}
"""Per process: what a file was when it was last read through. The inode's change time cannot be set back."""

_AT_ONCE = 2


def verify(spec: RunSpec, store: Store) -> None:
    """This will check every file a run names against its hash, and refuse the run if one differs."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda each: verify_file(store, *each), set(_named(spec))))


def _named(spec: RunSpec) -> Iterator[tuple[Kind, str]]:
    for item in spec.items.values():
        yield from (("sheet", sheet.sha256) for sheet in item.sheets)
        yield from (("input", sha256) for sha256 in item.inputs())
    yield from (("result", finding.rows) for finding in spec.findings.values())


def verify_file(store: Store, kind: Kind, sha256: str) -> Path:
    """This will give the path of a sealed file whose bytes (a result's rows) have the hash it is named by."""
    path = store.sealed(kind, sha256)
    try:
        stamp = _stamp(path)
    except FileNotFoundError as error:
        raise HouseFault("run.input_missing", kind=kind, sha256=sha256) from error
    if _seen.get(path) != (stamp, sha256):
        _read_through(store, path, kind, sha256)
        _seen[path] = (stamp, sha256)
    return path


def note(store: Store, kind: Kind, sha256: str) -> None:
    """This will remember a file this process has just written and hashed, so that it is not read again."""
    path = store.sealed(kind, sha256)
    _seen[path] = (_stamp(path), sha256)


def _read_through(store: Store, path: Path, kind: Kind, sha256: str) -> None:
    if kind == "result":
        rows.check(path, sha256, temp=store.temp().parent)
    elif hash_file(path) != sha256:
        raise HouseFault("run.input_differs", kind=kind, sha256=sha256)


def _stamp(path: Path) -> _Stamp:
    found = path.stat()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
