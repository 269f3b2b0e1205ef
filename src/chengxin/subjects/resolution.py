"""From codes to subjects: one code, a page of them, or twelve million."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import pyarrow as pa
from django.db import connection

from . import bulk
from .bulk import Column, pc
from .linkage import merges, moment

_FEW = 20_000
"""Up to so many codes are asked for one by one …"""
_DEARER = 12
"""… and beyond, where reading every code is dearer: one by one, each costs so many times as much."""
_MANY = 1_000_000
"""Rows beyond which it is not even worth counting how many codes differ."""

Pair = tuple[str, str]
AsOf = date | datetime | None


def identities(as_of: AsOf = None, *, schemes: Iterable[str] | None = None) -> pa.Table:
    """This will give every known code ``(scheme, code, subject)`` as of a moment, read through merges.

    Where ``schemes`` asks for ``orgcode`` it also gives the nine-digit body codes inside USCCs (positions
    9-17), as far as one subject alone bears them. About 0.5 s for a million codes.
    """
    wanted = None if schemes is None else set(schemes)
    return _read(as_of, wanted).drop_columns(["bearer"])


def with_bearers(schemes: Iterable[str]) -> pa.Table:
    """This will give ``identities`` of some schemes as of now, each with its ``bearer``: who was registered with it.

    That is another than the subject where it was merged away, and nobody where the code was derived.
    """
    return _read(None, set(schemes))


def bearers(scheme: str, codes: Sequence[str] | None) -> pa.Table:
    """This will give who was registered ``(scheme, code, subject)`` with some codes of a scheme, or with any."""
    if codes is None:
        # Whole blocks of keys: by the index of schemes and codes every row would be a step of its own.
        quoted = scheme.replace("'", "''")
        return bulk.read(_KINDS, "subjects_identifier", where=f"scheme || '' = '{quoted}'")
    sql = "SELECT code, subject FROM subjects_identifier WHERE scheme = %s AND code IN ({})"
    found = dict(bulk.chosen(sql, codes, before=[scheme]))
    columns = {"scheme": [scheme] * len(found), "code": list(found), "subject": list(found.values())}
    return pa.table({name: pa.array(columns[name], kind) for name, kind in _KINDS.items()})


_KINDS: dict[str, pa.DataType] = {"scheme": pa.string(), "code": pa.string(), "subject": pa.int64()}
NOBODY = pa.schema(list(_KINDS.items())).empty_table()


def _read(as_of: AsOf, wanted: set[str] | None) -> pa.Table:
    asked = wanted if wanted is None or "orgcode" not in wanted else wanted | {"uscc"}
    table = _stored(as_of, asked)
    if wanted is None or "orgcode" not in wanted:
        return table
    derived = body_codes(table)
    derived = derived.append_column("bearer", pa.nulls(derived.num_rows, pa.int64()))
    whole = pa.concat_tables([table, derived])
    return whole.filter(pc.is_in(whole["scheme"], pa.array(sorted(wanted))))


def _stored(as_of: AsOf, schemes: set[str] | None) -> pa.Table:
    where = ["true"]
    if as_of is not None:
        where.append(f"since <= '{bulk.instant(moment(as_of))}'")
    if schemes is not None:
        listed = ", ".join(f"'{scheme}'" for scheme in sorted(schemes) if scheme.isidentifier())
        where.append(f"scheme || '' in ({listed or 'null'})")
    table = bulk.read(_KINDS, "subjects_identifier", where=" and ".join(where))
    table = table.append_column("bearer", table["subject"])
    return table.set_column(2, "subject", through(table["subject"], merges(as_of)))


def through(subjects: Column, roads: dict[int, int]) -> Column:
    """This will put the number it is read under in the place of every number that was merged away."""
    if not roads:
        return subjects
    place = pc.index_in(subjects, pa.array(list(roads), pa.int64()))
    return pc.coalesce(pc.take(pa.array(list(roads.values()), pa.int64()), place), subjects)


def body_codes(table: pa.Table) -> pa.Table:
    """This will derive ``orgcode`` rows from the USCCs of ``identities``, where one subject bears them."""
    uscc = table.filter(pc.equal(table["scheme"], "uscc"))
    bodies = pa.table({"code": pc.utf8_slice_codeunits(uscc["code"], 8, 17), "subject": uscc["subject"]})
    counted = pc.value_counts(bodies["code"])
    repeated = counted.field("values").filter(pc.greater(counted.field("counts"), 1))
    several = pc.is_in(bodies["code"], repeated)
    grouped = bodies.filter(several).group_by("code").aggregate([("subject", "min"), ("subject", "max")])
    same = grouped.filter(pc.equal(grouped["subject_min"], grouped["subject_max"]))
    same = same.select(["code", "subject_min"]).rename_columns(["code", "subject"])
    alone = pa.concat_tables([bodies.filter(pc.invert(several)), same])
    written = table.filter(pc.equal(table["scheme"], "orgcode"))["code"]
    alone = alone.filter(pc.invert(pc.is_in(alone["code"], written.combine_chunks())))
    scheme = pa.repeat(pa.scalar("orgcode"), alone.num_rows)
    return pa.table({"scheme": scheme, "code": alone["code"], "subject": alone["subject"]})


def numbered(pairs: pa.Table, as_of: AsOf = None) -> Column:
    """This will give the subject of each row ``(scheme, code)``, in the rows' order, null where unknown."""
    subjects = pa.chunked_array([pa.nulls(pairs.num_rows, pa.int64())])
    schemes = pc.unique(pairs["scheme"]).to_pylist()
    for scheme in [each for each in schemes if each is not None]:
        its = pc.equal(pairs["scheme"], scheme)
        alone = len(schemes) == 1
        codes = pairs["code"] if alone else pc.if_else(its, pairs["code"], pa.scalar(None, pa.string()))
        known = _known(scheme, codes, as_of)
        place = pc.index_in(codes, known["code"].combine_chunks(), skip_nulls=True)
        subjects = pc.coalesce(subjects, pc.take(known["subject"].combine_chunks(), place))
    return subjects


def _known(scheme: str, codes: Column, as_of: AsOf) -> pa.Table:
    if len(codes) > _MANY or not one_by_one(len(distinct := pc.unique(codes).drop_null())):
        return identities(as_of, schemes=(scheme,))
    found = few(scheme, distinct.to_pylist(), as_of)
    return pa.table(
        {"code": pa.array(list(found), pa.string()), "subject": pa.array(list(found.values()), pa.int64())}
    )


def one_by_one(codes: int) -> bool:
    """This will say whether so many codes are asked for by index sooner than every code is read."""
    return codes <= _FEW or codes * _DEARER < bulk.ends("subjects_identifier", "id")[1]


def few(scheme: str, codes: Sequence[str], as_of: AsOf = None) -> dict[str, int]:
    """This will give the subjects of up to some thousands of codes of one scheme, by index."""
    limit, before = ("", []) if as_of is None else (" and since <= %s", [bulk.instant(moment(as_of))])
    sql = f"select code, subject from subjects_identifier where scheme = %s{limit} and code in ({{}})"
    found: dict[str, int] = dict(bulk.chosen(sql, codes, before=[scheme, *before]))
    roads = merges(as_of)
    if scheme == "orgcode":
        found = _bodies([code for code in codes if code not in found], limit, before, roads) | found
    return {code: roads.get(subject, subject) for code, subject in found.items()}


def _bodies(
    codes: Sequence[str], limit: str, before: Sequence[object], roads: dict[int, int]
) -> dict[str, int]:
    cut = "substring(code, 9, 9)" if connection.vendor == "postgresql" else "substr(code, 9, 9)"
    sql = f"select {cut}, subject from subjects_identifier where scheme = 'uscc'{limit} and {cut} in ({{}})"
    bearers: dict[str, set[int]] = {}
    for code, subject in bulk.chosen(sql, codes, before=before):
        bearers.setdefault(code, set()).add(roads.get(subject, subject))
    return {code: min(subjects) for code, subjects in bearers.items() if len(subjects) == 1}


def subject_of(scheme: str, code: str, as_of: AsOf = None) -> int | None:
    """This will give the one subject a code stands for as of a moment, through merges; ``None`` if unknown.

    A nine-digit body code also finds the firm whose USCC holds it, where no other does.
    """
    return few(scheme, [code], as_of).get(code)
