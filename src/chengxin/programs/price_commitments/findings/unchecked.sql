-- unchecked 应当核查: which running commitment was not checked for so long that it is to be, and since when in days.
-- grain: subject
-- Nought days left means today; a check that is overdue has less than nought.
with ahead as (
  select max(value) as check_days
  from policy
  where name = 'reminders.check' and since <= $as_of and (until is null or until > $as_of)
),
running as (
  select subject, record, division, number, matter, signed_on
  from price_commitment
  where signed_on <= $as_of and valid_to > $as_of and (withdrawn_on is null or withdrawn_on > $as_of)
),
looked as (
  select running.subject, running.record, max(found.checked_on) as checked_on
  from running
  left join price_check as found on found.subject = running.subject and found.commitment = running.number
   and found.checked_on <= $as_of
  group by running.subject, running.record
)
select running.subject, running.division, running.number, running.matter,
       min(ahead.check_days - date_diff('day', coalesce(looked.checked_on, running.signed_on), $as_of::date))::bigint as days_left,
       list(running.record order by running.record) as because
from running
join looked on looked.subject = running.subject and looked.record = running.record
cross join ahead
where date_diff('day', coalesce(looked.checked_on, running.signed_on), $as_of::date) >= ahead.check_days
group by running.subject, running.division, running.number, running.matter
