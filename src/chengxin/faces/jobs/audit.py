"""The house check: what every citation names is still there and still has its hash."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from chengxin.core.errors import ChengxinError
from chengxin.core.hashing import hash_file
from chengxin.engine.store import Kind, Store
from chengxin.ledger import sealing

CITED: tuple[tuple[str, Kind, str, str], ...] = (
    ("sheets", "sheet", "records.Sheet", "sha256"),
    ("refused", "refused", "records.Batch", "refused_sha256"),
    ("superseded", "superseded", "records.Batch", "supersedes_sha256"),
    ("runs", "run", "findings.Run", "run_sha256"),
    ("bundles", "bundle", "cases.Adoption", "bundle"),
    ("schedules", "sheet", "cases.Schedule", "sha256"),
    ("bills", "sheet", "effects.BillFile", "lines_sha256"),
)
"""What is cited: a name to show, the kind of sealed file, the model and the column that cite it."""


def cited(kind: Kind) -> set[str]:
    """This will give every hash under which a row names a sealed file of that kind."""
    return {sha256 for _, each, model, column in CITED if each == kind for sha256 in _hashes(model, column)}


def audit(store: Store) -> dict[str, Any]:
    """This will read every cited file and every closed day: ``{read: {kind: count}, broken: [sentence]}``."""
    read: dict[str, int] = {}
    broken: list[str] = []
    for name, kind, model, column in CITED:
        hashes = sorted(_hashes(model, column))
        read[name] = len(hashes)
        broken += [f"{name} {sha256}" for sha256 in hashes if not _holds(store, kind, sha256)]
    try:
        read["ledger"] = sealing.verify_all()
    except ChengxinError as error:
        broken.append(error.sentence("zh"))
    return {"read": read, "broken": broken}


def _hashes(model: str, column: str) -> Iterator[str]:
    found = apps.get_model(model)._default_manager.exclude(**{column: ""}).values_list(column, flat=True)
    return iter(set(found))


def _holds(store: Store, kind: Kind, sha256: str) -> bool:
    path = store.sealed(kind, sha256)
    return path.exists() and hash_file(path) == sha256
