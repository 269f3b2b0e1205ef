"""Judging a landed file: which rows are good, which we knew, which replace what we knew, which go back and why.

Everything is one connection's temporary tables over positions; the rows themselves are read again only to be
written. Call in order: ``judge``, then ``Judgement``'s tables serve ``sheets``.

===============  ==================================================================================
``judged``       (position, bad, way, subject, bearer, d1, d2): every row that holds anything
``known``        (record, d1, d2, agency, gone): rows of the item met before that share a key with the file
``left_out``     (position, why): good rows that are held, or that another body's record stands against
``supersedes``   (record, by_record): what the rows to be taken replace
``refused_at``   (position): rows that go back
===============  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chengxin.engine.duck import DuckDBPyConnection

from .quality import Quality


@dataclass(frozen=True)
class Judgement:
    """The counts of a judged file: ``read = taken + held + quarantined``."""

    taken: int
    held: int
    quarantined: int

    @property
    def read(self) -> int:
        return self.taken + self.held + self.quarantined


def judge(connection: DuckDBPyConnection, quality: Quality) -> None:
    """This will judge every row on its own, in one pass. Reads the table ``identities``."""
    connection.execute(f"create or replace temp table judged as {quality.judged()}")


def compare(
    connection: DuckDBPyConnection,
    sheet: int,
    known: str | None,
    *,
    same_bodies: Sequence[str],
    correcting: bool,
) -> None:
    """This will find what is held and what supersedes what.

    ``known`` is the SQL of ``(record, d1, d2, agency, gone)`` over all earlier rows of the item, or None.
    ``same_bodies`` are the sender and those whose duty came to it: only their records may be replaced, by an
    ordinary file; a declared correction may replace any.
    """
    connection.execute(f"""
        create or replace temp table known as
        select record, d1, d2, agency, gone from ({known or _NOTHING_KNOWN}) k
        where d1 in (select d1 from judged where not bad)""")
    connection.execute(_CONTESTED)
    connection.execute(_SEQUENCE, {"bodies": list(same_bodies), "correcting": correcting})
    connection.execute(_LEFT_OUT)
    connection.execute(_SUPERSEDES, {"sheet": sheet})
    connection.execute("""
        create or replace temp table refused_at as
        select position from judged where bad union all
        select position from left_out where why = 'other_body'""")


def counted(connection: DuckDBPyConnection, broken: int) -> Judgement:
    """This will count how the rows end; ``broken`` lines, which were never rows, are quarantined."""
    ((rows,),) = connection.execute("select count(*) from judged").fetchall()
    ((refused,),) = connection.execute("select count(*) from refused_at").fetchall()
    ((held,),) = connection.execute("select count(*) from left_out where why = 'held'").fetchall()
    return Judgement(taken=rows - refused - held, held=held, quarantined=refused + broken)


_NOTHING_KNOWN = """
select null::bigint as record, null::bigint as d1, null::bigint as d2, null::varchar as agency, false as gone
where false"""

_CONTESTED = """
create or replace temp table contested as
select position, d1, d2 from judged
where not bad and (d1 in (select d1 from judged where not bad group by d1 having count(*) > 1)
                   or d1 in (select d1 from known))"""

# Within one key, in the sender's order. `stands` is the content that counts today; `final` says that the file
# ends at exactly that content, so that sending a whole history again takes nothing.
_SEQUENCE = """
create or replace temp table sequence as
with today as (select d1, max(record) as record, arg_max(d2, record) as d2, arg_max(agency, record) as agency
               from known where not gone group by d1),
     placed as (select c.position, c.d1, c.d2, t.record as current, t.d2 as stands, t.agency,
                       lag(c.d2) over w as before, row_number() over w as n,
                       last_value(c.d2) over (partition by c.d1 order by c.position
                                              rows between unbounded preceding and unbounded following) as last
                from contested c left join today t using (d1)
                window w as (partition by c.d1 order by c.position)),
     seen as (select distinct d1, d2 from known)
select p.position, p.d1, p.d2, p.current, p.stands,
       coalesce(p.last = p.stands, false) as final,
       case when p.d2 = coalesce(p.before, p.stands) then 'held'
            when coalesce(p.last = p.stands, false) and s.d2 is not null then 'held'
            when p.current is not null and p.d2 <> p.stands and not $correcting
                 and not list_contains($bodies, p.agency) then 'other_body'
            else 'taken' end as ends
from placed p left join seen s on s.d1 = p.d1 and s.d2 = p.d2"""

_LEFT_OUT = """
create or replace temp table left_out as
select position, ends as why from sequence where ends <> 'taken'"""

_SUPERSEDES = """
create or replace temp table supersedes as
with taken as (select position, d1, current, final, d2 <> coalesce(stands, d2) as differs,
                      ($sheet::bigint << 32) | position as record,
                      lead(($sheet::bigint << 32) | position) over w as next,
                      row_number() over w as n
               from sequence where ends = 'taken' window w as (partition by d1 order by position))
select current as record, record as by_record from taken where n = 1 and current is not null and not final
union all select record, next from taken where next is not null
union all select record, current from taken where next is null and final and current is not null"""
