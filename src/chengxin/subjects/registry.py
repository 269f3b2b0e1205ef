"""The registry of subjects: a number under unique (scheme, code), inserted or read, never reused.

What other rooms call. The reading stands in ``resolution``, the writing in ``registration``, merges in
``linkage`` and the one-line view in ``cards``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import overload

import pyarrow as pa

from .cards import Card, card, cards
from .codes import subject_of_code, subjects_of_codes
from .linkage import follow, gathered, link, links, merge, merges, unlink, unmerge
from .registration import RegisterResult, register
from .resolution import AsOf, Pair, identities, numbered, subject_of

__all__ = [
    "Card",
    "RegisterResult",
    "card",
    "cards",
    "follow",
    "gathered",
    "identities",
    "link",
    "links",
    "merge",
    "merges",
    "register",
    "resolve",
    "subject_of",
    "subject_of_code",
    "subjects_of_codes",
    "unlink",
    "unmerge",
]


@overload
def resolve(
    pairs: pa.Table, *, kind: str = ..., now: datetime | None = ..., create: bool = ..., as_of: AsOf = ...
) -> pa.Table: ...
@overload
def resolve(
    pairs: Sequence[Pair],
    *,
    kind: str = ...,
    now: datetime | None = ...,
    create: bool = ...,
    as_of: AsOf = ...,
) -> dict[Pair, int]: ...
def resolve(
    pairs: pa.Table | Sequence[Pair],
    *,
    kind: str = "organisation",
    now: datetime | None = None,
    create: bool = False,
    as_of: AsOf = None,
) -> pa.Table | dict[Pair, int]:
    """This will find the subject of each ``(scheme, code)``, and with ``create`` make the missing ones.

    A table comes back with a column ``subject`` (null where unknown), in its order; a list comes back as a
    mapping of the pairs that are known. Further columns of a table (``name``, ``region`` …) serve ``create``.
    """
    if isinstance(pairs, pa.Table):
        if create:
            return pairs.append_column("subject", register(pairs, kind, _given(now)).subject)
        return pairs.append_column("subject", numbered(pairs, as_of))
    columns = {"scheme": [scheme for scheme, _ in pairs], "code": [code for _, code in pairs]}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    found = resolve(table, kind=kind, now=now, create=create, as_of=as_of)["subject"].to_pylist()
    return {pair: subject for pair, subject in zip(pairs, found, strict=True) if subject is not None}


def _given(now: datetime | None) -> datetime:
    if now is None:
        raise ValueError("what is created is created at a moment: give now")
    return now
