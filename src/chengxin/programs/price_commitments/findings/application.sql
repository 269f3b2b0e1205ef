-- application 事项申请: the open applications in the five matters, and whether each stands on a commitment.
-- grain: subject
-- ready: a commitment of the same matter runs. Without one (withdrawn, ended, of another matter) nothing goes on.
-- unmended: failed checks that no later check found mended; a repair waits for them.
with standing as (
  select subject, record, number, matter, area, valid_to
  from price_commitment
  where signed_on <= $as_of and valid_to > $as_of and (withdrawn_on is null or withdrawn_on > $as_of)
),
kept as (
  select subject, count(*)::bigint as checks, sum(case when outcome = 'failed' then 1 else 0 end)::bigint as failed
  from price_check
  where checked_on <= $as_of
  group by subject
),
unmended as (
  select found.subject, count(*)::bigint as failures
  from price_check as found
  left join price_check as mended on mended.subject = found.subject and mended.commitment = found.commitment
   and mended.content = found.content and mended.outcome <> 'failed' and mended.checked_on >= found.checked_on
   and mended.checked_on <= $as_of
  where found.outcome = 'failed' and found.checked_on <= $as_of and mended.record is null
  group by found.subject
),
asked as (
  select asked.subject, asked.record, asked.division, asked.number, asked.matter, asked.filed_on,
         max_by(standing.number, standing.record) as commitment, max_by(standing.area, standing.record) as area,
         max(standing.record) as promise_record
  from price_application as asked
  left join standing on standing.subject = asked.subject and standing.matter = asked.matter
  where asked.filed_on <= $as_of and (asked.closed_on is null or asked.closed_on > $as_of)
  group by asked.subject, asked.record, asked.division, asked.number, asked.matter, asked.filed_on
),
marks as (
  select max(case when name = 'grades.aaa' then value end) as aaa, max(case when name = 'grades.aa' then value end) as aa,
         max(case when name = 'grades.a' then value end) as a
  from policy
  where since <= $as_of and (until is null or until > $as_of)
)
select asked.subject, asked.division, asked.number, asked.number as part, asked.matter, asked.filed_on,
       coalesce(asked.commitment, '') as commitment, coalesce(asked.area, '') as area,
       case when asked.promise_record is null then 'no_commitment' else 'ready' end as state,
       case when asked.matter <> 'grade' or coalesce(kept.failed, 0) > 0 then ''
            when coalesce(kept.checks, 0) >= marks.aaa then 'AAA'
            when coalesce(kept.checks, 0) >= marks.aa then 'AA'
            when coalesce(kept.checks, 0) >= marks.a then 'A'
            else '' end as grade,
       coalesce(unmended.failures, 0) as unmended,
       case when asked.promise_record is null then [asked.record] else [asked.record, asked.promise_record] end as because
from asked
cross join marks
left join kept on kept.subject = asked.subject
left join unmended on unmended.subject = asked.subject
