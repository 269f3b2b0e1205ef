-- reminder 提醒: which running commitment soon ends, or is soon to be corrected, and in how many days.
-- grain: subject
-- Nought days left means today.
with ahead as (
  select max(case when name = 'reminders.ends' then value end) as ends,
         max(case when name = 'reminders.correct' then value end) as correct_days
  from policy
  where since <= $as_of and (until is null or until > $as_of)
),
running as (
  select subject, record, division, number, matter, valid_to
  from price_commitment
  where signed_on <= $as_of and valid_to > $as_of and (withdrawn_on is null or withdrawn_on > $as_of)
),
wanted as (
  select running.subject, running.division, running.number, running.matter, 'ends' as kind,
         '承诺书 ' || running.number || ' 将于 ' || running.valid_to::varchar || ' 期满' as part,
         date_diff('day', $as_of::date, running.valid_to) - 1 as days_left, running.record
  from running cross join ahead
  where date_diff('day', $as_of::date, running.valid_to) - 1 <= ahead.ends
  union all
  select running.subject, running.division, running.number, running.matter, 'correct' as kind,
         '承诺书 ' || running.number || ' 的整改须在 ' || found.correct_by::varchar || ' 以前完成' as part,
         date_diff('day', $as_of::date, found.correct_by) as days_left, found.record
  from running
  join price_check as found on found.subject = running.subject and found.commitment = running.number
   and found.outcome = 'failed' and found.correct_by >= $as_of and found.checked_on <= $as_of
  left join price_check as mended on mended.subject = found.subject and mended.commitment = found.commitment
   and mended.content = found.content and mended.outcome <> 'failed' and mended.checked_on >= found.checked_on
   and mended.checked_on <= $as_of
  cross join ahead
  where date_diff('day', $as_of::date, found.correct_by) <= ahead.correct_days and mended.record is null
)
select subject, division, number, matter, kind, part, min(days_left)::bigint as days_left,
       list(record order by record) as because
from wanted
group by subject, division, number, matter, kind, part
