-- reminder 纠正提醒: which conduct is not yet corrected, in how many days its window ends, and what correcting it gives back.
-- grain: subject
-- The last day of a window still counts: nought days left means today.
with soon as (
  select max(case when name = 'windows.first' then value end) as first_days,
         max(case when name = 'windows.second' then value end) as second_days,
         max(case when name = 'windows.third' then value end) as third_days,
         max(case when name = 'windows.remind' then value end) as remind,
         max(case when name = 'restores.first' then value end) as first_back,
         max(case when name = 'restores.second' then value end) as second_back,
         max(case when name = 'restores.third' then value end) as third_back
  from policy
  where since <= $as_of and (until is null or until > $as_of)
),
open as (
  select tax_conduct.subject, tax_conduct.record, tax_conduct.division, tax_conduct.conduct, tax_conduct.document_number,
         date_diff('day', tax_conduct.determined_on, $as_of::date) as passed
  from tax_conduct
  where tax_conduct.determined_on <= $as_of and (tax_conduct.corrected_on is null or tax_conduct.corrected_on > $as_of)
    and (tax_conduct.repaired_on is null or tax_conduct.repaired_on > $as_of) and tax_conduct.excused is null
)
select open.subject, open.division, open.conduct, open.document_number,
       open.document_number || '/' || open.conduct || '/'
         || case when open.passed <= soon.first_days then soon.first_days
                 when open.passed <= soon.second_days then soon.second_days
                 else soon.third_days end::varchar as part,
       case when open.passed <= soon.first_days then soon.first_days
            when open.passed <= soon.second_days then soon.second_days
            else soon.third_days end - open.passed as days_left,
       case when open.passed <= soon.first_days then soon.first_back
            when open.passed <= soon.second_days then soon.second_back
            else soon.third_back end as gives_back,
       [open.record] as because
from open
cross join soon
where open.passed <= soon.third_days
  and case when open.passed <= soon.first_days then soon.first_days
           when open.passed <= soon.second_days then soon.second_days
           else soon.third_days end - open.passed <= soon.remind
